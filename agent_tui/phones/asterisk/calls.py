"""The calls that are followed: what was heard of each, one task that does what follows, and what became of the rest."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from agent_tui.model.call import CallId, CallState, Leg, Reason
from agent_tui.model.text import clean
from agent_tui.phones.asterisk import requests
from agent_tui.phones.asterisk.codec import Fact, Names, bridge_members, channel_state, error_in
from agent_tui.phones.asterisk.followed import Followed, Pace
from agent_tui.phones.asterisk.legs import (
    Act,
    Found,
    Legs,
    Wanted,
    done,
    gone,
    heard,
    looked,
    next_act,
    over,
    raw_code,
    standing,
)
from agent_tui.phones.asterisk.requests import Request
from agent_tui.phones.asterisk.settings import AsteriskSettings
from agent_tui.ports.errors import PortError, Unreachable
from agent_tui.ports.phone import CallEvent, CallRequest
from agent_tui.ports.transport import HttpAnswer, Transport

OK: Final = frozenset({200, 201, 204})
GONE: Final = 404
IS_THERE: Final = 409
UNCONFIRMED: Final = "The exchange was told to end the call and has not said yet that it did: it is asked again."
_REMEMBERED: Final = 1_000
_FAILURES: Final = 3


class Calls:
    """All calls of one exchange."""

    def __init__(
        self,
        settings: AsteriskSettings,
        transport: Transport,
        tell: Callable[[CallEvent], None],
        now_ms: Callable[[], int],
        pace: Pace,
    ) -> None:
        self.names = Names(settings.app)
        self.line_up = False
        self.past: OrderedDict[CallId, CallEvent] = OrderedDict()
        self._settings = settings
        self._transport = transport
        self._tell = tell
        self._now_ms = now_ms
        self._pace = pace
        self._running: dict[CallId, Followed] = {}
        self._strays: dict[str, asyncio.Task[None]] = {}

    def get(self, call_id: CallId) -> Followed | None:
        """One that is followed."""
        return self._running.get(call_id)

    def ids(self) -> frozenset[CallId]:
        """All that are followed."""
        return frozenset(self._running)

    async def ask(self, request: Request) -> HttpAnswer:
        """One request. Raises `Unreachable`."""
        return await self._transport.request(request.method, request.path, request.query, request.body)

    def follow(self, request: CallRequest, legs: Legs, *, remembered: bool) -> Followed:
        """Follow a call from now on."""
        call = self._running[request.call_id] = Followed(request, legs, remembered=remembered)
        call.driver = asyncio.create_task(self._drive(call))
        return call

    def forget(self, call: Followed) -> None:
        """It never came to be."""
        del self._running[call.request.call_id]
        if call.driver is not None:
            call.driver.cancel()

    def hear(self, call: Followed, fact: Fact) -> None:
        """Something happened to a leg."""
        call.legs = heard(call.legs, fact)
        self.say(call)
        call.wake.set()

    def look_again(self, call: Followed) -> None:
        """What was heard of it may be old: ask."""
        call.look = True
        call.wake.set()

    def look_again_at_all(self) -> None:
        """The line is back: how each stands is said anew."""
        for call in self._running.values():
            call.said = None
            self.look_again(call)

    def say(self, call: Followed) -> None:
        """Tell how it stands, where that is news."""
        event = self.event(call)
        before = call.said
        if before is not None and (before.state, before.reason) == (event.state, event.reason):
            return
        call.said = event
        changed, call.changed = call.changed, asyncio.Event()
        changed.set()
        self._tell(event)

    def event(self, call: Followed) -> CallEvent:
        """How it stands."""
        return event_of(call.request.call_id, call.legs, self._now_ms(), call.code)

    async def find(self, call_id: CallId) -> Found:
        """What the exchange has of a call. Raises `Unreachable`."""
        seen = {}
        for leg in Leg:
            answer = await self.ask(requests.ask_channel(self.names.channel(call_id, leg)))
            seen[leg] = channel_state(_there(answer)) if answer.status != GONE else None
        answer = await self.ask(requests.ask_bridge(self.names.bridge(call_id)))
        if answer.status == GONE:
            return Found(seen[Leg.AGENT], seen[Leg.CUSTOMER], bridge=False)
        members = bridge_members(_there(answer))
        joined = frozenset(leg for leg in Leg if self.names.channel(call_id, leg) in members)
        return Found(seen[Leg.AGENT], seen[Leg.CUSTOMER], bridge=True, joined=joined)

    async def look(self, call: Followed) -> None:
        """Ask how it stands. Raises `Unreachable`."""
        found = await self.find(call.request.call_id)
        call.look = False
        if self.line_up and (found.agent is None or found.customer is None):
            # Perhaps it has just gone: the news of it, which says why, is then on its way.
            await asyncio.sleep(self._pace.retry_s / 5)
        call.legs = looked(call.legs, found, remembered=call.remembered)
        self.say(call)

    async def stop(self, call: Followed, reason: Reason) -> CallEvent:
        """End it for this reason, unless it ends for another before. Raises `Unreachable`."""
        if not over(call.legs):
            call.legs = msgspec.structs.replace(call.legs, stop=reason)
        call.wake.set()
        return await self.until(call, CallState.ENDED)

    async def until(self, call: Followed, *states: CallState) -> CallEvent:
        """How it stands as soon as it is one of these. Raises `Unreachable`."""
        try:
            async with asyncio.timeout(self._pace.confirm_s):
                while standing(call.legs)[0] not in states:
                    await call.changed.wait()
        except TimeoutError:
            raise Unreachable(UNCONFIRMED) from None
        return self.event(call)

    async def end_unknown(self, call_id: CallId, reason: Reason, *, answered_too: bool) -> CallEvent:
        """End a call that isn't followed, by the names of its legs. Raises `Unreachable`."""
        if call_id in self.past:
            return self.past[call_id]
        found = await self.find(call_id)
        legs = looked(Legs(), found, remembered=False)
        if not found.anything:
            return CallEvent(call_id, CallState.ENDED, self._now_ms(), Reason.LOST)
        if legs.talked and not answered_too:
            return event_of(call_id, legs, self._now_ms())
        for leg in (Leg.CUSTOMER, Leg.AGENT):
            await self.ask(requests.hang_up(self.names.channel(call_id, leg)))
        await self.ask(requests.drop_bridge(self.names.bridge(call_id)))
        return CallEvent(call_id, CallState.ENDED, self._now_ms(), reason)

    def end_stray(self, call_id: CallId, leg: Leg) -> None:
        """A request that was given up got through after all: nobody waits for this leg."""
        name = self.names.channel(call_id, leg)
        if name not in self._strays:
            self._strays[name] = asyncio.create_task(self._end_stray(name))

    async def aclose(self) -> None:
        """Follow none of them any more; they go on at the exchange."""
        tasks = [call.driver for call in self._running.values() if call.driver is not None]
        tasks += self._strays.values()
        self._running.clear()
        self._strays.clear()
        self.line_up = False
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end_stray(self, name: str) -> None:
        while True:
            try:
                if (await self.ask(requests.hang_up(name))).status in (*OK, GONE):
                    break
            except PortError:
                pass
            await asyncio.sleep(self._pace.retry_s)
        self._strays.pop(name, None)

    async def _drive(self, call: Followed) -> None:
        """Do what follows, until nothing of the call is left."""
        wanted = Wanted(bool(self._settings.prompt), bool(call.request.number.extension))
        while True:
            await call.wake.wait()
            call.wake.clear()
            try:
                async with call.alone:
                    if call.look and self.line_up:
                        await self.look(call)
                    # Without the line nothing more is begun: what it leads to would not be heard.
                    while (act := next_act(call.legs, wanted)) is not None and (self.line_up or over(call.legs)):
                        await self._do(call, act)
                        self.say(call)
            except PortError:
                self.look_again(call)
                await asyncio.sleep(self._pace.retry_s)
                continue
            self.say(call)
            if standing(call.legs)[0] is CallState.ENDED and next_act(call.legs, wanted) is None:
                break
        self._running.pop(call.request.call_id, None)
        self.past[call.request.call_id] = self.event(call)
        if len(self.past) > _REMEMBERED:
            self.past.popitem(last=False)

    async def _do(self, call: Followed, act: Act) -> None:
        """One act. Raises `Unreachable`."""
        if act is Act.DIAL_CUSTOMER:
            call.legs = done(call.legs, act)  # before it is asked for: it is asked for once, whatever the answer
        answer = await self.ask(self._request(call, act))
        if answer.status in OK or act in _NICE_TO_HAVE:
            call.legs = done(call.legs, act)
            # A bridge of our own making: from here on it is known who was dialled.
            call.remembered = call.remembered or act is Act.MAKE_BRIDGE
        elif act in _ENDING:
            if answer.status != GONE:
                raise Unreachable(f"The exchange would not end a call (HTTP {answer.status}): it is asked again.")
            call.legs = done(call.legs, act)
        elif answer.status == IS_THERE and act in (Act.MAKE_BRIDGE, Act.DIAL_CUSTOMER):
            call.legs = done(call.legs, act)
        elif act is Act.DIAL_CUSTOMER:
            await self._not_dialled(call, answer)
        else:
            await self._failed(call, answer)

    async def _not_dialled(self, call: Followed, answer: HttpAnswer) -> None:
        """Whose fault it is: an agent who has just hung up is no originator any more. Raises `Unreachable`."""
        there = await self.ask(requests.ask_channel(self.names.channel(call.request.call_id, Leg.AGENT)))
        if there.status == GONE:
            call.legs = gone(call.legs, Leg.AGENT)
        if not over(call.legs):
            call.code = _code(answer)
            call.legs = msgspec.structs.replace(call.legs, stop=Reason.PROVIDER_ERROR)
        call.legs = gone(call.legs, Leg.CUSTOMER)

    async def _failed(self, call: Followed, answer: HttpAnswer) -> None:
        """A leg could not be moved: it may have gone, or not be ready. Raises `Unreachable`."""
        call.failures += 1
        if call.failures > _FAILURES:
            call.code = _code(answer)
            call.legs = msgspec.structs.replace(call.legs, stop=call.legs.stop or Reason.PROVIDER_ERROR)
            return
        await asyncio.sleep(self._pace.retry_s / 5)
        await self.look(call)

    def _request(self, call: Followed, act: Act) -> Request:
        names, call_id = self.names, call.request.call_id
        if act is Act.DIAL_CUSTOMER:
            endpoint = requests.customer_endpoint(call.request, self._settings.customer)
            return requests.originate(names, call.request, Leg.CUSTOMER, endpoint)
        if act is Act.PROMPT:
            return requests.play(names, call_id, self._settings.prompt)
        if act is Act.PRESS_EXTENSION:
            return requests.press(names, call_id, call.request.number.extension)
        return _PLAIN[act](names, call_id)


_PLAIN: Final[dict[Act, Callable[[Names, CallId], Request]]] = {
    Act.HANG_UP_AGENT: lambda names, call_id: requests.hang_up(names.channel(call_id, Leg.AGENT)),
    Act.HANG_UP_CUSTOMER: lambda names, call_id: requests.hang_up(names.channel(call_id, Leg.CUSTOMER)),
    Act.DROP_BRIDGE: lambda names, call_id: requests.drop_bridge(names.bridge(call_id)),
    Act.MAKE_BRIDGE: requests.make_bridge,
    Act.JOIN_AGENT: lambda names, call_id: requests.join(names, call_id, Leg.AGENT),
    Act.JOIN_CUSTOMER: lambda names, call_id: requests.join(names, call_id, Leg.CUSTOMER),
    Act.RING_TONE: requests.ring_tone,
}
_ENDING: Final = frozenset({Act.HANG_UP_AGENT, Act.HANG_UP_CUSTOMER, Act.DROP_BRIDGE})
_NICE_TO_HAVE: Final = frozenset({Act.PROMPT, Act.RING_TONE, Act.PRESS_EXTENSION})


def event_of(call_id: CallId, legs: Legs, at_ms: int, code: str = "") -> CallEvent:
    """How a call stands whose legs are these."""
    state, reason = standing(legs)
    return CallEvent(call_id, state, at_ms, reason, legs.first_gone if reason else None, code or raw_code(legs))


def _code(answer: HttpAnswer) -> str:
    return clean(f"{answer.status} {error_in(answer.body)}".strip(), limit=80, multiline=False)


def _there(answer: HttpAnswer) -> bytes:
    """The body of a good answer: what is no answer must not be read as "it is gone"."""
    if answer.status not in OK:
        raise Unreachable(f"The exchange didn't say how the call stands (HTTP {answer.status}).")
    return answer.body
