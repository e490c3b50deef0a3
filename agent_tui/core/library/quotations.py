"""Finding known testimonials in a message, wherever it was typed or copied from."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from msgspec import Struct

from agent_tui.core.library.folding import words_of
from agent_tui.model.snippet import Testimonial

RUN: Final = 12
"""So many words in a row of a testimonial are that testimonial."""
_STRIDE: Final = 6
"""Every run of RUN words holds a group of this many that begins at a multiple of it."""
_QUOTED: Final = re.compile(r"[“”„\"«»]([^“”„\"«»]+)[“”„\"«»]")
_WORD: Final = re.compile(r"[^\s“”„\"«»]*\w[^\s“”„\"«»]*")
_ALIKE: Final = 0.5


class Heard(Struct, frozen=True):
    """A testimonial in a message: so many of its words in a row, in this language."""

    testimonial: Testimonial
    language: str
    run: int


class Quotations:
    """All testimonials by groups of their words. Made once for a library, a few testimonials at a time."""

    def __init__(self, testimonials: Iterable[Testimonial] = ()) -> None:
        self._texts: list[tuple[Testimonial, str, list[str]]] = []
        self._groups: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for testimonial in testimonials:
            self.add(testimonial)

    def add(self, testimonial: Testimonial) -> None:
        """Know this one too."""
        for wording in testimonial.texts:
            words = words_of(wording.text)
            number = len(self._texts)
            self._texts.append((testimonial, wording.language, words))
            for start in range(0, len(words) - _STRIDE + 1, _STRIDE):
                self._groups.setdefault(tuple(words[start : start + _STRIDE]), []).append((number, start))

    def heard_in(self, body: str) -> list[Heard]:
        """The testimonials of which RUN or more words stand in a row in this text, the longest run of each."""
        if not self._groups:
            return []
        words = words_of(body)
        longest: dict[int, int] = {}
        for at in range(len(words) - _STRIDE + 1):
            for number, start in self._groups.get(tuple(words[at : at + _STRIDE]), ()):
                run = _run(words, at, self._texts[number][2], start)
                if run >= RUN and run > longest.get(number, 0):
                    longest[number] = run
        return [Heard(self._texts[number][0], self._texts[number][1], run) for number, run in longest.items()]


def holds(body: str, quotation: str) -> bool:
    """Whether the words of the quotation stand in the text, in a row and unchanged; signs and case don't count."""
    return f" {' '.join(words_of(quotation))} " in f" {' '.join(words_of(body))} "


def place_of(body: str, name: str) -> tuple[int, int] | None:
    """Where a name stands in the text, in code points; signs and case don't count."""
    said = [(match.span(), words_of(match[0])) for match in _WORD.finditer(body)]
    spans = [span for span, words in said for _ in words]
    words, wanted = [word for _, words in said for word in words], words_of(name)
    for at in range(len(words) - len(wanted) + 1):
        if words[at : at + len(wanted)] == wanted:
            return spans[at][0], spans[at + len(wanted) - 1][1]
    return None


def changed_quotation(body: str, testimonial: Testimonial, quotation: str) -> tuple[int, int] | None:
    """Where the text passes changed words off as the testimonial's, in code points; None where it does not.

    Between quotation marks: what stands between them; beside its name: (0, 0), somewhere in the text.
    """
    whole = words_of(quotation)
    for passage in _QUOTED.finditer(body):
        said = words_of(passage[1])
        if said != whole and _share(said, whole) >= _ALIKE:
            return passage.span(1)
    speaker = testimonial.speaker
    named = any(name and holds(body, name) for name in (speaker.name, speaker.company))
    return (0, 0) if named and not holds(body, quotation) and _share(words_of(body), whole) >= _ALIKE else None


def closest(body: str, quotation: str) -> tuple[int, int] | None:
    """The part of the text that is most like the quotation, in code points; None where nothing is."""
    said = [(match.span(), match[0]) for match in _WORD.finditer(body)]
    words = [" ".join(words_of(word)) for _, word in said]
    whole = words_of(quotation)
    blocks = SequenceMatcher(None, words, whole, autojunk=False).get_matching_blocks()
    alike = [block for block in blocks if block.size >= min(2, len(whole))]
    if not alike:
        return None
    first, last = alike[0], alike[-1]
    # words of the quotation before the first and after the last that are alike were changed: they belong to it
    start = max(first.a - first.b, 0)
    end = min(last.a + len(whole) - last.b, len(said))
    return said[start][0][0], said[end - 1][0][1]


def _share(said: list[str], whole: list[str]) -> float:
    """How much of the quotation is in what was said, or, of a short passage, how much of it is from the quotation."""
    if len(said) < 3 or not whole:
        return 0.0
    same = sum(block.size for block in SequenceMatcher(None, said, whole, autojunk=False).get_matching_blocks())
    return same / min(len(said), len(whole))


def _run(words: list[str], at: int, known: list[str], start: int) -> int:
    before = 0
    while at > before and start > before and words[at - before - 1] == known[start - before - 1]:
        before += 1
    after = 0
    while at + after < len(words) and start + after < len(known) and words[at + after] == known[start + after]:
        after += 1
    return before + after
