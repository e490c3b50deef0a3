"""Phrases as people write them in a rules file, and finding them in a sentence.

A phrase is words between spaces, compared without case, accents and punctuation, within one sentence:

    call|phone me          either word
    call me right? now     `right` may be missing
    bel .. terug           up to three words may stand between
    call me <name>         a word written with a capital that is no day and no month
    bel me <end>           the sentence ends here
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from agent_tui.core.library.folding import fold
from agent_tui.model.text import SafeText, clean

GAP: Final = ".."
NAME: Final = "<name>"
END: Final = "<end>"
MARKS: Final = (GAP, NAME, END)
LONGEST_GAP: Final = 3
ELLIPSIS: Final = "…"
_Match = tuple[int, tuple[SafeText, ...]]


class BadPhrase(ValueError):
    """A phrase that can't be read; the text says what to write."""


class Sentence(Struct, frozen=True, gc=False):
    """A sentence's words, folded; and each as it was written."""

    words: list[str]
    written: list[str]


class Found(Struct, frozen=True, gc=False):
    """A phrase in a sentence: of which list, from which word up to which.

    `words` are as the rules spell them, an ellipsis for what stood between: nothing of the sentence itself is in it.
    """

    group: str
    words: SafeText
    start: int
    end: int


class _Element(Struct, frozen=True):
    words: dict[str, SafeText]
    """Folded, and as the rules spell them."""
    mark: str = ""
    optional: bool = False


class _Rest(Struct, frozen=True):
    """A phrase behind its first word."""

    group: str
    elements: tuple[_Element, ...]
    second: frozenset[str]
    """The words one of which has to come next; empty where that can't be said so simply."""
    last: frozenset[str]
    """The same of a word that has to come anywhere behind: most phrases are out of question by that alone."""
    spelled: SafeText
    """The first word."""


class Phrases:
    """Lists of phrases by name, made once; all of them are looked for in one pass over a sentence."""

    def __init__(self, groups: Mapping[str, Iterable[str]], not_names: frozenset[str] = frozenset()) -> None:
        self._not_names = not_names
        self._by_first: dict[str, list[_Rest]] = {}
        for group, phrases in groups.items():
            for phrase in phrases:
                first, *elements = parse(phrase)
                second = frozenset(elements[0].words) if elements and not elements[0].optional else frozenset()
                fixed = [frozenset(each.words) for each in elements if each.words and not each.optional]
                last = fixed[-1] if fixed else frozenset()
                for word, spelled in first.words.items():
                    rest = _Rest(group, tuple(elements), second, last, spelled)
                    self._by_first.setdefault(word, []).append(rest)

    def find(self, sentence: Sentence) -> Iterator[Found]:
        """Every phrase, from left to right."""
        words = sentence.words
        there = frozenset(words)
        for start, word in enumerate(words):
            if word not in self._by_first:
                continue
            following = words[start + 1] if start + 1 < len(words) else ""
            for rest in self._by_first[word]:
                if (rest.second and following not in rest.second) or (rest.last and rest.last.isdisjoint(there)):
                    continue
                if found := self._match(rest.elements, sentence, start + 1):
                    end, spelled = found
                    yield Found(rest.group, SafeText(" ".join((rest.spelled, *spelled))), start, end)

    def _match(self, elements: tuple[_Element, ...], sentence: Sentence, place: int) -> _Match | None:
        """Behind which word the rest of a phrase ends that goes on at `place`, and its words."""
        if not elements:
            return place, ()
        element, rest = elements[0], elements[1:]
        left = len(sentence.words) - place
        if element.mark == GAP:
            return self._match_after_gap(rest, sentence, place, min(LONGEST_GAP, left))
        if element.mark == END:
            return None if left else self._match(rest, sentence, place)
        if left and self._fits(element, sentence, place) and (found := self._match(rest, sentence, place + 1)):
            spelled = element.words.get(sentence.words[place], SafeText(ELLIPSIS))
            return found[0], (spelled, *found[1])
        return self._match(rest, sentence, place) if element.optional else None

    def _match_after_gap(
        self, elements: tuple[_Element, ...], sentence: Sentence, place: int, longest: int
    ) -> _Match | None:
        for between in range(longest + 1):
            if found := self._match(elements, sentence, place + between):
                return (found[0], (SafeText(ELLIPSIS), *found[1])) if between else found
        return None

    def _fits(self, element: _Element, sentence: Sentence, place: int) -> bool:
        word = sentence.words[place]
        if element.mark != NAME:
            return word in element.words
        bare = sentence.written[place].strip("'\"(),-")
        return bare[:1].isupper() and not bare[1:].isupper() and word not in self._not_names


def parse(phrase: str) -> list[_Element]:
    """The elements of a phrase. Raises `BadPhrase`."""
    elements = [_element(part, phrase) for part in phrase.split()]
    if not elements:
        raise BadPhrase("a phrase is empty.")
    if elements[0].mark or elements[0].optional:
        raise BadPhrase(f"`{phrase}` has to begin with a word that is always there.")
    if elements[-1].mark == GAP:
        raise BadPhrase(f"`{phrase}` ends in `..`: leave that out.")
    return elements


def _element(part: str, phrase: str) -> _Element:
    if part in MARKS:
        return _Element({}, mark=part)
    if part.startswith("<"):
        raise BadPhrase(f"`{part}` in `{phrase}` is unknown; there are {', '.join(MARKS)}.")
    optional = part.endswith("?")
    words = {fold(word): clean(word, multiline=False) for word in part.removesuffix("?").split("|")}
    if not all(words) or any(" " in word for word in words):
        raise BadPhrase(f"`{part}` in `{phrase}` is no word: write words, with `|` between those that may stand there.")
    return _Element(words, optional=optional)
