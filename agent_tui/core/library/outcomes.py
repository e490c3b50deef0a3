"""What went before good outcomes, as points: none below 30 uses, shrunk towards the stage's average, under one."""

from typing import Final

from msgspec import Struct

FEWEST_USES: Final = 30
SHRUNK_BY: Final = 50
"""Uses at the stage's average that every snippet is given beside its own."""
MOST_POINTS: Final = 0.9
"""Less than the smallest step of a text match, so that it only decides between equals."""


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


def outcome_points(uses: Uses, stage_average: float) -> float:
    """0 to 0.9. `stage_average`: the share of all uses in this stage that went before a call or a sale, 0 to 1."""
    if uses.used < FEWEST_USES:
        return 0.0
    share = (uses.went_before + SHRUNK_BY * stage_average) / (uses.used + SHRUNK_BY)
    return MOST_POINTS * min(max(share, 0.0), 1.0)
