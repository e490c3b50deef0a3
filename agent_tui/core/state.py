"""The one place where the console's knowledge lives. Mutable, private to the engine; everybody else reads."""

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from agent_tui.core.library.team import TeamHeld
from agent_tui.model.call import Call, CallId
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.people import Agent
from agent_tui.model.telephone import NO_TELEPHONE, Telephone
from agent_tui.ports.capabilities import Capabilities
from agent_tui.ports.events import Me, OpeningHours, TextLimits, TypingSeen


class LinkState(StrEnum):
    """How the connection is, in the words the status line shows."""

    CONNECTING = "connecting"
    CATCHING_UP = "catching up"
    LIVE = "live"
    QUIET = "no answer"
    RECONNECTING = "reconnecting"
    ENDED = "not connected"


@dataclass(slots=True)
class LinkHealth:
    """The connection as last known."""

    state: LinkState = LinkState.CONNECTING
    since_ms: int = 0
    heard_ms: int = 0
    """When anything last arrived."""
    retry_at_ms: int | None = None
    reason: str = ""
    note: str = ""
    """From the backend, for people; shown until dismissed."""
    clock_skew_ms: int = 0
    revoked: bool = False


@dataclass(slots=True)
class Transcript:
    """The window of one conversation's entries that is held, in order and without holes except after `gap_after`."""

    entries: list[Entry] = field(default_factory=list)
    reaches_start: bool = False
    loaded: bool = False
    """History was read at least once; before that the entries are only what came live."""
    gap_after: OrderKey | None = None
    """The newest entry before the first known hole."""
    stretches: list[tuple[OrderKey, OrderKey]] = field(default_factory=list)
    """Where no entry is missing: (key, key), in order, apart from each other. `core.gaps` keeps them."""
    noted_gap: OrderKey | None = None
    """What the backend itself said is missing after this."""

    @property
    def last_key(self) -> OrderKey:
        """Of the newest entry held; 0 where there is none."""
        return self.entries[-1].key if self.entries else START

    def place(self, key: OrderKey) -> tuple[int, bool]:
        """Index of `key`, and whether it is there; else where it belongs."""
        index = bisect_left(self.entries, key, key=_key)
        return index, index < len(self.entries) and self.entries[index].key == key

    def put(self, entry: Entry) -> bool:
        """Insert or replace by key. False where nothing changed."""
        if not self.entries or entry.key > self.entries[-1].key:
            self.entries.append(entry)
            return True
        index, there = self.place(entry.key)
        if not there:
            self.entries.insert(index, entry)
            return True
        held = self.entries[index]
        if (held.changes, held.withdrawn) > (entry.changes, entry.withdrawn) or held == entry:
            return False
        self.entries[index] = entry
        return True


def _key(entry: Entry) -> OrderKey:
    return entry.key


@dataclass(slots=True)
class Marks:
    """What is known of a conversation apart from its record: it may come before the record, or be newer than it."""

    customer_seen: OrderKey = START
    read: OrderKey = START
    here: bool | None = None
    here_ms: int = 0
    preview: OrderKey = START
    """The entry that the record's preview shows."""


@dataclass(slots=True)
class State:
    """Everything the screens show. Read it only between two turns of the engine, never from a thread."""

    me: Me | None = None
    link: LinkHealth = field(default_factory=LinkHealth)
    conversations: dict[ConversationRef, Conversation] = field(default_factory=dict)
    transcripts: dict[ConversationRef, Transcript] = field(default_factory=dict)
    outgoing: dict[ConversationRef, list[Outgoing]] = field(default_factory=dict)
    """What is not yet settled, by conversation, in the order written."""
    agents: dict[str, Agent] = field(default_factory=dict)
    ended_ms: dict[str, int] = field(default_factory=dict)
    """Whose account ended, and when: what is heard late of them brings nobody back."""
    typing: dict[ConversationRef, dict[tuple[str, str], TypingSeen]] = field(default_factory=dict)
    """Who began or stopped writing last, by conversation, kind and id; `writers` are those who write."""
    calls: dict[CallId, Call] = field(default_factory=dict)
    """Open ones, and those that ended while we looked. The number is kept once it was told."""
    telephone: Telephone = NO_TELEPHONE
    hours: OpeningHours | None = None
    capabilities: Capabilities = field(default_factory=dict)
    limits: TextLimits = field(default_factory=TextLimits)
    marks: dict[ConversationRef, Marks] = field(default_factory=dict)
    gone: set[ConversationRef] = field(default_factory=set)
    settled: set[ClientId] = field(default_factory=set)
    """Own messages that are no longer on their way: their entry is held, or they were taken back."""
    library: TeamHeld = field(default_factory=TeamHeld)
    """The team's library beside the shelf; stays when everything else is forgotten."""

    @property
    def closed(self) -> tuple[tuple[int, int], ...]:
        """When we are closed, around now: what wait clocks do not count."""
        return self.hours.closed if self.hours else ()

    def transcript(self, ref: ConversationRef) -> Transcript:
        """The transcript of a conversation, made empty at first need."""
        found = self.transcripts.get(ref)
        if found is None:
            found = self.transcripts[ref] = Transcript()
        return found


class Changes(Struct, frozen=True):
    """What a turn of the engine touched: keys, never values. Views whose keys are in it pull what they need."""

    records: frozenset[ConversationRef] = frozenset()
    transcripts: frozenset[ConversationRef] = frozenset()
    typing: frozenset[ConversationRef] = frozenset()
    agents: bool = False
    link: bool = False
    everything: bool = False
    """Started afresh: nothing kept from before is valid."""
    calls: frozenset[ConversationRef] = frozenset()
    """Conversations one of whose calls changed."""
    telephone: bool = False
    library: bool = False
    """The team's library, what it did, or whether it is known to be current."""

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(
            self.records | other.records,
            self.transcripts | other.transcripts,
            self.typing | other.typing,
            self.agents or other.agents,
            self.link or other.link,
            self.everything or other.everything,
            self.calls | other.calls,
            self.telephone or other.telephone,
            self.library or other.library,
        )

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = Changes()
