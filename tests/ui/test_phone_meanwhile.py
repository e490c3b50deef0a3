"""Beside the card: offers of a call, callbacks in the list, quiet while in a call, the others, the packet."""

import asyncio

import msgspec
import pytest

from agent_tui.model.call import CallId, CallKind, CallState
from agent_tui.model.ids import AgentId
from agent_tui.model.snippet import Source
from agent_tui.model.text import clean
from tests.account_of import Clock
from tests.ui.console_of import Console, console
from tests.ui.people import JANE, OMAR, PIET, RUBENS, a_busy_desk
from tests.ui.proof_library import demo_library

LONG = "Piet van der Bakker-Zwart"


async def at_piet(it: Console) -> None:
    it.screen.show(PIET)
    it.screen.chat.transcript.focus()
    await it.settle()


async def offered(it: Console, words: str) -> None:
    async with asyncio.timeout(5):
        while words not in it.text:
            await it.pilot.pause(0.02)


async def test_who_asks_to_be_called_is_an_offer_with_what_was_seen_and_its_keys() -> None:
    async with console((140, 34)) as it:
        await at_piet(it)
        await offered(it, "☎ asked to be called: F9, ^O x not now")
        await it.press("X")
        assert "☎ asked" not in it.text
        assert "Put away" in it.last_row
        it.desk.customer_says(PIET, "Nogmaals: bel mij nu eindelijk terug!")
        await it.settle()
        await offered(it, "☎ asked to be called")
        assert it.asked("request_call") == []


async def test_an_offer_moves_nothing_on_the_screen() -> None:
    async with console((140, 34)) as it:
        await at_piet(it)
        await offered(it, "☎ asked to be called")
        with_offer = [row for row in it.rows if "─ TO" not in row][:-1]
        await it.press("X")
        assert [row for row in it.rows if "─ TO" not in row][:-1] == with_offer


async def test_a_number_in_the_customers_own_line_is_proposed_and_never_dialled() -> None:
    async with console((140, 34)) as it:
        it.screen.show(PIET)
        await it.settle()
        it.desk.customer_says(PIET, "Mijn nummer is 06 87654321, en bestelling 7781")
        await offered(it, "☎ their number +31 6 87654321")
        assert it.asked("request_call") == []


async def test_while_a_call_is_open_nothing_is_offered() -> None:
    async with console((140, 34)) as it:
        it.desk.phone.add(PIET, state=CallState.QUEUED)
        await at_piet(it)
        await it.pilot.pause(0.2)
        assert "☎ asked to be called:" not in it.text


async def test_callbacks_stand_in_the_list_with_how_long_they_are_due_and_a_key_claims_the_next() -> None:
    clock = Clock()
    desk = a_busy_desk(clock)
    due = {"kind": CallKind.CALLBACK, "state": CallState.QUEUED, "requested_ms": clock() - 250_000}
    desk.phone.add(PIET, "call-1", **due)
    desk.phone.add(RUBENS, "call-2", **due, note=clean("refund"))
    async with console(desk=desk, clock=clock) as it:
        row = next(row for row in it.rows if "Piet" in row)
        assert "☎ 4:10" in row
        assert "CALLBACKS" in it.text
        assert any("Sofie" in row and "☎ 4:10" in row for row in it.rows), "a colleague's chat, but a callback to take"
        desk.phone.moves(desk.phone.calls["call-1"].id, CallState.ENDED)  # type: ignore[index]
        async with asyncio.timeout(5):
            while "☎ 4:10" in next(row for row in it.rows if "Piet" in row):
                await it.pilot.pause(0.02)


async def test_claiming_shows_the_chat_and_says_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        call = it.desk.phone.add(
            RUBENS, kind=CallKind.CALLBACK, state=CallState.QUEUED, note=clean("refund, order 7781")
        )
        await it.settle()
        claiming = it.screen.account._answering.claim_call  # type: ignore[union-attr]

        async def claim(call_id: str) -> object:
            return await claiming(call_id or call.id)  # type: ignore[arg-type]

        monkeypatch.setattr(it.screen.account._answering, "claim_call", claim)  # type: ignore[union-attr]
        await it.press("escape", "C")
        assert it.screen.tabs.shown == RUBENS
        assert "F9 calls" in it.last_row
        await it.press("P")
        assert "refund, order 7781" in it.text
        assert "Ik kom er zo op terug." in it.text
        await it.press("escape")


async def test_in_a_call_nothing_rings_and_what_would_have_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console() as it:
        called: list[str] = []
        monkeypatch.setattr(it.screen.notices, "call", called.append)
        it.screen.notices.tick()
        it.desk.phone.add(JANE, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=1)
        await it.settle()
        for number in (21, 22):
            it.desk.conversation(number, "Nieuw")
            await it.settle()
            it.screen.tick()
        await it.settle()
        assert called == []
        assert "2 new while you call" in it.rows[0]


async def test_the_others_get_the_line_that_was_shown_and_only_after_a_key() -> None:
    async with console() as it:
        await it.press("H")
        assert "You are not in a call" in it.last_row
        it.desk.phone.add(JANE, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=1)
        dutch = msgspec.structs.replace(it.desk.conversations[OMAR].customer, language=clean("nl"))
        it.desk.change(OMAR, customer=dutch)
        await it.settle()
        it.screen.chat.transcript.focus()
        await it.press("H")
        assert "Omar" in it.text
        assert "telefoongesprek" in it.text
        assert it.asked("send") == []
        await it.press("l")
        (sent,) = it.asked("send")
        assert sent[0].ref == OMAR
        assert "telefoongesprek" in sent[0].body


async def test_the_others_can_go_to_the_queue() -> None:
    async with console() as it:
        it.desk.phone.add(JANE, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=1)
        await it.settle()
        await it.press("H", "q")
        assert it.asked("transfer") == [(OMAR, "", "ada")]


async def test_the_packet_has_need_last_lines_and_their_time() -> None:
    async with console() as it:
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        await it.press("P")
        assert "13:00 there" in it.text
        assert "Could I see what they say?" in it.text
        assert "sales, closing" in it.text
        await it.press("escape")
        assert "What to know" not in it.text


@pytest.mark.parametrize(("width", "shown"), [(160, ": F9, ^O x not now"), (58, "☎ asked to be called: F9")])
async def test_an_offer_is_shortened_where_it_would_be_cut(width: int, shown: str) -> None:
    async with console((width, 34)) as it:
        it.desk.change(PIET, customer=msgspec.structs.replace(it.desk.conversations[PIET].customer, name=clean(LONG)))
        await at_piet(it)
        await offered(it, shown)
        (row,) = [row for row in it.rows if "☎ asked to be called" in row]
        assert "…" not in row


async def test_a_claimed_callback_that_is_looked_at_is_renewed_before_its_lease_ends_and_one_that_was_left_is_not() -> (
    None
):
    clock = Clock()
    desk = a_busy_desk(clock)
    async with console(desk=desk, clock=clock) as it:
        it.screen.show(RUBENS)
        desk.phone.add(
            RUBENS, kind=CallKind.CALLBACK, state=CallState.CLAIMED, agent=AgentId("ada"), agent_name=clean("Ada"),
            lease_until_ms=clock() + 120_000,
        )  # fmt: skip
        await it.settle()
        it.screen.calling.tick()
        await it.settle()
        assert it.asked("claim_call") == [], "not while it lasts"
        clock.pass_ms(61_000)
        for _ in range(3):
            it.screen.calling.tick()
            await it.settle()
        assert it.asked("claim_call") == [("call-1",)], "once for each lease"

        it.screen.show(JANE)
        desk.phone.tell(
            msgspec.structs.replace(desk.phone.of(CallId("call-1")), lease_until_ms=clock() + 59_000, revision=9)
        )
        await it.settle()
        it.screen.calling.tick()
        await it.settle()
        assert len(it.asked("claim_call")) == 1


async def test_the_packet_lists_the_proof_that_was_sent() -> None:
    library = demo_library()
    async with console(library=library) as it:
        it.screen.show(JANE)
        it.screen.chat.transcript.focus()
        await it.settle()
        await it.press("P")
        assert "none yet" in it.text
        await it.press("escape")
        async with asyncio.timeout(20):
            while library.shelf is None:
                await it.pilot.pause(0.02)
        shelf = library.shelf
        sent = next(kept.snippet for kept in shelf.library.kept.values() if isinstance(kept.snippet, Source))
        it.desk.agent_says(JANE, "Ada", f"Hier staat het: {sent.url}", at_ms=it.clock())
        await it.settle()
        await it.press("P")
        assert str(sent.title) in it.text
        assert "none yet" not in it.text
