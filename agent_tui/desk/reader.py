"""The outgoing side of one socket: what waits for it, in which order it goes, and when it is too slow.

Whatever a reader is sent goes through its own task, so that nobody waits for anybody. A reader that is too slow loses
its connection, never an event: it resumes at its cursor.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from agent_tui.model.words import Role
from agent_tui.protocol.frames import join_events, join_now

if TYPE_CHECKING:
    from agent_tui.desk.readers import Readers

_JOINED_EVENTS: Final = 200
_WRITE_BYTES: Final = 64 * 1024
_FLEETING: Final = -1


class Ending(NamedTuple):
    """How a connection is ended: a WebSocket close code and a reason of at most 123 bytes."""

    code: int
    reason: str


class Wire(NamedTuple):
    """The connection under a reader."""

    transmit: Callable[[Sequence[bytes]], Awaitable[None]]
    """Send frames, in one write where they are few; waits while the peer takes nothing."""
    close: Callable[[int, str], Awaitable[None]]
    abort: Callable[[], None]


class Page(NamedTuple):
    """A part of a replay, with the cursor a reader has after it."""

    events: list[bytes]
    cursor: str
    last_id: int


class Reader:
    """The outgoing side of one socket."""

    def __init__(self, wire: Wire, *, role: Role, account: str, session: str, readers: "Readers") -> None:
        """`account`: the agent's or the visitor's id; `session`: the device's, empty for visitors."""
        self.role = role
        self.account = account
        self.session = session
        self.subscribed: frozenset[int] = frozenset()
        self.watches = False
        """A monitor: it is sent what a wall shows in place of every event, and is nowhere seen."""
        self.live = False
        self.place = 0
        self.last_id = 0
        self.sending_since: float | None = None
        self._wire = wire
        self._readers = readers
        self._cursor = ""
        self._answers: deque[bytes] = deque()
        self._queue: deque[tuple[int, bytes]] = deque()
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self._ending: Ending | None = None

    @property
    def is_staff(self) -> bool:
        """Reads the staff's events; otherwise one visitor's own."""
        return self.role is not Role.VISITOR

    @property
    def is_masked(self) -> bool:
        """Numbers and addresses are masked for this reader."""
        return self.watches or self.role is Role.SUPERVISOR

    @property
    def bytes_behind(self) -> int:
        """What waits for this reader; replay does not count."""
        behind = self._readers.log.bytes_behind(self.place) if self.live and self.is_staff else 0
        return self._queued_bytes + behind

    def start_at(self, event_id: int, cursor: str) -> None:
        """The reader was told `cursor`, and goes on after this event."""
        self.last_id = event_id
        self._cursor = cursor

    def answer(self, frame: bytes) -> None:
        """Send the answer to a command: before every event that waits, what came of the command among them."""
        if self._ending is None:
            self._answers.append(frame)
            self._queued(len(frame))

    def now(self, event: bytes) -> None:
        """Send a fleeting event."""
        self._put(_FLEETING, join_now([event]))

    def now_joined(self, frame: bytes) -> None:
        """Send a frame of fleeting events."""
        self._put(_FLEETING, frame)

    def durable(self, event_id: int, event: bytes) -> None:
        """Send a visitor what one event means to them; staff's events come from the shared log."""
        if event_id > self.last_id:
            self.last_id = event_id
            self._put(event_id, event)

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def end(self, ending: Ending) -> None:
        """Close the connection after what was queued for it."""
        self._ending = ending
        self.wake()

    def say_and_end(self, last_words: bytes, ending: Ending) -> None:
        """Close the connection at once: what was queued is replaced by `last_words`."""
        self._queue.clear()
        self._answers.clear()
        self._queued_bytes = 0
        self.live = False
        self.answer(last_words)
        self.end(ending)

    def cut(self) -> None:
        """Abort the connection: the reader does not take what is sent."""
        self.live = False
        self._wire.abort()

    async def run(self, replay: AsyncIterator[Page]) -> None:
        """Replay, then live, until the connection ends. Cancel it when the peer is gone."""
        # the welcome says where the replay begins
        await self._send(self._waiting())
        async for page in replay:
            # whoever was signed out meanwhile is told nothing more
            if self._ending:
                break
            if page.events:
                await self._send([self._framed(page), *self._waiting()])
        if not self._ending and not self.watches:
            self._readers.go_live(self)
        while True:
            frames = self._waiting()
            if frames:
                await self._send(frames)
            elif self._ending:
                break
            else:
                self._wake.clear()
                await self._wake.wait()
        await self._wire.close(*self._ending)

    def _put(self, event_id: int, data: bytes) -> None:
        if self._ending is None:
            self._queue.append((event_id, data))
            self._queued(len(data))

    def _queued(self, size: int) -> None:
        self._queued_bytes += size
        if self._queued_bytes > self._readers.limits.backlog_bytes:
            self._readers.cut(self)
        self.wake()

    def _waiting(self) -> list[bytes]:
        """The frames that go out next, about as many as fit into one write."""
        frames = list(self._answers)
        self._answers.clear()
        size = sum(map(len, frames))
        self._queued_bytes -= size
        while self._queue and size < _WRITE_BYTES:
            frames.append(self._next_queued())
            size += len(frames[-1])
        while self.live and self.is_staff and size < _WRITE_BYTES and self.place < self._readers.log.end:
            frame = self._next_shared()
            frames += [frame] if frame else []
            size += len(frame)
        return frames

    def _next_queued(self) -> bytes:
        event_id, data = self._queue.popleft()
        self._queued_bytes -= len(data)
        if event_id == _FLEETING:
            return data
        events = [data]
        while self._queue and self._queue[0][0] != _FLEETING and len(events) < _JOINED_EVENTS:
            event_id, data = self._queue.popleft()
            self._queued_bytes -= len(data)
            events.append(data)
        return self._framed(Page(events, str(event_id), event_id))

    def _next_shared(self) -> bytes:
        batch = self._readers.log.take(self.place, self.account, self._cursor, masked=self.is_masked)
        self.place = batch.place
        if batch.last_id <= self.last_id:
            return b""
        self.last_id = batch.last_id
        if batch.frame:
            self._cursor = str(batch.last_id)
        return batch.frame

    def _framed(self, page: Page) -> bytes:
        frame = join_events(page.events, self._cursor, page.cursor)
        self.last_id = max(self.last_id, page.last_id)
        self._cursor = page.cursor
        return frame

    async def _send(self, frames: list[bytes]) -> None:
        if not frames:
            return
        self.sending_since = self._readers.clock()
        await self._wire.transmit(frames)
        self.sending_since = None
        self._readers.metrics.pushes += len(frames)
