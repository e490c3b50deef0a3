"""The labelled set, and what the rules that come with agent-tui are worth on it."""

from collections import Counter

import pytest

from agent_tui.core.signals.judging import Excerpt, parted, score
from agent_tui.storage.signals.excerpts import read_excerpts
from agent_tui.storage.signals.reading import load_rules
from tests.signal_files import HELD_OUT, TUNED

TUNED_ON = [each for path in TUNED for each in read_excerpts(path)]
KEPT_BACK = read_excerpts(HELD_OUT)


def test_the_set_is_large_half_of_it_hard_and_in_both_languages() -> None:
    everything = TUNED_ON + KEPT_BACK
    assert len(everything) >= 120
    assert len({each.id for each in everything}) == len(everything)
    labels = Counter((each.language, each.call) for each in everything)
    assert min(labels.values()) >= 30
    assert abs(labels.total() / 2 - sum(not each.call for each in everything)) <= 5
    kinds = {each.kind for each in everything if not each.call}
    assert {"quoted", "complaint", "false_friend", "idiom", "product_capitals"} <= kinds


@pytest.mark.parametrize(
    ("excerpts", "precision", "recall"), [(TUNED_ON, 0.95, 0.95), (KEPT_BACK, 0.85, 0.80)], ids=["tuned", "held out"]
)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_rules_offer_where_people_would(
    excerpts: list[Excerpt], precision: float, recall: float, language: str
) -> None:
    reached = score(parted(excerpts, lambda each: each.language)[language], load_rules())
    assert (reached.precision or 0) >= precision, reached
    assert (reached.recall or 0) >= recall, reached
