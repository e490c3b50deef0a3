"""Calls by Twilio's REST interface: agent first, instructions inline, asked every second how it goes.

Checked against the published description and a stub; no call was ever made with it. There is no key under which Twilio
would make a call once: after a request that wasn't answered the call is looked for, and never made again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Set
from typing import Final

from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.text import SafeText
from agent_tui.phones.twilio.api import Api
from agent_tui.phones.twilio.calls import Calls, Followed, Pace
from agent_tui.phones.twilio.codec import RINGS, Leg, Status
from agent_tui.phones.twilio.settings import TwilioSettings
from agent_tui.ports.errors import RateLimited, Unreachable
from agent_tui.ports.phone import (
    AgentPhone,
    CallEvent,
    CallFailed,
    CallRequest,
    Caps,
    LineBack,
    ProviderNews,
    Ready,
)
from agent_tui.ports.transport import Transport

CAPS: Final = Caps(tracked=True, cancel=True, hangup=True, rings_agent=True, where="desk")

_OK: Final = 200
_PACE: Final = Pace()

NO_PHONE: Final = "No phone is set for you: an admin can add its number."
NOT_LET_IN: Final = "Twilio doesn't let the desk in: an admin has to look at the account and its token."
UNCONFIRMED: Final = "Twilio was told to end the call and has not said yet that it did: it is asked again."


class TwilioProvider:
    """One account."""

    name = "twilio"
    caps = CAPS

    def __init__(
        self, settings: TwilioSettings, transport: Transport, now_ms: Callable[[], int], pace: Pace = _PACE
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._now_ms = now_ms
        self._pace = pace
        self._news: asyncio.Queue[ProviderNews] = asyncio.Queue()
        self._api = Api(settings, transport)
        self._calls = Calls(self._api, self._news.put_nowait, now_ms, pace)

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
        if self._calls.knows(request.call_id):
            return
        to = self._reached_at(request.agent)
        if not to:
            raise CallFailed(NO_PHONE, Reason.AGENT_UNREACHABLE)
        call = self._calls.running[request.call_id] = Followed(request, to)
        try:
            made = await self._made(request, to)
        except Unreachable:
            self._calls.follow(call)
            raise
        except CallFailed:
            del self._calls.running[request.call_id]
            raise
        call.sid, call.agent = made.sid, made
        self._calls.say(call)
        self._calls.follow(call)

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        """Stop a call that isn't answered; one that was is left alone. Raises `Unreachable`."""
        call = await self._calls.asked_anew(call_id)
        if isinstance(call, CallEvent):
            return call
        event = self._calls.event(call)
        if call.agent is None or event.state in (CallState.IN_CALL, CallState.ENDED):
            return event
        rings = call.agent.status in RINGS
        return await self._stopped(call, reason, Status.CANCELED if rings else Status.COMPLETED)

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        """End a call in any state. Raises `Unreachable`."""
        call = await self._calls.asked_anew(call_id)
        if isinstance(call, CallEvent):
            return call
        event = self._calls.event(call)
        return event if event.state is CallState.ENDED else await self._stopped(call, reason, Status.COMPLETED)

    async def status(self, call_id: CallId) -> CallEvent | None:
        """How it stands, asked anew; None: this process doesn't know it. Raises `Unreachable`."""
        if not self._calls.knows(call_id):
            return None
        call = await self._calls.asked_anew(call_id)
        return call if isinstance(call, CallEvent) else self._calls.event(call)

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        """Take up a call again by its name there, or by whom it rings and since when. Raises `Unreachable`."""
        call_id = request.call_id
        if self._calls.knows(call_id):
            return await self.status(call_id)
        call = Followed(request, self._reached_at(request.agent), ref)
        try:
            leg = await (self._api.leg(ref) if ref else self._calls.lookalike(call))
            if leg is None:
                return None
            call.sid, call.agent = leg.sid, leg
            await self._calls.asked(call)
        except RateLimited as slow:
            raise Unreachable(str(slow)) from None
        if self._calls.knows(call_id):  # somebody else was quicker
            return await self.status(call_id)
        self._calls.running[call_id] = call
        self._calls.follow(call)
        return self._calls.event(call)

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
        await self._calls.aclose()
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

    async def _stopped(self, call: Followed, reason: Reason, status: Status) -> CallEvent:
        """Told to end, and asked until it did; who was answered meanwhile is left alone by `canceled`."""
        call.stop = reason
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                await self._api.end(call.sid, status)
                while True:
                    await self._calls.asked(call)
                    event = self._calls.event(call)
                    if event.state is CallState.ENDED:
                        break
                    if status is Status.CANCELED and event.state is not CallState.DIALLING_AGENT:
                        # The agent had just picked up, so nothing was stopped.
                        call.stop = None
                        return await self.cancel(call.request.call_id, reason)
                    await asyncio.sleep(self._pace.ringing_s)
        except (TimeoutError, RateLimited):
            raise Unreachable(UNCONFIRMED) from None
        self._calls.say(call)
        return event

    def _reached_at(self, phone: AgentPhone) -> str:
        if phone.number is not None:
            return phone.number.e164
        if self._settings.agent_sip and phone.checked_extension:
            return self._settings.agent_sip.replace("{extension}", phone.checked_extension)
        return ""
