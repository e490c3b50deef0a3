"""Rows of text, painted by themselves: what did not change is not painted again, down to the cell."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual.content import Content
from textual.css.styles import RulesMap
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widget import Widget

from agent_tui.model.text import SafeText
from agent_tui.ui import words

_ONE_ROW: Final[RulesMap] = {"text_wrap": "nowrap", "text_overflow": "clip"}
NOTHING = words.text(SafeText(""))


class Line(NamedTuple):
    """One row: `left` is cut with an ellipsis where both do not fit, `right` stands at the edge."""

    left: Content
    right: Content = NOTHING
    style: str = ""
    """Of the whole row, e.g. a background."""


class Lines(Widget):
    """A widget made of rows. Subclasses say what they are; `redraw` finds what changed."""

    ALLOW_SELECT = False

    def __init__(self, css_id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=css_id, classes=classes)
        self._rows: list[Content] = []
        self._shown: Sequence[Line] = ()
        self._asked_for = Size(0, 0)
        """The size the rows were made for."""
        self._painting: RenderOptions | None = None
        self._base = Style()
        self._strips: dict[int, Strip] = {}

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The rows as they should be now; at most `height` are painted."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Ask for the rows again, and paint the cells that are different."""
        size = self.content_size
        if not size.width or not self.is_attached:
            return
        before = self._rows
        self._ask(size)
        rows = self._rows
        for y in range(max(len(rows), len(before))):
            if y >= len(rows) or y >= len(before):
                self._strips.pop(y, None)
                self.refresh(Region(0, y, size.width, 1))
            elif rows[y] is not before[y] and not rows[y].is_same(before[y]):
                self._strips.pop(y, None)
                self.refresh(_changed_cells(before[y], rows[y], size.width, y))

    def _ask(self, size: Size) -> None:
        if size != self._asked_for:
            self._asked_for, self._rows, self._shown = size, [], ()
            self._strips.clear()
        lines = self.lines(size.width, size.height)[: size.height]
        known = len(self._shown)
        # A line that is the very same object as last time needs no second look: most rows of a list are, each second.
        self._rows = [
            self._rows[y] if y < known and line is self._shown[y] else fitted(line, size.width)
            for y, line in enumerate(lines)
        ]
        self._shown = lines

    def render_line(self, y: int) -> Strip:
        """One row, made when it is painted."""
        size = self.content_size
        if size != self._asked_for and size.width:
            self._ask(size)  # else a new size would be painted twice: without the rows, and with them
        width = size.width
        strip = self._strips.get(y)
        if strip is None or strip.cell_length != width:
            row = self._rows[y] if y < len(self._rows) else NOTHING
            if self._painting is None:
                self._base = self.visual_style
                self._painting = RenderOptions(self._get_style, _ONE_ROW)
            found = row.render_strips(width, 1, self._base, self._painting) if row else []
            strip = found[0] if found else Strip.blank(width, self._base.rich_style)
            self._strips[y] = strip
        return strip

    def notify_style_update(self) -> None:
        """Colours may be others now."""
        self._strips.clear()
        self._painting = None
        super().notify_style_update()

    def on_resize(self, event: Resize) -> None:
        self.redraw()


def fitted(line: Line, width: int) -> Content:
    """A row of exactly this width."""
    left, right = line.left, line.right
    room = width
    if right:
        if right.cell_length > width - 2:
            right = right.truncate(max(0, width - 2), ellipsis=True)
        room = max(0, width - right.cell_length - 1)
    if left.cell_length > room:
        left = left.truncate(room, ellipsis=True)
    gap = SafeText(" " * (width - left.cell_length - right.cell_length))
    row = words.joined(left, gap, right)
    return row.stylize_before(line.style) if line.style else row


def _changed_cells(before: Content, after: Content, width: int, y: int) -> Region:
    """The part of a row that must be painted. Styles and wide characters make it the whole row."""
    old, new = before.plain, after.plain
    if not (old.isascii() and new.isascii()) and len(old) != len(new):
        return Region(0, y, width, 1)
    if before.spans != after.spans or before.cell_length != len(old) or after.cell_length != len(new):
        return Region(0, y, width, 1)
    different = [x for x in range(min(len(old), len(new))) if old[x] != new[x]]
    return Region(different[0], y, different[-1] + 1 - different[0], 1) if different else Region(0, y, width, 1)
