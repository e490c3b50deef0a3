"""How a backend says what it can do: one record per capability, never a guess by trying."""

from enum import StrEnum

from msgspec import Struct


class Capability(StrEnum):
    """What a backend may or may not be able to do; the console's keys depend on these."""

    LIVE_EVENTS = "live events"
    REPLAY = "replay after loss"
    IDEMPOTENT_SEND = "idempotent send"
    COMPARE_AND_SET = "compare-and-set send"
    NOTES = "internal notes"
    CLAIM = "exclusive claim"
    TRANSFER = "transfer"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    STAGES = "stages"
    OUTCOMES = "outcomes"
    WITHDRAW = "withdraw"
    BLOCK = "block"
    FLAGS = "flags for a supervisor"
    TYPING_OUT = "typing shown to the customer"
    TYPING_IN = "customer's typing shown"
    SEEN = "seen marks"
    OWN_READ_MARKS = "read marks of one's own"
    AVAILABILITY = "availability"
    SEARCH = "search"
    CALLS = "calls"
    TEAM_LIBRARY = "team library"
    WATCH_UNSEEN = "watching unseen"
    WALL = "a supervisor's wall"
    READ_ONLY_BY_ROLE = "read-only enforced by the server"


class Level(StrEnum):
    """How far a capability goes. `UNKNOWN` is allowed to be tried; the first refusal sets the level."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    UNKNOWN = "unknown"


class Cap(Struct, frozen=True):
    """One capability's record."""

    capability: Capability
    level: Level
    reason: str = ""
    """A code: not_in_protocol, role_forbids, version_too_old, feature_off, offline, untested."""
    note: str = ""
    """For people; `PARTIAL` must say what is weaker."""


Capabilities = dict[Capability, Cap]


def full(*which: Capability) -> Capabilities:
    """A table in which all of these are `FULL`."""
    return {capability: Cap(capability, Level.FULL) for capability in which}


def can(table: Capabilities, capability: Capability) -> bool:
    """Whether it is worth trying; what the table does not name cannot be done."""
    return capability in table and table[capability].level is not Level.NONE
