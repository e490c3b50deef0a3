"""Where text breaks into rows of cells. One function for measuring and for painting, so that they can't disagree."""

import re
from typing import Final

from rich.cells import cell_len, split_graphemes

Span = tuple[int, int]
"""Start and end of a row in the text, code points; a space or newline it broke at lies between two spans."""

_one_cell_each: Final = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac]*"
).fullmatch
_WIDE: Final = 2


def wrapped(text: str, width: int) -> list[Span]:
    """The rows of `text` in `width` cells: broken at newlines, at spaces, between wide characters, else anywhere.

    At least one row. A grapheme wider than `width` gets a row of its own.
    """
    width = max(width, 1)
    if "\n" not in text:
        return _line(text, 0, len(text), width)
    rows: list[Span] = []
    start = 0
    for line in text.split("\n"):
        rows += _line(text, start, start + len(line), width)
        start += len(line) + 1
    return rows


def row_count(text: str, width: int) -> int:
    """`len(wrapped(text, width))`, at once for the short lines that nearly all messages are."""
    if len(text) <= width and "\n" not in text and text.isascii():
        return 1
    return len(wrapped(text, width))


def _line(text: str, start: int, end: int, width: int) -> list[Span]:
    line = text[start:end]
    if _one_cell_each(line):
        return [(start, end)] if len(line) <= width else _narrow(text, start, end, width)
    return [(start, end)] if cell_len(line) <= width else _any(line, start, width)


def _narrow(text: str, start: int, end: int, width: int) -> list[Span]:
    """A line in which every code point is one cell."""
    rows = []
    while end - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        if cut <= start:
            rows.append((start, start + width))
            start += width
            continue
        rows.append((start, cut))
        start = cut + 1
    rows.append((start, end))
    return rows


def _any(line: str, offset: int, width: int) -> list[Span]:
    """A line of any characters, grapheme by grapheme."""
    graphemes, _ = split_graphemes(line)
    rows = []
    row_start = used = index = 0
    # Where the row may end, where the next one then starts, and the grapheme that is.
    possible: tuple[int, int, int] | None = None
    while index < len(graphemes):
        start, end, cells = graphemes[index]
        if used + cells > width and start > row_start:
            if line[start:end] == " ":
                row_end, next_start, index = start, end, index + 1
            else:
                row_end, next_start, index = possible or (start, start, index)
            rows.append((offset + row_start, offset + row_end))
            row_start, used, possible = next_start, 0, None
            continue
        used += cells
        index += 1
        if line[start:end] == " " and start > row_start:
            possible = (start, end, index)
        elif cells == _WIDE:
            possible = (end, end, index)
    rows.append((offset + row_start, offset + len(line)))
    return rows
