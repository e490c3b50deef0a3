"""Customers, agents, and the author line of an entry."""

from msgspec import Struct

from agent_tui.model.ids import AgentId
from agent_tui.model.text import SafeText
from agent_tui.model.words import AuthorKind, Availability, HowKnown, Role

NOTHING = SafeText("")


class Author(Struct, frozen=True, gc=False):
    """Who wrote an entry. Customers' and agents' ids may overlap: compare kind and id together."""

    kind: AuthorKind
    id: str
    name: SafeText


class Agent(Struct, frozen=True):
    """One of the staff, as colleagues see them."""

    id: AgentId
    name: SafeText
    role: Role
    availability: Availability
    since_ms: int
    """When `availability` began; of two records of one agent the later is the newer."""
    gone: bool = False
    """The account ended: no colleague any more."""


class Customer(Struct, frozen=True):
    """What is known of the person who chats."""

    id: str
    name: SafeText = NOTHING
    """Empty while nothing is known: screens then say "Visitor"."""
    name_known: HowKnown = HowKnown.UNKNOWN
    phone: SafeText = NOTHING
    email: SafeText = NOTHING
    contact_known: HowKnown = HowKnown.UNKNOWN
    language: SafeText = NOTHING
    time_zone: SafeText = NOTHING
    page_title: SafeText = NOTHING
    page_url: SafeText = NOTHING
    visits: int = 1
    earlier: int = 0
    """Earlier conversations joined by browser or signature, never by a typed name or number."""
    present: bool | None = None
    """The chat page is open now; None where the backend does not say."""
    left_ms: int | None = None
    blocked_until_ms: int | None = None
    known: HowKnown = HowKnown.UNKNOWN
    """Who this is: signed by the site, or somebody seen before in this browser; a typed name makes nobody known."""
