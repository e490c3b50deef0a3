"""Calls at a desk: looking at them, and acting on them."""

from collections.abc import Callable
from typing import Any, Protocol

from agent_tui.backends.desk import call_codec as codec
from agent_tui.backends.desk.client.line import DeskLine
from agent_tui.backends.desk.codec import number_of
from agent_tui.model.call import Call, CallId, CallState, Reason
from agent_tui.model.ids import ClientId, ConversationRef
from agent_tui.model.telephone import CallChecks, Telephone
from agent_tui.model.text import clean
from agent_tui.ports.calling import CallPage, CallView, Result
from agent_tui.ports.capabilities import Capability
from agent_tui.ports.errors import NotFound
from agent_tui.protocol import call_commands as c
from agent_tui.protocol import call_records as r
from agent_tui.protocol.commands import Command


class WatchesCalls:
    """The looking half."""

    _line: DeskLine

    async def telephone(self) -> Telephone:
        """The team's telephone."""
        return codec.telephone(await self._line.read("phone", r.PhoneFacts))

    async def calls(self, view: CallView, ref: ConversationRef | None = None, after: str = "") -> CallPage:
        """One page of calls."""
        query = {"view": view.value, "conversation": number_of(ref) if ref else None, "after": after}
        page = await self._line.read("calls", r.CallPage, query)
        return CallPage(tuple(map(codec.call, page.calls)), page.next)

    async def call(self, call_id: CallId) -> Call:
        """One call."""
        if not (call_id.isascii() and call_id.replace("-", "").isalnum()):
            raise NotFound(f"There is no call {clean(call_id, limit=40, multiline=False)!r} at this desk.")
        return codec.call((await self._line.read("call", r.CallNow, call=call_id)).call)


class _Asks(Protocol):
    _line: DeskLine

    async def _ask(self, capability: Capability, command: Command) -> Any: ...


class Calls:
    """The acting half, mixed into the answering one. Each asks once."""

    _line: DeskLine
    _ask: Callable[..., Any]

    async def _call(self: _Asks, command: Command) -> Call:
        answer: r.CallNow = await self._ask(Capability.CALLS, command)
        return codec.call(answer.call)

    async def check_call(self, ref: ConversationRef, number: str, basis_entry: int) -> CallChecks:
        """What stands in the way."""
        command = c.CheckCall(self._line.next_id(), conversation=number_of(ref), number=number, basis_seq=basis_entry)
        return codec.checks(await self._ask(Capability.CALLS, command))

    async def request_call(
        self,
        ref: ConversationRef,
        call_id: CallId,
        number: str,
        provider: str,
        basis_entry: int,
        confirmed: tuple[str, ...],
    ) -> Call:
        """Reserve it; the desk keeps the id as long as the call, so that a repeat gets the same call."""
        return await self._call(
            c.RequestCall(
                self._line.next_id(),
                call=call_id,
                conversation=number_of(ref),
                number=number,
                provider=provider,
                basis_seq=basis_entry,
                confirmed=confirmed,
            )
        )

    async def dial_call(self, call_id: CallId) -> Call:
        """Start it."""
        return await self._call(c.DialCall(self._line.next_id(), call=call_id))

    async def report_call(self, call_id: CallId, state: CallState, reason: Reason | None) -> Call:
        """What the console's own provider did."""
        return await self._call(c.ReportCall(self._line.next_id(), call=call_id, state=state, reason=reason))

    async def cancel_call(self, call_id: CallId) -> Call:
        """Stop it."""
        return await self._call(c.CancelCall(self._line.next_id(), call=call_id))

    async def hang_up(self, call_id: CallId) -> Call:
        """End it."""
        return await self._call(c.HangUp(self._line.next_id(), call=call_id))

    async def call_outcome(self, call_id: CallId, result: Result, note: str, cid: ClientId) -> Call:
        """Say how it went."""
        command = c.CallOutcome(self._line.next_id(), call=call_id, result=result.value, note=note, cid=cid)
        return await self._call(command)

    async def offer_call(self, ref: ConversationRef, number: str) -> int:
        """Ask the customer."""
        command = c.OfferCall(self._line.next_id(), conversation=number_of(ref), number=number)
        answer: r.WireOffer = await self._ask(Capability.CALLS, command)
        return answer.seq

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
        """Plan a callback."""
        return await self._call(
            c.QueueCall(
                self._line.next_id(),
                call=call_id,
                conversation=number_of(ref),
                number=number,
                not_before=not_before_ms or 0,
                not_after=not_after_ms or 0,
                priority=priority,
                note=note,
                basis_seq=basis_entry,
                confirmed=confirmed,
            )
        )

    async def claim_call(self, call_id: CallId) -> Call:
        """Take a callback, or renew one's lease."""
        return await self._call(c.ClaimCall(self._line.next_id(), call=call_id))

    async def release_call(self, call_id: CallId) -> Call:
        """Give it back."""
        return await self._call(c.ReleaseCall(self._line.next_id(), call=call_id))

    async def reschedule_call(self, call_id: CallId, not_before_ms: int, not_after_ms: int | None) -> Call:
        """Another time."""
        return await self._call(
            c.RescheduleCall(self._line.next_id(), call=call_id, not_before=not_before_ms, not_after=not_after_ms or 0)
        )

    async def do_not_call(self, ref: ConversationRef, number: str, *, on: bool, reason: str) -> None:
        """Never call this number, or lift that."""
        await self._ask(
            Capability.CALLS,
            c.DoNotCall(self._line.next_id(), conversation=number_of(ref), number=number, on=on, reason=reason),
        )

    async def set_phone(self, agent: str, extension: str, number: str, shows: str) -> None:
        """Where an agent's telephone is."""
        command = c.SetPhone(self._line.next_id(), agent=agent, extension=extension, number=number, shows=shows)
        await self._ask(Capability.CALLS, command)
