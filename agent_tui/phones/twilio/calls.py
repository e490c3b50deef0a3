"""The calls that are asked after: every second while it rings, more rarely while they talk, until they are over."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.phones.twilio.api import NOT_KNOWN, Api
from agent_tui.phones.twilio.codec import RINGS, Leg, standing
from agent_tui.ports.errors import PortError, RateLimited, Unreachable
from agent_tui.ports.phone import CallEvent, CallRequest, LineBack, LineLost, ProviderNews

_REMEMBERED: Final = 1_000
_CLOCKS_DIFFER: Final = timedelta(seconds=30)


class Pace(Struct, frozen=True):
    """How often it is asked, in seconds."""

    ringing_s: float = 1.0
    talking_s: float = 5.0
    slowest_s: float = 30.0
    """After being told to slow down, or no answer: twice as long each time, up to this."""
    look_s: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    """When to look for a call whose making wasn't answered. Calls wait in a queue there, one a second."""
    again_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """When to ask again for a call that was turned away unprocessed."""
    confirm_s: float = 10.0


class Followed:
    """One call."""

    def __init__(self, request: CallRequest, to: str, sid: str = "") -> None:
        self.request = request
        self.to = to
        self.sid = sid
        """Empty while it isn't known whether it was made."""
        self.agent: Leg | None = None
        self.customer: Leg | None = None
        self.stop: Reason | None = None
        self.end: Reason | None = None
        """It can't be found any more."""
        self.said: CallEvent | None = None
        self.asker: asyncio.Task[None] | None = None


class Calls:
    """All calls of one account."""

    def __init__(self, api: Api, tell: Callable[[ProviderNews], None], now_ms: Callable[[], int], pace: Pace) -> None:
        self.past: OrderedDict[CallId, CallEvent] = OrderedDict()
        self.running: dict[CallId, Followed] = {}
        self._api = api
        self._tell = tell
        self._now_ms = now_ms
        self._pace = pace
        self._trouble = False

    def knows(self, call_id: CallId) -> bool:
        """It is asked after, or was until it ended."""
        return call_id in self.running or call_id in self.past

    def follow(self, call: Followed) -> None:
        """Ask after it from now on."""
        call.asker = asyncio.create_task(self._ask_on(call))

    async def asked(self, call: Followed) -> None:
        """How both legs stand. Raises `Unreachable` or `RateLimited`."""
        agent = await self._api.leg(call.sid)
        if agent is None:
            call.end = Reason.LOST
            return
        if agent.status not in RINGS:
            call.customer = await self._api.customer_of(call.sid)
        call.agent = agent

    async def asked_anew(self, call_id: CallId) -> Followed | CallEvent:
        """The call as it is now, or how it ended. Raises `Unreachable`."""
        if call_id in self.past:
            return self.past[call_id]
        call = self.running.get(call_id)
        if call is None:
            return CallEvent(call_id, CallState.ENDED, self._now_ms(), Reason.LOST)
        if call.end is None:
            if not call.sid:
                raise Unreachable(NOT_KNOWN)
            try:
                await self.asked(call)
            except RateLimited as slow:
                raise Unreachable(str(slow)) from None
            self.say(call)
        return call

    async def lookalike(self, call: Followed) -> Leg | None:
        """The call there that must be this one, by whom it rings and since when. Raises as `asked` does."""
        known = frozenset(each.sid for each in self.running.values() if each.sid)
        return await self._api.looks_like(call.to, _made_at(call.request.call_id) - _CLOCKS_DIFFER, known)

    def event(self, call: Followed) -> CallEvent:
        """How it stands."""
        if call.end is not None:
            state, reason = CallState.ENDED, call.end
        elif call.agent is None:
            state, reason = CallState.DIALLING_AGENT, None
        else:
            state, reason = standing(call.agent, call.customer, call.stop, call.request.timeouts.call_s)
        code = "/".join(leg.status for leg in (call.agent, call.customer) if leg is not None) if reason else ""
        return CallEvent(call.request.call_id, state, self._now_ms(), reason, raw_code=code, ref=call.sid)

    def say(self, call: Followed) -> None:
        """Tell how it stands, where that is news."""
        event, before = self.event(call), call.said
        if before is None or (before.state, before.reason, before.ref) != (event.state, event.reason, event.ref):
            call.said = event
            self._tell(event)

    async def aclose(self) -> None:
        """Ask no more; calls that run go on."""
        askers = [call.asker for call in self.running.values() if call.asker is not None]
        for asker in askers:
            asker.cancel()
        await asyncio.gather(*askers, return_exceptions=True)

    async def _ask_on(self, call: Followed) -> None:
        """Ask until it is over."""
        if not call.sid:
            await self._looked_for(call)
        wait = self._pace.ringing_s
        while self.event(call).state is not CallState.ENDED:
            await asyncio.sleep(wait)
            try:
                await self.asked(call)
            except PortError as trouble:
                wait = min(wait * 2, self._pace.slowest_s)
                if not isinstance(trouble, RateLimited):
                    self._lost(str(trouble))
                continue
            self._back()
            self.say(call)
            talking = self.event(call).state is CallState.IN_CALL
            wait = self._pace.talking_s if talking else self._pace.ringing_s
        self.say(call)
        self.running.pop(call.request.call_id, None)
        self.past[call.request.call_id] = self.event(call)
        if len(self.past) > _REMEMBERED:
            self.past.popitem(last=False)

    async def _looked_for(self, call: Followed) -> None:
        """Nobody answered whether it was made: look, some times; in doubt it is lost."""
        for wait in self._pace.look_s:
            await asyncio.sleep(wait)
            try:
                leg = await self.lookalike(call)
            except PortError:
                continue
            if leg is not None:
                call.sid, call.agent = leg.sid, leg
                self.say(call)
                return
        call.end = Reason.LOST

    def _lost(self, sentence: str) -> None:
        if not self._trouble:
            self._trouble = True
            self._tell(LineLost(self._now_ms(), sentence))

    def _back(self) -> None:
        if self._trouble:
            self._trouble = False
            self._tell(LineBack(self._now_ms()))
            for call in self.running.values():
                call.said = None


def _made_at(call_id: CallId) -> datetime:
    """When a call's id was made: the first 48 bits of a UUIDv7 (RFC 9562, 5.7)."""
    try:
        return datetime.fromtimestamp(int(call_id.replace("-", "")[:12], 16) / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
