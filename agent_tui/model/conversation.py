"""A conversation's record: everything but its entries."""

from msgspec import Struct

from agent_tui.model.ids import AgentId, ConversationRef, OrderKey
from agent_tui.model.people import Customer
from agent_tui.model.text import SafeText
from agent_tui.model.words import Outcome, Stage, State


class Owner(Struct, frozen=True):
    """The agent who holds a conversation."""

    id: AgentId
    name: SafeText


class Flag(Struct, frozen=True):
    """An agent wants somebody to look: raised by whom, why, since when; until an agent lowers it."""

    by: Owner
    reason: SafeText
    since_ms: int


class Conversation(Struct, frozen=True):
    """One chat with one customer. Records replace each other whole; the one with the higher `revision` is newer."""

    ref: ConversationRef
    label: str
    """How people say it: `c42`."""
    revision: int
    state: State
    stage: Stage
    stage_set: bool
    """False while the stage is a guess: shown with `?`, counted apart."""
    outcome: Outcome
    customer: Customer
    created_ms: int
    last_key: OrderKey
    """Of the newest entry of any kind."""
    last_ms: int
    last_preview: SafeText
    owner: Owner | None = None
    waiting_since_ms: int | None = None
    """When the oldest customer line without an answer came; None when nobody waits for us."""
    came_back: bool = False
    """Handed back to WAITING with its owner gone, or reopened with the owner not available."""
    snoozed_until_ms: int | None = None
    customer_seen: OrderKey = OrderKey(0)
    """Up to here the entries were shown in the customer's open page (✓✓)."""
    read: OrderKey = OrderKey(0)
    """This account's own read position; it only goes forward."""
    channel: str = "web chat"
    wants_call: bool = False
    flag: Flag | None = None
