"""What went before good outcomes, as points: none below 30 uses, shrunk towards the stage's average, under one."""

from typing import Final

from agent_tui.model.uses import Uses

FEWEST_USES: Final = 30
SHRUNK_BY: Final = 50
"""Uses at the stage's average that every snippet is given beside its own."""
MOST_POINTS: Final = 0.9
"""Less than the smallest step of a text match, so that it only decides between equals."""


def outcome_points(uses: Uses, stage_average: float) -> float:
    """0 to 0.9. `stage_average`: the share of all uses in this stage that went before a call or a sale, 0 to 1."""
    if uses.used < FEWEST_USES:
        return 0.0
    share = (uses.went_before + SHRUNK_BY * stage_average) / (uses.used + SHRUNK_BY)
    return MOST_POINTS * min(max(share, 0.0), 1.0)
