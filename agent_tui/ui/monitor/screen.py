"""The monitor's one screen: status, views, what is announced, one view at a time or a conversation whole, the keys."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from agent_tui.core.monitor.grid import Grid, grid
from agent_tui.core.monitor.order import Sorting
from agent_tui.core.monitor.state import MonitorChanges, MonitorState
from agent_tui.core.monitor.wall import Wall
from agent_tui.core.state import LinkState
from agent_tui.model.ids import ConversationRef
from agent_tui.ports.errors import PortError
from agent_tui.ui.keys import KeyTable
from agent_tui.ui.monitor.board import BoardView
from agent_tui.ui.monitor.calling import Calling
from agent_tui.ui.monitor.chat import WatchedChat
from agent_tui.ui.monitor.chooser import Chooser, Item
from agent_tui.ui.monitor.flags import flag_items
from agent_tui.ui.monitor.options import MonitorOptions, OpenedMonitor
from agent_tui.ui.monitor.replaying import Replaying
from agent_tui.ui.monitor.rows import MonitorRows
from agent_tui.ui.monitor.stages import stage_items
from agent_tui.ui.monitor.views import View
from agent_tui.ui.monitor.wall_widget import WallView, WallWidget
from agent_tui.ui.notices import Calls
from agent_tui.ui.painting import paint_now
from agent_tui.ui.widgets.bars import Bar
from agent_tui.ui.widgets.card import Card

if TYPE_CHECKING:
    from agent_tui.runtime.monitor import Monitor

SMALLEST: Final = (40, 10)
SHORT_BELOW: Final = 14
NARROW_BELOW: Final = 100
CHANGES_EVERY_S: Final = 0.25
"""What arrives is shown at most so often; the desk tells it no more often than that."""
SAID_FOR_S: Final = 5.0
_NO_STATE: Final = MonitorState()


class MonitorScreen(Screen[None], inherit_bindings=False):
    """Holds what is on the screen and nothing of the domain: that is pulled from the monitor, or from the replay."""

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = ""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, options: MonitorOptions, keys: KeyTable) -> None:
        super().__init__()
        self.monitor_options = options
        self.options = options.app
        self.keys = keys
        self.monitor: Monitor | None = None
        self.place = ""
        self.opening_words = "Opening …"
        self.view = View.WALL
        self.opened: ConversationRef | None = None
        """The conversation that is open as a whole."""
        self.wanted_tiles = 0
        """How many tiles somebody asked for; 0: as many as fit best."""
        self.said: tuple[str, str] | None = None
        self._said_until = 0.0
        self._due = False
        self._may_take_at = 0.0
        self._grid_size = (0, 0)
        self._most = 0
        """The most conversations there were for the wall at this size."""
        kept = options.kept
        pinned = [ConversationRef(ref) for ref in kept.pinned]
        self.wall = Wall(options.app.limits, kept.acknowledged, pinned)
        self.calls = Calls(self, options.app.notices)
        self.calling = Calling(self.calls, options.thresholds)
        self.replaying = Replaying(self)
        self.rows = MonitorRows(self)
        self.status = Bar(self.rows.status, "status")
        self.view_bar = Bar(self.rows.views, "views")
        self.banner = Bar(self.rows.banner, "banner")
        self.tiles = WallWidget(self._wall_view, "wall")
        self.board = BoardView(self)
        self.stages = Chooser(self._stage_items, "stages")
        self.flags = Chooser(self._flag_items, "flags")
        self.chat = WatchedChat(self)
        self.progress = Bar(self.replaying.line, "progress")
        self.footer = Bar(self.rows.footer, "footer")
        self.too_small = Card(self.rows.too_small, "too-small")

    def compose(self) -> ComposeResult:
        """One row for what was announced stays free, so that nothing moves when something is."""
        yield self.status
        yield self.view_bar
        yield self.banner
        with Vertical(id="views-body"):
            yield self.tiles
            yield self.board
            yield self.stages
            yield self.flags
            yield self.chat
        yield self.progress
        yield self.footer
        yield self.too_small

    def on_mount(self) -> None:
        """Everything is there from the first paint on; what it shows comes with the account."""
        self._show_parts()
        self.set_interval(1.0, self.tick)

    # --- what is known ---

    @property
    def state(self) -> MonitorState:
        """What is shown: as it is, or in a replay as it was."""
        was = self.replaying.state
        return was if was is not None and self.view is View.REPLAY else self.live_state

    @property
    def live_state(self) -> MonitorState:
        """As it is; nothing before the account is open."""
        return self.monitor.state if self.monitor else _NO_STATE

    @property
    def now_ms(self) -> int:
        """The desk's time."""
        return self.monitor.desk_ms() if self.monitor else self.options.clock()

    @property
    def shown_ms(self) -> int:
        """The time that clocks on the screen stand at: while the line is down, when something was last heard."""
        if self.replaying.state is not None and self.view is View.REPLAY:
            return self.replaying.at_ms
        link = self.live_state.known.link
        if link.state is LinkState.LIVE or not link.heard_ms:
            return self.now_ms
        return link.heard_ms + link.clock_skew_ms

    @property
    def shown_wall(self) -> Wall:
        """The wall of what is shown."""
        return self.replaying.wall if self.view is View.REPLAY and self.replaying.state is not None else self.wall

    @property
    def chooser(self) -> Chooser:
        """The rows that keys move through, where the shown view has some."""
        return {View.STAGES: self.stages, View.FLAGS: self.flags}.get(self.view, self.board.active)

    @property
    def grid(self) -> Grid:
        """The tiles as they are laid out now."""
        size = self.tiles.content_size
        # hidden behind a conversation or a view it has no size: places are kept for the one it comes back to
        width, height = size if size.width and size.height else self._grid_size
        return self._grid(max(1, width), max(1, height))

    def _grid(self, width: int, height: int) -> Grid:
        # It grows with the conversations and does not shrink again: tiles that change their size are hard to read.
        if (width, height) != self._grid_size:
            self._grid_size, self._most = (width, height), 0
        self._most = max(self._most, self.shown_wall.total)
        return grid(width, height, self.wanted_tiles, self._most)

    def attach(self, opened: OpenedMonitor) -> None:
        """The account is open: show what it holds."""
        self.monitor, self.place = opened.monitor, opened.place
        opened.monitor.listen(self._heard)
        self.redraw()
        if self.monitor_options.why:
            self.say(self.monitor_options.why, "bold $warning")

    def opening(self, sentence: str) -> None:
        """Why there is nothing to see."""
        self.opening_words = sentence
        self.redraw()

    def _heard(self, changes: MonitorChanges) -> None:
        if self.opened is not None and not self.replaying.on:
            self.chat.changed(changes)
        if self.replaying.on and not changes.known.link:
            return
        if changes.known.link and self.live_state.known.link.state is not LinkState.LIVE:
            self._take()
        elif not self._due:
            # what comes after a pause is shown at once, what comes in a stream a few times a second
            wait = self._may_take_at - self.app.now_s()  # type: ignore[attr-defined]
            self._due = True
            if wait > 0:
                self.set_timer(wait, self._take)
            else:
                self.call_next(self._take)

    def _take(self) -> None:
        self._due = False
        self._may_take_at = self.app.now_s() + CHANGES_EVERY_S  # type: ignore[attr-defined]
        link = self.live_state.known.link
        if link.revoked or (link.state is LinkState.ENDED and not self.live_state.tiles):
            # the supervisor may not look any more: what was on the wall is gone from it
            self.app.exit(0)
            return
        self.redraw()

    def tick(self) -> None:
        """A second has passed."""
        if self.said and self.app.now_s() >= self._said_until:  # type: ignore[attr-defined]
            self.said = None
        self.replaying.tick()
        self.redraw()
        self._keep_what_lasts()

    def redraw(self) -> None:
        """Everything that is on the screen, as it is now."""
        self.take_wall()
        self._look()
        for part in (self.status, self.view_bar, self.banner, self.footer, self.progress):
            if part.display:
                part.redraw()
        if self.opened is not None:
            self.chat.tick()
        elif self.view in (View.WALL, View.REPLAY):
            self.tiles.redraw()
        else:
            (self.board if self.view is View.BOARD else self.chooser).redraw()

    def take_wall(self) -> None:
        """Work out alerts and places anew; alerts that are new call for attention."""
        live = self.live_state
        frame_ms = self.now_ms if live.known.link.state is LinkState.LIVE else self.shown_live_ms
        if live.known.link.state is LinkState.LIVE:
            self.calling.look(live, self.now_ms)
        room = self.grid.tiles
        self.wall.take(live, frame_ms, room, self.calling.alerts)
        self.replaying.take(room)
        if self.grid.tiles != room:  # there are more of them than ever before: the grid has grown with them
            self.wall.take(live, frame_ms, self.grid.tiles, self.calling.alerts)
            self.replaying.take(self.grid.tiles)
        if live.complete:
            self.calling.call(self.wall.fresh)

    @property
    def shown_live_ms(self) -> int:
        """When something was last heard, by the desk's clock."""
        link = self.live_state.known.link
        return link.heard_ms + link.clock_skew_ms if link.heard_ms else self.now_ms

    def _look(self) -> None:
        """The desk is told what is looked at: it is written down as watched, and its last lines come."""
        if self.monitor is None or self.replaying.on:
            return
        showing = self.view is View.WALL and self.opened is None and not self.has_class("-too-small")
        tiles = self.wall.places.shown if showing else ()
        opened = (self.opened,) if self.opened is not None else ()
        live = self.live_state
        if (live.looked_at, live.opened) != (frozenset(tiles), frozenset(opened)):
            self.run_worker(self._tell(tiles, opened), group="look", exit_on_error=False)

    async def _tell(self, tiles: tuple[ConversationRef, ...], opened: tuple[ConversationRef, ...]) -> None:
        assert self.monitor is not None
        with suppress(PortError):  # it is remembered, and said again when the line is back
            await self.monitor.look_at(tiles, opened)

    def _keep_what_lasts(self) -> None:
        live = self.live_state
        if live.complete and live.known.link.state is LinkState.LIVE and self.wall.forget_ended():
            self.keep()

    def keep(self) -> None:
        """Acknowledgements and pins go to disk: this machine's, nobody else sees them."""
        kept = self.monitor_options.kept
        kept.pinned[:] = self.wall.pinned
        problem = kept.save()
        if problem:
            self.say(problem, "bold $warning")

    # --- showing ---

    def show_view(self, view: View) -> None:
        """Another view; a conversation that was open is closed."""
        self.opened = None
        self.chat.show(None)
        self.view = view
        if view is not View.REPLAY:
            self.replaying.leave()
        self._show_parts()
        self.redraw()

    def open(self, ref: ConversationRef) -> None:
        """One conversation whole; Esc goes back to where one was."""
        self.opened = ref
        self.chat.show(ref)
        self._show_parts()
        self.redraw()

    def close(self) -> None:
        """Back to the view."""
        self.opened = None
        self.chat.show(None)
        self._show_parts()
        self.redraw()

    def _show_parts(self) -> None:
        whole = self.opened is not None
        self.tiles.display = not whole and self.view in (View.WALL, View.REPLAY)
        self.board.display = not whole and self.view is View.BOARD
        self.stages.display = not whole and self.view is View.STAGES
        self.flags.display = not whole and self.view is View.FLAGS
        self.chat.display = whole
        self.progress.display = self.replaying.on

    def say(self, sentence: str, style: str = "") -> None:
        """A sentence in the last row, for five seconds."""
        self.said = (sentence, style)
        self._said_until = self.app.now_s() + SAID_FOR_S  # type: ignore[attr-defined]
        self.footer.redraw()
        paint_now(self.footer)

    def moved(self) -> None:
        """The cursor is on another tile: nothing else has changed."""
        self.tiles.point_at(self.shown_wall.on_cursor)
        paint_now(self.tiles)

    def do(self, action_id: str) -> None:
        """Do an action of the table."""
        from agent_tui.ui.monitor.doing import DOING

        DOING[action_id](self)

    def view_said(self) -> str:
        """How the shown view is set, for the row of views."""
        wall = self.shown_wall
        if self.opened is not None or self.view not in (View.WALL, View.REPLAY):
            return ""
        shown = len(wall.places.shown)
        first = wall.page * self.grid.tiles
        parts = [f"{first + 1}-{first + shown} of {wall.total}" if first else f"{shown} of {wall.total}"]
        if wall.sorting is not Sorting.RISK:
            parts.insert(0, f"by {wall.sorting.value}")
        if wall.off_the_wall:
            more = f"{wall.off_the_wall} with an alert not shown"
            parts.append(f"{wall.off_the_wall}▲ more" if self.has_class("-narrow") else more)
        return " · ".join(parts)

    def _wall_view(self, width: int, height: int) -> WallView:
        found = self._grid(width, height)
        wall = self.shown_wall
        return WallView(found, wall.words[: found.tiles], wall.on_cursor, self.rows.empty(width))

    def _stage_items(self, width: int, height: int) -> Sequence[Item]:
        return stage_items(self.live_state.board, width)

    def _flag_items(self, width: int, height: int) -> Sequence[Item]:
        return flag_items(self, width)

    @on(WallWidget.Chosen)
    def _tile_clicked(self, message: WallWidget.Chosen) -> None:
        message.stop()
        again = self.shown_wall.cursor == message.ref
        self.shown_wall.cursor = message.ref
        if again:
            self.open(message.ref)
        else:
            self.redraw()

    @on(Chooser.Chosen)
    def _row_clicked(self, message: Chooser.Chosen) -> None:
        message.stop()
        self.do("monitor.open")

    def on_resize(self, event: Resize) -> None:
        """What does not fit folds away."""
        width, height = event.size
        too_small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(too_small, "-too-small")
        self.set_class(height < SHORT_BELOW, "-short")
        self.set_class(width < NARROW_BELOW, "-narrow")
        self.call_after_refresh(self.redraw)
