"""Where a conversation stands on the screen: following at the end, unmoved elsewhere, anchored by message."""

from hypothesis import given
from hypothesis import strategies as st
from textual.cache import LRUCache

from agent_tui.core.state import State
from agent_tui.model.entry import Entry
from agent_tui.model.ids import OrderKey
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.transcript_selection import selected_text
from agent_tui.ui.widgets.transcript_source import TranscriptSource
from agent_tui.ui.widgets.transcript_view import HEAD, NOTHING_THERE, TranscriptView
from tests.ui.conversations import JANE, ME, REF, chat, line, outgoing, source_of, typing

HEIGHT = 20


def view_of(source: TranscriptSource, width: int = 80, height: int = HEIGHT) -> TranscriptView:
    view = TranscriptView(source, Calendar(None), LRUCache(1024))
    view.set_scene(width, height, 0, "")
    view.begin(source)
    view.settle()
    return view


def body_rows(view: TranscriptView) -> list[tuple[OrderKey, int]]:
    """The words on the screen: for each row its entry and where its text begins; rows without words left out."""
    found = []
    for item, inner in view.screen:
        if 0 <= item < len(view.entries):
            row = view.laid(item).rows[inner]
            if row.text is not None:
                found.append((view.entries[item].key, row.text[0]))
    return found


def top_words(view: TranscriptView) -> tuple[int, tuple[OrderKey, int]]:
    """The first row of the screen that holds words, and which."""
    for y, (item, inner) in enumerate(view.screen):
        if 0 <= item < len(view.entries) and (span := view.laid(item).rows[inner].text) is not None:
            return y, (view.entries[item].key, span[0])
    raise AssertionError("no words on the screen")


def arrive(view: TranscriptView, *entries: Entry) -> None:
    for entry in entries:
        view.source.transcript.put(entry)
    view.take_changes()
    view.settle()


def test_at_the_end_it_follows() -> None:
    view = view_of(source_of(chat(50)))
    assert view.following
    arrive(view, line(51, "newest"))
    assert body_rows(view)[-1][0] == 51
    assert view.new_below == 0


def test_a_short_conversation_stands_at_the_bottom_under_its_beginning() -> None:
    view = view_of(source_of([line(1, "Hello")]))
    assert [item for item, _ in view.screen] == [NOTHING_THERE] * 16 + [HEAD, 0, 0, 0]


def test_elsewhere_nothing_that_arrives_moves_it() -> None:
    view = view_of(source_of(chat(200)))
    view.scroll(-30)
    view.settle()
    before = view.screen, body_rows(view)
    for key in range(201, 240):
        arrive(view, line(key, "more " * key, (JANE, ME)[key % 2]))
    assert (view.screen, body_rows(view)) == before
    assert view.new_below == 19


def test_back_at_the_end_nothing_is_new_below() -> None:
    view = view_of(source_of(chat(50)))
    view.scroll(-3)
    view.settle()
    arrive(view, line(51, "one"), line(52, "two"))
    assert view.new_below == 2
    view.scroll(500)
    view.settle()
    assert view.following
    assert view.new_below == 0


def test_older_pages_do_not_move_it() -> None:
    entries = chat(400)
    source = source_of(entries[300:])
    view = view_of(source)
    view.to_oldest()
    view.settle()
    view.scroll(1)
    view.settle()
    y, words = top_words(view)
    for entry in entries[:300]:
        source.transcript.put(entry)
    view.take_changes()
    view.settle()
    item, inner = view.screen[y]
    assert (view.entries[item].key, view.laid(item).rows[inner].text) == (words[0], (0, 48))
    assert view.laid(view.screen[0][0]).entry.key == 300


@given(st.lists(st.tuples(st.integers(30, 150), st.integers(-60, 60)), max_size=8))
def test_the_message_at_the_top_stays_through_every_width(moves: list[tuple[int, int]]) -> None:
    view = view_of(source_of(chat(120)))
    view.scroll(-100)
    view.settle()
    for width, rows in moves:
        view.scroll(rows)
        view.settle()
        (key, _), following = top_words(view)[1], view.following
        view.set_scene(width, HEIGHT, 0, "")
        view.settle()
        if not following and not view.following:
            assert abs(view.index_of(top_words(view)[1][0]) - view.index_of(key)) <= 1
        assert len(view.screen) == HEIGHT


@given(st.lists(st.integers(-50, 50), max_size=20), st.integers(0, 200_000))
def test_scrolling_there_and_back_is_where_it_was(moves: list[int], budget: int) -> None:
    view = view_of(source_of(chat(500)))
    view.hold(250, 0)
    view.settle()
    before = view.screen
    for rows in moves:
        for step in (rows, -rows):
            view.scroll(step)
            view.settle()
            view.measure_on(budget)
    view.settle()
    assert view.screen == before


def test_measuring_everything_moves_nothing() -> None:
    view = view_of(source_of(chat(3000)))
    view.scroll(-1000)
    view.settle()
    before = view.screen
    while view.measure_on(1_000_000):
        view.settle()
    view.settle()
    assert view.screen == before
    assert all(view.heights.is_measured(index) for index in range(3000))


def test_a_row_scrolled_is_a_row_moved() -> None:
    view = view_of(source_of(chat(300)))
    view.scroll(-1)
    view.settle()
    for _ in range(200):
        before = view.screen
        view.scroll(-1)
        view.settle()
        assert view.screen[1:] == before[:-1]


def test_a_withdrawn_message_is_replaced_where_it_stands() -> None:
    source = source_of(chat(30))
    view = view_of(source)
    arrive(
        view, line(29, "", source.transcript.entries[28].author, source.transcript.entries[28].at_ms, withdrawn=True)
    )
    index = view.index_of(OrderKey(29))
    assert any("message withdrawn" in text for row in view.laid(index).rows for text, _ in row.left)


def test_an_entry_that_comes_in_between_is_shown_in_its_place() -> None:
    entries = chat(40)
    source = source_of([entry for entry in entries if entry.key != 38])
    view = view_of(source)
    arrive(view, entries[37])
    keys = [key for key, _ in body_rows(view)]
    assert keys == sorted(keys)
    assert 38 in keys


def test_started_afresh_nothing_old_remains() -> None:
    source = source_of(chat(40))
    view = view_of(source)
    source.state.transcripts.clear()
    view.take_changes()
    view.settle()
    assert view.entries == []
    assert {item for item, _ in view.screen} == {NOTHING_THERE, HEAD}


def test_unread_lines_have_the_new_line_before_them_and_an_answer_ends_it() -> None:
    source = source_of(chat(10), read=6)
    view = view_of(source)
    assert view.scene.new_key == 9  # 7 and 8 are Ada's own
    arrive(view, line(11, "an answer", ME))
    assert view.scene.new_key is None


def test_what_was_never_read_has_no_new_line() -> None:
    assert view_of(source_of(chat(10), read=0)).scene.new_key is None


def test_the_cursor_walks_messages_and_keeps_them_on_the_screen() -> None:
    view = view_of(source_of(chat(60)))
    walked = []
    for _ in range(40):
        view.move_cursor(-1)
        view.settle()
        index = view.cursor_index
        assert index is not None
        assert any(item == index for item, _ in view.screen)
        walked.append(index)
    assert walked == list(range(59, 19, -1))
    for _ in range(60):
        view.move_cursor(1)
        view.settle()
    assert view.following


def test_an_own_message_on_its_way_stands_below_and_settles_into_its_entry() -> None:
    source = source_of(chat(20))
    source.state.outgoing[REF] = [outgoing("On its way", cid="x9")]
    view = view_of(source)
    assert any("On its way" in text for row in view.tail for text, _ in row.left)
    arrive(view, line(21, "On its way", ME, cid="x9"))
    assert view.tail == []
    assert body_rows(view)[-1][0] == 21


def test_who_is_writing_stands_at_the_end() -> None:
    source = source_of(chat(20))
    typing(source.state)
    view = view_of(source)
    assert view.tail[-1].left[0][0] == " Jane is writing …"
    source.state.typing.clear()
    typing(source.state, ME)
    view.settle()
    assert view.tail == []


def test_older_ones_are_asked_for_once() -> None:
    source = source_of(chat(100))
    source.transcript.reaches_start = False
    view = view_of(source)
    assert not view.wants_older()
    view.to_oldest()
    view.settle()
    assert view.wants_older()
    assert not view.wants_older()
    view.settle()
    assert "loading" in view.head.left[0][0]
    view.older_failed("The desk did not answer.")
    view.settle()
    assert view.head.left[0][0] == "The desk did not answer."
    assert not view.wants_older()
    view.ask_again()
    assert view.wants_older()


def test_a_selection_is_the_words_as_they_were_written() -> None:
    long = "one two three " * 20
    view = view_of(source_of([line(1, "Hello"), line(2, long.strip()), line(3, "a\nb", ME)]))
    last = view.top + HEIGHT - 1
    assert selected_text(view, (0, 0), (last, -1)) == f"Hello\n{long.strip()}\na\nb"
    first = 1 + view.heights.first_row(1)
    assert selected_text(view, (first, 5), (first, 8)) == "two"
    assert selected_text(view, (first, 5), (first + 1, 4)).startswith("two three one")


def test_a_selection_takes_only_its_rows() -> None:
    source = source_of(chat(5000))
    view = view_of(source)
    laid: list[int] = []
    real = view.laid
    view.laid = lambda index: (laid.append(index), real(index))[1]  # type: ignore[method-assign,func-returns-value]
    top = view.top - view.base
    selected_text(view, (top + 2, 0), (top + 6, -1))
    assert 0 < len(set(laid)) <= 5


def test_a_hundred_thousand_messages_are_shown_without_measuring_them() -> None:
    state = State()
    state.transcript(REF).entries = chat(100_000, minutes=0)
    view = view_of(TranscriptSource(state, REF))
    assert sum(view.heights.is_measured(index) for index in range(100_000)) < 60
