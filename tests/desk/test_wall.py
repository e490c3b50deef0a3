"""The wall at a real desk: what a monitor is sent, and that nobody else hears of it."""

from typing import Any

import msgspec
import pytest

from agent_tui.core.metrics.case import Call
from agent_tui.desk.board import call_fact
from agent_tui.desk.wall_facts import WallFacts
from agent_tui.model.call import BasisKind, CallKind, CallState, Reason
from agent_tui.model.wall import FactKind
from agent_tui.model.words import Outcome, Stage, State
from agent_tui.protocol import commands as c
from agent_tui.protocol.call_records import WireBasis, WireCall
from agent_tui.protocol.errors import Code
from agent_tui.protocol.records import WireConversation, WireCustomer
from tests.clients import Refused, StaffClient
from tests.desk.conftest import staff_of, visitor_of
from tests.desk_process import DeskProcess


class Monitor(StaffClient):
    """A monitor's socket."""

    async def connect(self, **options: Any) -> c.Welcome:
        self.wall = True
        return await super().connect(**options)

    def tile(self, conversation: int) -> dict[str, Any] | None:
        found = [e for e in self.now if e["e"] == "tile" and e["record"]["id"] == conversation]
        # of two of one version the later is the newer: what stands beside the record has no version of its own
        return max(reversed(found), key=lambda tile: tile["version"]) if found else None

    async def until_tile(self, conversation: int, **fields: Any) -> dict[str, Any]:
        """Wait until its tile's record has these fields."""

        def met() -> dict[str, Any] | None:
            tile = self.tile(conversation)
            fits = tile is not None and all(tile["record"].get(name) == value for name, value in fields.items())
            return tile if fits else None

        found: dict[str, Any] = await self.until(met)
        return found

    async def until_facts(self, conversation: int, kind: str) -> dict[str, dict[str, Any]]:
        """Wait until its tile has a fact of this kind; all of them by kind."""

        def met() -> dict[str, dict[str, Any]] | None:
            facts = {fact["kind"]: fact for fact in (self.tile(conversation) or {}).get("facts", ())}
            return facts if kind in facts else None

        found: dict[str, dict[str, Any]] = await self.until(met)
        return found


def monitor_of(desk: DeskProcess, name: str = "Vera", role: str = "supervisor") -> Monitor:
    return Monitor(desk.socket_url, desk.token(name, role))


async def test_a_monitor_is_told_everything_there_is_and_then_what_changes(desk: DeskProcess) -> None:
    async with visitor_of(desk) as jane, staff_of(desk) as ada:
        await jane.say("mine is 06-12345678 or jane@example.org")
        number = (await ada.sees("mine is 06-12345678 or jane@example.org"))["conversation"]
        async with monitor_of(desk) as vera:
            await vera.until(lambda: any(e["e"] == "complete" for e in vera.now))
            tile = await vera.until_tile(number, state="waiting")
            assert tile["record"]["preview"] == "mine is ••-••••••78 or •••@•••"
            assert any(e["e"] == "board" and e["figures"]["waiting"]["value"] >= 1 for e in vera.now)
            assert any(e["e"] == "agent" and e["agent"]["name"] == "Ada" for e in vera.now)
            assert vera.events == []
            await ada.ask(c.Claim, conversation=number)
            await vera.until_tile(number, state="open")
            await ada.ask(c.SetFlag, conversation=number, reason="wants 06 12345678 called")
            facts = await vera.until_facts(number, "flag")
            assert facts["flag"]["what"] == "wants •• ••••••78 called"
            await vera.ask(c.Watch, tiles=(number,), opened=(number,))
            await ada.send(number, "hello Jane")
            await vera.until(
                lambda: any(e["e"] == "entry" and e["entry"].get("body") == "hello Jane" for e in vera.now)
            )
            lines = await vera.until(
                lambda: next((e for e in reversed(vera.now) if e["e"] == "lines" and len(e["entries"]) >= 4), None)
            )
            assert lines["entries"][0]["body"] == "mine is ••-••••••78 or •••@•••"
            await ada.ask(c.Resolve, conversation=number)
            await vera.until(lambda: {"e": "tile_gone", "conversation": number} in vera.now)
            with pytest.raises(Refused) as refused:
                await vera.ask(
                    c.Send, conversation=number, cid="0" * 8, kind="public", body="x", seen_seq=0, draft_seq=0
                )
            assert refused.value.answer.code is Code.NOT_ALLOWED


async def test_a_signal_is_on_the_tile_from_before_and_as_it_comes_and_goes_with_the_line(desk: DeskProcess) -> None:
    async with visitor_of(desk) as jane, staff_of(desk) as ada:
        stored = await jane.say("Ik ben ten einde raad")
        number = (await ada.sees("Ik ben ten einde raad"))["conversation"]
        async with monitor_of(desk, "Wim") as wim:
            facts = await wim.until_facts(number, "signal")
            assert facts["signal"]["what"] == "“ten einde raad”"
            assert facts["signal"]["since"] == stored.at
            await jane.say("WAAROM BELT MIJ NIEMAND")
            await wim.until(lambda: "capitals" in str((wim.tile(number) or {}).get("facts")))
            await jane.say("nee, bel mij niet")
            await wim.until(lambda: (tile := wim.tile(number)) and not tile.get("facts") and tile)


async def test_signals_and_refused_proof_are_facts_and_figures(desk: DeskProcess) -> None:
    async with visitor_of(desk) as jane, staff_of(desk) as ada, monitor_of(desk, "Fay") as fay:
        await jane.say("This is ridiculous, I am furious. Can somebody call me please?")
        number = (await ada.sees("This is ridiculous, I am furious. Can somebody call me please?"))["conversation"]

        def fact(kind: str) -> dict[str, Any] | None:
            tile = fay.tile(number)
            return next((one for one in (tile or {}).get("facts", ()) if one["kind"] == kind), None)

        signal = await fay.until(lambda: fact("signal"))
        assert "asked to be called" in signal["what"]
        before = desk.get("/v1/board", fay.token)["figures"]["proof_refused"]["value"]
        await ada.ask(
            c.ProofStopped,
            conversation=number,
            snippet="umbra-support-hours",
            revision=1,
            language="en",
            rule="withdrawn",
            report="019aa5e1-1234-7123-8123-123456789012",
            at=0,
        )
        assert desk.get("/v1/board", fay.token)["figures"]["proof_refused"]["value"] == before + 1
        numbers = [one["id"] for one in desk.get("/v1/behind?figure=proof_refused", fay.token)["conversations"]]
        assert number in numbers


def test_a_call_that_failed_is_a_fact_until_the_next_one() -> None:
    facts = WallFacts()
    record = WireConversation(7, 1, State.OPEN, Stage.MID, False, Outcome.UNKNOWN, WireCustomer("v"), 0, 1, 0)

    def call(requested: int, state: CallState, reason: Reason | None) -> WireCall:
        return WireCall(str(requested), 7, CallKind.CALL, 1, state, requested, requested + 5, reason=reason)

    facts.call(call(1, CallState.ENDED, Reason.PROVIDER_ERROR))
    assert [(fact.kind, fact.since) for fact in facts.of(record, 0)] == [(FactKind.CALL_FAILED, 6)]
    facts.call(call(2, CallState.DIALLING_AGENT, None))
    assert facts.of(record, 0) == ()
    for reason in (Reason.CUSTOMER_HUNG_UP, Reason.CANCELLED):
        facts.call(call(3, CallState.ENDED, reason))
        assert facts.of(record, 0) == ()
    wanted = msgspec.structs.replace(record, wants_call=True, last_at=9)
    assert [(fact.kind, fact.since) for fact in facts.of(wanted, 0)] == [(FactKind.CALL_WANTED, 9)]
    # a desk that was started anew knows when they asked, whatever they wrote since
    asked = WireBasis(BasisKind.CUSTOMER_REQUEST, 3, 4)
    facts.call(msgspec.structs.replace(call(4, CallState.QUEUED, None), basis=asked))
    assert [(fact.kind, fact.since) for fact in facts.of(wanted, 0)] == [(FactKind.CALL_WANTED, 4)]


def test_only_a_call_that_may_have_rung_counts_as_made() -> None:
    def call(state: CallState, reason: Reason | None = None, **more: Any) -> WireCall:
        return WireCall("a", 7, CallKind.CALL, 1, state, 1, 1, reason=reason, **more)

    assert call_fact(call(CallState.REQUESTED)) == Call("a")
    assert call_fact(call(CallState.QUEUED, by_customer=True)) == Call("a", asked=True)
    assert call_fact(call(CallState.ENDED, Reason.CANCELLED)) == Call("a")
    assert call_fact(call(CallState.HANDED_OVER)) == Call("a", made=True)
    assert call_fact(call(CallState.ENDED, Reason.REPORTED_SPOKE)) == Call("a", made=True, reached=True)
    assert call_fact(call(CallState.ENDED, Reason.CUSTOMER_BUSY, dialled=2)) == Call("a", made=True)
    assert call_fact(call(CallState.IN_CALL, dialled=2, answered=3)) == Call("a", made=True, reached=True)
