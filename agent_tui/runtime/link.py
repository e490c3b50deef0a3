"""The connection: kept up, resumed, and honest about how it is."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, cast

from agent_tui.ports.backend import Watching
from agent_tui.ports.errors import AuthExpired, Forbidden, PortError, RateLimited, Refused, Unreachable, Unsupported
from agent_tui.ports.events import BackendEvent, Connected, Disconnected, Live
from agent_tui.runtime.engine import Engine

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
HEALTHY_AFTER_S: Final = 30.0

_FINAL: Final = (AuthExpired, Forbidden, Refused, Unsupported)


@dataclass(slots=True)
class BackOff:
    """Full jitter: a pause of 0..min(30, 0.5*2^n) s, n counting failures since the line was last healthy for 30 s."""

    random: Callable[[], float] = random.random
    failures: int = 0

    def pause_s(self, lasted_s: float, asked_ms: int | None = None) -> float:
        """How long to wait after a connection that lasted so long; never less than the other side asked for."""
        if lasted_s >= HEALTHY_AFTER_S:
            self.failures = 0
        most = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * (1 << min(self.failures, 10)))
        self.failures += 1
        return (asked_ms or 0) / 1000 + most * self.random()


@dataclass(slots=True)
class Link:
    """Reads a backend's events into the engine; when the line is lost it tells so, waits, and comes back."""

    watching: Watching
    engine: Engine
    now_ms: Callable[[], int]
    back_off: BackOff = field(default_factory=BackOff)
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] | None = None
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def retry_now(self) -> None:
        """Don't wait any longer."""
        self._hurry.set()

    async def run(self) -> None:
        """Until the backend says for good that we may not: then the reason stands in the state, and this ends."""
        clock = self.monotonic or asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await self._one_connection()
                lost: PortError = Unreachable("The connection ended.")
            except _FINAL as error:
                revoked = isinstance(error, AuthExpired) and error.revoked
                await self.engine.offer(Disconnected(str(error), fatal=True, revoked=revoked))
                return
            except PortError as error:
                lost = error
            asked_ms = lost.retry_after_ms if isinstance(lost, Unreachable | RateLimited) else None
            pause = self.back_off.pause_s(clock() - began, asked_ms)
            await self.engine.offer(Disconnected(str(lost), retry_at_ms=self.now_ms() + int(pause * 1000)))
            await self._pause(pause)

    async def _one_connection(self) -> None:
        async with aclosing(_closable(self.watching.events())) as events:
            async for event in events:
                await self.engine.offer(event)
                if isinstance(event, Connected) and event.gap:
                    await self._resync()

    async def _resync(self) -> None:
        transcripts = self.engine.state.transcripts
        known = {ref: held.last_key for ref, held in transcripts.items() if held.loaded}
        async with aclosing(_closable(self.watching.resync(known))) as events:
            async for event in events:
                await self.engine.offer(event)
        await self.engine.offer(Live())

    async def _pause(self, seconds: float) -> None:
        self._hurry.clear()
        waits = [asyncio.ensure_future(self.wait(seconds)), asyncio.ensure_future(self._hurry.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()


class _Closable:
    """An event stream that is closed with its connection, also where the adapter did not write a generator."""

    def __init__(self, stream: AsyncIterator[BackendEvent]) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[BackendEvent]:
        return self._stream

    async def aclose(self) -> None:
        closer = getattr(self._stream, "aclose", None)
        if closer is not None:
            await closer()


def _closable(stream: AsyncIterator[BackendEvent]) -> Any:
    return cast("Any", _Closable(stream))
