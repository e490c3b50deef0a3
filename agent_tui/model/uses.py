"""What became of a snippet: how often it went out, and what followed."""

from msgspec import Struct

from agent_tui.model.words import Stage


class Uses(Struct, frozen=True):
    """Counts of one snippet in one stage."""

    used: int = 0
    answered: int = 0
    """The customer wrote within 24 hours."""
    went_before: int = 0
    """A call in progress, or the outcome bought, in the same conversation."""

    def in_words(self) -> str:
        """As the picker shows it."""
        return f"used {self.used} · answered {self.answered} · went before a call or a sale {self.went_before}"


class UseCount(Struct, frozen=True):
    """The uses of one snippet in one stage."""

    snippet: str
    stage: Stage
    uses: Uses
