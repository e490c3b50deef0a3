"""The one writer of the state: a bounded queue of facts, taken in short turns, each told once to who listens."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Final

from agent_tui.core.reduce import forget_typing, reduce
from agent_tui.core.state import Changes, State
from agent_tui.ports.events import Event

EVENTS_A_TURN: Final = 200
SECONDS_A_TURN: Final = 0.008
EVENTS_A_SLICE: Final = 20
QUEUE: Final = 2_000
FORGET_EVERY_S: Final = 1.0

Listener = Callable[[Changes], None]


class Engine:
    """Facts come in by `offer` (waits while the queue is full) or `apply` (at once, for what we did ourselves)."""

    def __init__(self, state: State, now_ms: Callable[[], int], capacity: int = QUEUE) -> None:
        self.state = state
        self._now_ms = now_ms
        self._capacity = capacity
        self._queue: deque[Event] = deque()
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._listeners: list[Listener] = []

    @property
    def idle(self) -> bool:
        """Nothing is waiting to be taken in."""
        return not self._queue

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the loop after each turn that changed something; the answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def offer(self, event: Event) -> None:
        """Queue a fact; where the queue is full, wait: whoever reads the network then stops reading."""
        while len(self._queue) >= self._capacity:
            self._room.clear()
            await self._room.wait()
        self._queue.append(event)
        self._work.set()

    def apply(self, *events: Event) -> None:
        """Take in at once, before anything that is queued; listeners are told in the same turn of the loop."""
        self._tell(reduce(self.state, events, self._now_ms()))

    def turn(self) -> None:
        """At most 200 facts or 8 ms of them, whichever ends first; then the listeners are told once."""
        changes = Changes()
        deadline = perf_counter() + SECONDS_A_TURN
        left = EVENTS_A_TURN
        while self._queue and left > 0 and perf_counter() < deadline:
            slice_ = [self._queue.popleft() for _ in range(min(EVENTS_A_SLICE, len(self._queue)))]
            changes |= reduce(self.state, slice_, self._now_ms())
            left -= len(slice_)
        if len(self._queue) < self._capacity:
            self._room.set()
        self._tell(changes)

    async def run(self) -> None:
        """Take in what is offered, forever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._forget())
            while True:
                await self._work.wait()
                self.turn()
                if not self._queue:
                    self._work.clear()
                await asyncio.sleep(0)

    async def _forget(self) -> None:
        while True:
            await asyncio.sleep(FORGET_EVERY_S)
            if self.state.typing:
                self._tell(forget_typing(self.state, self._now_ms()))

    def _tell(self, changes: Changes) -> None:
        if changes:
            for listener in list(self._listeners):
                listener(changes)
