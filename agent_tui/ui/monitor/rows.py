"""The monitor's own rows: status, views, what is announced, the keys, and what is so where there is nothing to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from agent_tui.core import select
from agent_tui.core.attention import clock
from agent_tui.core.monitor import alerts
from agent_tui.core.monitor.alerts import Alert
from agent_tui.core.state import LinkState
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.chat_words import BETWEEN, folded, plain
from agent_tui.ui.monitor.views import View
from agent_tui.ui.widgets.lines import NOTHING, Line

if TYPE_CHECKING:
    from agent_tui.ui.monitor.screen import MonitorScreen

READ_ONLY: Final = "READ ONLY"


class MonitorRows:
    """Holds nothing: each answer is made of what is known now."""

    def __init__(self, screen: MonitorScreen) -> None:
        self._screen = screen

    def status(self) -> Line:
        """Where we are, who looks, and how fresh it is; what does not fit is left out, never the line's state."""
        screen = self._screen
        if screen.monitor is None:
            return Line(plain("agent-tui monitor", "bold"), plain("not connected", "$muted"))
        known = screen.live_state.known
        me = known.me
        desk = screen.place or (me.desk if me else "")
        parts = [plain("agent-tui monitor", "bold")]
        if desk:
            parts.append(plain(desk, "bold reverse $accent") if desk == "DEMO" else words.text(SafeText(desk)))
        if me:
            parts.append(words.text(me.name, "bold"))
        parts.append(plain(READ_ONLY, "bold $accent"))
        now_ms = screen.options.clock()
        shape, word = select.link_words(known, now_ms)
        live = known.link.state is LinkState.LIVE
        link = words.joined(plain(shape, "$success" if live else "bold $warning"), SafeText(" "), plain(word))
        waiting = select.queue(known, screen.shown_live_ms if not live else screen.now_ms)
        said = [link if live else plain(f"{shape} {word}", "bold $warning")]
        if waiting.waiting:
            now = "now " if screen.replaying.on else ""
            said.append(plain(f"{now}{waiting.waiting} waiting, longest {waiting.longest}"))
        right = words.joined(*said, between=BETWEEN)
        room = screen.status.content_size.width - right.cell_length - 2
        while sum(part.cell_length + len(BETWEEN) for part in parts) > room and len(parts) > 2:
            del parts[1]
        if sum(part.cell_length + len(BETWEEN) for part in parts) > room:
            parts[0] = plain("monitor", "bold")
        return Line(words.joined(*parts, between=BETWEEN), right)

    def views(self) -> Line:
        """The views, the one that is shown marked; and on the right how this one is set."""
        screen = self._screen
        fresh = screen.wall.to_look_at
        pieces: list[Content] = []
        for view in View:
            key = screen.keys.shown(f"monitor.{view.value}")
            count = f" {fresh}" if view is View.FLAGS and fresh else ""
            style = "bold on $background" if view is screen.view else "$muted"
            pieces.append(
                words.joined(
                    plain(f" {key} ", style),
                    plain(view.name_shown(screen.view_bar.content_size.width), style),
                    plain(count, f"bold $late{' on $background' if view is screen.view else ''}"),
                    plain(" ", style),
                )
            )
        return Line(words.joined(*pieces), plain(screen.view_said(), "$muted"))

    def banner(self) -> Line:
        """What must be known before anything else here is believed; else the newest announcement."""
        screen = self._screen
        old = self.stale()
        if old:
            return Line(plain(f" {old}", "bold $background"), NOTHING, "on $warning")
        if screen.replaying.on:
            return screen.replaying.banner()
        wall = screen.wall
        if wall.held is not None:
            since = clock(max(0, screen.now_ms - wall.held.since_ms))
            back = wall.held_back(screen.state)
            said = f" ❚❚ FROZEN {since}, {back} {'entry' if back == 1 else 'entries'} held back"
            rising = wall.announced
            more = f" · {len(rising)} new {'alert' if len(rising) == 1 else 'alerts'}" if rising else ""
            key = screen.keys.shown("monitor.freeze")
            return Line(plain(said + more, "bold $background"), plain(f"{key} follows ", "$background"), "on $accent")
        for alert in wall.announced[:1]:
            return self._announced(alert, more=len(wall.announced) - 1)
        desk = [alert for alert in wall.desk_alerts if alert.key not in wall.acknowledged]
        if desk:
            shown = words.text(SafeText(f" {alerts.said(desk[0], screen.shown_ms)}"), "bold $late")
            others = f"+{len(desk) - 1} more  " if desk[1:] else ""
            return Line(shown, plain(f"{others}{screen.keys.shown('monitor.flags')} shows all ", "$muted"))
        return Line(NOTHING)

    def _announced(self, alert: Alert, *, more: int) -> Line:
        screen = self._screen
        record = screen.state.known.conversations.get(alert.ref) if alert.ref else None
        who = f"{select.name_of(record)}{select.label_beside(record)}: " if record else ""
        said = SafeText(f" NEW  {who}{alerts.said(alert, screen.shown_ms)}")
        key = screen.keys.shown("monitor.next_alert")
        others = f"+{more} more  " if more else ""
        return Line(words.text(said, "bold $late"), plain(f"{others}{key} goes there ", "$muted"))

    def stale(self) -> str:
        """How old everything is where the line is not up; empty where it is."""
        screen = self._screen
        known = screen.live_state.known
        link = known.link
        opening = link.state is LinkState.CONNECTING and not link.heard_ms
        if screen.monitor is None or link.state is LinkState.LIVE or opening:
            return ""
        age = clock(max(0, screen.options.clock() - link.heard_ms))
        shape, word = select.link_words(known, screen.options.clock())
        return f"{shape} NOT LIVE: {word}. All of this is as it stood {age} ago."

    def footer(self) -> Line:
        """The keys, or what is to be said."""
        screen = self._screen
        if screen.said is not None:
            return Line(plain(*screen.said))
        width = screen.footer.content_size.width
        always = [self._key(name) for name in ("app.palette", "app.help")]
        room = width - sum(piece.cell_length + 2 for piece in always)
        pieces: list[Content] = []
        for name, label in _CHAT_KEYS if screen.opened is not None and not screen.replaying.on else screen.view.keys:
            piece = self._key(name, label)
            if piece.cell_length + 2 <= room:
                pieces.append(piece)
                room -= piece.cell_length + 2
        return Line(words.joined(*pieces, *always, between="  "))

    def _key(self, name: str, label: str = "") -> Content:
        keys = self._screen.keys
        said = label or next((action.footer for action in keys.actions if action.id == name), "")
        return words.joined(plain(keys.shown(name), "bold $accent"), plain(f" {said}", "$muted"))

    def empty(self, width: int) -> Sequence[Line]:
        """Where there is no tile: what is so."""
        screen = self._screen
        rows = [Line(NOTHING)]
        state = screen.state
        if screen.replaying.on:
            return [*rows, Line(plain("At this moment nobody was in a chat.", "$muted"))]
        if screen.monitor is None or (not state.complete and state.known.link.state is not LinkState.LIVE):
            why = screen.opening_words if screen.monitor is None else state.known.link.reason or "Connecting …"
            return rows + [Line(plain(part)) for part in folded(why, width)]
        hours = state.known.hours
        rows.append(Line(plain("Nobody is chatting.", "bold")))
        if hours is not None and not hours.open:
            rows.append(Line(words.text(SafeText(f"We are closed. {hours.sentence}".strip()), "$muted")))
        rows.append(Line(plain("A conversation appears here when a customer writes.", "$muted")))
        return rows

    def too_small(self, width: int) -> Sequence[Line]:
        """Where nothing else fits."""
        said = "This terminal is too small for the wall: 40×10 or more, please. Nothing is lost by it."
        return [Line(plain(part, "bold $warning")) for part in folded(said, width)]


_CHAT_KEYS: Final = (
    ("monitor.back", "the wall"),
    ("monitor.replay", "replay"),
    ("monitor.card", "card"),
    ("monitor.acknowledge", ""),
    ("monitor.copy", ""),
    ("monitor.next_alert", ""),
)
