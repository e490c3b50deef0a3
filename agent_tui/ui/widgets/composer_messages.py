"""What a composer tells its parent. The conversation is in each message, taken when typing began."""

from textual.message import Message

from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind


class ComposerMessage(Message):
    """About the conversation the composer held when it was posted."""

    def __init__(self, ref: ConversationRef) -> None:
        self.ref = ref
        super().__init__()


class Submitted(ComposerMessage):
    """Enter: this is to be sent. The parent answers with `Composer.accepted` or `Composer.refused`; the text stays
    in the composer until then.
    """

    def __init__(
        self,
        ref: ConversationRef,
        kind: EntryKind,
        text: str,
        seen: OrderKey,
        draft_begun: OrderKey,
        proof: tuple[Proof, ...] = (),
    ) -> None:
        self.kind = kind
        self.text = text
        self.seen = seen
        """The last entry on the author's screen when Enter was pressed."""
        self.draft_begun = draft_begun
        """The last entry on the author's screen when the draft was begun."""
        self.proof = proof
        """Which stretches of the text came from a snippet."""
        super().__init__(ref)


class DraftChanged(ComposerMessage):
    """The author changed the text or its kind; never posted when a draft is loaded or cleared by the program."""

    def __init__(
        self,
        ref: ConversationRef,
        kind: EntryKind,
        text: str,
        draft_begun: OrderKey,
        proof: tuple[Proof, ...] = (),
    ) -> None:
        self.kind = kind
        self.text = text
        self.draft_begun = draft_begun
        self.proof = proof
        super().__init__(ref)


class TakeBackAsked(ComposerMessage):
    """Up on an empty composer: bring back the held or failed message."""


class Left(ComposerMessage):
    """Esc: to moving. The draft stays where it is."""


class SnippetsAsked(ComposerMessage):
    """`/` at a word's start: which snippet? Nothing was typed for it; `Composer.insert("/")` types one after all."""
