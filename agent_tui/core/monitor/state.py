"""The one place where a monitor's knowledge lives. One writer, `runtime.monitor`; everybody else reads."""

from dataclasses import dataclass, field

from msgspec import Struct

from agent_tui.core.state import Changes, State
from agent_tui.model.entry import Entry
from agent_tui.model.figures import Board
from agent_tui.model.ids import ConversationRef
from agent_tui.model.wall import Tile


@dataclass(slots=True)
class MonitorState:
    """Everything a monitor's screens show. Read it only between two turns of its writer."""

    known: State = field(default_factory=State)
    """The line, me, agents, hours, records; transcripts and typing of opened conversations. Reduced as a console's."""
    tiles: dict[ConversationRef, Tile] = field(default_factory=dict)
    """Every conversation that is not resolved, in the order first heard of. `tile.conversation` is as in `known`."""
    lines: dict[ConversationRef, tuple[Entry, ...]] = field(default_factory=dict)
    """The last lines of those that are looked at."""
    looked_at: frozenset[ConversationRef] = frozenset()
    """The tiles on the screen."""
    opened: frozenset[ConversationRef] = frozenset()
    """Conversations open as a whole."""
    board: Board | None = None
    complete: bool = False
    """All tiles came at least once; before that it can't be said that there are none."""
    unconfirmed: set[ConversationRef] = field(default_factory=set)
    """Tiles from before the line was lost that were not told of again yet. At `Live` they are gone."""


class MonitorChanges(Struct, frozen=True):
    """What a turn touched: keys, never values."""

    tiles: frozenset[ConversationRef] = frozenset()
    lines: frozenset[ConversationRef] = frozenset()
    board: bool = False
    known: Changes = Changes()

    def __or__(self, other: "MonitorChanges") -> "MonitorChanges":
        return MonitorChanges(
            self.tiles | other.tiles, self.lines | other.lines, self.board or other.board, self.known | other.known
        )

    def __bool__(self) -> bool:
        return bool(self.tiles or self.lines or self.board or self.known)
