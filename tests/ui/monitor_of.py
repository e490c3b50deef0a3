"""The monitor on a scripted wall, driven by a pilot: for every test of its screens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

from textual.pilot import Pilot

from agent_tui.core.monitor.thresholds import Threshold
from agent_tui.core.state import LinkState
from agent_tui.model.text import clean
from agent_tui.model.wall import Fact, FactKind
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.monitor import Monitor
from agent_tui.ui.monitor.app import MonitorApp
from agent_tui.ui.monitor.options import KeptInMemory, MonitorOptions, OpenedMonitor
from agent_tui.ui.monitor.screen import MonitorScreen
from agent_tui.ui.options import AppOptions
from tests.account_of import Clock
from tests.scripted_wall import ScriptedOverseeing
from tests.ui.driven import WAITS_S, Driven
from tests.ui.people import JANE, MINUTE, OMAR, PIET, SECOND, a_busy_desk


class Watcher(Driven):
    """The monitor, driven."""

    def __init__(self, pilot: Pilot[int], wall: ScriptedOverseeing, clock: Clock) -> None:
        super().__init__(pilot, clock)
        self.wall = wall
        self.desk = wall.desk

    @property
    def app(self) -> MonitorApp:
        app = self.pilot.app
        assert isinstance(app, MonitorApp)
        return app

    @property
    def screen(self) -> MonitorScreen:
        return self.app.main

    async def settle(self) -> None:
        """Wait until what was told is taken in and on the screen."""
        for _ in range(3):
            await self.pilot.pause()
        self.screen.redraw()
        await self.pilot.pause()

    async def until(self, met: Callable[[], Any]) -> None:
        """Wait until this is so."""
        async with asyncio.timeout(WAITS_S):
            while not met():
                await self.pilot.pause(0.02)
        await self.settle()

    @property
    def order(self) -> list[str]:
        """The tiles, by their labels, in their places."""
        return [words.label for words in self.screen.wall.words]


def a_watched_desk(clock: Clock) -> ScriptedOverseeing:
    """The busy desk with a flag, a signal and a wish to be called."""
    desk = a_busy_desk(clock)
    wall = ScriptedOverseeing(desk)
    now = clock()
    wall.facts = {
        PIET: (Fact(FactKind.FLAG, now - 2 * MINUTE, clean("Ada"), clean("names a lawyer")),),
        OMAR: (
            Fact(FactKind.SIGNAL, now - 90 * SECOND, what=clean("anger")),
            Fact(FactKind.CALL_WANTED, now - 80 * SECOND),
        ),
        JANE: (Fact(FactKind.PROOF_REFUSED, now - 30 * SECOND, what=clean("umbra-support-hours: no consent")),),
    }
    return wall


def monitor_app(wall: ScriptedOverseeing, clock: Clock, **more: Any) -> MonitorApp:
    """The app on this wall, not running yet; `more` are fields of AppOptions, or of MonitorOptions."""
    rules: Sequence[Threshold] = more.pop("thresholds", ())
    kept = more.pop("kept", None) or KeptInMemory()
    why = more.pop("why", "")

    async def open_monitor() -> OpenedMonitor:
        return OpenedMonitor(Monitor("acme", wall, now_ms=clock, back_off=BackOff(lambda: 0.0)), "Acme")

    options = AppOptions(clock=clock, **{"zone": UTC, **more})
    return MonitorApp(MonitorOptions(options, open_monitor, rules, kept, why))


@asynccontextmanager
async def watching(
    size: tuple[int, int] = (120, 34),
    *,
    wall: ScriptedOverseeing | None = None,
    clock: Clock | None = None,
    **more: Any,
) -> AsyncIterator[Watcher]:
    """The monitor, live on a watched desk."""
    clock = clock or Clock()
    wall = wall or a_watched_desk(clock)
    app = monitor_app(wall, clock, **more)
    async with app.run_test(size=size) as pilot:
        found = Watcher(pilot, wall, clock)
        if wall.desk.reachable:
            await live(found)
        yield found


async def live(it: Watcher) -> None:
    """Wait until all there is was told, and the lines of what is on the screen came."""
    screen = it.screen
    await it.until(lambda: screen.monitor is not None and screen.live_state.known.link.state is LinkState.LIVE)

    def told() -> bool:
        shown = () if screen.has_class("-too-small") else screen.wall.places.shown
        looked_at = screen.live_state.looked_at
        return looked_at == frozenset(shown) and all(ref in screen.live_state.lines for ref in looked_at)

    await it.until(told)
