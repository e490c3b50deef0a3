"""One monitor at work: what its screens talk to. It holds the watching half of a backend and nothing that acts."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, Final, cast

from agent_tui.core.monitor.reduce import MonitorEvent, look, reduce
from agent_tui.core.monitor.state import MonitorChanges, MonitorState
from agent_tui.core.reduce import forget_typing
from agent_tui.core.state import LinkState
from agent_tui.model.conversation import Conversation
from agent_tui.model.figures import Board, Figure
from agent_tui.model.ids import ConversationRef
from agent_tui.ports.backend import ConversationPage, HitPage, View
from agent_tui.ports.errors import AuthExpired, Forbidden, PortError, RateLimited, Refused, Unreachable, Unsupported
from agent_tui.ports.events import ConversationUpsert, Disconnected, EntriesLoaded, Live, Me
from agent_tui.ports.wall import Overseeing, ReplayPage, StandingPage, Unmasked
from agent_tui.runtime.link import BackOff

EVENTS_A_TURN: Final = 200
QUEUE: Final = 2_000
FORGET_EVERY_S: Final = 1.0
READ_AGAIN_S: Final = 2.0
_FINAL: Final = (AuthExpired, Forbidden, Refused, Unsupported)

Listener = Callable[[MonitorChanges], None]


class Monitor:
    """One sign-in that only watches. Belongs to one event loop; the app runs it as one worker.

    Methods that read raise the errors of `ports.errors`. Only `run` keeps the connection.
    """

    def __init__(
        self, name: str, overseeing: Overseeing, *, now_ms: Callable[[], int], back_off: BackOff | None = None
    ) -> None:
        self.name = name
        self.state = MonitorState()
        self._overseeing = overseeing
        self._now_ms = now_ms
        self._back_off = back_off or BackOff()
        self._listeners: list[Listener] = []
        self._hurry = asyncio.Event()
        self._queue: deque[MonitorEvent] = deque()
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._reading: dict[ConversationRef, asyncio.Task[None]] = {}

    # --- looking ---

    @property
    def me(self) -> Me | None:
        """Whom the backend takes us for; None before the first connection."""
        return self.state.known.me

    def now_ms(self) -> int:
        """The clock of this machine."""
        return self._now_ms()

    def desk_ms(self) -> int:
        """The desk's clock, as far as is known: what waits are measured by, whatever this machine's clock says."""
        return self._now_ms() + self.state.known.link.clock_skew_ms

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Call `callback(changes)` on the loop after each turn that changed the state; the answer ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def look_at(self, tiles: tuple[ConversationRef, ...], opened: tuple[ConversationRef, ...] = ()) -> None:
        """What is on the screen now. Lines of `tiles` come; of `opened` the newest page is read, and every entry comes.

        Exactly this is written down at the backend as watched.
        """
        if (frozenset(tiles), frozenset(opened)) == (self.state.looked_at, self.state.opened):
            return
        self._tell(look(self.state, frozenset(tiles), frozenset(opened)))
        await self._overseeing.look_at(tiles, opened)
        for ref in opened:
            self._read(ref)

    async def older(self, ref: ConversationRef) -> bool:
        """Read the page before the oldest entry held of an opened conversation. False where the start is reached."""
        transcript = self.state.known.transcript(ref)
        if transcript.reaches_start or not transcript.entries:
            return not transcript.reaches_start
        before = transcript.entries[0].key
        page = await self._overseeing.history(ref, before=before)
        self._take_in(EntriesLoaded(ref, page.entries, reaches_start=not page.more, reaches_end=False, before=before))
        return page.more

    async def get(self, ref: ConversationRef) -> Conversation:
        """One record, also of a conversation that is no tile any more."""
        record = await self._overseeing.get(ref)
        if ref in self.state.opened:
            self._take_in(ConversationUpsert(record))
        return record

    async def list(self, view: View, after: str = "", text: str = "") -> ConversationPage:
        """One page of conversations as the backend has them."""
        return await self._overseeing.list(view, after, text)

    async def search(self, text: str, ref: ConversationRef | None = None, after: str = "") -> HitPage:
        """Full text, newest first. Refused where it would look for a number or an address."""
        return await self._overseeing.search(text, ref, after)

    async def earlier(self, ref: ConversationRef) -> tuple[Conversation, ...]:
        """The customer's other conversations, newest first."""
        return await self._overseeing.earlier(ref)

    async def board(self) -> Board:
        """The figures of this moment, without waiting for the wall."""
        return await self._overseeing.board()

    async def behind(self, figure: Figure, after: str = "") -> ConversationPage:
        """The conversations behind a number of the board."""
        return await self._overseeing.behind(figure, after)

    async def sample(self, count: int = 10) -> tuple[Conversation, ...]:
        """Resolved conversations picked by chance, for coaching."""
        return await self._overseeing.sample(count)

    async def replay(
        self, since_ms: int, until_ms: int, ref: ConversationRef | None = None, after: str = ""
    ) -> ReplayPage:
        """What happened in a time, with who watched and what was refused."""
        return await self._overseeing.replay(since_ms, until_ms, ref, after)

    async def standing(self, at_ms: int, after: str = "") -> StandingPage:
        """What was open at a moment, and how it stood."""
        return await self._overseeing.standing(at_ms, after)

    async def unmasked(self, ref: ConversationRef) -> Unmasked:
        """With numbers and addresses, where an admin allows it; each time leaves an audit line. Not held here."""
        return await self._overseeing.unmasked(ref)

    def reconnect_now(self) -> None:
        """Don't wait for the next try."""
        self._hurry.set()

    # --- life ---

    async def run(self) -> None:
        """Keep the connection and take in what comes, until cancelled.

        Where the backend says for good that we may not, the reason stands in the state, and it is not tried again.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take_turns())
            tasks.create_task(self._forget())
            await self._keep_connected()

    async def close(self) -> None:
        """End the connection."""
        for task in self._reading.values():
            task.cancel()
        await self._overseeing.aclose()

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._one_connection()
                lost: PortError = Unreachable("The connection ended.")
            except _FINAL as error:
                revoked = isinstance(error, AuthExpired) and error.revoked
                await self._offer(Disconnected(str(error), fatal=True, revoked=revoked))
                return
            except PortError as error:
                lost = error
            asked_ms = lost.retry_after_ms if isinstance(lost, Unreachable | RateLimited) else None
            pause = self._back_off.pause_s(loop.time() - began, asked_ms)
            await self._offer(Disconnected(str(lost), retry_at_ms=self._now_ms() + int(pause * 1000)))
            self._hurry.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._hurry.wait()
            except TimeoutError:
                continue

    async def _one_connection(self) -> None:
        async with aclosing(cast("Any", self._overseeing.wall())) as events:
            async for event in events:
                await self._offer(event)

    async def _offer(self, event: MonitorEvent) -> None:
        """Queue a fact; where the queue is full, wait: then nothing more is read from the network."""
        while len(self._queue) >= QUEUE:
            self._room.clear()
            await self._room.wait()
        self._queue.append(event)
        self._work.set()

    async def _take_turns(self) -> None:
        while True:
            await self._work.wait()
            turn = [self._queue.popleft() for _ in range(min(EVENTS_A_TURN, len(self._queue)))]
            self._room.set()
            if not self._queue:
                self._work.clear()
            self._take_in(*turn)
            if any(isinstance(event, Live) for event in turn):
                for ref in self.state.opened:
                    self._read(ref, anew=True)
            await asyncio.sleep(0)

    def _take_in(self, *events: MonitorEvent) -> None:
        self._tell(reduce(self.state, events, self._now_ms()))

    def _tell(self, changes: MonitorChanges) -> None:
        if not changes:
            return
        for listener in list(self._listeners):
            listener(changes)
        for ref in self.state.opened & changes.known.transcripts:
            self._read(ref)

    def _read(self, ref: ConversationRef, *, anew: bool = False) -> None:
        """Read what is missing of an opened conversation: its newest page, what came in a gap or while we were away."""
        transcript = self.state.known.transcript(ref)
        after = transcript.last_key if anew and transcript.loaded else transcript.gap_after
        if ref in self._reading or (transcript.loaded and after is None):
            return

        async def read() -> None:
            try:
                if ref not in self.state.known.conversations:
                    await self.get(ref)
                page = await self._overseeing.history(ref, after=after)
                if ref in self.state.opened:
                    start = after is None and not page.more
                    end = after is None or not page.more
                    self._take_in(EntriesLoaded(ref, page.entries, reaches_start=start, reaches_end=end, after=after))
            except PortError:
                asyncio.get_running_loop().call_later(READ_AGAIN_S, self._read_again, ref)
            finally:
                self._reading.pop(ref, None)

        self._reading[ref] = asyncio.ensure_future(read())

    def _read_again(self, ref: ConversationRef) -> None:
        if ref in self.state.opened and self.state.known.link.state is LinkState.LIVE:
            self._read(ref, anew=True)

    async def _forget(self) -> None:
        while True:
            await asyncio.sleep(FORGET_EVERY_S)
            if self.state.known.typing:
                self._tell(MonitorChanges(known=forget_typing(self.state.known, self._now_ms())))
