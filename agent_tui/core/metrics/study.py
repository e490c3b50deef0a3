"""Figures of the studies, shown beside ours on a scale of their own. No difference is ever computed: they measure
another thing than we do.
"""

from typing import Final, NamedTuple

from agent_tui.model.words import Stage

STAGE_SHARE: Final[dict[Stage, int]] = {
    Stage.AWARENESS: 29,
    Stage.INTEREST: 39,
    Stage.EARLY: 32,
    Stage.MID: 32,
    Stage.CLOSING: 18,
    Stage.SUPPORT: 39,
}
"""Percent of online customers who use chat at this stage (Aberdeen Group); they sum to more than 100."""


class ChannelShare(NamedTuple):
    """Percent; None where the study has no figure."""

    channel: str
    consumers_choose: int
    organisations_believe: int | None


CHANNEL_SHARE: Final = (
    ChannelShare("live chat", 41, 35),
    ChannelShare("phone", 32, 42),
    ChannelShare("e-mail", 23, 14),
    ChannelShare("social media", 3, 9),
    ChannelShare("forums", 1, None),
)
"""Consumers: ICMI (formerly J.D. Power), Kayako. Organisations: Kayako."""
