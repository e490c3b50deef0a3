"""What became of a source's link: a judgement on what was read there, never on what could not be."""

import html
import re
from enum import StrEnum
from typing import Final

from msgspec import Struct


class LinkState(StrEnum):
    """What a check says."""

    OK = "ok"
    MOVED = "moved"
    DEAD = "dead"
    CHANGED = "changed"
    """The page is there, the quoted figure is gone."""
    UNREAD = "could not read"
    """A login, a PDF, a page made by a script, no answer: says nothing about the source."""


NEEDS_SOMEBODY: Final = (LinkState.DEAD, LinkState.CHANGED)


class Reading(Struct, frozen=True):
    """What came back. `status` 0: nothing did, and `trouble` says why."""

    url: str
    status: int = 0
    kind: str = ""
    """The content type."""
    text: str = ""
    hops: tuple[str, ...] = ()
    moved: bool = False
    """At least one redirect was permanent (301, 308)."""
    gone: bool = False
    """The host's name does not exist."""
    trouble: str = ""


class Judgement(Struct, frozen=True):
    """A state, and a sentence on it."""

    state: LinkState
    sentence: str


_GONE: Final = (404, 410)
_FEWEST_LETTERS: Final = 200
_NOT_TEXT: Final = re.compile(r"<(script|style|noscript|template)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")


def judge(reading: Reading, figure: str) -> Judgement:
    """What the reading says of the link, and of the figure that is quoted from it ("" : none)."""
    if reading.gone:
        return Judgement(LinkState.DEAD, f"The host is not known any more: {reading.trouble}.")
    if not reading.status:
        return Judgement(LinkState.UNREAD, f"Nothing could be read: {reading.trouble}.")
    if reading.status in _GONE:
        return Judgement(LinkState.DEAD, f"The page is gone (HTTP {reading.status}).")
    if reading.status >= 400:
        return Judgement(LinkState.UNREAD, f"The site does not show it to us (HTTP {reading.status}): look yourself.")
    if figure:
        if "html" not in reading.kind and not reading.kind.startswith("text/"):
            return Judgement(LinkState.UNREAD, f"It is {reading.kind or 'no text'}: look yourself for {figure}.")
        shown = visible_text(reading.text)
        if not _is_on(figure, shown):
            if len(shown) < _FEWEST_LETTERS:
                return Judgement(
                    LinkState.UNREAD, f"The page shows itself to browsers only: look yourself for {figure}."
                )
            return Judgement(LinkState.CHANGED, f"The page is there, but {figure} is not on it any more.")
    if reading.moved:
        return Judgement(LinkState.MOVED, f"It moved for good to {reading.url}: take that link.")
    return Judgement(LinkState.OK, f"It is there{f', and so is {figure}' if figure else ''}.")


def visible_text(page: str) -> str:
    """A page's text without its markup and scripts."""
    return " ".join(html.unescape(_TAG.sub(" ", _NOT_TEXT.sub(" ", page))).split())


def _is_on(figure: str, shown: str) -> bool:
    """Whether the figure stands there by itself: 41% is not on a page that says 141%."""
    pieces = [re.escape(piece) for piece in re.findall(r"\w+|[^\w\s]", figure.casefold())]
    alone = r"(?<![\w.,])" + r"\s*".join(pieces) + r"(?!\w)"
    return re.search(alone, shown.casefold()) is not None
