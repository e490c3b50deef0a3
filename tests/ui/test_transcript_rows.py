"""What stands on the rows of an entry: words, marks, lines around it; and that measuring agrees with laying out."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from agent_tui.model.entry import Entry
from agent_tui.model.ids import OrderKey
from agent_tui.model.outgoing import Delivery
from agent_tui.model.people import NOTHING, Author
from agent_tui.model.words import AuthorKind
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.transcript_rows import Row, Scene
from tests.hostile import HostileString, hostile_strings
from tests.ui.conversations import DAY, JANE, ME, MINUTE, NOW_MS, RUBEN, chat, line, outgoing, system

CALENDAR = Calendar(UTC)
SCENE = Scene(CALENDAR, 80, "a1", OrderKey(0), None, None, CALENDAR.day(NOW_MS))


def words(row: Row) -> str:
    left, right = ("".join(text for text, _ in side) for side in (row.left, row.right))
    return f"{left} | {right}" if right else left


def shown(entry: Entry, before: Entry | None = None, scene: Scene = SCENE) -> list[str]:
    return [words(row) for row in scene.rows(before, entry)]


FIRST = line(1, "Hello", JANE, NOW_MS - MINUTE)


def test_the_first_entry_has_its_day_and_its_author() -> None:
    assert shown(FIRST) == ["today", "▎Jane | 14:31   ", "▎Hello"]


def test_the_same_author_within_minutes_is_one_group() -> None:
    assert shown(line(2, "again"), FIRST) == ["▎again | 14:32   "]
    assert shown(line(2, "same minute", JANE, FIRST.at_ms + 10_000), FIRST) == ["▎same minute"]


@pytest.mark.parametrize(
    "entry",
    [
        line(2, "other", ME),
        line(2, "late", JANE, NOW_MS + 10 * MINUTE),
        line(2, "a note", RUBEN, note=True),
        line(2, "same id, other kind", Author(AuthorKind.AGENT, "c1", NOTHING)),
    ],
)
def test_another_author_kind_or_time_begins_a_group(entry: Entry) -> None:
    assert len(shown(entry, FIRST)) == 2


def test_a_note_says_so_in_words() -> None:
    assert shown(line(2, "not under 10", RUBEN, note=True), FIRST)[0].startswith("▎NOTE Ruben · team only")
    assert all(row.note for row in SCENE.rows(FIRST, line(2, "not under 10", RUBEN, note=True)))


def test_own_messages_are_yours_and_marked() -> None:
    assert shown(line(2, "Yes", ME), FIRST)[0] == "▎You | 14:32 ✓ "
    assert shown(line(2, "Yes", ME), FIRST, SCENE._replace(customer_seen=OrderKey(2)))[0] == "▎You | 14:32 ✓✓"
    assert "✓" not in shown(line(2, "Yes", RUBEN), FIRST)[0]
    assert "✓" not in shown(line(2, "Yes", ME, note=True), FIRST)[0]


def test_a_withdrawn_message_says_so() -> None:
    assert shown(line(2, "", ME, withdrawn=True), FIRST)[1] == "▎message withdrawn"


def test_system_lines_are_sentences() -> None:
    assert shown(system(2, "claimed", "Ada"), FIRST) == ["Ada joined · 14:32"]
    assert shown(system(2, "took_over", "Ada", "Ruben"), FIRST) == ["Ada took over from Ruben · 14:32"]
    assert shown(system(2, "from the future", "Ada", "{who.__class__}"), FIRST) == ["{who.__class__} · 14:32"]
    assert shown(system(2, "claimed", "{what}", "x"), FIRST) == ["{what} joined · 14:32"]


def test_a_time_in_a_system_line_is_the_readers_local_time() -> None:
    def snoozed(until_ms: int) -> str:
        return shown(system(2, "snoozed", "Ada", str(until_ms)), FIRST)[0]

    at_ms = system(2, "snoozed", "Ada").at_ms
    assert snoozed(at_ms + 900_000) == "Ada snoozed this until 14:47 · 14:32"
    assert snoozed(at_ms + 86_400_000).endswith(", 14:32 · 14:32")
    assert not re.search(r"\d{5}", snoozed(at_ms + 86_400_000))
    assert shown(system(2, "snoozed", "Ada", "²"), FIRST) == ["Ada snoozed this until ² · 14:32"]


def test_what_a_customer_left_of_themselves_is_masked_as_on_the_card() -> None:
    told = "Jip, jip@example.org, +31 6 1234 5678"
    assert shown(system(2, "introduced", "", told), FIRST) == [
        "the customer left contact details: Jip, j••@example.org, +31 • •••• 5678 · 14:32"
    ]


def test_a_gap_and_the_new_line_stand_where_they_belong() -> None:
    scene = SCENE._replace(gap_after=OrderKey(1), new_key=OrderKey(2))
    assert shown(FIRST, None, scene)[-1] == "messages are missing here · fetching them"
    assert shown(line(2, "after it"), FIRST, scene) == ["new", "▎Jane | 14:32   ", "▎after it"]


def test_links_are_lines_with_their_host() -> None:
    rows = SCENE.rows(FIRST, line(2, "See https://docs.example.com/a?b or https://docs.example.com/c, please"))
    assert [words(row) for row in rows][-1] == "▎↗ docs.example.com"
    assert [text for row in rows for text, style in row.left if style == "link"] == [
        "https://docs.example.com/a?b",
        "https://docs.example.com/c",
    ]


def test_what_a_search_found_is_marked_across_a_break() -> None:
    scene = SCENE._replace(width=32, query="wild goose")
    rows = scene.rows(FIRST, line(2, "they went on a WILD GOOSE chase"))
    assert [text for row in rows for text, style in row.left if style == "match"] == ["WILD", "GOOSE"]


@pytest.mark.parametrize(
    ("state", "right", "below"),
    [
        (Delivery.WAITING, "… waiting", "▎… waiting: Jane wrote."),
        (Delivery.SENDING, "… sending", "▎… waiting: Jane wrote."),
        (Delivery.SENT, "✓ ", None),
        (Delivery.HELD, "■ held", "▎■ held: Jane wrote. ↑ brings it back."),
        (Delivery.FAILED, "✗ failed", "▎✗ failed: Jane wrote. ↑ brings it back."),
        (Delivery.UNSURE, "? unsure", "▎? may have been sent: look before you send it again."),
    ],
)
def test_an_echo_says_how_far_it_is(state: Delivery, right: str, below: str | None) -> None:
    _, rows = SCENE.echo(FIRST, outgoing("On its way", state, why="Jane wrote."), ME)
    assert [words(row) for row in rows] == [f"▎You | {right}", "▎On its way", *([below] if below else [])]


def test_what_waits_for_the_first_time_gives_no_reason() -> None:
    _, rows = SCENE.echo(FIRST, outgoing("On its way", Delivery.WAITING), ME)
    assert [words(row) for row in rows] == ["▎You | … waiting", "▎On its way"]


def test_an_echo_takes_the_rows_its_entry_will_take() -> None:
    body = "words " * 60
    before, rows = SCENE.echo(FIRST, outgoing(body), ME)
    assert len(rows) == SCENE.height(FIRST, line(2, body, ME))
    _, second = SCENE.echo(before, outgoing("more"), ME)
    assert [words(row) for row in second] == ["▎more | … sending"]


EVERYTHING = [
    *chat(30, minutes=200),
    system(40, "claimed", "Ada"),
    line(41, "x" * 2000),
    line(42, "日本語 " * 100, RUBEN, note=True),
    line(43, "", RUBEN, withdrawn=True),
    line(44, "https://a.example https://b.example\n\nmailto:c@d.example", ME),
    line(45, "after a day", ME, NOW_MS + DAY),
]


@pytest.mark.parametrize("width", [44, 59, 80, 118, 199])
def test_measuring_agrees_with_laying_out(width: int) -> None:
    scene = SCENE._replace(width=width, new_key=OrderKey(42), gap_after=OrderKey(41))
    for before, entry in zip([None, *EVERYTHING], EVERYTHING, strict=False):
        rows = scene.rows(before, entry)
        assert scene.height(before, entry) == len(rows), entry
        spans = [row.text for row in rows if row.text is not None]
        if entry.body:
            assert "".join(entry.body[a:b] for a, b in spans).replace(" ", "") == entry.body.replace(" ", "").replace(
                "\n", ""
            )
        for row in rows:
            assert cell_len("".join(text for text, _ in row.left)) <= scene.column


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_hostile_words_fill_rows_and_do_nothing_else(string: HostileString) -> None:
    entry = line(2, string.text)
    rows = SCENE.rows(FIRST, entry)
    assert len(rows) == SCENE.height(FIRST, entry)
    for row in rows:
        text = "".join(text for text, _ in row.left)
        assert "\n" not in text
        assert "\x1b" not in text
        assert cell_len(text) <= SCENE.column


def ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


def test_days_are_named_as_people_say_them() -> None:
    today = CALENDAR.day(NOW_MS)
    assert CALENDAR.name(today, today) == "today"
    assert CALENDAR.name(today - 1, today) == "yesterday, Thursday 19 November"
    assert CALENDAR.name(today - 4, today) == "Monday 16 November"
    assert CALENDAR.name(today - 7, today) == "Friday 13 November 2026"
    assert CALENDAR.name(today + 1, today) == "Saturday 21 November 2026"


def test_times_are_those_of_the_zone_summer_and_winter() -> None:
    amsterdam, kathmandu = Calendar(ZoneInfo("Europe/Amsterdam")), Calendar(ZoneInfo("Asia/Kathmandu"))
    assert amsterdam.clock(ms(2026, 7, 1, 12, 0)) == "14:00"
    assert amsterdam.clock(ms(2026, 12, 1, 12, 0)) == "13:00"
    assert amsterdam.day(ms(2026, 12, 1, 23, 30)) == CALENDAR.day(ms(2026, 12, 2, 0, 0))
    assert kathmandu.clock(ms(2026, 7, 1, 12, 0)) == "17:45"
    assert amsterdam.clock(ms(2026, 3, 29, 0, 59)) == "01:59"
    assert amsterdam.clock(ms(2026, 3, 29, 1, 0)) == "03:00"


@pytest.mark.parametrize("at_ms", [-(10**18), -1, 0, 10**18])
def test_a_foreign_clock_may_say_anything(at_ms: int) -> None:
    assert len(CALENDAR.clock(at_ms)) == 5
    assert CALENDAR.name(CALENDAR.day(at_ms), CALENDAR.day(NOW_MS))
    assert len(Calendar(None).clock(at_ms)) == 5
