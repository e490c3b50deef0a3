"""The wall on the screen: one widget paints every tile, and of a tile only the rows that changed."""

from collections.abc import Callable, Sequence
from typing import Final

from textual.cache import LRUCache
from textual.content import Content
from textual.css.styles import RulesMap
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions
from textual.widget import Widget

from agent_tui.core.monitor.grid import Grid
from agent_tui.core.monitor.tiles import Said, TileWords
from agent_tui.model.ids import ConversationRef
from agent_tui.ui.monitor.tile_rows import tile_body, tile_head
from agent_tui.ui.widgets.lines import NOTHING, Line, fitted

_ONE_ROW: Final[RulesMap] = {"text_wrap": "nowrap", "text_overflow": "clip"}
GAP: Final = 2
"""Cells between two tiles of a row."""


class WallView:
    """What the wall shows, as pulled when it is painted."""

    def __init__(self, grid: Grid, tiles: Sequence[TileWords], cursor: ConversationRef | None, empty: Sequence[Line]):
        self.grid = grid
        self.tiles = tiles
        self.cursor = cursor
        self.empty = empty
        """What is so where there is no tile."""


class _Rows:
    """Rows that belong together, and of each the strip once it was painted."""

    __slots__ = ("rows", "strips")

    def __init__(self, lines: Sequence[Line], width: int) -> None:
        self.rows = [fitted(line, width) for line in lines]
        self.strips: list[Strip | None] = [None] * len(self.rows)


class _Painted:
    """A tile: its head, which a clock may change each second, and what was said, which mostly stays."""

    __slots__ = ("_parts", "rows")

    def __init__(self, head: _Rows, body: _Rows) -> None:
        self.rows = [*head.rows, *body.rows]
        self._parts = head, body

    def strip(self, y: int, make: Callable[[Content], Strip]) -> Strip:
        """One of its rows, painted at most once."""
        part, y = (
            (self._parts[0], y) if y < len(self._parts[0].rows) else (self._parts[1], y - len(self._parts[0].rows))
        )
        strip = part.strips[y]
        if strip is None:
            strip = part.strips[y] = make(part.rows[y])
        return strip


class WallWidget(Widget, can_focus=False):
    """Pulls its view in `redraw`, and paints the rows of tiles that are others than before."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "WallWidget { height: 1fr; padding: 0 1; }"

    class Chosen(Message):
        """A tile was clicked."""

        def __init__(self, ref: ConversationRef) -> None:
            self.ref = ref
            super().__init__()

    def __init__(self, pull: Callable[[int, int], WallView], css_id: str) -> None:
        """`pull(width, height)` answers with what is to be seen in that room."""
        super().__init__(id=css_id)
        self._pull = pull
        self._view: WallView | None = None
        self._painted: list[_Painted] = []
        """The tiles as they are on the screen."""
        self._made: LRUCache[tuple[TileWords, int, int, bool], _Painted] = LRUCache(64)
        self._bodies: LRUCache[tuple[Sequence[Said], int, int, bool], _Rows] = LRUCache(64)
        self._options: RenderOptions | None = None
        self._base = Style()

    def redraw(self) -> None:
        """Ask what there is, and paint what is different."""
        size = self.content_size
        if not size.width or not self.is_attached:
            return
        before, old = self._view, self._painted
        view = self._ask()
        if before is None or before.grid != view.grid or bool(before.tiles) != bool(view.tiles) or not view.tiles:
            self.refresh()
            return
        regions = []
        grid = view.grid
        for place in range(max(len(old), len(self._painted))):
            left, top = self._corner(place)
            if place >= len(old) or place >= len(self._painted):
                regions.append(Region(left, top, grid.width, grid.height))
                continue
            was, now = old[place], self._painted[place]
            if was is now:
                continue
            regions += [
                Region(left, top + y, grid.width, 1)
                for y, (one, other) in enumerate(zip(was.rows, now.rows, strict=True))
                if one is not other and not one.is_same(other)
            ]
        if regions:
            self.refresh(*regions)

    def point_at(self, cursor: ConversationRef | None) -> None:
        """The cursor is on this tile now; all else is as it was."""
        view = self._view
        if view is None or view.cursor == cursor:
            return
        moved = {view.cursor, cursor}
        view.cursor = cursor
        width, height = self._room(view.grid)
        for place, tile in enumerate(view.tiles[: len(self._painted)]):
            if tile.ref in moved:
                self._painted[place] = self._tile(tile, width, height, tile.ref == cursor)
                self.refresh(Region(*self._corner(place), view.grid.width, view.grid.height))

    def _ask(self) -> WallView:
        size = self.content_size
        view = self._view = self._pull(size.width, size.height)
        width, height = self._room(view.grid)
        self._painted = [self._tile(tile, width, height, tile.ref == view.cursor) for tile in view.tiles]
        return view

    def _room(self, grid: Grid) -> tuple[int, int]:
        """Cells and rows of a tile without the gaps around it."""
        return max(1, grid.width - GAP), grid.height - (1 if grid.height > 4 else 0)

    def _tile(self, tile: TileWords, width: int, height: int, cursor: bool) -> _Painted:
        key = (tile, width, height, cursor)
        painted = self._made.get(key)
        if painted is None:
            head = _Rows(tile_head(tile, height, cursor=cursor), width)
            room = height - len(head.rows)
            said = (tile.lines, width, room, cursor)
            body = self._bodies.get(said)
            if body is None:
                body = self._bodies[said] = _Rows(tile_body(tile.lines, width, room, cursor=cursor), width)
            painted = self._made[key] = _Painted(head, body)
        return painted

    def _corner(self, place: int) -> tuple[int, int]:
        """Where a tile stands in the widget."""
        assert self._view is not None
        grid = self._view.grid
        row, column = divmod(place, grid.columns)
        return column * grid.width + self.gutter.left, row * grid.height + self.gutter.top

    def render_line(self, y: int) -> Strip:
        """One row of the screen, through all tiles that stand on it."""
        width = self.content_size.width
        if self._options is None:
            self._base = self.visual_style
            self._options = RenderOptions(self._get_style, _ONE_ROW)
        view = self._view or self._ask()
        blank = self._base.rich_style
        if not view.tiles:
            line = view.empty[y] if y < len(view.empty) else Line(NOTHING)
            return self._strip(fitted(line, width), width)
        grid = view.grid
        row, inner = divmod(y, grid.height)
        pieces: list[Strip] = []
        used = 0
        tile_width, _ = self._room(grid)
        for column in range(grid.columns):
            place = row * grid.columns + column
            painted = self._painted[place] if row < grid.rows and place < len(self._painted) else None
            if painted is None or inner >= len(painted.rows):
                piece = Strip.blank(tile_width, blank)
            else:
                piece = painted.strip(inner, lambda row: self._strip(row, tile_width))
            pieces += [piece, Strip.blank(grid.width - tile_width, blank)]
            used += grid.width
        return Strip.join([*pieces, Strip.blank(max(0, width - used), blank)]).crop(0, width)

    def _strip(self, row: Content, width: int) -> Strip:
        assert self._options is not None
        found = row.render_strips(width, 1, self._base, self._options) if row else []
        strip = found[0] if found else Strip.blank(width, self._base.rich_style)
        return strip.adjust_cell_length(width, self._base.rich_style)

    def notify_style_update(self) -> None:
        """Colours may be others now."""
        self._made.clear()
        self._bodies.clear()
        self._view, self._options = None, None
        super().notify_style_update()

    def on_resize(self, event: Resize) -> None:
        self._view = None
        self.redraw()

    def on_click(self, event: Click) -> None:
        view = self._view
        if view is None or not view.tiles:
            return
        x, y = event.x - self.gutter.left, event.y - self.gutter.top
        place = y // view.grid.height * view.grid.columns + x // view.grid.width
        if 0 <= x // view.grid.width < view.grid.columns and place < len(view.tiles):
            self.post_message(self.Chosen(view.tiles[place].ref))
