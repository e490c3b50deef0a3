"""Which stretches of a text came from which snippet: followed through every edit, undo and redo."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from agent_tui.model.proof import Proof

REMEMBERED: Final = 200
"""So many states of the text are known again when undo brings them back."""


class Stretches:
    """Those of the text that is being written. It is told the whole text after each edit, not what the edit was."""

    def __init__(self, text: str = "", proof: Iterable[Proof] = ()) -> None:
        self._text = text
        self._proof = tuple(each for each in proof if each.start < each.end)
        self._known: OrderedDict[str, tuple[Proof, ...]] = OrderedDict()
        self._remember()

    @property
    def proof(self) -> tuple[Proof, ...]:
        """In the order they stand."""
        return self._proof

    def edited(self, text: str) -> None:
        """The text is now this. A text that was there before has its stretches again."""
        if not self._proof and not self._known:
            self._text = text
            return
        known = self._known.get(text)
        self._proof = _moved(self._proof, self._text, text) if known is None else known
        self._text = text
        self._remember()

    def put(self, proof: Proof) -> None:
        """A snippet stands there now; what it stands in the place of is no stretch any more."""
        others = [each for each in self._proof if each.end <= proof.start or each.start >= proof.end]
        self._proof = tuple(sorted([*others, proof], key=lambda each: each.start))
        self._remember()

    def without(self, snippet: str) -> None:
        """What came from this snippet is its author's own text from now on."""
        self._proof = tuple(each for each in self._proof if each.snippet != snippet)
        self._known.clear()
        self._remember()

    def behind(self, offset: int) -> int:
        """The end of the snippet at this offset, and of those that stand on the lines right under it."""
        for each in self._proof:
            under = each.start == offset + 1 and self._text[offset] == "\n"
            if under or each.start <= offset <= each.end:
                offset = each.end
        return offset

    def apart(self, start: int, end: int, *, lines: bool) -> tuple[str, str]:
        """What keeps a snippet in this place apart from what stands before and behind it.

        Two snippets get a line each, and a snippet of several `lines` ends its last one.
        """
        before, after = self._text[:start], self._text[end:]
        follows = any(each.end == start for each in self._proof)
        in_front = "" if not before or before[-1].isspace() else "\n" if follows else " "
        if any(each.start == end for each in self._proof) or (lines and after.split("\n", 1)[0].strip()):
            return in_front, "\n"
        return in_front, " " if after[:1].isalnum() else ""

    def _remember(self) -> None:
        if self._proof:
            self._known[self._text] = self._proof
            self._known.move_to_end(self._text)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def _moved(proof: tuple[Proof, ...], before: str, after: str) -> tuple[Proof, ...]:
    """Where each stretch is after the one edit that makes `after` of `before`; one that was taken out is left out."""
    start = same_at_start(before, after)
    most = min(len(before), len(after)) - start
    same = same_at_start(before[::-1][:most], after[::-1][:most])
    end, by = len(before) - same, len(after) - len(before)
    moved = []
    for each in proof:
        if each.start >= end:
            moved.append(replace(each, start=each.start + by, end=each.end + by))
        elif each.end <= start:
            moved.append(each)
        else:
            first = each.start if each.start <= start else end + by
            last = each.end + by if each.end >= end else start
            if first < last:
                moved.append(replace(each, start=first, end=last))
    return tuple(moved)


def same_at_start(one: str, other: str) -> int:
    """How many characters both begin with."""
    most = min(len(one), len(other))
    return next((at for at in range(most) if one[at] != other[at]), most)
