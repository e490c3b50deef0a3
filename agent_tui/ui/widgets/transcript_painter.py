"""Rows of words become strips of coloured cells. The colours are the theme's, by component class."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip
from textual.widget import Widget

from agent_tui.ui.widgets.transcript_rows import READABLE, Row

STYLES: Final = (
    "below",
    "body",
    "colleague",
    "colleague-name",
    "cursor",
    "customer",
    "customer-name",
    "day",
    "failed",
    "gap",
    "held",
    "link",
    "link-host",
    "match",
    "meta",
    "mine",
    "mine-name",
    "new",
    "note",
    "note-name",
    "note-row",
    "note-word",
    "rule",
    "scrollbar",
    "system",
    "typing",
    "withdrawn",
)
PREFIX: Final = "transcript--"
_CURSOR_BAR: Final = "▌"
_THUMB: Final = "▐"
_RULE: Final = "─"
# Latin, Greek, Cyrillic, punctuation, arrows, box drawing, check marks.
_plain: Final = re.compile("[ -\u02ff\u0370-\u0482\u2010-\u27ff]*").fullmatch


class Painted(NamedTuple):
    """One row of the screen as it was painted."""

    strip: Strip
    end: int
    """Cells up to where only blanks follow, the scroll bar's column apart."""
    blank: Style
    """What the blanks look like."""
    thumb: bool
    plain: bool
    """Every terminal draws it as wide as we count it, and in this order."""


class Painter:
    """Makes strips for one widget and keeps them, keyed by all they depend on, until its styles change."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, bool, bool], Style] = {}
        self._kept: LRUCache[tuple[object, ...], Painted] = LRUCache(512)

    def forget_styles(self) -> None:
        """The theme or a class of the widget changed."""
        self._styles.clear()
        self._kept.clear()

    def row(self, row: Row, width: int, *, cursor: bool, thumb: bool) -> Painted:
        """A row of `width` cells and, after it, the scroll bar's column."""
        key = (row, width, cursor, thumb)
        painted = self._kept.get(key)
        if painted is None:
            painted = self._kept[key] = self._paint(row, width, cursor=cursor, thumb=thumb)
        return painted

    def blank(self, width: int, *, thumb: bool) -> Painted:
        """A row with nothing on it."""
        return self.row(_BLANK, width, cursor=False, thumb=thumb)

    def badge(self, under: Painted, words: str, width: int) -> Painted:
        """The same row with words of ours over its right end."""
        words = set_cell_size(words, min(cell_len(words), width))
        start = width - cell_len(words)
        strip = Strip.join(
            [under.strip.crop(0, start), Strip([Segment(words, self.style("below"))]), under.strip.crop(width)]
        )
        return Painted(strip, width, under.blank, under.thumb, under.plain)

    def selected(self, strip: Strip, start: int, end: int) -> Strip:
        """The strip with the characters from `start` to `end` (-1: its end) marked as selected."""
        text = strip.text
        cells = [cell_len(text[:at]) for at in (start, len(text) if end < 0 else end)]
        before, chosen, after = strip.divide([cells[0], max(*cells), strip.cell_length])
        style = self._widget.screen.get_component_rich_style("screen--selection", partial=True)
        return Strip.join([before, chosen.apply_style(style), after])

    def style(self, name: str, *, note: bool = False, cursor: bool = False) -> Style:
        """The style of a part of a row, on the background of that row."""
        key = (name, note, cursor)
        style = self._styles.get(key)
        if style is None:
            style = self._widget.rich_style
            for part, there in (("note-row", note), ("cursor", cursor), (name, True)):
                if there:
                    style += self._widget.get_component_rich_style(PREFIX + part, partial=True)
            self._styles[key] = style
        return style

    def _paint(self, row: Row, width: int, *, cursor: bool, thumb: bool) -> Painted:
        blank = self.style("body", note=row.note, cursor=cursor)
        pieces = [(text, self.style(name, note=row.note, cursor=cursor)) for text, name in row.left]
        if cursor and pieces and not (row.rule or row.centred):
            # The bar is a shape too: the cursor shows where there are no colours.
            pieces[0] = (_CURSOR_BAR, pieces[0][1])
        column = min(width, READABLE)
        used = sum(cell_len(text) for text, _ in pieces)
        if row.rule:
            rule = self.style("rule")
            left = max((column - used - 2) // 2, 0)
            right = max(column - used - 2 - left, 0)
            pieces = [(_RULE * left + " ", rule), *pieces, (" " + _RULE * right, rule)]
        elif row.centred:
            pieces.insert(0, (" " * max((column - used) // 2, 0), blank))
        elif row.right:
            right_pieces = [(text, self.style(name, note=row.note, cursor=cursor)) for text, name in row.right]
            gap = column - used - sum(cell_len(text) for text, _ in right_pieces)
            if gap > 0:
                pieces += [(" " * gap, blank), *right_pieces]
        strip = Strip(_merged(pieces))
        end = strip.cell_length
        if end > width:
            strip, end = strip.crop(0, width), width
        padding = [(" " * (width - end), blank)]
        padding.append((_THUMB, self.style("scrollbar")) if thumb else (" ", self._widget.rich_style))
        plain = _plain(strip.text) is not None
        return Painted(Strip(_merged([*_pairs(strip), *padding]), width + 1), end, blank, thumb, plain)


_BLANK: Final = Row(())


def _pairs(strip: Strip) -> Iterable[tuple[str, Style]]:
    return [(segment.text, segment.style or Style.null()) for segment in strip]


def _merged(pieces: Iterable[tuple[str, Style]]) -> list[Segment]:
    """Segments without empty ones, neighbours of one style as one: fewer bytes to the terminal."""
    merged: list[tuple[str, Style]] = []
    for text, style in pieces:
        if merged and merged[-1][1] == style:
            merged[-1] = (merged[-1][0] + text, style)
        elif text:
            merged.append((text, style))
    return [Segment(text, style) for text, style in merged]
