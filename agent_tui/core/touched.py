"""What a turn of the engine changes, gathered while it reduces."""

from agent_tui.core.state import Changes
from agent_tui.model.ids import ConversationRef


class Touched:
    """Gathered without an object per event."""

    __slots__ = (
        "agents",
        "calls",
        "everything",
        "library",
        "link",
        "now_ms",
        "records",
        "telephone",
        "transcripts",
        "typing",
    )

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.records: set[ConversationRef] = set()
        self.transcripts: set[ConversationRef] = set()
        self.typing: set[ConversationRef] = set()
        self.calls: set[ConversationRef] = set()
        self.agents = self.link = self.everything = self.telephone = self.library = False

    def changes(self) -> Changes:
        """All of it, for the views."""
        return Changes(
            frozenset(self.records),
            frozenset(self.transcripts),
            frozenset(self.typing),
            self.agents,
            self.link,
            self.everything,
            frozenset(self.calls),
            self.telephone,
            self.library,
        )
