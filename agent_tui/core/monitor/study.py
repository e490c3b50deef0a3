"""The study's figures that stand beside the team's own: another question, so nothing is computed between them."""

from typing import Final, NamedTuple

from agent_tui.model.words import Stage


class StudyChannel(NamedTuple):
    """One way to reach an organisation, and the percentages of two questions; None where the study has none."""

    channel: str
    consumers_choose: int | None
    organisations_believe: int | None


STAGE_SHARE: Final[dict[Stage, int]] = {
    Stage.AWARENESS: 29,
    Stage.INTEREST: 39,
    Stage.EARLY: 32,
    Stage.MID: 32,
    Stage.CLOSING: 18,
    Stage.SUPPORT: 39,
}
"""Percent. A customer may use chat at several stages: they sum to more than 100."""

STAGE_QUESTION: Final = "study: share of online customers who use chat at this stage"
STAGE_SOURCE: Final = "Aberdeen Group, as reported in an article on live chat; one customer counts at several stages"

CHANNELS: Final = (
    StudyChannel("live chat", 41, 35),
    StudyChannel("phone", 32, 42),
    StudyChannel("e-mail", 23, 14),
    StudyChannel("social media", 3, 9),
    StudyChannel("forums", 1, None),
)
CHANNEL_QUESTION: Final = "study: what consumers choose, and what organisations believe they prefer"
CHANNEL_SOURCE: Final = "consumers: ICMI (formerly J.D. Power) and Kayako; organisations: Kayako; written 2019-2020"
