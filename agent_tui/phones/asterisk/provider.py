"""Calls by Asterisk's REST interface: the agent's telephone first, then the customer's, then both in one bridge.

One socket brings what happens; each call has a task that does what follows from how its legs stand. Calls go on at the
exchange when the socket, or this process, dies: their channels are found again by name.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Set
from typing import Final

from agent_tui.model.call import CallId, CallState, Leg, Reason
from agent_tui.model.text import SafeText, clean
from agent_tui.phones.asterisk import requests
from agent_tui.phones.asterisk.calls import GONE, IS_THERE, OK, Calls, event_of
from agent_tui.phones.asterisk.codec import (
    Fact,
    Replaced,
    Saw,
    channel_state,
    endpoint_state,
    error_in,
    fact_in,
    listed,
)
from agent_tui.phones.asterisk.followed import Pace
from agent_tui.phones.asterisk.legs import At, LegNow, Legs, looked, over
from agent_tui.phones.asterisk.settings import AsteriskSettings
from agent_tui.ports.errors import PortError, Unreachable
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
from agent_tui.ports.transport import HandshakeRefused, HttpAnswer, Socket, Transport

CAPS: Final = Caps(tracked=True, cancel=True, hangup=True, rings_agent=True, where="desk")

_NOT_ALLOWED: Final = frozenset({401, 403})

NOT_REGISTERED: Final = "Your phone is not registered at the exchange: switch it on, or take another way to call."
NO_PHONE: Final = "No phone is set for you at the exchange: an admin can add your extension."
NO_LINE: Final = "The desk has no line to the exchange now: nothing was dialled, and it connects again by itself."
NOT_ALLOWED: Final = "The exchange doesn't let the desk in or doesn't let it dial: an admin has to look at ari.conf."

_PACE: Final = Pace()


class AsteriskProvider:
    """One exchange."""

    name = "asterisk"
    caps = CAPS

    def __init__(
        self, settings: AsteriskSettings, transport: Transport, now_ms: Callable[[], int], pace: Pace = _PACE
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._now_ms = now_ms
        self._pace = pace
        self._news: asyncio.Queue[ProviderNews] = asyncio.Queue()
        self._calls = Calls(settings, transport, self._news.put_nowait, now_ms, pace)
        self._tender: asyncio.Task[None] | None = None
        self._trouble = ""

    async def ready(self, phone: AgentPhone) -> Ready:
        """Cheap, and never dials: may we write there, is the agent's telephone registered."""
        endpoint = self._agent_endpoint(phone)
        if endpoint is None:
            return _not_ready("no_agent_phone", NO_PHONE)
        try:
            # Who may only read is refused before it is looked whether there is such a channel.
            allowed = await self._calls.ask(requests.hang_up(f"{self._settings.app}-nobody"))
            if allowed.status in _NOT_ALLOWED:
                return _not_ready("not_allowed", NOT_ALLOWED)
            if self._tender is not None and not self._calls.line_up:
                return _not_ready("not_connected", self._trouble or NO_LINE)
            look = requests.ask_endpoint(endpoint)
            if look is not None:
                answer = await self._calls.ask(look)
                if answer.status == GONE or endpoint_state(answer.body) == "offline":
                    return _not_ready("not_registered", NOT_REGISTERED)
        except Unreachable as unreachable:
            return _not_ready("not_connected", str(unreachable))
        return Ready(ok=True)

    async def start(self, request: CallRequest) -> None:
        """Ring the agent; all else follows by itself. Raises `CallFailed` or `Unreachable`."""
        if self._calls.get(request.call_id) is not None or request.call_id in self._calls.past:
            return
        endpoint = self._agent_endpoint(request.agent)
        if endpoint is None:
            raise CallFailed(NO_PHONE, Reason.AGENT_UNREACHABLE)
        if not self._calls.line_up:  # a channel made before the application is there vanishes without a word
            raise CallFailed(self._trouble or NO_LINE, Reason.PROVIDER_ERROR)
        legs = Legs(agent=LegNow(At.ASKED), accepted=not self._asks_for_1(request.agent))
        call = self._calls.follow(request, legs, remembered=True)
        try:
            async with call.alone:
                answer = await self._calls.ask(requests.originate(self._calls.names, request, Leg.AGENT, endpoint))
        except PortError:
            self._calls.look_again(call)
            raise
        if answer.status == IS_THERE:  # an earlier try got through
            call.remembered = False
            self._calls.look_again(call)
        elif answer.status not in OK:
            self._calls.forget(call)
            raise _failed(answer)
        self._calls.say(call)
        call.wake.set()

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        """Stop a call that isn't answered; one that was is left alone. Raises `Unreachable`."""
        call = self._calls.get(call_id)
        if call is None:
            return await self._calls.end_unknown(call_id, reason, answered_too=False)
        if call.legs.customer.at in (At.ASKED, At.RINGING):
            # The news that they picked up may still be on its way.
            answer = await self._calls.ask(requests.ask_channel(self._calls.names.channel(call_id, Leg.CUSTOMER)))
            if answer.status in OK and channel_state(answer.body) is Saw.UP:
                self._calls.hear(call, Fact(call_id, Leg.CUSTOMER, Saw.UP))
        if call.legs.customer.at is At.UP and not over(call.legs):
            return await self._calls.until(call, CallState.IN_CALL, CallState.ENDED)
        return await self._calls.stop(call, reason)

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        """End a call in any state. Raises `Unreachable`."""
        call = self._calls.get(call_id)
        if call is None:
            return await self._calls.end_unknown(call_id, reason, answered_too=True)
        return await self._calls.stop(call, reason)

    async def status(self, call_id: CallId) -> CallEvent | None:
        """How it stands, asked anew. Raises `Unreachable`."""
        call = self._calls.get(call_id)
        if call is not None:
            async with call.alone:
                await self._calls.look(call)
            call.wake.set()
            return self._calls.event(call)
        if call_id in self._calls.past:
            return self._calls.past[call_id]
        found = await self._calls.find(call_id)
        return event_of(call_id, looked(Legs(), found, remembered=False), self._now_ms()) if found.anything else None

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        """Take up a call that an earlier process began; None: the exchange has nothing of it. Raises `Unreachable`."""
        call_id = request.call_id
        if self._calls.get(call_id) is not None or call_id in self._calls.past:
            return await self.status(call_id)
        if not self._calls.line_up:
            raise Unreachable(self._trouble or NO_LINE)
        found = await self._calls.find(call_id)
        if not found.anything:
            return None
        if self._calls.get(call_id) is not None:  # somebody else was quicker
            return await self.status(call_id)
        legs = looked(Legs(accepted=not self._asks_for_1(request.agent)), found, remembered=False)
        call = self._calls.follow(request, legs, remembered=False)
        # What happened between the question and now was nobody's to hear.
        self._calls.look_again(call)
        return self._calls.event(call)

    async def sweep(self, open_calls: Set[CallId]) -> int:
        """Hang up what is left of calls that aren't open any more. Raises `Unreachable`."""
        known = open_calls | self._calls.ids()
        swept = set()
        for ask, end in ((requests.LIST_CHANNELS, requests.hang_up), (requests.LIST_BRIDGES, requests.drop_bridge)):
            for name in listed((await self._calls.ask(ask)).body):
                ours = self._calls.names.call_of(name)
                if ours is not None and ours[0] not in known:
                    await self._calls.ask(end(name))
                    swept.add(ours[0])
        return len(swept)

    async def events(self) -> AsyncIterator[ProviderNews]:
        """All that is heard; the line is kept for as long as this is read."""
        self._tender = asyncio.create_task(self._tend())
        try:
            while True:
                yield await self._news.get()
        finally:
            await self._let_go()

    async def aclose(self) -> None:
        """Let go of the line; calls that run go on."""
        await self._let_go()
        await self._transport.aclose()

    async def _let_go(self) -> None:
        tender, self._tender = self._tender, None
        if tender is not None:
            tender.cancel()
            await asyncio.gather(tender, return_exceptions=True)
        await self._calls.aclose()

    async def _tend(self) -> None:
        """Connect, listen, connect again."""
        tries = 0
        while True:
            wait = self._pace.reconnect_s[min(tries, len(self._pace.reconnect_s) - 1)]
            tries += 1
            try:
                socket = await self._transport.socket(requests.events_path(self._calls.names))
            except HandshakeRefused:
                self._lost(NOT_ALLOWED)
            except PortError as trouble:
                self._lost(str(trouble))
            else:
                tries = 0
                wait = await self._heard_out(socket)
            await asyncio.sleep(wait)

    async def _heard_out(self, socket: Socket) -> float:
        """Listen until the line is lost; how long to wait before the next one."""
        self._calls.line_up, self._trouble = True, ""
        self._news.put_nowait(LineBack(self._now_ms()))
        self._calls.look_again_at_all()
        try:
            await self._listen(socket)
        except Unreachable as unreachable:
            self._lost(str(unreachable))
            return self._pace.reconnect_s[0]
        finally:
            self._calls.line_up = False
            with contextlib.suppress(Unreachable):
                await socket.aclose()
        self._lost(
            f"Another program took the application {self._settings.app!r} at the exchange from this desk:"
            " calls go on, and an admin has to give each desk an application of its own."
        )
        return self._pace.replaced_s

    async def _listen(self, socket: Socket) -> None:
        """Until another socket takes over: this one would stay open and silent. Raises `SocketEnded`."""
        while True:
            frame = await socket.receive()
            if not isinstance(frame, bytes):
                continue
            fact = fact_in(frame, self._calls.names)
            if isinstance(fact, Replaced):
                return
            if fact is None:
                continue
            call = self._calls.get(fact.call_id)
            if call is not None:
                self._calls.hear(call, fact)
            elif fact.saw is not Saw.GONE and fact.call_id in self._calls.past:
                self._calls.end_stray(fact.call_id, fact.leg)

    def _lost(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self._news.put_nowait(LineLost(self._now_ms(), sentence))

    def _agent_endpoint(self, phone: AgentPhone) -> str | None:
        return requests.agent_endpoint(phone, self._settings.agent, self._settings.agent_by_number)

    def _asks_for_1(self, phone: AgentPhone) -> bool:
        if self._settings.press_1 == "number":
            return not phone.extension
        return self._settings.press_1 == "always"


def _not_ready(reason: str, hint: str) -> Ready:
    return Ready(ok=False, reason=reason, hint=SafeText(hint))


def _failed(answer: HttpAnswer) -> CallFailed:
    """Why the agent's telephone doesn't ring: one answer stands for an unknown, and for an unregistered one."""
    said = clean(error_in(answer.body), limit=80, multiline=False)
    code = f"{answer.status} {said}".strip()
    if answer.status in _NOT_ALLOWED:
        return CallFailed(NOT_ALLOWED, Reason.PROVIDER_ERROR, code)
    if said == "Allocation failed":
        return CallFailed(NOT_REGISTERED, Reason.AGENT_UNREACHABLE, code)
    return CallFailed(f"The exchange refused the call ({code}): nothing was dialled.", Reason.PROVIDER_ERROR, code)
