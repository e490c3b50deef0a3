"""The watching half with a wall: what a monitor holds. It has no way to act."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from agent_tui.backends.desk import codec, wall_codec
from agent_tui.backends.desk.client.watching import CLIENT, DeskWatching
from agent_tui.model.conversation import Conversation
from agent_tui.model.figures import Board, Figure, PeriodPart
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.ports import events as e
from agent_tui.ports import wall as w
from agent_tui.ports.backend import ConversationPage
from agent_tui.ports.errors import Unreachable
from agent_tui.protocol import requests as q
from agent_tui.protocol.commands import Hello, Watch
from agent_tui.protocol.frames import RawEvents
from agent_tui.protocol.pushes import BoardNow

_STEPS: Final = 1_000
_STANDING: Final = 100
"""A page of what was: the most the desk gives at once."""


class DeskOverseeing(DeskWatching):
    """Looks at a desk's wall."""

    _tiles: tuple[int, ...] = ()
    _opened: tuple[int, ...] = ()

    async def wall(self) -> AsyncIterator[w.WallEvent]:
        """One connection's life."""
        self._closing = None
        socket = await self._line.open()
        try:
            hello = Hello(self._line.next_id(), client=CLIENT, wall=True)
            welcome, early = await self._say_hello(socket, hello)
            restored = bool(self._epoch) and welcome.epoch != self._epoch
            self._epoch = welcome.epoch
            self._capabilities = codec.capabilities_of(welcome.you.role)
            yield self._line.codec.connected(welcome, self._now_ms())
            yield e.CapabilitiesKnown(self._capabilities)
            why = "The desk's data was restored or replaced: what you had is read anew." if restored else ""
            yield e.StartedAfresh(codec.line(why))
            await self._say_looked_at()
            for frame in early:
                for event in self._wall_facts(frame.now or []):
                    yield event
            while True:
                heard = await socket.receive()
                if isinstance(heard, bytes):
                    for event in self._wall_facts(self._frame(heard).now or []):
                        yield event
                else:
                    yield heard
        except Unreachable as lost:
            if self._closing is None:
                raise
            raise Unreachable(self._closing.sentence, self._closing.retry_after_ms) from lost
        finally:
            await self._line.close()

    async def look_at(self, tiles: tuple[ConversationRef, ...], opened: tuple[ConversationRef, ...] = ()) -> None:
        """Remembered, and said again after every reconnect."""
        self._tiles = tuple(map(codec.number_of, tiles))
        self._opened = tuple(map(codec.number_of, opened))
        with contextlib.suppress(Unreachable):  # it is said again when the line is back
            await self._say_looked_at()

    async def board(self) -> Board:
        """The figures of this moment."""
        return wall_codec.board(await self._line.read("board", BoardNow))

    async def behind(self, figure: Figure, after: str = "") -> ConversationPage:
        """The conversations behind a number of the board."""
        page = await self._line.read("behind", q.ConversationPage, {"figure": figure.value, "after": after})
        return ConversationPage(tuple(map(self._line.codec.conversation, page.conversations)), page.next)

    async def sample(self, count: int = 10) -> tuple[Conversation, ...]:
        """Resolved conversations picked by chance."""
        page = await self._line.read("sample", q.ConversationPage, {"limit": count})
        return tuple(map(self._line.codec.conversation, page.conversations))

    async def replay(
        self, since_ms: int, until_ms: int, ref: ConversationRef | None = None, after: str = ""
    ) -> w.ReplayPage:
        """What happened in a time."""
        number = codec.number_of(ref) if ref else None
        query = {"since": since_ms, "until": until_ms, "conversation": number, "after": after, "limit": _STEPS}
        page = await self._line.read("replay", q.StepPage, query)
        decode = self._line.codec
        steps = tuple(wall_codec.step(decode, it) for it in page.steps)
        return w.ReplayPage(steps, page.next, tuple(map(decode.conversation, page.conversations)))

    async def standing(self, at_ms: int, after: str = "") -> w.StandingPage:
        """What was open at a moment."""
        query = {"at": at_ms, "after": after, "limit": _STANDING}
        page = await self._line.read("standing", q.StandingPage, query)
        return w.StandingPage(tuple(wall_codec.standing(self._line.codec, it) for it in page.standing), page.next)

    async def desk_name(self) -> SafeText:
        """What the desk calls itself."""
        return codec.name((await self._line.read("me", q.Me)).desk)

    async def hours(self) -> e.OpeningHours:
        """When we are open."""
        found = await self._line.read("hours", q.HoursFile)
        return self._line.codec.hours(found.now).hours

    async def report(self, since_ms: int, until_ms: int) -> PeriodPart:
        """Counts of what began within a time."""
        query = {"since": since_ms, "until": until_ms}
        return wall_codec.part(await self._line.read("report", q.ReportPart, query))

    async def watched(self, after: str = "") -> w.WatchedPage:
        """Who watched."""
        page = await self._line.read("watched", q.WatchedPage, {"after": after})
        return w.WatchedPage(tuple(map(wall_codec.watched, page.watched)), page.next)

    async def unmasked(self, ref: ConversationRef) -> w.Unmasked:
        """With numbers and addresses."""
        page = await self._line.read("unmasked", q.UnmaskedPage, conversation=codec.number_of(ref))
        decode = self._line.codec
        return w.Unmasked(decode.conversation(page.record), tuple(map(decode.entry, page.entries)))

    def _wall_facts(self, events: RawEvents) -> Iterator[w.WallEvent]:
        for fact in wall_codec.wall_facts(self._line.codec, events, self._now_ms()):
            if isinstance(fact, codec.Closing):
                self._closing = fact
            else:
                yield fact

    async def _say_looked_at(self) -> None:
        # not awaited: its answer comes in by `wall`, which may be what is running here
        answer = await self._line.tell(Watch(self._line.next_id(), tiles=self._tiles, opened=self._opened))
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
