"""Records as they stand on the wire. Strings are the desk's: foreign to whoever reads them, so clean them first."""

from msgspec import Struct

from agent_tui.model.wall import FactKind
from agent_tui.model.words import (
    AuthorKind,
    Availability,
    EntryKind,
    HowKnown,
    Outcome,
    Role,
    Stage,
    State,
)


class WireAuthor(Struct, frozen=True, omit_defaults=True, gc=False):
    """Who wrote an entry; for visitors the id of staff is left empty."""

    kind: AuthorKind
    name: str = ""
    id: str = ""


class WireSystem(Struct, frozen=True, omit_defaults=True, gc=False):
    """A system line: a code of `system_lines`, who did it, what it says more."""

    code: str
    who: str = ""
    what: str = ""


class WireEntry(Struct, frozen=True, omit_defaults=True, gc=False):
    """An entry for staff. `seq` is 1..n in a conversation without a hole."""

    seq: int
    kind: EntryKind
    by: WireAuthor
    at: int
    body: str = ""
    cid: str = ""
    withdrawn: bool = False
    system: WireSystem | None = None
    changes: int = 0
    """How often it was withdrawn or brought back: of two copies the one with more is newer."""


class VisitorEntry(Struct, frozen=True, omit_defaults=True, gc=False):
    """An entry for the visitor. `n` counts the public entries only, 1..n without a hole."""

    n: int
    by: WireAuthor
    at: int
    body: str = ""
    cid: str = ""
    """Only on the visitor's own lines."""
    withdrawn: bool = False
    system: WireSystem | None = None


class WireAgent(Struct, frozen=True):
    """One of the staff."""

    id: str
    name: str
    role: Role
    availability: Availability
    since: int
    """When it became so. Grows with every change, whatever the desk's clock did: of two the one with more is newer."""
    gone: bool = False
    """The account ended: nobody can be asked or handed anything."""


class WireOwner(Struct, frozen=True):
    """The agent who holds a conversation."""

    id: str
    name: str


class WireFlag(Struct, frozen=True):
    """An agent wants somebody to look, until an agent lowers it."""

    by: WireOwner
    reason: str
    since: int


class WireCustomer(Struct, frozen=True, omit_defaults=True):
    """What is known of a customer; see `model.people.Customer`."""

    id: str
    name: str = ""
    name_known: HowKnown = HowKnown.UNKNOWN
    phone: str = ""
    email: str = ""
    contact_known: HowKnown = HowKnown.UNKNOWN
    language: str = ""
    time_zone: str = ""
    page_title: str = ""
    page_url: str = ""
    visits: int = 1
    earlier: int = 0
    present: bool = False
    left: int | None = None
    blocked_until: int | None = None
    known: HowKnown = HowKnown.UNKNOWN
    """Who this is: `signed by your site`, or somebody seen before in `this browser`; typed names make nobody known."""


class WireConversation(Struct, frozen=True, omit_defaults=True):
    """A conversation's record; see `model.conversation.Conversation`. `read` is filled only where one account asks."""

    id: int
    revision: int
    state: State
    stage: Stage
    stage_set: bool
    outcome: Outcome
    customer: WireCustomer
    created: int
    last_seq: int
    last_at: int
    preview: str = ""
    owner: WireOwner | None = None
    waiting_since: int | None = None
    came_back: bool = False
    snoozed_until: int | None = None
    seen: int = 0
    """Highest seq shown in the customer's open page."""
    read: int = 0
    channel: str = "web chat"
    wants_call: bool = False
    flag: WireFlag | None = None


class WireHit(Struct, frozen=True):
    """One search result, newest first."""

    conversation: int
    customer: str
    entry: WireEntry


class WireSession(Struct, frozen=True):
    """A device that is signed in."""

    id: str
    agent: str
    name: str
    role: Role
    device: str
    created: int
    last_used: int
    ended: int | None = None


class WireHours(Struct, frozen=True):
    """Whether we are open now and when that changes, for clocks, widget and screens."""

    open: bool
    time_zone: str
    changes_at: int | None = None
    sentence: str = ""
    closed: tuple[tuple[int, int], ...] = ()
    """Stretches (from, until; ms) around now in which we are closed: clocks count open time only."""


class WireFact(Struct, frozen=True, omit_defaults=True):
    """What makes a conversation one to look at: a kind of `model.wall.FactKind`, true since then."""

    kind: FactKind
    since: int
    who: str = ""
    what: str = ""


class WireValue(Struct, frozen=True, omit_defaults=True):
    """A figure; without `value` it can't be said. `of`: out of how many (shares), over how many (averages)."""

    value: int | None = None
    of: int = 0


class WireStageRow(Struct, frozen=True, omit_defaults=True):
    """Conversations of one stage and what became of them; see `model.figures.StageRow`."""

    stage: Stage
    guessed: int = 0
    set: int = 0
    called: int = 0
    resolved: int = 0
    bought: int = 0
    unknown: int = 0


class WireTrend(Struct, frozen=True):
    """Figures over the shift, one value a step, the last one the newest; see `model.figures.Trend`."""

    until: int
    step: int
    waiting: tuple[int, ...] = ()
    begun: tuple[int, ...] = ()
    first_answer: tuple[int | None, ...] = ()
