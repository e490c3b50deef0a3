"""A transcript's screen: every row of it painted, and which cells differ from what was there before."""

from collections.abc import Sequence

from textual.geometry import Region

from agent_tui.ui.widgets.transcript_painter import Painted, Painter
from agent_tui.ui.widgets.transcript_rows import Row
from agent_tui.ui.widgets.transcript_view import NOTHING_THERE, TranscriptView


def screen_rows(view: TranscriptView, painter: Painter, width: int, cursor: int | None) -> list[Painted]:
    """The rows of a settled view, `width` cells and the scroll bar's column each. `cursor`: the entry it is on."""
    first, last = thumb_rows(view)
    rows: list[Painted] = []
    item_rows: list[Row] = []
    held = NOTHING_THERE
    for y, (item, inner) in enumerate(view.screen):
        thumb = first <= y < last
        if item == NOTHING_THERE:
            rows.append(painter.blank(width, thumb=thumb))
            continue
        if item != held:
            held, item_rows = item, view.rows_at(item)
        rows.append(painter.row(item_rows[inner], width, cursor=item == cursor, thumb=thumb))
    if view.new_below and rows:
        rows[-1] = painter.badge(rows[-1], f" ▼ {view.new_below} new below ", width)
    return rows


def thumb_rows(view: TranscriptView) -> tuple[int, int]:
    """The rows of the screen on which the scroll bar's mark stands: none where all fits."""
    total = 1 + view.heights.rows + len(view.tail)
    if total <= view.height:
        return 0, 0
    size = max(view.height * view.height // total, 1)
    first = round((view.height - size) * view.top / (total - view.height))
    return first, first + size


def changed_cells(before: Sequence[Painted], after: Sequence[Painted], width: int) -> list[Region]:
    """Where two screens of the same size differ: blanks that stay blank are not sent again."""
    return [
        Region(0, y, _cells(old, new, width), 1)
        for y, (old, new) in enumerate(zip(before, after, strict=True))
        if old is not new
    ]


def _cells(old: Painted, new: Painted, width: int) -> int:
    if old.thumb != new.thumb or old.blank != new.blank or not (old.plain and new.plain):
        return width
    return max(old.end, new.end, 1)
