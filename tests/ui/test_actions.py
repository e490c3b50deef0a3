"""What each key does: the wish it sends, about whom, and what is said."""

from pathlib import Path
from typing import Any

import pytest

from agent_tui.config.actions import ACTIONS
from agent_tui.config.keymap import DEFAULT_KEYMAP
from agent_tui.model.words import Availability
from agent_tui.ui.chat_words import folded
from tests.account_of import Clock
from tests.ui.console_of import Console, console
from tests.ui.people import ANA, DONE, JANE, LEA, MEI, OMAR, PIET, RUBENS, TOM, a_busy_desk


async def at_jane(it: Console) -> None:
    it.screen.show(JANE)
    await it.settle()
    it.screen.chat.transcript.focus()
    await it.settle()


@pytest.mark.parametrize(
    ("keys", "method", "arguments"),
    [
        (["e", "s"], "resolve", (JANE, "solved")),
        (["e", "down", "enter"], "resolve", (JANE, "bought")),
        (["s", "enter"], "set_stage", (JANE, "closing", True)),
        (["s", "s"], "set_stage", (JANE, "support", True)),
        (["O", "l"], "set_outcome", (JANE, "lead")),
        (["t", "q"], "transfer", (JANE, "", "ada")),
        (["m"], "set_needs_answer", (JANE, False)),
        (["b", "b"], "set_available", (Availability.BREAK,)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
async def test_a_key_and_its_answer_become_one_wish(keys: list[str], method: str, arguments: tuple[Any, ...]) -> None:
    async with console() as it:
        await at_jane(it)
        await it.press(*keys)
        assert it.asked(method) == [arguments]
        assert it.acted == [method]


async def test_snooze_names_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("z")
        assert "Sun 13:00" in it.text
        await it.press("h")
        assert it.asked("snooze") == [(JANE, it.clock() + 3_600_000)]


async def test_claim_reopen_and_what_makes_no_sense_is_said() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("c")
        assert it.last_row == "It is yours already."
        await it.press("R")
        assert it.last_row == "It is open: there is nothing to reopen."
        it.screen.show(RUBENS)
        await it.press("c")
        assert it.asked("claim") == [(RUBENS, "ruben")]
        it.screen.show(DONE)
        await it.press("e")
        assert "resolved already" in it.last_row
        await it.press("R")
        assert it.asked("reopen") == [(DONE,)]
        it.screen.show(PIET)
        await it.press("m")
        assert "does not wait" in it.last_row


async def test_a_flag_is_raised_with_a_reason_shown_and_lowered() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("f", "enter")
        assert it.last_row == "A flag needs a reason: none was raised."
        await it.press("f")
        await it.write("wants a discount I may not give")
        await it.press("enter")
        assert it.asked("set_flag") == [(JANE, "wants a discount I may not give")]
        assert "⚑ flag 0:00" in it.text
        rows = [row for section in it.screen.rows.inbox().sections for row in section.rows]
        assert [row.mark for row in rows if row.ref == JANE] == ["⚑"]
        it.clock.pass_ms(125_000)
        await it.press("f")
        assert "Up for 2:05, by Ada: wants a discount I may not give" in it.text
        await it.press("l")
        assert it.asked("set_flag")[-1] == (JANE, "")
        assert "⚑" not in it.text
        await it.press("U")
        assert it.asked("set_flag")[-1] == (JANE, "wants a discount I may not give")


async def test_a_block_asks_how_long_and_why() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("B", "d")
        await it.write("rude")
        await it.press("enter")
        assert it.asked("block") == [(JANE, it.clock() + 86_400_000, "rude")]


@pytest.mark.parametrize("size", [(60, 16), (80, 24)])
async def test_what_a_block_asks_fits(size: tuple[int, int]) -> None:
    async with console(size) as it:
        await at_jane(it)
        await it.press("B", "d")
        assert "Block Jane de Vries c1: why?" in it.text
        assert "Enter blocks" in it.text


async def test_where_no_chat_is_open_nothing_is_cut_on_a_small_screen() -> None:
    async with console((60, 16)) as it:
        assert "takes them." in it.text
        assert "agent-tui monitor" in it.text
        assert "…" not in it.text


def test_a_long_path_is_cut_behind_a_slash() -> None:
    rows = folded("/home/shop/.venv/bin/agent-tui demo --join 8hm9", 22)
    assert rows == ["/home/shop/.venv/bin/", "agent-tui demo --join", "8hm9"]


async def test_only_an_own_message_can_be_withdrawn() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("k", "k", "k", "W")
        assert [arguments[0] for arguments in it.asked("withdraw")] == [JANE]
        await it.press("U")
        assert it.asked("withdraw")[1][2] is True


async def test_elsewhere_withdraw_offers_the_last_own_message_and_does_it_when_pressed_again() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("W")
        assert "Withdraw “Yes, two this spring. On…”? W again does it." in it.last_row
        assert it.acted == []
        await it.press("W")
        (asked,) = it.asked("withdraw")
        assert it.desk.entries[JANE][asked[1] - 1].body == "Yes, two this spring. One moment."


async def test_in_the_list_withdraw_says_where_it_works() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("escape", "W", "W")
        assert it.last_row == "Tab to the chat first: W withdraws a message there."
        assert it.acted == []


async def test_enter_in_the_filter_selects_the_first_match_and_escape_in_the_list_clears_it() -> None:
    async with console() as it:
        await it.press("slash", *"omar", "enter")
        assert it.screen.inbox.at(OMAR)
        assert "/ filter: omar  Esc clears" in it.text
        await it.press("enter")
        assert it.screen.tabs.shown == OMAR
        await it.press("escape")
        assert it.screen.wanted == "omar"
        await it.press("escape")
        assert it.screen.wanted == ""
        assert "Piet" in it.text


async def test_resolve_and_next_closes_the_tab_and_goes_to_who_needs_me_most() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("E", "s")
        assert it.asked("resolve") == [(JANE, "solved")]
        assert it.screen.tabs.refs == [OMAR]


async def test_most_urgent_begins_with_who_needs_me_most_whatever_is_shown() -> None:
    async with console() as it:
        it.screen.show(ANA)
        await it.press("ctrl+g")
        assert it.screen.tabs.shown == OMAR
        for expected in (JANE, TOM, LEA):
            await it.press("ctrl+g")
            assert it.screen.tabs.shown == expected
        await it.press("ctrl+g")
        assert it.last_row == "That was everybody who waits."
        assert it.screen.tabs.shown == OMAR


async def test_after_a_while_most_urgent_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        now = it.app.now_s()
        monkeypatch.setattr(it.app, "now_s", lambda: now)
        await it.press("ctrl+g", "ctrl+g")
        assert it.screen.tabs.shown == JANE
        now += 6
        await it.press("ctrl+g")
        assert it.screen.tabs.shown == OMAR


async def test_looking_through_who_waits_leaves_no_tabs_behind() -> None:
    async with console() as it:
        it.screen.show(PIET)
        await it.press("ctrl+g", "ctrl+g", "ctrl+g", "ctrl+g", "ctrl+g")
        assert it.screen.tabs.refs == [PIET, OMAR, JANE, LEA]


async def test_closing_a_tab_ends_no_chat() -> None:
    async with console() as it:
        await at_jane(it)
        it.screen.show(PIET)
        await it.press("w")
        assert it.screen.tabs.refs == [JANE]
        await it.press("w")
        assert it.screen.tabs.shown is None
        assert it.acted == []
        assert "No chat is open." in it.text


async def test_the_list_can_be_filtered_and_shows_everything_on_request() -> None:
    async with console() as it:
        await it.press("slash", *"omar")
        assert it.screen.wanted == "omar"
        await it.press("enter")
        assert "filter: omar" in it.text
        assert "Piet" not in it.text
        await it.press("slash", "escape")
        assert "Piet" in it.text
        it.screen.do("list.all")
        await it.settle()
        await it.wait_for("WITH COLLEAGUES")
        await it.wait_for("RESOLVED")


async def test_search_finds_in_all_chats_and_goes_there() -> None:
    async with console() as it:
        await it.press("ctrl+r", *"proefperiode")
        await it.wait_for("Hebben jullie")
        await it.press("enter")
        assert it.screen.tabs.shown == "6"
        assert it.screen.chat.transcript.has_focus
        assert it.screen.chat.transcript.cursor_entry is not None
        assert it.screen.chat.transcript.cursor_entry.body == "Hebben jullie ook een proefperiode?"
        await it.press("ctrl+r")
        await it.wait_for("Hebben jullie")
        assert "proefperiode" in it.rows[3]


async def test_a_search_hit_far_up_is_read_and_stands_under_the_cursor() -> None:
    clock = Clock()
    desk = a_busy_desk(clock)
    desk.customer_says(PIET, "Het gaat om de naald in de hooiberg.")
    for number in range(700):
        desk.customer_says(PIET, f"Bericht {number}")
    async with console(desk=desk, clock=clock) as it:
        await it.press("ctrl+r", *"hooiberg")
        await it.wait_for("Het gaat om")
        await it.press("enter")
        await it.wait_for("Het gaat om")
        entry = it.screen.chat.transcript.cursor_entry
        assert entry is not None
        assert entry.body == "Het gaat om de naald in de hooiberg."


async def test_a_resolved_chat_says_how_to_reopen_it_and_takes_no_reply() -> None:
    async with console() as it:
        it.screen.show(DONE)
        await it.press("i")
        assert "resolved: Esc, R reopens" in it.text
        await it.write("Nog iets?")
        await it.press("enter")
        assert "Not sent: this is resolved. Esc, R reopens it." in it.text
        assert it.asked("send") == []
        assert it.screen.chat.composer.draft.text == "Nog iets?"


async def test_to_resolve_says_that_a_draft_stays() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("e")
        assert "it stays a draft" not in it.text
        assert "Esc: leave it" in it.text
        await it.press("escape", "i")
        await it.write("Umbra")
        await it.press("escape", "e")
        assert "What you were writing here is not sent: it stays a draft." in it.text


async def test_a_visitor_without_a_name_is_told_apart_in_the_list_and_named_once_elsewhere() -> None:
    async with console((80, 24)) as it:
        assert "c6 Visitor" in it.text
        it.screen.show(LEA)
        await it.settle()
        assert "Visitor c6 ·" in it.text
        assert "c6 c6" not in it.text
        await it.press("e")
        assert "Resolve Visitor c6: how" in it.text


async def test_find_here_goes_from_one_to_the_next() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("ctrl+f", *"initech")
        assert "1 of 1" in it.text
        await it.press(*["backspace"] * len("initech"), "e")
        assert "6 of 6" in it.text
        await it.press("enter")
        assert "5 of 6" in it.text, "Enter goes to the one before, and the line stays"
        await it.press("down")
        assert "6 of 6" in it.text
        await it.press("escape")
        assert it.app.screen is it.screen


async def test_the_palette_finds_an_action_by_its_words_and_does_it() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("ctrl+k", *"needs no", "enter")
        assert it.asked("set_needs_answer") == [(JANE, False)]


async def test_every_action_is_in_help_or_palette() -> None:
    from agent_tui.ui.keys import KeyTable
    from agent_tui.ui.palette import rows_for
    from agent_tui.ui.screens.help import help_rows

    keys = KeyTable(DEFAULT_KEYMAP)
    in_palette = {row.value for row in rows_for(keys, "")}
    helped = "\n".join(line.left.plain for line in help_rows(keys, typing=False))
    assert [a.id for a in ACTIONS if a.id not in in_palette and a.title not in helped] == []


async def test_help_says_that_there_is_more_below() -> None:
    async with console((80, 24)) as it:
        await it.press("f1")
        assert "more below" in it.text
        await it.press(*["pagedown"] * 9)
        assert "more below" not in it.text


async def test_a_remapped_key_acts_and_the_old_one_does_not() -> None:
    keymap = {**DEFAULT_KEYMAP, "chat.no_answer_needed": ("x",), "chat.most_urgent": ("f7",)}
    async with console(keymap=keymap) as it:
        await at_jane(it)
        await it.press("m")
        assert it.acted == []
        await it.press("x")
        assert it.acted == ["set_needs_answer"]
        await it.press("f7")
        assert it.screen.tabs.shown == OMAR
        assert "F7 most urgent" in it.last_row or "needs no answer" in it.last_row


async def test_the_leader_says_what_may_follow_and_escape_drops_it() -> None:
    async with console() as it:
        await at_jane(it)
        await it.press("i", "ctrl+o")
        assert "1-9 tab" in it.last_row
        await it.press("escape")
        await it.press("x")
        assert it.screen.chat.composer.draft.text == "x"
        await it.press("ctrl+o", "y")
        assert "Nothing is on ^O" in it.last_row
        assert it.screen.chat.composer.draft.text == "x"
        await it.press("ctrl+o", "n")
        assert it.screen.mode == "NOTE"


async def test_the_end_of_a_shift_walks_the_open_chats() -> None:
    async with console() as it:
        it.screen.do("me.end_shift")
        await it.settle()
        assert it.asked("set_available") == [(Availability.FINISHING,)]
        assert "End of shift: Piet Bakker" in it.text
        await it.press("k")
        assert "End of shift: Omar" in it.text
        await it.press("t", "1")
        assert it.asked("transfer") == [(OMAR, "ruben", "ada")]
        assert "End of shift: Jane" in it.text
        await it.press("e", "s")
        assert it.asked("resolve") == [(JANE, "solved")]
        await it.wait_for("1 of your chats stay open.")
        assert "still wait" not in it.text
        assert "Esc: leave it, you stay finishing" in it.text
        await it.press("w")
        assert it.asked("set_available")[-1] == (Availability.AWAY,)


async def test_who_goes_away_is_told_who_still_waits() -> None:
    async with console() as it:
        it.screen.do("me.end_shift")
        await it.press("k", "k", "k")
        await it.wait_for("3 of your chats stay open.")
        assert "2 customers still wait in chats of yours." in it.text
        await it.press("w")
        assert it.last_row.startswith("You are away. 2 customers still wait in chats of yours.")


async def test_drafts_and_tabs_are_there_after_a_restart(tmp_path: Path) -> None:
    async with console(folder=tmp_path) as it:
        it.screen.show(PIET)
        it.screen.show(JANE)
        await it.press("i")
        await it.write("nog niet af")
    async with console(folder=tmp_path) as it:
        assert it.screen.tabs.refs == [PIET, JANE]
        assert it.screen.tabs.shown == JANE
        assert it.screen.chat.composer.draft.text == "nog niet af"


async def test_a_colleague_who_writes_here_is_named_above_the_text() -> None:
    from agent_tui.model.people import Author
    from agent_tui.model.text import clean
    from agent_tui.model.words import AuthorKind
    from agent_tui.ports.events import TypingSeen

    async with console() as it:
        await at_jane(it)
        ruben = Author(AuthorKind.AGENT, "ruben", clean("Ruben"))
        it.desk.push(TypingSeen(JANE, ruben, True, it.clock()))
        await it.wait_for("Ruben is writing here")


async def test_a_line_lost_is_said_and_what_is_sent_waits() -> None:
    async with console() as it:
        await at_jane(it)
        it.desk.cut()
        await it.wait_for("reconnecting")
        await it.press("i")
        await it.write("later")
        await it.press("enter")
        assert "waiting" in it.text
        it.desk.restore()
        assert it.screen.account is not None
        it.screen.account.reconnect_now()
        await it.wait_for("● live")
        await it.wait_for("✓")
        assert it.desk.entries[JANE][-1].body == "later"


async def test_a_revoked_token_is_said_for_as_long_as_it_is_so() -> None:
    from agent_tui.ports.errors import AuthExpired

    async with console() as it:
        it.desk.cut(error=AuthExpired("This device was signed out: run agent-tui login.", revoked=True))
        await it.wait_for("This device was signed out")
        assert "✕ not connected" in it.rows[0]
        assert it.text.count("This device was signed out") == 1
        it.screen.show(JANE)
        await it.wait_for("Nobody answers")
        await it.press("escape")
        assert it.text.count("This device was signed out") == 1


async def test_ctrl_l_and_the_theme() -> None:
    async with console() as it:
        await it.press("ctrl+l")
        kept: list[str] = []
        object.__setattr__(it.screen.options, "save_theme", kept.append)
        it.screen.do("app.theme")
        await it.settle()
        await it.press("l")
        assert it.app.theme == "light"
        assert kept == ["light"]


async def test_the_card_masks_what_identifies() -> None:
    async with console() as it:
        await at_jane(it)
        assert "+31 • •••• 5678" in it.text
        assert "1234" not in it.text
        await it.press("v")
        assert "THIS CHAT" not in it.text
        await it.press("v")
        assert "THIS CHAT" in it.text


async def test_nobody_is_named_nothing_is_done() -> None:
    async with console() as it:
        for key in ("e", "z", "t", "c", "s", "O", "m", "B", "W", "R", "f4", "i", "n"):
            await it.press(key)
            assert "No chat is open" in it.last_row or "No chat is open" in it.text
        assert it.acted == []
        assert MEI not in it.screen.tabs.refs
        assert ANA not in it.screen.tabs.refs
