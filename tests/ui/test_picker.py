"""The picker, the side pane and the fields: what keys find, what they put in, and what they leave alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agent_tui.model.ids import ConversationRef
from agent_tui.ui.screens.picker import Picker
from tests.ui.console_of import Console, console
from tests.ui.people import JANE, LEA, OMAR, PIET
from tests.ui.proof_library import demo_library

UMBRA = "Umbra came over"
MOVED = "“We zijn op een vrijdagmiddag overgestapt van Initech."


@asynccontextmanager
async def writing(ref: ConversationRef = JANE, *, typing: bool = True, **more: Any) -> AsyncIterator[Console]:
    """In the composer of this chat, with the demo's library read."""
    async with console(library=demo_library(), **more) as it:
        it.screen.show(ref)
        await it.press(*("i" if typing else "escape",))
        await until_read(it)
        yield it


async def until_read(it: Console) -> None:
    """Wait until the library is read and the best for the shown chat are known."""
    async with asyncio.timeout(30):
        while not it.screen.proof.best:
            await it.pilot.pause(0.02)
    await it.settle()


async def found(it: Console, *titles: str) -> None:
    """Wait until the picker lists these."""
    async with asyncio.timeout(10):
        while not (isinstance(it.app.screen, Picker) and all(title in it.text for title in titles)):
            await it.pilot.pause(0.02)


def draft(it: Console) -> str:
    return it.screen.chat.composer.draft.text


def proof(it: Console) -> list[tuple[str, str]]:
    """Which snippets are in the draft, and the words they stand for."""
    written = it.screen.chat.composer.draft
    return [(each.snippet, written.text[each.start : each.end]) for each in written.proof]


@pytest.mark.parametrize("keys", [("f2",), ("ctrl+o", "t")])
async def test_testimonials_are_ranked_for_this_chat_and_enter_puts_one_in(keys: tuple[str, ...]) -> None:
    async with writing() as it:
        await it.write("Kijk: ")
        await it.press(*keys)
        await found(it, UMBRA, "for Jane de Vries · closing · nl", "Could I see what they say?")
        assert "Example study" not in it.text
        await it.press(*"initech", "enter")
        assert draft(it).startswith(f"Kijk: {MOVED}")
        assert "(vertaald) — Mira Okafor, head of support bij Umbra (invented" in draft(it)
        assert proof(it) == [("example-umbra-moved", draft(it).removeprefix("Kijk: "))]
        assert it.screen.typing


@pytest.mark.parametrize("keys", [("f3",), ("ctrl+o", "s")])
async def test_sources_go_out_with_publisher_date_and_link_in_the_customers_language(keys: tuple[str, ...]) -> None:
    async with writing() as it:
        await it.press(*keys)
        await found(it, "where the data is")
        await it.press(*"auditors", "enter")
        await it.settle()
        assert draft(it).startswith("Een verzonnen rapport voor deze demo:")
        assert "(Example Audit (invented), 20 augustus 2024, https://example.org/where-the-data-is)" in draft(it)


async def test_a_slash_at_a_words_start_asks_for_all_kinds_and_two_type_one() -> None:
    async with writing() as it:
        await it.write("kosten 3")
        await it.press("slash")
        assert draft(it) == "kosten 3/"
        await it.write("2 of https:")
        await it.press("slash", "slash")
        assert draft(it) == "kosten 3/2 of https://"
        await it.press("space", "slash")
        await found(it, "Greeting", "everything kept ready")
        await it.press("slash")
        assert draft(it) == "kosten 3/2 of https:// /"
        await it.press("space", "slash")
        await found(it, "Greeting")
        await it.press("escape")
        assert draft(it) == "kosten 3/2 of https:// / "


async def test_escape_leaves_the_draft_untouched() -> None:
    async with writing() as it:
        await it.write("Half a sen")
        await it.press("f2")
        await found(it, UMBRA)
        await it.press(*"laptop", "down", "escape")
        assert draft(it) == "Half a sen"
        assert it.screen.typing


async def test_several_go_in_together_in_the_order_they_were_added() -> None:
    async with writing() as it:
        await it.press("f2")
        await found(it, UMBRA)
        await it.press(*"twee hele dagen")
        await found(it, "two days a month back")
        await it.press("tab", "ctrl+u", *"initech")
        await found(it, UMBRA)
        await it.press("tab")
        await it.wait_for("Enter puts in 2")
        await it.press("enter")
        assert [snippet for snippet, _ in proof(it)] == ["example-umbra-days", "example-umbra-moved"]
        assert draft(it).count("\n“") == 1
        await it.press("f3")
        await found(it, "Example")
        await it.press("enter")
        assert len(proof(it)) == 3


async def test_a_field_that_waits_for_its_value_is_not_where_the_next_one_goes() -> None:
    async with writing(LEA) as it:
        await it.press("slash", *"greeting")
        await found(it, "Greeting")
        await it.press("tab", "ctrl+u", *"norway")
        await found(it, "Delivery to Norway")
        await it.press("tab")
        await it.wait_for("Enter puts in 2")
        await it.press("enter", "f2", *"twee hele dagen")
        await found(it, "two days a month back")
        await it.press("enter")
        lines = draft(it).split("\n")
        assert lines[:2] == [
            "Hello {{customer.first_name}}, this is Ada. How can I help you?",
            "Yes, {{customer.first_name}}, we deliver to Norway. It takes four to six working days.",
        ]
        assert "two whole days" in lines[2]
        assert [snippet for snippet, _ in proof(it)] == ["greet", "delivery-norway", "example-umbra-days"]
        await it.write("Lea")
        assert draft(it).startswith("Hello Lea, this is Ada.")
        await it.press("tab", *"Lea")
        assert "Yes, Lea, we deliver" in draft(it)


async def test_a_snippet_stands_apart_from_what_is_behind_it() -> None:
    async with writing() as it:
        await it.write("Look: and call me")
        await it.press(*["left"] * len("and call me"))
        await it.press("f2", *"twee hele dagen")
        await found(it, "two days a month back")
        await it.press("enter")
        assert draft(it).startswith("Look: “We krijgen")
        assert draft(it).endswith("Niet iedereen haalt dit resultaat.\nand call me")
        await it.write("!")
        assert draft(it).endswith("resultaat.!\nand call me")


async def test_a_blocked_one_says_why_and_does_not_go_in() -> None:
    async with writing() as it:
        await it.press("f2", *"soylent")
        await found(it, "✗ blocked", "its speaker withdrew consent on 1")
        await it.press("enter")
        assert isinstance(it.app.screen, Picker)
        assert "withdrew consent" in it.last_row
        await it.press("escape")
        assert draft(it) == ""


async def test_a_note_may_have_it_all_the_same() -> None:
    async with writing() as it:
        await it.press("f4", "f2", *"bank")
        await found(it, "✗ blocked")
        await it.press("enter")
        assert "audit log" in draft(it)


async def test_a_key_says_why_it_stands_there() -> None:
    async with writing() as it:
        await it.press("f2", *"initech")
        await found(it, UMBRA)
        await it.press("ctrl+y")
        await it.wait_for("Why it stands here")
        assert "the words of the query" in it.text
        assert "for the stage closing" in it.text
        await it.press("ctrl+y")
        await it.wait_for("Said by Mira Okafor")


async def test_the_other_key_shows_the_other_kind_and_the_same_one_all() -> None:
    async with writing() as it:
        await it.press("f2")
        await found(it, UMBRA)
        await it.press("f3")
        await found(it, "where the data is")
        assert UMBRA not in it.text
        await it.press("f3")
        await found(it, "where the data is", UMBRA, "everything kept ready")


async def test_where_nothing_fits_it_says_so() -> None:
    async with writing() as it:
        await it.press("f2", *"zqxjkv wrtp")
        await found(it, "Nothing of that kind has these words.")
        await it.press("enter", "tab")
        assert isinstance(it.app.screen, Picker)


async def test_known_fields_are_filled_and_tab_walks_the_others() -> None:
    async with writing(LEA) as it:
        await it.press("slash", *"greeting")
        await found(it, "Greeting")
        await it.press("enter")
        assert draft(it) == "Hello {{customer.first_name}}, this is Ada. How can I help you?"
        await it.write("Lea")
        assert draft(it).startswith("Hello Lea, this is Ada.")
    async with writing(PIET) as it:
        it.screen.chat.composer.insert("{{customer.name}} and {{page.title}}")
        await it.press("tab", "P", "tab", "Q")
        assert draft(it) == "P and Q"
        await it.press("tab")
        assert draft(it) == "P and Q"


async def test_what_came_from_where_survives_edits_undo_and_the_end_of_the_program(tmp_path: Path) -> None:
    async with writing(folder=tmp_path) as it:
        await it.press("f2", *"initech")
        await found(it, UMBRA)
        await it.press("enter")
        text = draft(it)
        await it.press("ctrl+u", "ctrl+z")
        it.screen.chat.composer.mend(f"Zie: {text}")
        assert proof(it) == [("example-umbra-moved", text)]
        await it.press("ctrl+p")
        it.screen.show(OMAR)
        await it.settle()
        assert draft(it) == ""
        it.screen.show(JANE)
        await it.settle()
        assert proof(it) == [("example-umbra-moved", text)]
    async with writing(folder=tmp_path) as it:
        assert proof(it) == [("example-umbra-moved", text)]


@pytest.mark.parametrize("typing", [True, False])
async def test_the_three_best_stand_beside_the_chat_and_a_number_puts_one_in(typing: bool) -> None:
    async with writing(typing=typing) as it:
        await it.wait_for("PROOF FOR CLOSING")
        best = [offer.kept.snippet.id for offer in it.screen.proof.best]
        assert len(best) == 3
        await it.press(*(("ctrl+o", "b") if typing else ("p",)))
        await it.wait_for("Put which proof into the reply?")
        await it.press("2")
        await it.settle()
        assert [snippet for snippet, _ in proof(it)] == best[1:2]
        assert it.screen.typing


async def test_the_side_pane_follows_the_chat_and_its_stage() -> None:
    async with writing() as it:
        closing = it.screen.proof.best
        it.screen.show(PIET)
        await it.wait_for("PROOF FOR MID")
        assert it.screen.proof.best != closing
        it.screen.show(JANE)
        await it.wait_for("PROOF FOR CLOSING")
        assert it.screen.proof.best == closing


async def test_proof_for_another_stage_is_never_offered() -> None:
    async with writing() as it:
        it.screen.show(OMAR)
        async with asyncio.timeout(5):
            while "PROOF FOR" in it.text:
                await it.pilot.pause(0.02)
        await it.pilot.pause(0.2)
        assert it.screen.proof.best == ()
        await it.press("ctrl+o", "b")
        assert "Nothing in the library is for this stage; F2 searches in all of it." in it.last_row


async def test_the_picker_says_how_old_the_teams_library_is_while_nobody_answers() -> None:
    async with writing(size=(160, 40)) as it:
        await it.press("f2")
        await found(it, UMBRA)
        assert "The team's library" not in it.text
        await it.press("escape")
        it.desk.cut()
        await it.wait_for("reconnecting")
        await it.press("f2")
        await found(it, "The team's library is", "can't be sent until the desk answers")
