"""What a supervisor's wall shows of a conversation beside its record."""

from enum import StrEnum

from msgspec import Struct

from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText

PROOF_SENT = "sent proof"
PROOF_REFUSED = "was refused proof"
"""What a step of a replay calls these."""
ENDS = frozenset({"resolved", "ended"})
"""Codes of the system lines that end a conversation."""
GOES_ON = frozenset({"came_back", "reopened"})
"""Codes of those after which one that had ended goes on."""


REFUSED_FOR_MS = 3_600_000
"""A proof that was refused longer ago is no alert any more."""


class FactKind(StrEnum):
    """What makes a conversation one to look at. How long its customer waits is in the record."""

    FLAG = "flag"
    CALL_WANTED = "call wanted"
    """Asked to be called, and was not called yet."""
    CALL_FAILED = "call failed"
    SIGNAL = "signal"
    """A sign that this is no matter for a chat: anger, a complex issue, a wish to speak to somebody."""
    PROOF_REFUSED = "proof refused"
    """A testimonial or source was not let through to this customer."""


class Fact(Struct, frozen=True):
    """One of them, true since then."""

    kind: FactKind
    since_ms: int
    who: SafeText = NOTHING
    what: SafeText = NOTHING
    """The flag's reason, the signal's name, why the call failed."""


class Tile(Struct, frozen=True):
    """One conversation on the wall. Tiles replace each other whole; the one with the higher `version` is newer."""

    conversation: Conversation
    version: int
    facts: tuple[Fact, ...] = ()
    """One of a kind at most, the oldest first."""
    first_answer_ms: int | None = None
    """How long the customer waited for the first answer, open time only; None before it."""


class Watched(Struct, frozen=True):
    """Who looked at a conversation, when and how long."""

    ref: ConversationRef
    label: str
    who: SafeText
    at_ms: int
    how: SafeText
    """`40 s`, `12 s, on the wall`, `read`, `saw numbers`."""


class Standing(Struct, frozen=True):
    """A conversation that was open at a moment, and what it is known by how it stood then."""

    conversation: Conversation
    """As it is now."""
    entries: tuple[Entry, ...]
    """From before the moment, in order: not all of them."""
    left_out: int = 0
    """So many messages from before are not among them."""


class Step(Struct, frozen=True):
    """One thing that happened, for replay: an entry, or a line of the audit (who watched, what was refused)."""

    ref: ConversationRef
    at_ms: int
    entry: Entry | None = None
    who: SafeText = NOTHING
    action: SafeText = NOTHING
    detail: SafeText = NOTHING
