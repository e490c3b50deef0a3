"""Calls as the rest of the desk uses them: commands, news of the providers, and what time brings about."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from agent_tui.core.phone.states import (
    IF_NOTHING_COMES,
    Then,
    ends_by,
    moved,
    step,
    unheard,
)
from agent_tui.desk.logs import say
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling import course, making, profiles, queue
from agent_tui.desk.service.calling.audit import noted
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.service.calling.reads import CallReads
from agent_tui.desk.service.calling.rules import Rules
from agent_tui.desk.service.calling.running import Running
from agent_tui.desk.service.moment import Moment
from agent_tui.desk.store import Store, Transaction, call_lists
from agent_tui.desk.store import calls as kept_calls
from agent_tui.desk.store.call_rows import Kept
from agent_tui.model.call import Basis, BasisKind, CallState, Reason, Timeouts
from agent_tui.model.ids import AgentId
from agent_tui.ports.phone import CallEvent, CallRequest
from agent_tui.protocol import call_commands as c
from agent_tui.protocol import call_records as r
from agent_tui.protocol.commands import Command
from agent_tui.protocol.errors import Code, Refusal

T = TypeVar("T")
Carry = Callable[[Transaction, CallMoment, Actor, Any], Struct]

COMMANDS: Final[tuple[type[Command], ...]] = c.StaffCallCommand.__args__ + c.VisitorCallCommand.__args__
_MEANINGS: Final[dict[type[Command], Carry]] = {
    c.RequestCall: making.request_call,
    c.ReportCall: making.report_call,
    c.CallOutcome: making.call_outcome,
    c.OfferCall: making.offer_call,
    c.DoNotCall: making.do_not_call,
    c.SetPhone: profiles.set_phone,
    c.QueueCall: queue.queue_call,
    c.ClaimCall: queue.claim_call,
    c.ReleaseCall: queue.release_call,
    c.RescheduleCall: queue.reschedule_call,
    c.AskCall: queue.ask_call,
    c.AnswerOffer: queue.answer_offer,
    c.CancelAsked: queue.cancel_asked,
}
_OUT_OF_REACH_MS: Final = 30_000
"""A call that is being set up and whose provider can't be asked this long is given up."""
_FORGET_EVERY_MS: Final = 3_600_000
_SWEEP_S: Final = 1.0
_RECOVERS_WITHIN_S: Final = 3.0
_OTHER_KEY: Final = (
    "The file phone.key beside the database is not the one its do-not-call list was made with: put it back from the"
    " backup and start the desk again. Until then nobody is called."
)
_log = logging.getLogger(__name__)


class Calls(CallReads):
    """Everything about calls that a command, a route, a provider or the clock asks for."""

    def __init__(self, store: Store, rules: Rules, running: Callable[["Calls"], Running], moment: Callable[[], Moment]):
        super().__init__(store, rules, moment)
        self.running = running(self)
        self._forgot_ms = 0
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what an earlier start left: nothing is left over, nothing is dialled twice. Then listen."""
        if self.rules.on and not await self._write(self._same_key):
            self.rules = msgspec.structs.replace(self.rules, off=_OTHER_KEY)
            say("no telephone", logging.WARNING, why=_OTHER_KEY)
        self.running.begin()
        with contextlib.suppress(TimeoutError):  # an exchange that doesn't answer keeps no desk from starting
            async with asyncio.timeout(_RECOVERS_WITHIN_S):
                await self._recover()
        self._sweeping = asyncio.create_task(self._sweep_for_ever())

    def _same_key(self, tx: Transaction, m: CallMoment) -> bool:
        """Whether the do-not-call list can be read with this key; one with nothing on it takes any."""
        known, listed = call_lists.key_of_list(tx)
        if known not in ("", m.rules.fingerprint) and listed:
            return False
        call_lists.remember_key(tx, m.rules.fingerprint)
        return True

    async def stop(self) -> None:
        """Let go of the providers; calls go on at their exchange."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        await self.running.stop()

    # commands

    async def carry_out(self, actor: Actor, command: Command) -> Struct:
        """The answer to a command about a call. Raises `Refusal`; a call that may not be made is written down."""
        try:
            return await self._carry_out(actor, command)
        except making.Stopped as caught:
            stopped = caught
            await self._write(lambda tx, m: making.write_down(tx, m, actor, stopped))
            raise

    async def _carry_out(self, actor: Actor, command: Command) -> Struct:
        match command:
            case c.CheckCall():
                found = await self._write(lambda tx, m: making.check_call(tx, m, actor, command))
                return msgspec.structs.replace(found, providers=await self._ways(actor))
            case c.DialCall():
                return await self._dial(actor, command)
            case c.CancelCall():
                return await self._end(actor, command.call, hang_up=False)
            case c.HangUp():
                return await self._end(actor, command.call, hang_up=True)
        meaning = _MEANINGS[type(command)]
        return await self._write(lambda tx, m: meaning(tx, m, actor, command))

    async def _dial(self, actor: Actor, command: c.DialCall) -> r.CallNow:
        begun: list[tuple[str, CallRequest]] = []

        def dial(tx: Transaction, m: CallMoment) -> r.CallNow:
            begun.clear()  # an operation may run twice
            was = making.own_call(tx, actor, command.call).call.state
            answer = making.dial_call(tx, m, actor, command)
            kept = making.call_of(tx, command.call)
            if kept.call.state is CallState.DIALLING_AGENT and was is not CallState.DIALLING_AGENT:
                begun.append((kept.call.provider, self._request(tx, kept)))
            return answer

        answer = await self._write(dial)
        for provider, request in begun:
            self.running.start(provider, request, partial(self._started, request.call_id))
        return answer

    async def _started(self, call_id: str) -> None:
        """The provider took it: now the customer may know."""
        await self._write(lambda tx, m: course.told_that_we_call(tx, m, making.call_of(tx, call_id)))

    async def _end(self, actor: Actor, call_id: str, *, hang_up: bool) -> r.CallNow:
        """Cancel or hang up; the answer is what is true afterwards."""
        answer, at_provider = await self._write(lambda tx, m: making.end_here(tx, m, actor, call_id))
        if at_provider is None:
            return answer
        call = at_provider.call
        if call.state is CallState.IN_CALL and not hang_up:
            return answer
        ask = self.running.hang_up if hang_up else self.running.cancel
        event = await ask(call.provider, call.id)

        def told(tx: Transaction, m: CallMoment) -> r.CallNow:
            kept = making.call_of(tx, call_id)
            if event is None:
                course.go_on(tx, m, kept, unheard(kept.call), actor)
            else:
                course.go_on(tx, m, kept, step(kept.call, _now(event, m.now)), actor, event.raw_code)
            return making.answer_for(kept, actor)

        return await self._write(told)

    # what providers say

    async def news(self, provider: str, event: CallEvent) -> None:
        """How a call stands. What does not fit is dropped."""

        def told(tx: Transaction, m: CallMoment) -> None:
            kept = kept_calls.by_id(tx, event.call_id)
            if kept is None or kept.call.provider != provider:
                return
            if event.ref and event.ref != kept.provider_ref:
                kept.provider_ref = event.ref
                course.keep(tx, m, kept)
            course.go_on(tx, m, kept, step(kept.call, _now(event, m.now)), None, event.raw_code)

        await self._write(told)

    async def line(self, provider: str, back: bool) -> None:
        """A provider hears its exchange no more, or again: its calls go on there."""
        if back:
            await self._recover(provider)
            return
        open_calls = await self._store.read(kept_calls.at_a_provider)
        for kept in open_calls:
            if kept.call.provider == provider:
                await self._unheard(kept.call.id)

    async def _unheard(self, call_id: str) -> None:
        def told(tx: Transaction, m: CallMoment) -> None:
            kept = making.call_of(tx, call_id)
            course.go_on(tx, m, kept, unheard(kept.call), None)

        await self._write(told)

    # what time brings about

    async def sweep(self) -> None:
        """Calls whose state has lasted as long as it may; numbers that were kept as long as they may be."""
        now = self._moment().now
        due = await self._store.read(lambda db: kept_calls.due(db, now))
        await asyncio.gather(*(self._look_after(call_id, now) for call_id in due))
        if self.rules.on and now - self._forgot_ms >= _FORGET_EVERY_MS:
            self._forgot_ms = now
            await self._write(self._forget)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            try:
                await self.sweep()
            except Refusal as refusal:
                _log.warning("what time brings about for calls has to wait: %s", refusal)
            except Exception:
                _log.exception("what time brings about for calls could not be done")

    def _forget(self, tx: Transaction, m: CallMoment) -> None:
        for call_id, conversation in kept_calls.forget_numbers(tx, m.now - self.rules.settings.retention_ms):
            noted(tx, m, "number.deleted", None, conversation, call_id)

    async def _look_after(self, call_id: str, now: int) -> None:
        """A state's answer to "and if nothing comes?"."""
        kept = await self._store.read(lambda db: kept_calls.get(db, call_id))
        if kept is None or not kept.call.is_open:
            return
        call = kept.call
        silence = IF_NOTHING_COMES[call.state]
        if silence.then in (Then.END, Then.RELEASE):
            await self._write(lambda tx, m: self._over(tx, m, call_id, now))
        elif call.in_console:
            await self.news(call.provider, CallEvent(call.id, CallState.ENDED, now, Reason.LOST))
        else:
            await self._ask(kept, silence.reason, now)

    def _over(self, tx: Transaction, m: CallMoment, call_id: str, now: int) -> None:
        kept = making.call_of(tx, call_id)
        silence = IF_NOTHING_COMES[kept.call.state]
        if silence.then is Then.RELEASE and (kept.call.lease_until_ms or 0) <= now:
            queue.give_back(tx, m, kept, None)
        elif silence.then is Then.END:
            course.go_on(tx, m, kept, moved(kept.call, CallState.ENDED, m.now, silence.reason), None)

    async def _ask(self, kept: Kept, reason: Reason, now: int) -> None:
        """A call at a provider: ask it; set-up that goes on for too long is stopped, a call that lasts too long too."""
        call = kept.call
        event = await self.running.status(call.provider, call.id, now)
        if event is None:
            too_long = call.state is not CallState.IN_CALL and now - call.heard_ms > _OUT_OF_REACH_MS
            if too_long:
                event = CallEvent(call.id, CallState.ENDED, now, Reason.LOST)
            else:
                await self._unheard(call.id)
                return
        elif event.state is call.state:
            if call.state is not CallState.IN_CALL:
                event = await self.running.cancel(call.provider, call.id, reason) or event
            elif now >= ends_by(call, self.rules.patience):
                event = await self.running.hang_up(call.provider, call.id, reason) or event
        await self.news(call.provider, event)

    async def _recover(self, provider: str = "") -> None:
        """Take up each call that is open at a provider (this one, or any), and hang up what is of none.

        At the start most can't be asked yet: a line takes a moment. So this is done again when a line is there.
        """
        left = await self._store.read(kept_calls.at_a_provider)
        now = self._moment().now
        for kept in left:
            if provider not in ("", kept.call.provider):
                continue
            request = await self._write(partial(self._request_again, kept))
            event = await self.running.resume(kept.call.provider, request, kept.provider_ref, now)
            if event is not None:
                await self.news(kept.call.provider, event)
            else:
                await self._unheard(kept.call.id)
        still = await self._store.read(kept_calls.at_a_provider)
        for name in self.running.ways:
            if provider in ("", name):
                await self.running.sweep(name, frozenset(it.call.id for it in still if it.call.provider == name))

    def _request_again(self, kept: Kept, tx: Transaction, _: CallMoment) -> CallRequest:
        return self._request(tx, kept)

    def _request(self, tx: Transaction, kept: Kept) -> CallRequest:
        call, rules = kept.call, self.rules.settings
        if call.number is None:
            raise Refusal(Code.WRONG_STATE, "The number of this call was deleted.")
        phone = call_lists.phone_of(tx, call.agent or "")
        return CallRequest(
            call_id=call.id,
            conversation=f"c{kept.conversation}",
            agent=profiles.agent_phone(call.agent or AgentId(""), phone, rules.region),
            number=call.number,
            caller_id=call.caller_id,
            basis=call.basis or Basis(BasisKind.AGENT_SAYS),
            language=call.language,
            timeouts=Timeouts(rules.ring_agent_s, rules.ring_customer_s, rules.setup_s, rules.longest_s),
        )

    async def _write(self, operation: Callable[[Transaction, CallMoment], T]) -> T:
        m = CallMoment(self._moment(), self.rules)
        return await self._store.write(lambda tx: operation(tx, m))


def _now(event: CallEvent, now: int) -> CallEvent:
    """By our clock: an exchange's own may be anything."""
    return msgspec.structs.replace(event, at_ms=now)
