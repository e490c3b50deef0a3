"""Ranking is explainable, and outcomes never outweigh a match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.library.index import make_words
from agent_tui.core.library.layers import Library, merge
from agent_tui.core.library.outcomes import FEWEST_USES, MOST_POINTS, outcome_points
from agent_tui.core.library.ranking import Ranked, Ranker, Situation
from agent_tui.core.library.search import Search
from agent_tui.core.library.vocabulary import Vocabulary
from agent_tui.model.snippet import AnySnippet, Layer, Place, Placed, SnippetKind
from agent_tui.model.uses import Uses
from agent_tui.model.words import Stage
from tests.library_files import TODAY, canned, said_by_umbra, source


def ranked(query: str = "", *, kinds: tuple[SnippetKind, ...] = tuple(SnippetKind), **now: object) -> list[Ranked]:
    snippets: list[AnySnippet] = [
        canned("Delivery takes a day", "fast"),
        canned("Delivery takes a day", "slow"),
        said_by_umbra(),
        source(),
    ]
    library: Library = merge({Layer.TEAM: [Placed(snippet, Place("a.toml", 1)) for snippet in snippets]})
    vocabulary = Vocabulary()
    search = Search(make_words((kept.snippet for kept in library.kept.values()), vocabulary), vocabulary)
    return Ranker(library, search, Situation(TODAY, **now), kinds).rank(query)  # type: ignore[arg-type]


def test_every_point_has_its_reason() -> None:
    best = ranked("first reply", language="nl", stage=Stage.AWARENESS)[0]
    assert best.kept.snippet.id == "tno-first-reply"
    assert {part.reason for part in best.parts} == {"the words of the query", "written in nl"}
    assert best.points == sum(part.points for part in best.parts)


def test_outcomes_decide_between_equals_from_thirty_uses_on() -> None:
    good = {"slow": Uses(FEWEST_USES, 20, 15)}
    assert [each.kept.snippet.id for each in ranked("delivery")[:2]] == ["fast", "slow"]
    assert [each.kept.snippet.id for each in ranked("delivery", uses=good)[:2]] == ["slow", "fast"]
    few = {"slow": Uses(FEWEST_USES - 1, 29, 29)}
    assert [each.kept.snippet.id for each in ranked("delivery", uses=few)[:2]] == ["fast", "slow"]


def test_only_the_kinds_asked_for_come() -> None:
    assert {each.kept.snippet.kind for each in ranked(kinds=(SnippetKind.SOURCE,))} == {SnippetKind.SOURCE}


def test_what_the_customer_wrote_finds_without_a_query() -> None:
    assert ranked(said="how long does the delivery take?")[0].kept.snippet.id in ("fast", "slow")


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 1))
def test_outcome_points_stay_below_a_step_of_a_match(used: int, went_before: int, average: float) -> None:
    points = outcome_points(Uses(used, used, min(used, went_before)), average)
    assert 0 <= points <= MOST_POINTS < 1
    assert points == 0 or used >= FEWEST_USES


def test_few_uses_are_shrunk_towards_the_average() -> None:
    few, many = outcome_points(Uses(30, 30, 30), 0.1), outcome_points(Uses(3000, 3000, 3000), 0.1)
    assert outcome_points(Uses(30, 30, 3), 0.1) == pytest.approx(MOST_POINTS * 0.1)
    assert few < many < MOST_POINTS
