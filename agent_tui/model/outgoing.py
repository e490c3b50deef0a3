"""A message on its way out: what the outbox on disk keeps until the backend has it."""

from enum import StrEnum

from msgspec import Struct

from agent_tui.model.ids import START, ClientId, ConversationRef, OrderKey
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind


class Delivery(StrEnum):
    """How far an own message is. Only these words are shown; `SENT` rows leave the outbox once the entry is painted."""

    WAITING = "waiting"
    SENDING = "sending"
    HELD = "held"
    FAILED = "failed"
    SENT = "sent"
    UNSURE = "may have been sent"
    """Only at backends without keys, where it can't be known."""


class Outgoing(Struct, frozen=True):
    """One row of the outbox. Rows of one conversation leave in the order of their `cid` (UUIDv7: by time)."""

    cid: ClientId
    ref: ConversationRef
    kind: EntryKind
    body: str
    """The author's own words, as they will be stored."""
    written_ms: int
    seen: OrderKey
    """The last entry on the author's screen when Enter was pressed."""
    draft_begun: OrderKey
    """The last entry when the draft was begun."""
    state: Delivery = Delivery.WAITING
    why: str = ""
    """For held and failed: one sentence."""
    key: OrderKey = START
    """Its place in the conversation once it is sent."""
    at_ms: int = 0
    """When the backend stored it; 0 before."""
    owner_then: str = ""
    """The id of the conversation's owner when it was written: one who took it since then holds the message."""
    resolved_then: bool = False
    attempted: bool = False
    """It was on its way once: the backend may have it, so it can't be taken back."""
    proof: tuple[Proof, ...] = ()
    """The snippets in it, those recognised too: the backend counts them, and asks its own gate."""
