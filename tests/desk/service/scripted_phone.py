"""A provider of calls that does what a test says, and is strict: nothing is dialled twice."""

import asyncio
from collections.abc import AsyncIterator, Set

from agent_tui.desk.service.calling.running import Way
from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.text import clean
from agent_tui.ports.errors import Unreachable
from agent_tui.ports.phone import (
    AgentPhone,
    CallEvent,
    CallRequest,
    Caps,
    LineBack,
    LineLost,
    ProviderNews,
    Ready,
)

CAPS = Caps(tracked=True, cancel=True, hangup=True, rings_agent=True, where="desk")
HANDOVER = Way(
    "handover",
    "Your own phone",
    Caps(tracked=False, cancel=False, hangup=False, rings_agent=False, where="console", shows_number=False),
)


class Exchange:
    """What rings and talks, whoever is connected to it: it outlives the desks of a test."""

    def __init__(self) -> None:
        self.calls: dict[str, CallState] = {}
        self.ended: dict[str, Reason] = {}
        self.started: list[CallRequest] = []
        self.refuses: Exception | None = None
        self.reachable = True
        self.not_ready = ""
        self.news: asyncio.Queue[ProviderNews] = asyncio.Queue()
        self.starting = asyncio.Event()
        """Cleared: a start is held until it is set."""
        self.starting.set()

    def says(self, call_id: str, state: CallState, reason: Reason | None = None) -> None:
        """It comes about, and everybody connected hears."""
        self._becomes(call_id, state, reason)
        self.news.put_nowait(CallEvent(CallId(call_id), state, 0, reason))

    def _becomes(self, call_id: str, state: CallState, reason: Reason | None) -> CallEvent:
        self.calls[call_id] = state
        if state is CallState.ENDED:
            self.ended.setdefault(call_id, reason or Reason.LOST)
        return self.event(call_id)

    def event(self, call_id: str) -> CallEvent:
        return CallEvent(CallId(call_id), self.calls[call_id], 0, self.ended.get(call_id), ref=f"ref-{call_id}")

    def check(self) -> None:
        if not self.reachable:
            raise Unreachable("The exchange does not answer.")


class ScriptedPhone:
    """One desk's connection to it."""

    name = "scripted"
    caps = CAPS

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    async def ready(self, phone: AgentPhone) -> Ready:
        self.exchange.check()
        return Ready(ok=not self.exchange.not_ready, reason="not_registered", hint=clean(self.exchange.not_ready))

    async def start(self, request: CallRequest) -> None:
        await self.exchange.starting.wait()
        self.exchange.check()
        if self.exchange.refuses is not None:
            raise self.exchange.refuses
        assert request.call_id not in self.exchange.calls, "dialled twice"
        self.exchange.started.append(request)
        self.exchange._becomes(request.call_id, CallState.DIALLING_AGENT, None)

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        self.exchange.check()
        if self.exchange.calls.get(call_id) in (CallState.IN_CALL, CallState.ENDED):
            return self.exchange.event(call_id)
        return self.exchange._becomes(call_id, CallState.ENDED, reason)

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        self.exchange.check()
        if self.exchange.calls.get(call_id) is CallState.ENDED:
            return self.exchange.event(call_id)
        return self.exchange._becomes(call_id, CallState.ENDED, reason)

    async def status(self, call_id: CallId) -> CallEvent | None:
        self.exchange.check()
        return self.exchange.event(call_id) if call_id in self.exchange.calls else None

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        return await self.status(request.call_id)

    async def sweep(self, open_calls: Set[CallId]) -> int:
        self.exchange.check()
        left = [
            it for it, state in self.exchange.calls.items() if state is not CallState.ENDED and it not in open_calls
        ]
        for call_id in left:
            self.exchange._becomes(call_id, CallState.ENDED, Reason.CANCELLED)
        return len(left)

    async def events(self) -> AsyncIterator[ProviderNews]:
        while True:
            yield await self.exchange.news.get()

    async def aclose(self) -> None:
        return


def scripted_ways(exchange: Exchange) -> dict[str, Way]:
    """The chain of a desk in a test."""
    return {"scripted": Way("scripted", "Scripted calls", CAPS, ScriptedPhone(exchange)), "handover": HANDOVER}


__all__ = ["Exchange", "LineBack", "LineLost", "ScriptedPhone", "scripted_ways"]
