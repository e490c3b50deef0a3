"""The providers that this desk runs: one task each that listens, and the asking, starting and stopping of calls.

What a provider says goes into `news`, which writes it down by the one set of states. A provider that fails takes
nothing with it: its task begins again, and calls it can't be asked about are marked so and go on.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from msgspec import Struct

from agent_tui.desk.logs import say
from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.text import clean
from agent_tui.ports.errors import PortError, Unreachable
from agent_tui.ports.phone import (
    AgentPhone,
    CallEvent,
    CallFailed,
    CallRequest,
    Caps,
    LineBack,
    LineLost,
    PhoneProvider,
    Ready,
)

_AGAIN_S: Final = 1.0
_READY_WITHIN_S: Final = 3.0

News = Callable[[str, CallEvent], Awaitable[None]]
"""A provider (by name) says how a call stands."""
LineNews = Callable[[str, bool], Awaitable[None]]
"""A provider's line was lost (False) or is back."""


class Way(Struct, frozen=True):
    """A provider of the chain as the desk found it."""

    name: str
    title: str
    caps: Caps | None
    """None: it can't be used, and `why` says so."""
    provider: PhoneProvider | None = None
    """None where it runs in consoles."""
    why: str = ""

    @property
    def in_console(self) -> bool:
        """Its provider runs in each agent's console."""
        return self.caps is not None and self.caps.where == "console"

    @property
    def simulated(self) -> bool:
        """It only plays calls."""
        return self.name == "simulated"


class Running:
    """All providers of the chain that run at the desk."""

    def __init__(self, ways: Mapping[str, Way], news: News, line: LineNews) -> None:
        self.ways = ways
        self._news = news
        self._line = line
        self._listening: list[asyncio.Task[None]] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._locks: dict[str, asyncio.Lock] = {}

    def begin(self) -> None:
        """Listen from now on."""
        for name, way in self.ways.items():
            if way.provider is not None:
                self._listening.append(asyncio.create_task(self._listen(name, way.provider)))

    async def stop(self) -> None:
        """Let go of every line; calls go on at their exchange."""
        for task in (*self._listening, *self._starting):
            task.cancel()
        await asyncio.gather(*self._listening, *self._starting, return_exceptions=True)
        for way in self.ways.values():
            if way.provider is not None:
                with contextlib.suppress(PortError, OSError):
                    await way.provider.aclose()

    def runs(self, name: str) -> bool:
        """Whether this provider runs here."""
        way = self.ways.get(name)
        return way is not None and way.provider is not None

    async def ready(self, name: str, phone: AgentPhone) -> Ready:
        """Whether an agent could call by this way now. Never dials, never takes long."""
        way = self.ways[name]
        if way.in_console:
            return Ready(ok=True)
        if way.provider is None:
            return Ready(ok=False, reason="not_set_up", hint=clean(way.why))
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                return await way.provider.ready(phone)
        except TimeoutError:
            return Ready(ok=False, reason="not_connected", hint=clean(f"{way.title} does not answer."))
        except PortError as error:
            return Ready(ok=False, reason="not_connected", hint=clean(str(error)))

    def start(self, name: str, request: CallRequest, started: Callable[[], Awaitable[None]]) -> None:
        """Have the call made; it was written down before. `started` once the provider took it."""
        task = asyncio.create_task(self._start(name, request, started))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def cancel(self, name: str, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent | None:
        """Stop a call; what is true afterwards, None where nobody can say. Waits for a start that is on its way."""
        provider = self._provider(name)
        if provider is None:
            return None
        async with self._lock(call_id):
            return await _if_reachable(provider.cancel(call_id, reason))

    async def hang_up(self, name: str, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent | None:
        """End a call in any state."""
        provider = self._provider(name)
        if provider is None:
            return None
        async with self._lock(call_id):
            return await _if_reachable(provider.hangup(call_id, reason))

    async def status(self, name: str, call_id: CallId, now_ms: int) -> CallEvent | None:
        """How it stands; one it does not know is lost. None: it can't be asked."""
        provider = self._provider(name)
        if provider is None:
            return CallEvent(call_id, CallState.ENDED, now_ms, Reason.LOST)
        async with self._lock(call_id):
            try:
                found = await provider.status(call_id)
            except Unreachable:
                return None
        return found or CallEvent(call_id, CallState.ENDED, now_ms, Reason.LOST)

    async def resume(self, name: str, request: CallRequest, ref: str, now_ms: int) -> CallEvent | None:
        """Take up a call of an earlier start; never dials. None: it can't be asked yet."""
        provider = self._provider(name)
        if provider is None:
            return CallEvent(request.call_id, CallState.ENDED, now_ms, Reason.LOST)
        try:
            found = await provider.resume(request, ref)
        except Unreachable:
            return None
        return found or CallEvent(request.call_id, CallState.ENDED, now_ms, Reason.LOST)

    async def sweep(self, name: str, open_calls: frozenset[CallId]) -> None:
        """Hang up at the exchange what is ours and of no open call."""
        provider = self._provider(name)
        if provider is None:
            return
        try:
            left = await provider.sweep(open_calls)
        except PortError as error:
            say("what was left at an exchange could not be hung up", logging.WARNING, provider=name, why=str(error))
            return
        if left:
            say("calls were left at an exchange and hung up", logging.WARNING, provider=name, calls=left)

    async def _start(self, name: str, request: CallRequest, started: Callable[[], Awaitable[None]]) -> None:
        provider = self._provider(name)
        call_id, at_ms = request.call_id, 0
        async with self._lock(call_id):
            try:
                if provider is None:
                    raise CallFailed("This way to call is gone.", Reason.PROVIDER_ERROR)
                await provider.start(request)
            except CallFailed as failed:
                say("a call was not made", logging.WARNING, provider=name, why=str(failed), code=failed.raw_code)
                event = CallEvent(call_id, CallState.ENDED, at_ms, failed.reason, raw_code=failed.raw_code)
                await self._news(name, event)
                return
            except Unreachable as error:
                say("nobody knows whether a call was made", logging.WARNING, provider=name, why=str(error))
                return  # whether it rings isn't known: it is asked for when its time is over, never started again
            except Exception:
                logging.getLogger(__name__).exception("a provider failed to start a call")
                await self._stop_what_rings(name, call_id)
                return
            await started()

    async def _stop_what_rings(self, name: str, call_id: CallId) -> None:
        """After a failure nobody foresaw: perhaps something rings. Who can't be asked now is asked at the deadline."""
        provider = self._provider(name)
        if provider is not None:
            event = await _if_reachable(provider.cancel(call_id, Reason.PROVIDER_ERROR))
            if event is not None:
                await self._news(name, event)

    async def _listen(self, name: str, provider: PhoneProvider) -> None:
        while True:
            try:
                async for heard in provider.events():
                    if isinstance(heard, LineLost | LineBack):
                        await self._line(name, isinstance(heard, LineBack))
                    else:
                        await self._news(name, heard)
            except PortError as error:
                say("a phone provider lost its exchange", logging.WARNING, provider=name, why=str(error))
            except Exception:
                logging.getLogger(__name__).exception("a phone provider failed")
            await asyncio.sleep(_AGAIN_S)

    def _provider(self, name: str) -> PhoneProvider | None:
        way = self.ways.get(name)
        return way.provider if way is not None else None

    def _lock(self, call_id: CallId) -> asyncio.Lock:
        if len(self._locks) > 1_000:
            self._locks = {one: lock for one, lock in self._locks.items() if lock.locked()}
        return self._locks.setdefault(call_id, asyncio.Lock())


async def _if_reachable(asked: Awaitable[CallEvent]) -> CallEvent | None:
    try:
        return await asked
    except Unreachable:
        return None
