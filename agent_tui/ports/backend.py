"""The backend port: two halves. A monitor's account holds the watching half only; the answering half is never made.

There is no read-only wrapper around an answering backend. What a backend lacks stands in its capability table, and
asking for it raises `Unsupported` before any I/O.
"""

from collections.abc import AsyncIterator, Mapping
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry, Hit
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.text import SafeText
from agent_tui.model.uses import UseCount
from agent_tui.model.words import Availability, Outcome, Stage
from agent_tui.ports.calling import Calling, WatchingCalls
from agent_tui.ports.capabilities import Capabilities
from agent_tui.ports.errors import Receipt
from agent_tui.ports.events import BackendEvent
from agent_tui.ports.library import Stopped, TeamPage


class View(StrEnum):
    """Which conversations to list. `ALL`: all that are not resolved; `MINE`: of those, what this account owns."""

    WAITING = "waiting"
    MINE = "mine"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    ALL = "all"


class ServerInfo(Struct, frozen=True):
    """What a probe without credentials tells."""

    name: SafeText
    version: SafeText
    healthy: bool
    detail: SafeText


class ConversationPage(Struct, frozen=True):
    """One page of a list; `next` is an opaque cursor, empty at the end."""

    conversations: tuple[Conversation, ...]
    next: str = ""


class EntryPage(Struct, frozen=True):
    """A part of a transcript in order; `more` beyond it in the direction asked."""

    entries: tuple[Entry, ...]
    more: bool


class HitPage(Struct, frozen=True):
    """Search results, newest first; `behind`: messages not indexed yet."""

    hits: tuple[Hit, ...]
    next: str = ""
    behind: int = 0


class Watching(WatchingCalls, Protocol):
    """Everything that only looks. Raises the errors of `ports.errors`."""

    @property
    def capabilities(self) -> Capabilities:
        """The table as of now."""
        ...

    async def probe(self) -> ServerInfo:
        """Is somebody there; needs no credentials."""
        ...

    async def list(self, view: View, after: str = "", text: str = "") -> ConversationPage:
        """One page of conversations, longest waiting or newest first by view; `text` filters."""
        ...

    async def get(self, ref: ConversationRef) -> Conversation:
        """One record, with the own read position."""
        ...

    async def history(
        self, ref: ConversationRef, *, before: OrderKey | None = None, after: OrderKey | None = None, limit: int = 200
    ) -> EntryPage:
        """Entries before or after a key, the newest where neither is given; in order either way."""
        ...

    async def earlier(self, ref: ConversationRef) -> tuple[Conversation, ...]:
        """The customer's other conversations, newest first."""
        ...

    def events(self) -> AsyncIterator[BackendEvent]:
        """One connection's life: `Connected`, then facts; ends or raises `Unreachable` when it is lost.

        Called again it resumes where the last one ended, if the backend can; `Connected.gap` says if it could.
        """
        ...

    def resync(self, known: Mapping[ConversationRef, OrderKey]) -> AsyncIterator[BackendEvent]:
        """Everything needed to close a gap: records, and entries after each last known key."""
        ...

    async def subscribe(self, refs: tuple[ConversationRef, ...]) -> None:
        """The conversations open in tabs: their typing and presence are wanted."""
        ...

    async def search(self, text: str, ref: ConversationRef | None = None, after: str = "") -> HitPage:
        """Full text, newest first, in one conversation or all."""
        ...

    async def library(self, have: str = "", after: str = "") -> TeamPage:
        """The team's library: what changed since the version `have`, or all of it; a page after `after`."""
        ...

    async def uses(self) -> tuple[UseCount, ...]:
        """What became of the team's snippets, by stage."""
        ...

    async def aclose(self) -> None:
        """End the connection; nothing is pending afterwards."""
        ...


class Answering(Calling, Protocol):
    """Everything that acts. Never retries by itself. Raises the errors of `ports.errors`."""

    async def send(self, item: Outgoing) -> Receipt:
        """Store a message; with the same cid again, the same receipt.

        Raises `Crossed` where it is held, `ProofRefused` where a snippet in it may not go to a customer.
        """
        ...

    async def proof_stopped(self, stopped: Stopped) -> None:
        """Tell that the gate here stopped a message; told twice, it is kept once."""
        ...

    async def claim(self, ref: ConversationRef, expect_owner: str) -> None:
        """Take a conversation. Raises `Taken`."""
        ...

    async def take_next(self) -> ConversationRef | None:
        """Take the longest-waiting one; None where nobody waits."""
        ...

    async def transfer(
        self, ref: ConversationRef, to: str, expect_owner: str, *, snooze_until_ms: int | None = None
    ) -> None:
        """Hand over to an agent, or back to the queue (`to` empty). Raises `Taken`.

        `snooze_until_ms`: undo of what ended a snooze puts it away again.
        """
        ...

    async def resolve(self, ref: ConversationRef, outcome: Outcome) -> None:
        """End it."""
        ...

    async def reopen(
        self, ref: ConversationRef, *, outcome: Outcome | None = None, snooze_until_ms: int | None = None
    ) -> None:
        """Bring it back from resolved or snoozed; undo says what its outcome was, and until when it was put away."""
        ...

    async def snooze(self, ref: ConversationRef, until_ms: int) -> None:
        """Put it away."""
        ...

    async def set_stage(self, ref: ConversationRef, stage: Stage, *, confirmed: bool) -> None:
        """Confirm or change the stage."""
        ...

    async def set_outcome(self, ref: ConversationRef, outcome: Outcome) -> None:
        """Say how it went."""
        ...

    async def set_needs_answer(self, ref: ConversationRef, *, needed: bool) -> None:
        """Stop or start the wait clock."""
        ...

    async def withdraw(self, ref: ConversationRef, key: OrderKey, *, undo: bool) -> None:
        """Withdraw an own message, or bring it back."""
        ...

    async def block(self, ref: ConversationRef, until_ms: int, reason: str) -> None:
        """Refuse this customer until then; 0 lifts it."""
        ...

    async def set_flag(self, ref: ConversationRef, reason: str) -> None:
        """Raise a flag with its reason, or lower it (`reason` empty)."""
        ...

    async def mark_read(self, ref: ConversationRef, up_to: OrderKey) -> None:
        """Move the own read position."""
        ...

    async def typing(self, ref: ConversationRef, *, on: bool, note: bool) -> None:
        """Say that one is writing."""
        ...

    async def set_available(self, availability: Availability) -> None:
        """Say what one can be asked for."""
        ...
