"""Calls by Twilio's REST interface: agent first, instructions inline, asked every second how it goes.

Checked against the published description and a stub; no call was ever made with it. There is no key under which Twilio
would make a call once: after a request that wasn't answered the call is looked for, and never made again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Set
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.text import SafeText
from agent_tui.phones.twilio.api import NOT_KNOWN, Api
from agent_tui.phones.twilio.codec import RINGS, Leg, Status, standing
from agent_tui.phones.twilio.settings import TwilioSettings
from agent_tui.ports.errors import RateLimited, Unreachable
from agent_tui.ports.phone import (
    AgentPhone,
    CallEvent,
    CallFailed,
    CallRequest,
    Caps,
    LineBack,
    LineLost,
    ProviderNews,
    Ready,
)
from agent_tui.ports.transport import Transport

CAPS: Final = Caps(tracked=True, cancel=True, hangup=True, rings_agent=True, where="desk")

_OK: Final = 200
_REMEMBERED: Final = 1_000
_CLOCKS_DIFFER: Final = timedelta(seconds=30)

NO_PHONE: Final = "No phone is set for you: an admin can add its number."
NOT_LET_IN: Final = "Twilio doesn't let the desk in: an admin has to look at the account and its token."
UNCONFIRMED: Final = "Twilio was told to end the call and has not said yet that it did: it is asked again."


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


_PACE: Final = Pace()


class _Followed:
    """One call that is asked after."""

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


class TwilioProvider:
    """One account."""

    name = "twilio"
    caps = CAPS

    def __init__(
        self, settings: TwilioSettings, transport: Transport, now_ms: Callable[[], int], pace: Pace = _PACE
    ) -> None:
        self._settings = settings
        self._api = Api(settings, transport)
        self._transport = transport
        self._now_ms = now_ms
        self._pace = pace
        self._calls: dict[CallId, _Followed] = {}
        self._past: OrderedDict[CallId, CallEvent] = OrderedDict()
        self._news: asyncio.Queue[ProviderNews] = asyncio.Queue()
        self._trouble = ""

    async def ready(self, phone: AgentPhone) -> Ready:
        """Cheap, and never dials: is the account ours, does the agent have a telephone."""
        if not self._reached_at(phone):
            return Ready(ok=False, reason="no_agent_phone", hint=SafeText(NO_PHONE))
        try:
            status = await self._api.account()
        except Unreachable as unreachable:
            return Ready(ok=False, reason="not_connected", hint=SafeText(str(unreachable)))
        return Ready(ok=True) if status == _OK else Ready(ok=False, reason="not_allowed", hint=SafeText(NOT_LET_IN))

    async def start(self, request: CallRequest) -> None:
        """Make the call, once. Raises `CallFailed` or `Unreachable`."""
        if request.call_id in self._calls or request.call_id in self._past:
            return
        to = self._reached_at(request.agent)
        if not to:
            raise CallFailed(NO_PHONE, Reason.AGENT_UNREACHABLE)
        call = self._calls[request.call_id] = _Followed(request, to)
        try:
            made = await self._made(request, to)
        except Unreachable:
            self._follow(call)
            raise
        except CallFailed:
            del self._calls[request.call_id]
            raise
        call.sid, call.agent = made.sid, made
        self._say(call)
        self._follow(call)

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        """Stop a call that isn't answered; one that was is left alone. Raises `Unreachable`."""
        call = await self._asked_anew(call_id)
        if isinstance(call, CallEvent) or call.agent is None:
            return call if isinstance(call, CallEvent) else self._event(call)
        event = self._event(call)
        if event.state in (CallState.IN_CALL, CallState.ENDED):
            return event
        rings = call.agent.status in RINGS
        return await self._stopped(call, reason, Status.CANCELED if rings else Status.COMPLETED)

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        """End a call in any state. Raises `Unreachable`."""
        call = await self._asked_anew(call_id)
        if isinstance(call, CallEvent):
            return call
        event = self._event(call)
        return event if event.state is CallState.ENDED else await self._stopped(call, reason, Status.COMPLETED)

    async def status(self, call_id: CallId) -> CallEvent | None:
        """How it stands, asked anew; None: this process doesn't know it. Raises `Unreachable`."""
        if call_id not in self._calls and call_id not in self._past:
            return None
        call = await self._asked_anew(call_id)
        return call if isinstance(call, CallEvent) else self._event(call)

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        """Take up a call again by its name there, or by whom it rings and since when. Raises `Unreachable`."""
        call_id = request.call_id
        if call_id in self._calls or call_id in self._past:
            return await self.status(call_id)
        to = self._reached_at(request.agent)
        call = _Followed(request, to, ref)
        try:
            leg = await (self._api.leg(ref) if ref else self._lookalike(call))
        except RateLimited as slow:
            raise Unreachable(str(slow)) from None
        if leg is None:
            return None
        if call_id in self._calls:  # somebody else was quicker
            return await self.status(call_id)
        call.sid, call.agent = leg.sid, leg
        self._calls[call_id] = call
        await self._asked(call)
        self._follow(call)
        return self._event(call)

    async def sweep(self, open_calls: Set[CallId]) -> int:
        """None: calls have no names of ours there, and the account may be used by others. Each ends by itself there."""
        return 0

    async def events(self) -> AsyncIterator[ProviderNews]:
        """All that is heard. There is no line to lose; it is lost while Twilio doesn't answer."""
        self._news.put_nowait(LineBack(self._now_ms()))
        while True:
            yield await self._news.get()

    async def aclose(self) -> None:
        """Ask no more; calls that run go on."""
        askers = [call.asker for call in self._calls.values() if call.asker is not None]
        for asker in askers:
            asker.cancel()
        await asyncio.gather(*askers, return_exceptions=True)
        await self._transport.aclose()

    async def _made(self, request: CallRequest, to: str) -> Leg:
        for wait in self._pace.again_s:
            try:
                return await self._api.make(request, to)
            except RateLimited:  # never processed: asking again makes no second call
                await asyncio.sleep(wait)
        try:
            return await self._api.make(request, to)
        except RateLimited as slow:
            raise CallFailed(f"{slow} Nothing was dialled.", Reason.NETWORK, "20429") from None

    def _follow(self, call: _Followed) -> None:
        call.asker = asyncio.create_task(self._ask_on(call))

    async def _ask_on(self, call: _Followed) -> None:
        """Ask until it is over."""
        if not call.sid:
            await self._looked_for(call)
        wait = self._pace.ringing_s
        while self._event(call).state is not CallState.ENDED:
            await asyncio.sleep(wait)
            try:
                await self._asked(call)
            except (RateLimited, Unreachable) as trouble:
                wait = min(wait * 2, self._pace.slowest_s)
                if isinstance(trouble, Unreachable):
                    self._lost(str(trouble))
                continue
            self._back()
            self._say(call)
            talking = self._event(call).state is CallState.IN_CALL
            wait = self._pace.talking_s if talking else self._pace.ringing_s
        self._say(call)
        self._calls.pop(call.request.call_id, None)
        self._past[call.request.call_id] = self._event(call)
        if len(self._past) > _REMEMBERED:
            self._past.popitem(last=False)

    async def _looked_for(self, call: _Followed) -> None:
        """Nobody answered whether it was made: look, some times; in doubt it is lost."""
        for wait in self._pace.look_s:
            await asyncio.sleep(wait)
            try:
                leg = await self._lookalike(call)
            except (RateLimited, Unreachable):
                continue
            if leg is not None:
                call.sid, call.agent = leg.sid, leg
                self._say(call)
                return
        call.end = Reason.LOST

    async def _lookalike(self, call: _Followed) -> Leg | None:
        known = frozenset(each.sid for each in self._calls.values() if each.sid)
        return await self._api.looks_like(call.to, _made_at(call.request.call_id) - _CLOCKS_DIFFER, known)

    async def _asked(self, call: _Followed) -> None:
        """How both legs stand. Raises `Unreachable` or `RateLimited`."""
        agent = await self._api.leg(call.sid)
        if agent is None:
            call.end = Reason.LOST
            return
        if agent.status not in RINGS:
            call.customer = await self._api.customer_of(call.sid)
        call.agent = agent

    async def _asked_anew(self, call_id: CallId) -> "_Followed | CallEvent":
        """The call as it is now, or how it ended. Raises `Unreachable`."""
        if call_id in self._past:
            return self._past[call_id]
        call = self._calls.get(call_id)
        if call is None:
            return CallEvent(call_id, CallState.ENDED, self._now_ms(), Reason.LOST)
        if call.end is None:
            if not call.sid:
                raise Unreachable(NOT_KNOWN)
            try:
                await self._asked(call)
            except RateLimited as slow:
                raise Unreachable(str(slow)) from None
            self._say(call)
        return call

    async def _stopped(self, call: _Followed, reason: Reason, status: Status) -> CallEvent:
        """Told to end, and asked until it did; who was answered meanwhile is left alone by `canceled`."""
        call.stop = reason
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                await self._api.end(call.sid, status)
                while True:
                    await self._asked(call)
                    event = self._event(call)
                    if event.state is CallState.ENDED:
                        break
                    if status is Status.CANCELED and event.state is not CallState.DIALLING_AGENT:
                        # The agent had just picked up, so nothing was stopped.
                        call.stop = None
                        return await self.cancel(call.request.call_id, reason)
                    await asyncio.sleep(self._pace.ringing_s)
        except (TimeoutError, RateLimited):
            raise Unreachable(UNCONFIRMED) from None
        self._say(call)
        return event

    def _event(self, call: _Followed) -> CallEvent:
        call_s = call.request.timeouts.call_s
        if call.end is not None:
            state, reason = CallState.ENDED, call.end
        elif call.agent is None:
            state, reason = CallState.DIALLING_AGENT, None
        else:
            state, reason = standing(call.agent, call.customer, call.stop, call_s)
        code = "/".join(leg.status for leg in (call.agent, call.customer) if leg is not None) if reason else ""
        return CallEvent(call.request.call_id, state, self._now_ms(), reason, raw_code=code, ref=call.sid)

    def _say(self, call: _Followed) -> None:
        event, before = self._event(call), call.said
        if before is None or (before.state, before.reason, before.ref) != (event.state, event.reason, event.ref):
            call.said = event
            self._news.put_nowait(event)

    def _lost(self, sentence: str) -> None:
        if not self._trouble:
            self._trouble = sentence
            self._news.put_nowait(LineLost(self._now_ms(), sentence))

    def _back(self) -> None:
        if self._trouble:
            self._trouble = ""
            self._news.put_nowait(LineBack(self._now_ms()))
            for call in self._calls.values():
                call.said = None

    def _reached_at(self, phone: AgentPhone) -> str:
        if phone.number is not None:
            return phone.number.e164
        if self._settings.agent_sip and phone.checked_extension:
            return self._settings.agent_sip.replace("{extension}", phone.checked_extension)
        return ""


def _made_at(call_id: CallId) -> datetime:
    """When a call's id was made: the first 48 bits of a UUIDv7 (RFC 9562, 5.7)."""
    try:
        return datetime.fromtimestamp(int(call_id.replace("-", "")[:12], 16) / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
