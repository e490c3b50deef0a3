"""The console's promises to the hand: what is named is what is acted on, and nothing moves by itself."""

import pytest

from agent_tui.config.actions import ACTIONS
from agent_tui.model.words import Availability, State
from agent_tui.ports.events import BackendEvent
from agent_tui.ui.doing import DOING
from agent_tui.ui.widgets import composer
from tests.ui.console_of import console
from tests.ui.hand_clock import hand_clock
from tests.ui.people import ANA, JANE, OMAR, PIET, TOM


def test_every_action_of_the_table_does_something() -> None:
    assert set(DOING) == {action.id for action in ACTIONS}


async def test_it_opens_with_who_waits_who_is_mine_and_who_sleeps() -> None:
    async with console() as it:
        assert "WAITING" in it.text
        assert "MINE" in it.text
        assert "SNOOZED" in it.text
        assert "● live · 3 waiting, longest 2:05" in it.rows[0]
        assert "No chat is open." in it.text


async def test_a_line_goes_from_the_composer_to_the_customer() -> None:
    async with console() as it:
        await it.press("f8")
        assert it.screen.tabs.shown == ANA
        assert "TYPING" in it.rows[0]
        await it.pilot.pause(0.4)  # keys are parked for 300 ms after the focus moved by itself
        await it.write("Hello Ana")
        assert it.acted == ["take_next", "typing"]
        await it.press("enter")
        assert [item.body for item, *_ in it.asked("send")] == ["Hello Ana"]
        await it.wait_for("✓")
        assert it.screen.chat.composer.draft.text == ""


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 50)])
async def test_a_chat_that_was_taken_is_written_in_at_every_size(size: tuple[int, int]) -> None:
    async with console(size) as it:
        await it.press("f8")
        assert it.screen.mode == "TYPING"


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 50)])
async def test_a_chat_taken_from_the_list_is_written_in_too(size: tuple[int, int]) -> None:
    async with console(size) as it:
        it.screen.show(JANE)
        await it.press("escape", "j")
        assert it.screen.inbox.has_focus
        await it.press("f8")
        assert it.screen.tabs.shown == ANA
        assert it.screen.mode == "TYPING"
        await it.pilot.pause(0.4)
        await it.write("Hello")
        assert it.screen.chat.composer.draft.text == "Hello"


async def test_a_long_text_in_the_chat_that_was_opened_first_breaks_into_rows() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("i")
        it.screen.chat.composer.insert("A text that is longer than one row of the composer, to its very last word.")
        await it.wait_for("very last word.")


async def test_the_cursor_in_the_list_decides_nothing() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("j", "j", "m")
        assert it.screen.inbox.has_focus
        assert not it.screen.inbox.at(JANE)
        assert [call[0] for call in it.asked("set_needs_answer")] == [JANE]


async def test_a_customer_who_leaves_the_list_takes_the_cursor_with_them() -> None:
    async with console() as it:
        await it.press("j")
        assert it.screen.inbox.at(ANA)
        it.desk.change(ANA, state=State.OPEN, owner=it.desk.conversations[JANE].owner)
        it.desk.change(ANA, state=State.RESOLVED)
        await it.wait_for("2 waiting")
        assert not it.screen.inbox.at(ANA)
        await it.press("enter")
        assert it.screen.tabs.shown is None
        await it.press("j")
        assert it.screen.inbox.at(TOM)


async def test_tabs_keep_their_order_and_their_drafts() -> None:
    async with console() as it:
        for ref in (JANE, PIET, OMAR):
            it.screen.show(ref)
        await it.press("i")
        await it.write("for Omar")
        await it.press("ctrl+p")
        await it.write("for Piet")
        it.desk.customer_says(JANE, "Hello?")
        await it.press("ctrl+g")
        assert it.screen.tabs.refs == [JANE, PIET, OMAR]
        await it.press("ctrl+o", "2")
        assert it.screen.chat.composer.draft.text == "for Piet"
        await it.press("ctrl+o", "ctrl+o", "ctrl+o", "3")
        assert it.screen.chat.composer.draft.text == "for Omar"


async def test_most_urgent_walks_who_waits_and_says_when_nobody_does() -> None:
    async with console() as it:
        seen = []
        for _ in range(5):
            await it.press("ctrl+g")
            seen.append(it.screen.tabs.shown)
        assert len(set(seen)) == 5
        assert seen[0] == OMAR
        for ref in it.desk.conversations:
            it.desk.change(ref, waiting_since_ms=None, state=State.RESOLVED)
        await it.settle()
        await it.press("ctrl+g")
        assert it.last_row == "Nobody is waiting."


async def test_resolving_asks_how_it_went_on_one_key_and_can_be_undone() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("escape", "e")
        await it.wait_for("Resolve Jane de Vries")
        assert it.acted == []
        await it.press("b")
        assert it.asked("resolve") == [(JANE, "bought")]
        assert "Jane de Vries resolved: bought.  U undoes it." in it.last_row
        await it.press("U")
        assert it.asked("reopen") == [(JANE,)]


async def test_escape_leaves_a_question_and_nothing_happened() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.settle()
        for key in ("e", "E", "z", "t", "s", "O", "B", "b"):
            await it.press("escape", key)
            assert it.app.screen is not it.screen, key
            await it.press("escape")
            assert it.app.screen is it.screen, key
        assert it.acted == []


async def test_undo_is_over_after_five_seconds() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("escape", "m")
        it.screen.wishes._undo_until = 0
        await it.press("U")
        assert it.last_row == "The five seconds for undo are over."
        assert len(it.asked("set_needs_answer")) == 1


async def test_a_transfer_offers_people_who_are_present_first() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("escape", "t")
        names = [row for row in it.rows if "available" in row or "break" in row or "away" in row]
        assert ["Ruben" in names[1], "Noor" in names[2], "Zoë" in names[3]] == [True, True, True]
        assert not any("Sam" in row for row in it.rows)
        await it.press("1")
        assert it.asked("transfer") == [(JANE, "ruben", "ada")]


async def test_two_claim_at_once_and_the_loser_is_told_who_won() -> None:
    from agent_tui.model.text import clean
    from agent_tui.ports.errors import Taken

    async with console() as it:
        it.screen.show(ANA)
        it.desk.refusing.append(Taken("Ruben was quicker and has this chat.", clean("Ruben")))
        await it.press("escape", "c")
        assert it.last_row == "Ruben was quicker and has this chat."


async def test_a_held_line_is_shown_above_the_kept_text_and_goes_with_the_second_enter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with console() as it:
        it.screen.show(JANE)
        clock = hand_clock(monkeypatch, composer)
        await it.press("i")
        await it.write("Yes")
        on_the_way: list[BackendEvent] = []
        with monkeypatch.context() as slow_line:
            slow_line.setattr(it.desk, "push", lambda *events: on_the_way.extend(events))
            it.desk.customer_says(JANE, "Never mind, bye!")
        await it.press("enter")
        it.desk.push(*on_the_way)
        await it.settle()
        assert it.screen.chat.composer.draft.text == "Yes"
        assert it.desk.entries[JANE][-1].body == "Never mind, bye!"
        await it.pilot.press("enter")  # too soon: the line was just painted
        assert it.desk.entries[JANE][-1].body == "Never mind, bye!"
        clock.pass_s(0.5)
        await it.press("enter")
        assert it.desk.entries[JANE][-1].body == "Yes"
        assert it.screen.chat.composer.draft.text == ""


async def test_escape_never_discards() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("i")
        await it.write("half a thou")
        await it.press("escape")
        assert "MOVING" in it.rows[0]
        assert it.screen.chat.composer.draft.text == "half a thou"
        await it.press("escape", "escape")
        assert it.screen.chat.composer.draft.text == "half a thou"
        assert it.acted == ["typing"]


async def test_ctrl_c_never_ends_anything_and_ctrl_q_asks_while_a_draft_exists() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("i")
        await it.write("half")
        await it.press("ctrl+c", "ctrl+c")
        assert it.app.is_running
        assert "^Q" in it.last_row
        await it.press("ctrl+q")
        assert "1 draft would stay behind" in it.text
        await it.press("escape")
        assert it.app.is_running
        await it.press("ctrl+q", "q")
        assert it.app._exit


async def test_ctrl_q_asks_once_and_leaves_when_it_is_pressed_again() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("i")
        await it.write("half")
        await it.press("ctrl+q")
        assert len(it.app.screen_stack) == 2
        assert it.app._exit is False
        await it.press("ctrl+q")
        assert it.app._exit


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 50)])
@pytest.mark.parametrize("demo", [True, False])
async def test_the_mode_is_whole_at_every_size(size: tuple[int, int], demo: bool) -> None:
    async with console(size, demo=demo) as it:
        it.screen.show(JANE)
        it.desk.agent("Ada", availability=Availability.BREAK)
        await it.press("escape")
        assert "break · MOVING" in it.rows[0]
        await it.press("i")
        assert "break · TYPING" in it.rows[0]
        assert "● live" in it.rows[0]
        it.desk.cut()
        await it.wait_for("reconnecting")
        assert "TYPING" in it.rows[0]


async def test_a_note_is_one_key_away_and_back_to_a_reply_asks_twice() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("i", "f4")
        assert "NOTE" in it.rows[0]
        await it.write("secret")
        await it.press("f4")
        assert it.screen.mode == "NOTE"
        assert "becomes visible to Jane" in it.text
        await it.press("f4")
        assert it.screen.mode == "TYPING"


async def test_letters_act_only_while_moving() -> None:
    async with console() as it:
        it.screen.show(JANE)
        await it.press("i")
        await it.write("emcRWUzt")
        assert it.app.screen is it.screen
        assert it.acted == ["typing"]
        assert it.screen.chat.composer.draft.text == "emcRWUzt"
