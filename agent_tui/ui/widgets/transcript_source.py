"""What a transcript shows of one conversation, read anew each time it is asked."""

from collections.abc import Sequence

from agent_tui.core import select
from agent_tui.core.state import State, Transcript
from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.people import Author
from agent_tui.model.words import AuthorKind
from agent_tui.ports.events import TypingSeen

_RECENT = 256
"""An own message that settles does so among the newest entries; older ones are not looked at."""


class TranscriptSource:
    """One conversation of the state. Holds no copy: what the engine changed is there at the next read."""

    def __init__(self, state: State, ref: ConversationRef) -> None:
        self.state = state
        self.ref = ref

    @property
    def transcript(self) -> Transcript:
        """Entries, and where they begin, end and have a hole."""
        return self.state.transcript(self.ref)

    @property
    def customer_seen(self) -> OrderKey:
        """Up to here the customer's page has shown it."""
        record = self.state.conversations.get(self.ref)
        return record.customer_seen if record else START

    @property
    def read(self) -> OrderKey:
        """This account's own read position."""
        record = self.state.conversations.get(self.ref)
        return record.read if record else START

    @property
    def typing(self) -> Sequence[TypingSeen]:
        """Who is writing here now, oneself never among them."""
        return [seen for seen in select.writers(self.state, self.ref) if not self.is_me(seen.who)]

    @property
    def outgoing(self) -> Sequence[Outgoing]:
        """Own messages that have no entry yet, in the order written."""
        waiting = self.state.outgoing.get(self.ref)
        if not waiting:
            return ()
        entries = self.transcript.entries
        settled = {entry.cid for entry in entries[-_RECENT:]}
        return [item for item in waiting if item.cid not in settled and not self._is_held(item, entries)]

    def is_me(self, author: Author) -> bool:
        """Whether the author is this account."""
        me = self.state.me
        return me is not None and author.kind is AuthorKind.AGENT and author.id == me.id

    def _is_held(self, item: Outgoing, entries: Sequence[Entry]) -> bool:
        """Whether a sent message lies within the entries that are held, its entry with another `cid` or older."""
        return item.state is Delivery.SENT and bool(entries) and START < item.key <= entries[-1].key
