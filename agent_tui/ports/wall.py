"""What a monitor asks of a backend: all that only looks, and the wall. A backend that has none has no monitor."""

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct

from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.figures import Board, Figure, PeriodPart
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.model.wall import Standing, Step, Tile, Watched
from agent_tui.ports import events as e
from agent_tui.ports.backend import ConversationPage, Watching


class TileSeen(Struct, frozen=True):
    """A conversation as the wall has it now."""

    tile: Tile


class TileGone(Struct, frozen=True):
    """It is resolved (or gone): no tile any more."""

    ref: ConversationRef


class LinesSeen(Struct, frozen=True):
    """The last lines of a conversation that is looked at, in order, long bodies cut; they replace those before."""

    ref: ConversationRef
    entries: tuple[Entry, ...]


class BoardSeen(Struct, frozen=True):
    """The figures as of now."""

    board: Board


WallEvent = (
    e.Connected
    | e.CapabilitiesKnown
    | e.StartedAfresh
    | e.HoursKnown
    | e.AgentSeen
    | TileSeen
    | TileGone
    | LinesSeen
    | BoardSeen
    | e.EntryUpsert
    | e.TypingSeen
    | e.CustomerHere
    | e.Live
    | e.Heard
    | e.Quiet
    | e.Disconnected
)
"""`EntryUpsert` and `TypingSeen`: of opened conversations only."""


class ReplayPage(Struct, frozen=True):
    """Steps in the order of their time; `next` is an opaque cursor, empty at the end."""

    steps: tuple[Step, ...]
    next: str = ""
    records: tuple[Conversation, ...] = ()
    """Of whom the steps are, as they are now."""


class StandingPage(Struct, frozen=True):
    """What was open at a moment, those that began last first; `next` is an opaque cursor, empty at the end."""

    standing: tuple[Standing, ...]
    next: str = ""


class WatchedPage(Struct, frozen=True):
    """Who watched, newest first."""

    watched: tuple[Watched, ...]
    next: str = ""


class Unmasked(Struct, frozen=True):
    """A record and its newest entries with their numbers and addresses."""

    conversation: Conversation
    entries: tuple[Entry, ...]


class Overseeing(Watching, Protocol):
    """The watching half with a wall. Raises the errors of `ports.errors`; it leaves audit lines and no other mark."""

    def wall(self) -> AsyncIterator[WallEvent]:
        """One connection's life: `Connected`, `StartedAfresh`, everything there is, `Live`, then what changes.

        Ends or raises `Unreachable` when the line is lost. Called again it begins afresh.
        """
        ...

    async def look_at(self, tiles: tuple[ConversationRef, ...], opened: tuple[ConversationRef, ...] = ()) -> None:
        """What is on the screen now: tiles whose last lines are wanted, and conversations open as a whole.

        Exactly this goes into the audit as watched. Remembered, and said again when the line is back.
        """
        ...

    async def board(self) -> Board:
        """The figures of this moment, without a wall: for scripts."""
        ...

    async def behind(self, figure: Figure, after: str = "") -> ConversationPage:
        """The conversations behind a number of the board."""
        ...

    async def sample(self, count: int = 10) -> tuple[Conversation, ...]:
        """Resolved conversations picked by chance, for coaching."""
        ...

    async def replay(
        self, since_ms: int, until_ms: int, ref: ConversationRef | None = None, after: str = ""
    ) -> ReplayPage:
        """What happened in a time, in one conversation or all, with who watched and what was refused."""
        ...

    async def standing(self, at_ms: int, after: str = "") -> StandingPage:
        """What was open at a moment, and how it stood."""
        ...

    async def desk_name(self) -> SafeText:
        """What the backend calls itself."""
        ...

    async def hours(self) -> e.OpeningHours:
        """When we are open, and in which time zone days begin."""
        ...

    async def report(self, since_ms: int, until_ms: int) -> PeriodPart:
        """Counts of what began within a time. Asked for in parts, which add up."""
        ...

    async def watched(self, after: str = "") -> WatchedPage:
        """Who watched, newest first: an agent's own conversations, from the next day on by default; an admin's all."""
        ...

    async def unmasked(self, ref: ConversationRef) -> Unmasked:
        """The same conversation with numbers and addresses, if the desk's admin allows it. Leaves an audit line."""
        ...
