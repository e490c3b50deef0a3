"""What each action of the monitor's table does. All of it looks; what is kept is this machine's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from agent_tui.core.monitor import grid, tiles
from agent_tui.core.monitor.order import Sorting
from agent_tui.model.ids import ConversationRef
from agent_tui.ui.clipboard import copy
from agent_tui.ui.monitor.behind import behind, coaching, definition
from agent_tui.ui.monitor.replay_time import ask_time
from agent_tui.ui.monitor.views import View
from agent_tui.ui.screens.help import Help, monitor_rows

if TYPE_CHECKING:
    from agent_tui.ui.monitor.screen import MonitorScreen

Doing = Callable[["MonitorScreen"], None]


def named(screen: MonitorScreen) -> ConversationRef | None:
    """The conversation that is meant: the open one, else the tile or the alert the cursor is on; else that is said."""
    if screen.opened is not None:
        return screen.opened
    ref = screen.shown_wall.on_cursor if screen.view in (View.WALL, View.REPLAY) else None
    if screen.view is View.FLAGS:
        ref = next((alert.ref for alert in screen.wall.every_alert if alert.key == screen.flags.chosen), None)
    if ref is None:
        screen.say("No conversation is chosen: the arrows choose one.")
    return ref


# --- moving ---


def _move(dx: int, dy: int) -> Doing:
    def go(screen: MonitorScreen) -> None:
        if screen.opened is not None:
            screen.chat.move(dy or dx)
        elif screen.view in (View.WALL, View.REPLAY):
            screen.shown_wall.move(dx + dy * screen.grid.columns)
            screen.moved()
        elif screen.view is View.BOARD and dx:
            screen.board.to_side(team=dx > 0)
        else:
            screen.chooser.move(dy or dx)

    return go


def _end(*, last: bool) -> Doing:
    def go(screen: MonitorScreen) -> None:
        if screen.opened is not None:
            screen.chat.to_end(last=last)
        elif screen.view in (View.WALL, View.REPLAY):
            screen.shown_wall.to_end(last=last)
            screen.moved()
        else:
            screen.chooser.to_end(last=last)

    return go


def _page(step: int) -> Doing:
    def go(screen: MonitorScreen) -> None:
        if screen.opened is not None:
            screen.chat.transcript.action_page(step)
        elif screen.view not in (View.WALL, View.REPLAY):
            screen.chooser.move(step * max(1, screen.size.height // 2))
        elif not screen.shown_wall.turn(step):
            screen.say("Every conversation has a tile here." if step > 0 else "These are the first.")
        screen.redraw()

    return go


def _card(screen: MonitorScreen) -> None:
    if screen.opened is None:
        screen.say("The card belongs to a conversation: Enter opens one.")
        return
    screen.toggle_class("-card" if screen.has_class("-narrow") else "-no-card")
    screen.redraw()


def _reveal(screen: MonitorScreen) -> None:
    if screen.opened is None or screen.replaying.on:
        screen.say("A number belongs to a conversation that is open: Enter opens one.")
    else:
        screen.chat.reveal()


def _view(view: View) -> Doing:
    return lambda screen: screen.show_view(view)


def _beside(step: int) -> Doing:
    def go(screen: MonitorScreen) -> None:
        views = [view for view in View if view is not View.REPLAY]
        place = views.index(screen.view) if screen.view in views else 0
        screen.show_view(views[(place + step) % len(views)])

    return go


def _open(screen: MonitorScreen) -> None:
    if screen.opened is not None:
        return
    if screen.view is View.BOARD:
        behind(screen)
    elif screen.view is not View.STAGES and (ref := named(screen)) is not None:
        screen.open(ref)


def _back(screen: MonitorScreen) -> None:
    if screen.replaying.stop_reading():
        screen.say("Not read to its end: there is no new replay.")
    elif screen.opened is not None:
        screen.close()
    elif screen.view is not View.WALL:
        screen.show_view(View.WALL)
    else:
        screen.said = None
        screen.redraw()


def _next_alert(screen: MonitorScreen) -> None:
    if screen.view is not View.WALL or screen.opened is not None:
        screen.show_view(View.WALL)
    if screen.wall.next_alert() is None:
        screen.say("No conversation has an alert that is not acknowledged here.")
    screen.redraw()


# --- the wall ---


def _acknowledge(screen: MonitorScreen) -> None:
    if screen.replaying.on:
        screen.say("This is a replay: there is nothing to acknowledge.")
        return
    wall = screen.wall
    if screen.view is View.FLAGS and screen.opened is None:
        found = [alert for alert in wall.every_alert if alert.key == screen.flags.chosen]
    else:
        ref = named(screen)
        if ref is None:
            return
        found = list(wall.alerts.get(ref, ()))
    if not found:
        screen.say("There is no alert here to acknowledge.")
        return
    done = wall.acknowledge(found)
    screen.keep()
    screen.say("Acknowledged, yours only: nobody else sees it." if done else "It is an alert again.")
    screen.redraw()


def _freeze(screen: MonitorScreen) -> None:
    if screen.replaying.on:
        screen.replaying.play_or_pause()
        screen.redraw()
        return
    if screen.wall.frozen:
        screen.wall.follow()
    else:
        screen.wall.freeze(screen.live_state, screen.now_ms)
    screen.redraw()


def _copy(screen: MonitorScreen) -> None:
    ref = named(screen)
    record = screen.state.known.conversations.get(ref) if ref else None
    if record is not None:
        line = tiles.about(record, screen.shown_ms, screen.state.known.closed)
        copy(screen.app, line)
        screen.say(f"Copied: {line}")


def _pin(screen: MonitorScreen) -> None:
    ref = named(screen)
    if ref is None or screen.replaying.on:
        return
    pinned = screen.wall.pin(ref)
    screen.keep()
    screen.say("Pinned, yours only: it stays first." if pinned else "Not pinned any more.")
    screen.redraw()


def _no_wall_here(screen: MonitorScreen) -> bool:
    """The tiles are behind something else: that is said, since nobody would see what becomes of them."""
    if screen.tiles.display:
        return False
    screen.say(f"That is for the wall: {screen.keys.shown('monitor.back')} goes back to it.")
    return True


def _tiles(step: int) -> Doing:
    def go(screen: MonitorScreen) -> None:
        if _no_wall_here(screen):
            return
        size = screen.tiles.content_size
        count = grid.other(size.width, size.height, screen.grid.tiles, step)
        if count == screen.grid.tiles:
            screen.say("More tiles do not fit here." if step > 0 else "Fewer tiles than one there are not.")
            return
        screen.wanted_tiles = count
        screen.redraw()

    return go


def _sort(screen: MonitorScreen) -> None:
    if _no_wall_here(screen):
        return
    ways = list(Sorting)
    way = ways[(ways.index(screen.wall.sorting) + 1) % len(ways)]
    screen.wall.sort_by(way)
    first = " Alerts come first." if way is Sorting.RISK else " Alerts are announced, and move nothing."
    screen.say(f"Sorted by {way.value}.{first}")
    screen.redraw()


# --- replay ---


def _replay(screen: MonitorScreen) -> None:
    if screen.opened is not None and not screen.replaying.on:
        screen.replaying.begin(screen.opened)
    else:
        ask_time(screen)


def _faster(by: int) -> Doing:
    def go(screen: MonitorScreen) -> None:
        replay = screen.replaying.replay
        if replay is None or not screen.replaying.on:
            screen.say(_NO_REPLAY.format(key=screen.keys.shown("monitor.replay")))
        else:
            replay.faster(by)
            screen.redraw()

    return go


def _step(by: int) -> Doing:
    def go(screen: MonitorScreen) -> None:
        if not screen.replaying.on:
            screen.say(_NO_REPLAY.format(key=screen.keys.shown("monitor.replay")))
        else:
            screen.replaying.step(by)

    return go


_NO_REPLAY: Final = "That is for a replay: {key} begins one."


# --- the app ---


def _palette(screen: MonitorScreen) -> None:
    from agent_tui.ui.palette import open_palette

    open_palette(screen)


def _theme(screen: MonitorScreen) -> None:
    from agent_tui.ui.palette import choose_theme

    choose_theme(screen)


def _help(screen: MonitorScreen) -> None:
    screen.app.push_screen(Help(monitor_rows(screen.keys)))


def _redraw(screen: MonitorScreen) -> None:
    screen.app.refresh(repaint=True, layout=True)
    screen.app.screen.refresh(repaint=True, layout=True)


def _quit(screen: MonitorScreen) -> None:
    screen.app.exit(0)


def _test_notices(screen: MonitorScreen) -> None:
    screen.calls.test()
    screen.say(f"Sent: {screen.calls.reach()}.")


DOING: Final[dict[str, Doing]] = {
    "monitor.open": _open,
    "monitor.back": _back,
    "monitor.next_alert": _next_alert,
    "monitor.acknowledge": _acknowledge,
    "monitor.freeze": _freeze,
    "monitor.copy": _copy,
    "monitor.flags": _view(View.FLAGS),
    "monitor.pin": _pin,
    "monitor.more": _tiles(1),
    "monitor.fewer": _tiles(-1),
    "monitor.sort": _sort,
    "monitor.definition": definition,
    "monitor.wall": _view(View.WALL),
    "monitor.board": _view(View.BOARD),
    "monitor.stages": _view(View.STAGES),
    "monitor.replay": _replay,
    "monitor.coaching": coaching,
    "monitor.next_view": _beside(1),
    "monitor.previous_view": _beside(-1),
    "monitor.up": _move(0, -1),
    "monitor.down": _move(0, 1),
    "monitor.left": _move(-1, 0),
    "monitor.right": _move(1, 0),
    "monitor.first": _end(last=False),
    "monitor.last": _end(last=True),
    "monitor.page_on": _page(1),
    "monitor.page_back": _page(-1),
    "monitor.card": _card,
    "monitor.reveal": _reveal,
    "monitor.faster": _faster(1),
    "monitor.slower": _faster(-1),
    "monitor.step_back": _step(-1),
    "monitor.step_on": _step(1),
    "app.palette": _palette,
    "app.help": _help,
    "app.help_moving": _help,
    "app.redraw": _redraw,
    "app.theme": _theme,
    "app.test_notices": _test_notices,
    "app.quit": _quit,
}
