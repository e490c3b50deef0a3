"""What the desk pushes. Durable events have a cursor and are replayed after a cut; fleeting ones are not."""

from msgspec import Struct

from agent_tui.model.figures import Figure
from agent_tui.protocol.call_records import WireCall
from agent_tui.protocol.records import (
    VisitorEntry,
    WireAgent,
    WireAuthor,
    WireConversation,
    WireEntry,
    WireFact,
    WireHours,
    WireStageRow,
    WireTrend,
    WireValue,
)


class Push(Struct, frozen=True, omit_defaults=True, tag_field="e"):
    """Base of every event. Upserts: the same one twice, or an old one late, does no harm."""


class EntryAdded(Push, frozen=True, tag="entry"):
    """Staff: an entry was stored. `record` where the conversation's record changed with it beyond `last_*`."""

    conversation: int
    entry: WireEntry
    record: WireConversation | None = None


class EntryChanged(Push, frozen=True, tag="entry_changed"):
    """Staff: an entry was withdrawn or brought back."""

    conversation: int
    entry: WireEntry


class ConversationChanged(Push, frozen=True, tag="conversation"):
    """Staff: the record as it is now."""

    record: WireConversation


class SeenMoved(Push, frozen=True, tag="seen"):
    """Staff: the customer's page has shown everything up to `seq`."""

    conversation: int
    seq: int


class ReadMoved(Push, frozen=True, tag="read"):
    """Own sessions of one agent: the read position moved, perhaps on another device."""

    conversation: int
    seq: int


class AgentChanged(Push, frozen=True, tag="agent"):
    """Staff: somebody's availability, name or role."""

    agent: WireAgent


class CallChanged(Push, frozen=True, tag="call"):
    """Staff: a call as it is now, without its number."""

    call: WireCall


class SomebodyTypes(Push, frozen=True, tag="typing"):
    """Fleeting, subscribers of the conversation: a customer or a colleague is writing, or has stopped."""

    conversation: int
    who: WireAuthor
    on: bool
    note: bool = False


class CustomerHere(Push, frozen=True, tag="here"):
    """Fleeting, staff: the customer's page opened or closed. `at` grows on one socket, whatever the clock does."""

    conversation: int
    present: bool
    at: int


class LibraryMoved(Push, frozen=True, tag="library"):
    """Fleeting, staff: the team's library has this version now; `library` gives what changed."""

    version: str


class Tile(Push, frozen=True, tag="tile"):
    """Fleeting, who watches: a conversation that is not resolved, as it is now. The higher `version` is newer."""

    record: WireConversation
    version: int
    facts: tuple[WireFact, ...] = ()
    first_answer: int | None = None
    """How long the customer waited for the first answer (ms of open time)."""


class TileGone(Push, frozen=True, tag="tile_gone"):
    """Fleeting, who watches: it is resolved."""

    conversation: int


class Lines(Push, frozen=True, tag="lines"):
    """Fleeting, who watches: the last lines of a conversation on the screen, in order, long bodies cut."""

    conversation: int
    entries: tuple[WireEntry, ...]


class BoardNow(Push, frozen=True, tag="board"):
    """Fleeting, who watches: the figures. Counts are of conversations that began since `since`."""

    at: int
    since: int
    figures: dict[Figure, WireValue]
    stages: tuple[WireStageRow, ...]
    channels: dict[str, int]
    trend: WireTrend


class WallComplete(Push, frozen=True, tag="complete"):
    """Fleeting, who watches: every tile, agent and figure there is was told; from now on what changes."""

    hours: WireHours


class Closing(Push, frozen=True, tag="closing"):
    """Fleeting, everybody: the desk is stopping; come back after `retry_after_ms` plus jitter."""

    retry_after_ms: int
    detail: str = ""


class Line(Push, frozen=True, tag="line"):
    """Visitor: a public entry was stored."""

    line: VisitorEntry


class LineChanged(Push, frozen=True, tag="line_changed"):
    """Visitor: a line was withdrawn or brought back."""

    line: VisitorEntry


class Status(Push, frozen=True, tag="status"):
    """Visitor: how the chat stands. `wait_s` None: we can't say."""

    state: str
    """`none`, `waiting`, `open`, `resolved`."""
    agent: str = ""
    """Who has it, by name."""
    ahead: int | None = None
    """Customers before this one in the queue."""
    wait_s: int | None = None
    staffed: bool = True
    """Somebody is available now."""
    open_now: bool = True
    """Within opening hours."""
    opens_at: int | None = None
    """Where `open_now` is False: when we open (ms), for the visitor's own words and clock; None: not in sight."""


class YourCall(Push, frozen=True, tag="your_call"):
    """Visitor: how it stands with calling them. Told with every change, and after hello."""

    state: str
    """`none`, `offered` (yes or no?), `asked` (shall have a number), `queued`, `calling`, `in_call`, `ended`."""
    call: str = ""
    last4: str = ""
    agent: str = ""
    caller_id: str = ""
    """The number we call from, as people write it; empty: we can't say."""
    code: str = ""
    not_before: int | None = None
    not_after: int | None = None
    reached: bool | None = None
    """`ended`: whether we spoke; None where that isn't known or is nobody's news."""


class AgentSaw(Push, frozen=True, tag="agent_saw"):
    """Visitor: an agent has seen the lines up to `n`."""

    n: int


class AgentTypes(Push, frozen=True, tag="agent_types"):
    """Visitor, fleeting: the agent is writing, or has stopped."""

    name: str
    on: bool


StaffPush = (
    EntryAdded
    | EntryChanged
    | ConversationChanged
    | SeenMoved
    | ReadMoved
    | AgentChanged
    | CallChanged
    | SomebodyTypes
    | CustomerHere
    | LibraryMoved
    | Tile
    | TileGone
    | Lines
    | BoardNow
    | WallComplete
    | Closing
)
VisitorPush = Line | LineChanged | Status | YourCall | AgentSaw | AgentTypes | Closing
