"""What a transcript tells its parent."""

from textual.message import Message

from agent_tui.model.ids import ConversationRef, OrderKey


class TranscriptMessage(Message):
    """About one conversation, named in the message: what is shown may be another by the time it is read."""

    def __init__(self, ref: ConversationRef) -> None:
        self.ref = ref
        super().__init__()


class NeedOlder(TranscriptMessage):
    """The oldest held entries come near the screen, and there are older ones. Not repeated until more have come."""


class ReadUpTo(TranscriptMessage):
    """Entries up to `key` were painted while the terminal window had the focus."""

    def __init__(self, ref: ConversationRef, key: OrderKey) -> None:
        self.key = key
        super().__init__(ref)


class CursorMoved(TranscriptMessage):
    """The message cursor is on the entry `key`."""

    def __init__(self, ref: ConversationRef, key: OrderKey) -> None:
        self.key = key
        super().__init__(ref)


class NewBelow(TranscriptMessage):
    """So many entries came below what is shown, which was not moved; 0 when the end is reached."""

    def __init__(self, ref: ConversationRef, count: int) -> None:
        self.count = count
        super().__init__(ref)
