"""One entry of a transcript."""

from msgspec import Struct

from agent_tui.model.ids import NO_CID, ClientId, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING, Author
from agent_tui.model.text import SafeText
from agent_tui.model.words import AuthorKind, EntryKind


class SystemLine(Struct, frozen=True, gc=False):
    """What a system entry says, as a code and its words, so that every reader can say it in their language."""

    code: str
    """See `protocol.system_lines` for the list."""
    who: SafeText = NOTHING
    what: SafeText = NOTHING


class Entry(Struct, frozen=True, gc=False):
    """A message, a note or a system line, at its place in a conversation."""

    key: OrderKey
    kind: EntryKind
    author: Author
    at_ms: int
    body: SafeText
    """Empty when withdrawn, and for system lines."""
    cid: ClientId = NO_CID
    withdrawn: bool = False
    system: SystemLine | None = None
    changes: int = 0
    """How often it was withdrawn or brought back: of two copies the one with more is newer."""

    @property
    def from_customer(self) -> bool:
        """A public line of the customer: the only kind that makes somebody wait."""
        return self.author.kind is AuthorKind.CUSTOMER and self.kind is EntryKind.PUBLIC


class Hit(Struct, frozen=True):
    """One search result."""

    ref: ConversationRef
    label: str
    customer: SafeText
    entry: Entry
