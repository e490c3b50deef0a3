"""Flags and alerts as a list: what nobody has acknowledged here first, each with who, whose and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_tui.core import select
from agent_tui.core.monitor import alerts
from agent_tui.core.monitor.alerts import Alert
from agent_tui.core.monitor.tiles import NOBODY
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.chat_words import folded, plain
from agent_tui.ui.monitor.chooser import Item
from agent_tui.ui.widgets.lines import NOTHING, Line

if TYPE_CHECKING:
    from agent_tui.ui.monitor.screen import MonitorScreen


def flag_items(screen: MonitorScreen, width: int) -> list[Item]:
    """Every alert there is."""
    wall = screen.wall
    found = wall.every_alert
    items: list[Item] = []
    fresh = [alert for alert in found if alert.key not in wall.acknowledged]
    seen = [alert for alert in found if alert.key in wall.acknowledged]
    for title, group in (("TO LOOK AT", fresh), ("ACKNOWLEDGED HERE", seen)):
        if group:
            items += [Item(Line(plain(title, "$muted"), plain(str(len(group)), "$muted")))]
            items += [Item(_row(screen, alert, quiet=group is seen), alert.key) for alert in group]
            items.append(Item(Line(NOTHING)))
    if not found:
        items += [Item(Line(plain("No alert.", "bold"))), Item(Line(NOTHING))]
    for complaint in screen.options.complaints:
        # a mistake in `alerts.toml` leaves no threshold in force: that stays to be read where alerts are
        items += [Item(Line(plain(part, "bold $warning"))) for part in folded(complaint, min(width, 100))]
        items.append(Item(Line(NOTHING)))
    reach = screen.calls.reach()
    said = (
        f"An alert calls with: {reach}. It never says a customer's words. What you acknowledge or pin is yours only:"
        " it is kept on this machine, and neither the desk nor anybody else knows of it."
    )
    items += [Item(Line(plain(part, "$muted"))) for part in folded(said, min(width, 100))]
    return items


def _row(screen: MonitorScreen, alert: Alert, *, quiet: bool) -> Line:
    said = words.text(alerts.said(alert, screen.shown_ms), "$muted" if quiet else "bold $late")
    record = screen.live_state.known.conversations.get(alert.ref) if alert.ref else None
    if record is None:
        return Line(said)
    owner = record.owner.name if record.owner else NOBODY
    who = words.text(SafeText(f"{select.name_of(record)}{select.label_beside(record)}"), "bold")
    return Line(
        words.joined(who, plain("  "), said), words.text(SafeText(f"{owner} · {select.stage_words(record)}"), "$muted")
    )
