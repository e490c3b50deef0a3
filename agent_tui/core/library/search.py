"""Search as you type: candidates by their words first, then points for at most 2,000 of them."""

import heapq
import math
from array import array
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Final

from msgspec import Struct
from rapidfuzz import fuzz

from agent_tui.core.library.folding import fold
from agent_tui.core.library.index import Field, Words, numbers
from agent_tui.core.library.meanings import Forms, MeaningFinder, Meanings, forms_of
from agent_tui.core.library.vocabulary import Vocabulary

MOST_SCORED: Final = 2_000
BEST: Final = 100
"""So many of the best are compared with the whole query and ranked."""
FIELD_WEIGHT: Final = {Field.TITLE: 1.0, Field.OBJECTION: 0.95, Field.TAG: 0.85, Field.BODY: 0.55}
_STOP_WEIGHT: Final = 0.12
_WORDS_SHARE: Final = 0.72
_PHRASE_SHARE: Final = 1 - _WORDS_SHARE


class Match(Struct, frozen=True):
    """How well a document fits a query: 0 to 100, of it `words` for the words found and `phrase` for the whole."""

    number: int
    words: float
    phrase: float

    @property
    def points(self) -> int:
        """What ranking counts."""
        return round(100 * (_WORDS_SHARE * self.words + _PHRASE_SHARE * self.phrase))


class Asked(Struct, frozen=True):
    """A query's words, each with what it may mean and how much it weighs."""

    text: str
    words: tuple[tuple[str, Meanings, float], ...]


class Search:
    """Search over one library. Not changed after it was made; a changed library gets a new one."""

    def __init__(self, words: Words, vocabulary: Vocabulary, forms: Forms | None = None) -> None:
        """`forms`: those of the words, where they are known already."""
        self.words = words
        self._vocabulary = vocabulary
        self._meanings = MeaningFinder(words, vocabulary, forms or forms_of(words))
        self._documents = lru_cache(maxsize=2048)(self._documents_of)
        self._hits = lru_cache(maxsize=64)(self._hits_of)

    def ask(self, query: str) -> Asked:
        """The query, taken apart."""
        text = fold(query)
        left = f" {text} "
        asked: list[tuple[str, Meanings, float]] = []
        for phrase in self._vocabulary.phrases:
            if f" {phrase} " in left:
                left = left.replace(f" {phrase} ", " ")
                meanings = self._meanings.of_phrase(phrase)
                asked.append((phrase, meanings, self._weight(phrase, meanings)))
                asked += [(word, self._meanings.of(word), _STOP_WEIGHT) for word in phrase.split()]
        for word in dict.fromkeys(left.split()):
            meanings = self._meanings.of(word)
            asked.append((word, meanings, self._weight(word, meanings)))
        return Asked(text, tuple(asked))

    def find(self, query: str, *, among: Set[int] | None = None) -> list[Match]:
        """The documents that fit (of those `among`), the best first; at most BEST of them."""
        asked = self.ask(query)
        total = sum(weight for _, _, weight in asked.words)
        if not total:
            return []
        hits = [(self._hits(meanings), weight) for _, meanings, weight in asked.words]
        pool = self._candidates(hits, among)
        scores: dict[int, float] = dict.fromkeys(pool, 0.0)
        for found, weight in hits:
            share = weight / total
            for number in scores.keys() & found.keys():
                scores[number] += share * found[number]
        best = heapq.nlargest(BEST, scores.items(), key=itemgetter(1))
        matches = [Match(number, score, self._phrase(asked.text, number)) for number, score in best]
        return sorted(matches, key=lambda match: -(_WORDS_SHARE * match.words + _PHRASE_SHARE * match.phrase))

    def why(self, query: str, number: int) -> list[tuple[str, str, float]]:
        """For each word of the query: the library's word it found in this document, and its share of the points."""
        asked = self.ask(query)
        total = sum(weight for _, _, weight in asked.words) or 1.0
        explained = []
        for typed, meanings, weight in asked.words:
            best = max(
                (
                    (sure * FIELD_WEIGHT[field], self.words.words[word], field)
                    for word, sure in meanings
                    for field in Field
                    if number in self._documents(word, field)
                ),
                default=None,
            )
            if best:
                value, found, field = best
                explained.append(
                    (typed, f"{found} ({field.name.lower()})", 100 * _WORDS_SHARE * value * weight / total)
                )
        return explained

    def _weight(self, word: str, meanings: Meanings) -> float:
        """Rare words weigh more; a word that says nothing hardly weighs."""
        if word in self._vocabulary.stop:
            return _STOP_WEIGHT
        if not meanings:
            return 1.0
        number = meanings[0][0]
        documents = sum(len(posting) for posting in self.words.postings[number]) // array("I").itemsize
        return math.log(2 + len(self.words.ids) / max(documents, 1))

    def _candidates(self, hits: Iterable[tuple[Mapping[int, float], float]], among: Set[int] | None) -> set[int]:
        """At most MOST_SCORED documents: those with all words, then those with the weightiest ones."""
        ordered = sorted((each for each in hits if each[0]), key=lambda each: -each[1])
        pool: set[int] = set()
        common: set[int] | None = None
        for found, weight in ordered:
            if weight > _STOP_WEIGHT:
                common = set(found) if common is None else common & found.keys()
        if common and among is not None:
            common &= among
        if common:
            pool = common if len(common) <= MOST_SCORED else set(islice(common, MOST_SCORED))
        for found, _ in ordered:
            if len(pool) >= MOST_SCORED:
                break
            more = found if among is None else (number for number in found if number in among)
            pool.update(islice(more, MOST_SCORED - len(pool)))
        return pool

    def _documents_of(self, word: int, field: Field) -> frozenset[int]:
        return frozenset(numbers(self.words.postings[word][field]))

    def _hits_of(self, meanings: Meanings) -> dict[int, float]:
        """Document → how well it has this word; the surest meanings and weightiest fields first, until enough."""
        found: dict[int, float] = {}
        values = sorted(
            ((sure * FIELD_WEIGHT[field], word, field) for word, sure in meanings for field in Field), reverse=True
        )
        enough = 5 * MOST_SCORED
        for value, word, field in values:
            for number in numbers(self.words.postings[word][field][: 4 * enough]):
                if number not in found:
                    found[number] = value
            if len(found) >= enough:
                break
        return found

    def _phrase(self, text: str, number: int) -> float:
        title = self.words.titles[number]
        alike = max(fuzz.token_sort_ratio(text, title), 0.9 * fuzz.token_set_ratio(text, title))
        for objection in self.words.objections[number]:
            alike = max(alike, fuzz.token_sort_ratio(text, objection), 0.9 * fuzz.token_set_ratio(text, objection))
        return float(alike) / 100
