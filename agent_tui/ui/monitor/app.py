"""The monitor: a Textual app over an account that holds only the half that looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from agent_tui.config.monitor_actions import IN_MONITOR
from agent_tui.ui.collector import collect_when_quiet
from agent_tui.ui.keys import KeyTable
from agent_tui.ui.monitor.keyboard import MonitorKeyboard
from agent_tui.ui.monitor.options import MonitorOptions
from agent_tui.ui.monitor.screen import MonitorScreen
from agent_tui.ui.themed_app import ThemedApp

STARTED_AFTER_S = 2.0


class MonitorApp(ThemedApp, inherit_bindings=False):
    """Opens the account once the first screen is painted."""

    CSS_PATH = "monitor.tcss"

    def __init__(self, options: MonitorOptions) -> None:
        super().__init__(options.app)
        self.monitor_options = options
        self.keys = KeyTable(options.app.keymap, actions=IN_MONITOR)
        self.main = MonitorScreen(options, self.keys)
        self.keyboard = MonitorKeyboard(self, self.keys, KeyTable(options.app.keymap))

    @property
    def first_taker(self) -> MonitorKeyboard:
        """The one dispatcher."""
        return self.keyboard

    def get_default_screen(self) -> Screen[Any]:
        """The wall itself, so that nothing is painted twice."""
        return self.main

    def on_ready(self) -> None:
        """The first frame is painted: what costs time begins here."""
        if not self.is_headless:
            self.set_timer(STARTED_AFTER_S, lambda: collect_when_quiet(self))
        if self.complaints:
            self.main.say(self.complaint, "bold $warning")
        self.run_worker(self._open(self.main.opening), group="opening", exit_on_error=False)

    async def _open(self, failed: Callable[[str], None]) -> None:
        from agent_tui.config.toml_settings import SettingsError
        from agent_tui.ports.errors import PortError

        try:
            opened = await self.monitor_options.open_monitor()
        except (PortError, SettingsError) as error:
            failed(str(error))
            return
        self.run_worker(opened.monitor.run(), group="account", exclusive=True, exit_on_error=False)
        self.main.attach(opened)

    async def on_unmount(self) -> None:
        """The line ends with the screen: so does what is written down as watched."""
        if self.main.monitor is not None:
            await self.main.monitor.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that broke is said in words; nothing goes on in silence."""
        if event.state is WorkerState.ERROR:
            self.main.say(f"The monitor stopped: {event.worker.error}. Start it again.", "bold $error")
            self.log.error(event.worker.error)


def run_monitor(options: MonitorOptions) -> int:
    """Run the monitor until it is left. Returns the exit code."""
    return MonitorApp(options).run() or 0
