"""Which snippets fit this conversation best, and which parts gave which points. Same question, same list."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final

from msgspec import Struct

from agent_tui.core.library.gate import snippet_findings
from agent_tui.core.library.layers import Kept, Library
from agent_tui.core.library.outcomes import outcome_points
from agent_tui.core.library.search import Search
from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.snippet import AnySnippet, SnippetKind
from agent_tui.model.uses import Uses
from agent_tui.model.words import Stage

SHOWN: Final = 20
LOOKED_AT: Final = 400
"""So many are looked at where there is no query."""
ALL: Final = tuple(SnippetKind)
_SAID: Final = 12
"""The most that the customer's own words give; a query gives up to 100."""


class Situation(Struct, frozen=True):
    """What is known of the conversation that a snippet is looked for."""

    today: date
    stage: Stage | None = None
    language: str = ""
    product: str = ""
    page: str = ""
    """Title and address of the page the customer is on."""
    said: str = ""
    """The customer's last lines."""
    uses: Mapping[str, Uses] = {}
    """By snippet, in this stage."""
    stage_average: float = 0.0
    policy: Policy = Policy()


class Part(Struct, frozen=True):
    """One reason, and its points."""

    reason: str
    points: float


class Ranked(Struct, frozen=True):
    """A snippet in its place; its points are the sum of its parts."""

    kept: Kept
    parts: tuple[Part, ...]

    @property
    def points(self) -> float:
        """What the order is made of."""
        return sum(part.points for part in self.parts)


class _Candidate(Struct, frozen=True):
    snippet: AnySnippet
    now: Situation
    said: int


Rule = Callable[[_Candidate], tuple[str, float]]
"""A reason in words, and points; 0 where it says nothing."""


def _stage(at: _Candidate) -> tuple[str, float]:
    if at.now.stage is None or not at.snippet.stages:
        return "", 0
    fits = at.now.stage in at.snippet.stages
    return (f"for the stage {at.now.stage.value}", 6) if fits else (f"not for the stage {at.now.stage.value}", -4)


def _language(at: _Candidate) -> tuple[str, float]:
    if not at.now.language:
        return "", 0
    has = any(wording.language == at.now.language for wording in at.snippet.texts)
    return (f"written in {at.now.language}", 5) if has else (f"not written in {at.now.language}", -5)


def _product(at: _Candidate) -> tuple[str, float]:
    wanted = at.now.product.casefold()
    fits = wanted and any(product.casefold() == wanted for product in at.snippet.products)
    return (f"about {at.now.product}", 4) if fits else ("", 0)


def _page(at: _Candidate) -> tuple[str, float]:
    page = at.now.page.casefold()
    named = [word for word in (*at.snippet.products, *at.snippet.tags) if len(word) > 2 and word.casefold() in page]
    return (f"the page is about {named[0]}", 3) if named else ("", 0)


def _said(at: _Candidate) -> tuple[str, float]:
    return ("fits what the customer wrote", round(at.said * _SAID / 100)) if at.said else ("", 0)


def _sendable(at: _Candidate) -> tuple[str, float]:
    findings = snippet_findings(at.snippet, at.now.policy, at.now.today)
    if any(finding.verdict is Verdict.REFUSE for finding in findings):
        return "it can't be sent to a customer now", -20
    return ("it was not checked lately", -2) if findings else ("", 0)


def _outcomes(at: _Candidate) -> tuple[str, float]:
    uses = at.now.uses.get(at.snippet.id)
    points = outcome_points(uses, at.now.stage_average) if uses else 0.0
    return (uses.in_words(), points) if uses and points else ("", 0)


RULES: Final[tuple[Rule, ...]] = (_stage, _language, _product, _page, _said, _sendable, _outcomes)


class Ranker:
    """Ranks for one situation, key after key: what the situation gives a snippet is worked out once."""

    def __init__(self, library: Library, search: Search, now: Situation, kinds: Iterable[SnippetKind] = ALL) -> None:
        self._library = library
        self._search = search
        self._now = now
        wanted = frozenset(kinds)
        self._kept = [library.kept[identifier] for identifier in search.words.ids]
        self._among = (
            None
            if len(wanted) == len(ALL)
            else frozenset(number for number, kept in enumerate(self._kept) if kept.snippet.kind in wanted)
        )
        said = search.find(now.said, among=self._among) if now.said else []
        self._said = {match.number: match.points for match in said}
        self._parts: dict[int, tuple[float, tuple[Part, ...]]] = {}

    def rank(self, query: str = "", limit: int = SHOWN) -> list[Ranked]:
        """The best first. Without a query those that fit the stage or the customer's words are looked at."""
        if query.strip():
            text = {match.number: match.points for match in self._search.find(query, among=self._among)}
        else:
            text = dict.fromkeys([*self._said, *islice(self._for_stage(), LOOKED_AT)], 0)
        ordered = sorted(
            text, key=lambda number: (-text[number] - self._situation(number)[0], self._search.words.ids[number])
        )
        return [self._ranked(number, text[number]) for number in ordered[:limit]]

    def _ranked(self, number: int, text: int) -> Ranked:
        of_query = (Part("the words of the query", text),) if text else ()
        return Ranked(self._kept[number], (*of_query, *self._situation(number)[1]))

    def _situation(self, number: int) -> tuple[float, tuple[Part, ...]]:
        known = self._parts.get(number)
        if known is None:
            at = _Candidate(self._kept[number].snippet, self._now, self._said.get(number, 0))
            parts = tuple(Part(reason, points) for reason, points in (rule(at) for rule in RULES) if points)
            known = self._parts[number] = sum(part.points for part in parts), parts
        return known

    def _for_stage(self) -> Iterator[int]:
        for number, kept in enumerate(self._kept):
            fits = self._now.stage is None or self._now.stage in kept.snippet.stages
            if fits and (self._among is None or number in self._among):
                yield number
