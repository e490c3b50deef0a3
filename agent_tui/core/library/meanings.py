"""Which words of a library a typed word may mean: its forms, the rest of a half word, what a slip hides, synonyms."""

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agent_tui.core.library.index import Words
from agent_tui.core.library.vocabulary import Vocabulary

EXACT: Final = 1.0
SAME_STEM: Final = 0.94
_BEGINNING: Final = 0.72
_BEGINNING_WHOLE: Final = 0.2
_INSIDE: Final = 0.66
_PARTS: Final = 0.72
_HOLDS: Final = 0.62
_SYNONYM: Final = 0.78
_SLIP: Final = 0.85
_SHORTEST_INSIDE: Final = 4
_SHORTEST_SLIP: Final = 4
_LEAST_ALIKE: Final = 0.7
_MOST_MEANINGS: Final = 48
_MOST_BEGINNINGS: Final = 400
_LAST: Final = "\U0010ffff"

Meanings = tuple[tuple[int, float], ...]
"""Numbers of words and how sure each is meant, 0 to 1; the surest first."""


class Forms:
    """The numbers of a library's words, by themselves and by their stems. Can be filled piece by piece."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.with_stem: dict[str, list[int]] = {}

    def add(self, words: Iterable[str], stems: Iterable[str]) -> None:
        """The next words, in their order."""
        for number, (word, stem) in enumerate(zip(words, stems, strict=True), start=len(self.number)):
            self.number[word] = number
            self.with_stem.setdefault(stem, []).append(number)


def forms_of(words: Words) -> Forms:
    """All of them at once."""
    forms = Forms()
    forms.add(words.words, words.stems)
    return forms


class MeaningFinder:
    """Finds meanings in one library's words; remembers the last few thousand."""

    def __init__(self, words: Words, vocabulary: Vocabulary, forms: Forms) -> None:
        self._words = words.words
        self._vocabulary = vocabulary
        self._number = forms.number
        self._joined = "\n".join(("", *words.words, ""))
        self._with_stem = forms.with_stem
        self.of = lru_cache(maxsize=4096)(self._of)
        self.of_phrase = lru_cache(maxsize=256)(self._of_phrase)

    def _of(self, word: str) -> Meanings:
        found: dict[int, float] = {}
        self._forms(word, EXACT, found)
        self._beginnings(word, found)
        self._inside(word, found)
        self._named(word, found)
        if max(found.values(), default=0.0) < _BEGINNING:
            self._slips(word, found)
        return _surest(found)

    def _of_phrase(self, phrase: str) -> Meanings:
        found: dict[int, float] = {}
        for near in self._vocabulary.phrases[phrase]:
            self._forms(near, _SYNONYM, found)
        return _surest(found)

    def _forms(self, word: str, sure: float, found: dict[int, float]) -> None:
        number = self._number.get(word)
        if number is not None:
            _keep(found, number, sure)
        for other in self._with_stem.get(self._vocabulary.stem(word), ()):
            _keep(found, other, sure * SAME_STEM)

    def _beginnings(self, word: str, found: dict[int, float]) -> None:
        start = bisect_left(self._words, word)
        end = min(bisect_left(self._words, word + _LAST), start + _MOST_BEGINNINGS)
        for number in range(start, end):
            _keep(found, number, _BEGINNING + _BEGINNING_WHOLE * len(word) / len(self._words[number]))

    def _inside(self, word: str, found: dict[int, float]) -> None:
        if len(word) < _SHORTEST_INSIDE:
            return
        at = self._joined.find(word)
        while at >= 0 and len(found) < _MOST_BEGINNINGS:
            start = self._joined.rfind("\n", 0, at) + 1
            end = self._joined.find("\n", at)
            _keep(found, self._number[self._joined[start:end]], _INSIDE)
            at = self._joined.find(word, end)

    def _named(self, word: str, found: dict[int, float]) -> None:
        for near in self._vocabulary.near(word):
            self._forms(near, _SYNONYM, found)
        for part in self._vocabulary.parts.get(word, ()):
            self._forms(part, _PARTS, found)
        if self._number.get(word) is None:
            for cut in range(_SHORTEST_INSIDE, len(word) - _SHORTEST_INSIDE + 1):
                for part in (word[:cut], word[cut:]):
                    if part in self._number and part not in self._vocabulary.stop:
                        _keep(found, self._number[part], _HOLDS)

    def _slips(self, word: str, found: dict[int, float]) -> None:
        if len(word) < _SHORTEST_SLIP or word.isdigit():
            return
        alike = process.extract(
            word, self._words, scorer=OSA.normalized_similarity, score_cutoff=_LEAST_ALIKE, limit=_MOST_MEANINGS
        )
        for near, similarity, number in alike:
            _keep(found, number, _SLIP * similarity)
            for synonym in self._vocabulary.near(near):
                self._forms(synonym, _SLIP * similarity * _SYNONYM, found)
        # a half word with a slip in it: the beginnings of longer words with the same first letter
        start, end = bisect_left(self._words, word[0]), bisect_left(self._words, word[0] + _LAST)
        longer = {number: self._words[number][: len(word)] for number in range(start, end)}
        halves = process.extract(word, longer, scorer=OSA.normalized_similarity, score_cutoff=0.8, limit=_MOST_MEANINGS)
        for _, similarity, number in halves:
            _keep(found, number, _SLIP * similarity * 0.9)


def _keep(found: dict[int, float], number: int, sure: float) -> None:
    if sure > found.get(number, 0.0):
        found[number] = sure


def _surest(found: dict[int, float]) -> Meanings:
    return tuple(sorted(found.items(), key=lambda each: -each[1])[:_MOST_MEANINGS])
