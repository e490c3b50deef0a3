"""Calls at the scripted backend: records that a test moves by hand, kept to the rules of the machine."""

from typing import TYPE_CHECKING, Any

import msgspec

from agent_tui.core.phone.states import CANCELLING, Cancelling, moved
from agent_tui.model.call import Basis, BasisKind, Call, CallId, CallKind, CallState, LineKind, Number, Reason
from agent_tui.model.ids import AgentId, ClientId, ConversationRef
from agent_tui.model.telephone import CallChecks, CallWay, Telephone
from agent_tui.model.text import clean
from agent_tui.ports import events as e
from agent_tui.ports.calling import CallPage, CallView, Result
from agent_tui.ports.capabilities import Capability
from agent_tui.ports.errors import CallStopped, NotFound, Taken

if TYPE_CHECKING:
    from tests.scripted_backend import ScriptedDesk

NUMBER = Number("+31612345678", "", "NL", LineKind.MOBILE, clean("+31 6 12345678"))
COMPANY = Number("+31201234567", "", "NL", LineKind.FIXED, clean("+31 20 123 4567"))
SIMULATED = CallWay("simulated", clean("Simulated calls"), simulated=True)
HANDOVER = CallWay(
    "handover", clean("Your own phone"), in_console=True, tracked=False, cancel=False, hangup=False, rings_agent=False,
    shows_number=False,
)  # fmt: skip
QUEUE_VIEW = (CallState.QUEUED, CallState.CLAIMED)


class ScriptedCalls:
    """What the scripted desk knows of calls. `checks` is what the next `check_call` answers, and what holds back."""

    def __init__(self, desk: "ScriptedDesk") -> None:
        self._desk = desk
        self.calls: dict[CallId, Call] = {}
        self.telephone = Telephone(
            on=True, region="NL", countries=("31",), caller_id=COMPANY, ways=(SIMULATED, HANDOVER)
        )
        self.checks = CallChecks(
            number=NUMBER,
            basis=Basis(BasisKind.CUSTOMER_REQUEST, "1"),
            their_time=clean("13:00"),
            zone=clean("Europe/Amsterdam"),
            caller_id=COMPANY,
            present=True,
            ways=self.telephone.ways,
        )

    def add(self, ref: ConversationRef, call_id: str = "call-1", **fields: Any) -> Call:
        """A call as the test wants it, told to everybody."""
        now = self._desk.now_ms()
        given: dict[str, Any] = {
            "kind": CallKind.CALL, "revision": 1, "state": CallState.REQUESTED, "since_ms": now, "heard_ms": now,
            "requested_ms": now, "number": NUMBER, "last4": NUMBER.last4, "caller_id": COMPANY, "code": "4821",
        }  # fmt: skip
        return self.tell(Call(id=CallId(call_id), ref=ref, **{**given, **fields}))

    def moves(self, call_id: CallId, state: CallState, reason: Reason | None = None) -> Call:
        """Its provider says so."""
        return self.tell(moved(self.calls[call_id], state, self._desk.now_ms(), reason))

    def tell(self, call: Call) -> Call:
        """Kept, and pushed as pushes are: without the number."""
        self.calls[call.id] = call
        self._desk.push(e.CallSeen(msgspec.structs.replace(call, number=None)))
        return call

    def of(self, call_id: CallId) -> Call:
        if call_id not in self.calls:
            raise NotFound(f"There is no call {call_id}.")
        return self.calls[call_id]

    def open_of(self, ref: ConversationRef) -> Call | None:
        return next((call for call in self.calls.values() if call.ref == ref and call.is_open), None)


class ScriptedWatchingCalls:
    """Looking."""

    desk: "ScriptedDesk"

    async def telephone(self) -> Telephone:
        self.desk.check_reachable()
        return self.desk.phone.telephone

    async def calls(self, view: CallView, ref: ConversationRef | None = None, after: str = "") -> CallPage:
        self.desk.check_reachable()
        found = [call for call in self.desk.phone.calls.values() if ref in (None, call.ref)]
        if view is not CallView.ALL:
            found = [call for call in found if call.is_open]
        if view is CallView.QUEUE:
            found = [call for call in found if call.state in QUEUE_VIEW]
        return CallPage(tuple(reversed(found)))

    async def call(self, call_id: CallId) -> Call:
        self.desk.check_reachable()
        return self.desk.phone.of(call_id)


class ScriptedCalling:
    """Acting."""

    desk: "ScriptedDesk"

    async def check_call(self, ref: ConversationRef, number: str, basis_entry: int) -> CallChecks:
        await self.desk.asked_to(Capability.CALLS, "check_call", ref, number, basis_entry)
        return msgspec.structs.replace(self.desk.phone.checks, open_call=self.desk.phone.open_of(ref))

    async def request_call(
        self,
        ref: ConversationRef,
        call_id: CallId,
        number: str,
        provider: str,
        basis_entry: int,
        confirmed: tuple[str, ...],
    ) -> Call:
        await self.desk.asked_to(
            Capability.CALLS, "request_call", ref, call_id, number, provider, basis_entry, confirmed
        )
        self._stopped(confirmed)
        there = self.desk.phone.open_of(ref)
        if there is not None and there.state is CallState.QUEUED:
            self.desk.phone.calls[there.id] = msgspec.structs.replace(there, provider=provider, **self._mine())
            return self.desk.phone.moves(there.id, CallState.CLAIMED)
        if there is not None:
            return there
        console = any(way.name == provider and way.in_console for way in self.desk.phone.telephone.ways)
        return self.desk.phone.add(ref, call_id, provider=provider, in_console=console, **self._mine())

    async def dial_call(self, call_id: CallId) -> Call:
        await self.desk.asked_to(Capability.CALLS, "dial_call", call_id)
        call = self.desk.phone.of(call_id)
        return call if call.in_console else self.desk.phone.moves(call_id, CallState.DIALLING_AGENT)

    async def report_call(self, call_id: CallId, state: CallState, reason: Reason | None) -> Call:
        await self.desk.asked_to(Capability.CALLS, "report_call", call_id, state, reason)
        return self.desk.phone.moves(call_id, state, reason)

    async def cancel_call(self, call_id: CallId) -> Call:
        await self.desk.asked_to(Capability.CALLS, "cancel_call", call_id)
        call = self.desk.phone.of(call_id)
        if CANCELLING[call.state] in (Cancelling.HERE, Cancelling.AT_PROVIDER):
            return self.desk.phone.moves(call_id, CallState.ENDED, Reason.CANCELLED)
        return call

    async def hang_up(self, call_id: CallId) -> Call:
        await self.desk.asked_to(Capability.CALLS, "hang_up", call_id)
        return self.desk.phone.moves(call_id, CallState.ENDED, Reason.AGENT_HUNG_UP)

    async def call_outcome(self, call_id: CallId, result: Result, note: str, cid: ClientId) -> Call:
        await self.desk.asked_to(Capability.CALLS, "call_outcome", call_id, result, note, cid)
        call = self.desk.phone.of(call_id)
        if call.state is CallState.HANDED_OVER:
            call = self.desk.phone.moves(call_id, CallState.ENDED, _REPORTED[result])
        return self.desk.phone.tell(msgspec.structs.replace(call, result=result.value, revision=call.revision + 1))

    async def offer_call(self, ref: ConversationRef, number: str) -> int:
        await self.desk.asked_to(Capability.CALLS, "offer_call", ref, number)
        return self.desk.system_says(ref, "call_told", what="Shall I call you now?").key

    async def queue_call(
        self,
        ref: ConversationRef,
        call_id: CallId,
        number: str,
        *,
        not_before_ms: int | None,
        not_after_ms: int | None,
        priority: int,
        note: str,
        basis_entry: int,
        confirmed: tuple[str, ...],
    ) -> Call:
        await self.desk.asked_to(Capability.CALLS, "queue_call", ref, call_id, number, not_before_ms, not_after_ms)
        self._stopped(confirmed)
        return self.desk.phone.add(
            ref, call_id, kind=CallKind.CALLBACK, state=CallState.QUEUED, not_before_ms=not_before_ms,
            not_after_ms=not_after_ms, priority=priority, note=clean(note),
        )  # fmt: skip

    async def claim_call(self, call_id: CallId) -> Call:
        await self.desk.asked_to(Capability.CALLS, "claim_call", call_id)
        call = self.desk.phone.of(call_id)
        if call.agent not in (None, self.desk.me.id):
            raise Taken(f"{call.agent_name} has it.", call.agent_name)
        self.desk.phone.calls[call_id] = msgspec.structs.replace(call, **self._mine())
        return self.desk.phone.moves(call_id, CallState.CLAIMED)

    async def release_call(self, call_id: CallId) -> Call:
        await self.desk.asked_to(Capability.CALLS, "release_call", call_id)
        call = msgspec.structs.replace(self.desk.phone.of(call_id), agent=None, agent_name=clean(""))
        self.desk.phone.calls[call_id] = call
        return self.desk.phone.moves(call_id, CallState.QUEUED)

    async def reschedule_call(self, call_id: CallId, not_before_ms: int, not_after_ms: int | None) -> Call:
        await self.desk.asked_to(Capability.CALLS, "reschedule_call", call_id, not_before_ms, not_after_ms)
        call = self.desk.phone.of(call_id)
        return self.desk.phone.tell(
            msgspec.structs.replace(
                call, not_before_ms=not_before_ms, not_after_ms=not_after_ms, revision=call.revision + 1
            )
        )

    async def do_not_call(self, ref: ConversationRef, number: str, *, on: bool, reason: str) -> None:
        await self.desk.asked_to(Capability.CALLS, "do_not_call", ref, number, on, reason)

    async def set_phone(self, agent: str, extension: str, number: str, shows: str) -> None:
        await self.desk.asked_to(Capability.CALLS, "set_phone", agent, extension, number, shows)

    def _mine(self) -> dict[str, Any]:
        return {"agent": AgentId(self.desk.me.id), "agent_name": self.desk.me.name}

    def _stopped(self, confirmed: tuple[str, ...]) -> None:
        for stop in self.desk.phone.checks.stops:
            if not (stop.passable and stop.code in confirmed):
                raise CallStopped(stop.sentence, stop.code)


_REPORTED = {
    Result.SPOKE: Reason.REPORTED_SPOKE,
    Result.NO_ANSWER: Reason.REPORTED_NO_ANSWER,
    Result.VOICEMAIL: Reason.REPORTED_NO_ANSWER,
    Result.WRONG_NUMBER: Reason.REPORTED_WRONG_NUMBER,
    Result.NOT_CALLED: Reason.CANCELLED,
}
