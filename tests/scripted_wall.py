"""A wall in memory, over a scripted desk: what a monitor is sent and what it may ask."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec

from agent_tui.model.conversation import Conversation
from agent_tui.model.figures import Board, Figure, PeriodPart, StageRow, Trend, Value
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText, clean
from agent_tui.model.wall import Fact, Standing, Step, Tile
from agent_tui.model.words import Role, Stage, State
from agent_tui.ports import events as e
from agent_tui.ports import wall as w
from agent_tui.ports.backend import ConversationPage
from agent_tui.ports.errors import Forbidden, PortError
from tests.scripted_backend import ScriptedDesk, ScriptedWatching

MINUTE_MS = 60_000
LINES = 12


class ScriptedOverseeing(ScriptedWatching):
    """The watching half with a wall. `facts`, `figures`, `steps`, `stood` are the test's to write."""

    def __init__(self, desk: ScriptedDesk, me: str = "Vera") -> None:
        super().__init__(desk)
        self.me = e.Me(me.lower(), clean(me), Role.SUPERVISOR, desk.me.desk)
        self.facts: dict[ConversationRef, tuple[Fact, ...]] = {}
        self.figures: Board | None = None
        self.steps: list[Step] = []
        self.stood: list[Standing] = []
        self.page_of_steps = 1_000
        self.answers = asyncio.Event()
        """Set, unless the test lets the monitor wait for what stood."""
        self.answers.set()
        self.looked_at: list[tuple[tuple[ConversationRef, ...], tuple[ConversationRef, ...]]] = []
        self.behind_asked: list[Figure] = []
        self.skew_ms = 0
        self.may_see_contacts = False
        self.revealed: list[ConversationRef] = []
        self._version = 0

    async def wall(self) -> AsyncIterator[w.WallEvent]:
        desk = self.desk
        await desk.answers()
        line = desk.line()
        try:
            yield e.Connected(self.me, gap=False, clock_skew_ms=self.skew_ms)
            yield e.CapabilitiesKnown(desk.table)
            yield e.StartedAfresh("")
            for agent in list(desk.agents.values()):
                yield e.AgentSeen(agent)
            yield w.BoardSeen(await self.board())
            for record in list(desk.conversations.values()):
                if record.state is not State.RESOLVED:
                    yield self.tile(record)
            yield e.HoursKnown(desk.hours)
            yield e.Live()
            for seen in self._lines():
                yield seen
            while True:
                heard = await line.get()
                if isinstance(heard, PortError):
                    raise heard
                for event in self._told(heard):
                    yield event
        finally:
            with contextlib.suppress(ValueError):
                desk.hang_up(line)

    def tile(self, record: Conversation) -> w.TileSeen:
        self._version += 1
        return w.TileSeen(Tile(record, self._version, self.facts.get(record.ref, ())))

    def fact(self, ref: ConversationRef, *facts: Fact) -> None:
        """From now on these are true of the conversation."""
        self.facts[ref] = facts
        self.desk.change(ref)

    async def look_at(self, tiles: tuple[ConversationRef, ...], opened: tuple[ConversationRef, ...] = ()) -> None:
        self.looked_at.append((tiles, opened))
        self.desk.check_reachable()
        self.desk.push(e.Heard(self.desk.now_ms()))

    async def board(self) -> Board:
        self.desk.check_reachable()
        return self.figures or a_board(self.desk.now_ms())

    async def behind(self, figure: Figure, after: str = "") -> ConversationPage:
        self.desk.check_reachable()
        self.behind_asked.append(figure)
        return ConversationPage(tuple(self.desk.conversations.values()))

    async def sample(self, count: int = 10) -> tuple[Conversation, ...]:
        self.desk.check_reachable()
        return tuple(c for c in self.desk.conversations.values() if c.state is State.RESOLVED)[:count]

    async def replay(
        self, since_ms: int, until_ms: int, ref: ConversationRef | None = None, after: str = ""
    ) -> w.ReplayPage:
        self.desk.check_reachable()
        steps = self.steps or [
            Step(of, entry.at_ms, entry) for of, entries in self.desk.entries.items() for entry in entries
        ]
        found = [step for step in steps if since_ms <= step.at_ms < until_ms and ref in (None, step.ref)]
        start = int(after or 0)
        end = start + self.page_of_steps
        page = tuple(sorted(found, key=lambda step: step.at_ms)[start:end])
        records = tuple(self.desk.conversations[of] for of in {step.ref for step in page})
        return w.ReplayPage(page, str(end) if end < len(found) else "", records)

    async def standing(self, at_ms: int, after: str = "") -> w.StandingPage:
        self.desk.check_reachable()
        await self.answers.wait()
        return w.StandingPage(tuple(self.stood))

    async def desk_name(self) -> SafeText:
        """What it calls itself."""
        return self.desk.me.desk

    async def hours(self) -> e.OpeningHours:
        """When it is open."""
        return self.desk.hours

    async def report(self, since_ms: int, until_ms: int) -> PeriodPart:
        """A period in which nothing happened."""
        return PeriodPart(since_ms, until_ms, {})

    async def watched(self, after: str = "") -> w.WatchedPage:
        """Nobody did."""
        return w.WatchedPage(())

    async def unmasked(self, ref: ConversationRef) -> w.Unmasked:
        if not self.may_see_contacts:
            raise Forbidden("The desk's admin does not allow it.")
        self.revealed.append(ref)
        return w.Unmasked(self.desk.record(ref), tuple(self.desk.entries[ref]))

    def _told(self, heard: e.BackendEvent) -> list[w.WallEvent]:
        looked, opened = self.looked_at[-1] if self.looked_at else ((), ())
        if isinstance(heard, e.ConversationUpsert):
            record = heard.conversation
            return [w.TileGone(record.ref) if record.state is State.RESOLVED else self.tile(record)]
        if isinstance(heard, e.EntryUpsert):
            if heard.ref in opened:
                return [heard]
            return [self._lines_of(heard.ref)] if heard.ref in looked else []
        if isinstance(heard, e.Heard):  # somebody looks elsewhere: the lines of what they look at come
            return [heard, *self._lines()]
        return [heard] if isinstance(heard, e.AgentSeen | e.TypingSeen | e.HoursKnown | e.Quiet) else []

    def _lines(self) -> list[w.WallEvent]:
        looked, _ = self.looked_at[-1] if self.looked_at else ((), ())
        return [self._lines_of(ref) for ref in looked if ref in self.desk.entries]

    def _lines_of(self, ref: ConversationRef) -> w.LinesSeen:
        return w.LinesSeen(ref, tuple(self.desk.entries[ref][-LINES:]))


def a_board(now_ms: int) -> Board:
    """A shift with something in every figure."""
    figures = {figure: Value(3 + place) for place, figure in enumerate(Figure)}
    figures |= {
        Figure.LONGEST_WAIT: Value(250_000),
        Figure.FIRST_ANSWER: Value(38_000, 21),
        Figure.SERVICE_LEVEL: Value(83, 100),
        Figure.ABANDONED: Value(2, 41),
        Figure.CALLS_REACHED: Value(4, 6),
        Figure.SAID_YES: Value(9, 12),
        Figure.SAID_PARTLY: Value(2, 12),
        Figure.SAID_NO: Value(1, 12),
        Figure.AVAILABLE: Value(2),
    }
    counts = ((12, 3, 1, 9, 0, 2), (8, 2, 0, 5, 1, 1), (4, 5, 2, 6, 2, 0), (1, 6, 2, 4, 1, 1), (0, 4, 3, 3, 2, 0))
    stages = [StageRow(stage, *row) for stage, row in zip(Stage, (*counts, (3, 9, 4, 8, 0, 3)), strict=True)]
    waiting = tuple((place * 7 + place // 3) % 9 for place in range(48))
    waits = tuple(None if place % 5 == 0 else 20_000 + place * 900 for place in range(48))
    trend = Trend(now_ms, 10 * MINUTE_MS, waiting, tuple(reversed(waiting)), waits)
    channels = {"web chat": 49, "phone": 6, "e-mail": 2}
    return Board(now_ms, now_ms - 8 * 60 * MINUTE_MS, figures, tuple(stages), channels, trend)


def many(desk: ScriptedDesk, count: int, since_ms: int) -> None:
    """So many conversations more, every third with a customer who waits."""
    record = desk.conversations[ConversationRef("9")]
    for number in range(1_000, 1_000 + count):
        ref = ConversationRef(str(number))
        waits = since_ms - number * 100 if number % 3 == 0 else None
        customer = msgspec.structs.replace(record.customer, id=f"v{number}", name=clean(f"Klant {number}"))
        desk.conversations[ref] = msgspec.structs.replace(
            record, ref=ref, label=f"c{number}", customer=customer, waiting_since_ms=waits, last_ms=since_ms - number
        )
        desk.entries[ref] = []
