"""The player: a task a call, and what was said of it last."""

import asyncio
from collections.abc import AsyncIterator, Callable, Set
from typing import Final

from agent_tui.model.call import CallId, CallState, Leg, Reason
from agent_tui.ports.phone import AgentPhone, CallEvent, CallRequest, Caps, ProviderNews, Ready

CAPS: Final = Caps(tracked=True, cancel=True, hangup=True, rings_agent=True, where="desk")

ENDINGS: Final[dict[str, tuple[Leg, Reason]]] = {
    "0001": (Leg.CUSTOMER, Reason.CUSTOMER_BUSY),
    "0002": (Leg.CUSTOMER, Reason.CUSTOMER_NO_ANSWER),
    "0003": (Leg.CUSTOMER, Reason.CUSTOMER_REJECTED),
    "0004": (Leg.CUSTOMER, Reason.NUMBER_NOT_IN_USE),
    "0005": (Leg.AGENT, Reason.AGENT_NO_ANSWER),
    "0006": (Leg.AGENT, Reason.AGENT_UNREACHABLE),
    "0007": (Leg.CUSTOMER, Reason.NETWORK),
}
"""By the last four digits of the customer's number: at whose telephone it ends, and how. All others are answered."""


class SimulatedPhone:
    """Plays calls by its own clock. What it said is said again when it is asked."""

    name = "simulated"
    caps = CAPS

    def __init__(self, agent_rings_ms: int, customer_rings_ms: int, talk_ms: int, now_ms: Callable[[], int]) -> None:
        self._agent_rings_ms = agent_rings_ms
        self._customer_rings_ms = customer_rings_ms
        self._talk_ms = talk_ms
        self._now_ms = now_ms
        self._last: dict[CallId, CallEvent] = {}
        self._playing: dict[CallId, asyncio.Task[None]] = {}
        self._news: asyncio.Queue[ProviderNews] = asyncio.Queue()

    async def ready(self, phone: AgentPhone) -> Ready:
        """Always: nothing has to be there."""
        return Ready(ok=True)

    async def start(self, request: CallRequest) -> None:
        """Begin to play; a second time changes nothing."""
        if request.call_id not in self._last:
            self._say(request.call_id, CallState.DIALLING_AGENT, leg=Leg.AGENT)
            self._playing[request.call_id] = asyncio.create_task(self._play(request))

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        """Stop it, unless both talk already."""
        last = self._last.get(call_id)
        if last is not None and last.state in (CallState.IN_CALL, CallState.ENDED):
            return last
        return self._end(call_id, reason)

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        """End it."""
        last = self._last.get(call_id)
        return last if last is not None and last.state is CallState.ENDED else self._end(call_id, reason)

    async def status(self, call_id: CallId) -> CallEvent | None:
        """As it was said last."""
        return self._last.get(call_id)

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        """A call of an earlier process ended with it."""
        return self._last.get(request.call_id)

    async def sweep(self, open_calls: Set[CallId]) -> int:
        """End what plays and should not."""
        left = [call_id for call_id in self._playing if call_id not in open_calls]
        for call_id in left:
            self._end(call_id, Reason.CANCELLED)
        return len(left)

    async def events(self) -> AsyncIterator[ProviderNews]:
        """All that is played."""
        while True:
            yield await self._news.get()

    async def aclose(self) -> None:
        """Stop playing."""
        for task in self._playing.values():
            task.cancel()
        await asyncio.gather(*self._playing.values(), return_exceptions=True)

    async def _play(self, request: CallRequest) -> None:
        call_id = request.call_id
        leg, ending = ENDINGS.get(request.number.last4, (None, Reason.CUSTOMER_HUNG_UP))
        await asyncio.sleep(self._agent_rings_ms / 1000)
        if leg is Leg.AGENT:
            self._over(call_id, ending)
            return
        self._say(call_id, CallState.AGENT_ANSWERED, leg=Leg.AGENT)
        self._say(call_id, CallState.DIALLING_CUSTOMER, leg=Leg.CUSTOMER)
        await asyncio.sleep(self._customer_rings_ms / 1000)
        if leg is Leg.CUSTOMER:
            self._over(call_id, ending)
            return
        self._say(call_id, CallState.IN_CALL)
        if self._talk_ms:
            await asyncio.sleep(self._talk_ms / 1000)
            self._over(call_id, ending)

    def _say(
        self, call_id: CallId, state: CallState, reason: Reason | None = None, leg: Leg | None = None
    ) -> CallEvent:
        event = CallEvent(call_id, state, self._now_ms(), reason, leg, raw_code="simulated", ref=call_id)
        self._last[call_id] = event
        self._news.put_nowait(event)
        return event

    def _over(self, call_id: CallId, reason: Reason) -> CallEvent:
        self._playing.pop(call_id, None)
        return self._say(call_id, CallState.ENDED, reason)

    def _end(self, call_id: CallId, reason: Reason) -> CallEvent:
        task = self._playing.pop(call_id, None)
        if task is not None:
            task.cancel()
        return self._say(call_id, CallState.ENDED, reason)
