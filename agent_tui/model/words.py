"""The closed lists of the product: one word for one thing, the same in code, on screens, in docs and on the wire."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do. A supervisor only watches; policy and overrides are the admin's."""

    VISITOR = "visitor"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class State(StrEnum):
    """Where a conversation is in its life."""

    WAITING = "waiting"
    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Stage(StrEnum):
    """Where in the customer's lifecycle a conversation takes place (Aberdeen Group's six stages)."""

    AWARENESS = "awareness"
    INTEREST = "interest"
    EARLY = "early"
    MID = "mid"
    CLOSING = "closing"
    SUPPORT = "support"

    @property
    def department(self) -> str:
        """Who holds conversations of this stage: marketing, sales or service."""
        return _DEPARTMENT[self]


_DEPARTMENT = {
    Stage.AWARENESS: "marketing",
    Stage.INTEREST: "marketing",
    Stage.EARLY: "sales",
    Stage.MID: "sales",
    Stage.CLOSING: "sales",
    Stage.SUPPORT: "service",
}


class Outcome(StrEnum):
    """How a conversation went, said by an agent; unknown until somebody says."""

    UNKNOWN = "unknown"
    SOLVED = "solved"
    BOUGHT = "bought"
    LEAD = "lead"
    LOST = "lost"
    REFERRED = "referred"
    NO_ANSWER = "no answer"
    SPAM = "spam"


class Availability(StrEnum):
    """What an agent can be asked for. `RECONNECTING` is the desk's word for a lost connection within its grace time."""

    AVAILABLE = "available"
    FINISHING = "finishing"
    BREAK = "break"
    ON_A_CALL = "on a call"
    AWAY = "away"
    RECONNECTING = "reconnecting"


class AuthorKind(StrEnum):
    """Whose words an entry holds."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class EntryKind(StrEnum):
    """A public message, an internal note the customer never sees, or a line the system wrote."""

    PUBLIC = "public"
    NOTE = "note"
    SYSTEM = "system"


class HowKnown(StrEnum):
    """Where a fact about a customer comes from."""

    UNKNOWN = "unknown"
    TYPED = "typed"
    BROWSER = "this browser"
    SIGNED = "signed by your site"
