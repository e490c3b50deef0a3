"""The composer: names who reads what is typed, and never loses it."""

from collections.abc import Callable

from msgspec import Struct
from textual.containers import Vertical

from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText
from agent_tui.model.words import EntryKind


class Recipient(Struct, frozen=True):
    """Whom a reply reaches, as the recipient line names it."""

    name: SafeText
    channel: SafeText
    notice: SafeText = NOTHING
    """What to know before writing: "Jane left 3 min ago", "Ruben is writing here"."""


class Draft(Struct, frozen=True):
    """What was being written."""

    kind: EntryKind = EntryKind.PUBLIC
    text: str = ""
    begun: OrderKey = START


class Composer(Vertical):
    """See `composer_messages` for what it posts: Submitted, DraftChanged, TakeBackAsked, Left."""

    def __init__(self, seen: Callable[[], OrderKey], *, id: str | None = None) -> None:
        """`seen`: the newest entry on the author's screen (`Transcript.seen_key`)."""
        super().__init__(id=id)
        self._seen = seen

    def load(self, ref: ConversationRef, recipient: Recipient, draft: Draft) -> None:
        """Hold this conversation's draft from now on; never counts as typing."""

    def set_recipient(self, recipient: Recipient) -> None:
        """The name, channel or notice changed."""

    def switch_kind(self) -> None:
        """Reply to note at once; note to reply asks first while there is text."""

    def focus_text(self, *, by_itself: bool = False) -> None:
        """Take the focus; `by_itself` when no key of the author asked for it: keys are then parked for 300 ms."""

    def accepted(self) -> None:
        """The outbox has what was submitted: the text is cleared."""

    def refused(self, sentence: str, crossed: tuple[Entry, ...] = ()) -> None:
        """It was not sent: the text stays, the sentence and the lines that crossed it are shown above."""

    @property
    def draft(self) -> Draft:
        """What is being written now."""
        return Draft()
