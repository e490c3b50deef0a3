"""The console: one Textual app, told everything it needs by its options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from agent_tui.ui.collector import collect_when_quiet
from agent_tui.ui.keyboard import Keyboard
from agent_tui.ui.keys import KeyTable
from agent_tui.ui.options import AppOptions, Doors, OpenAccount, Opened
from agent_tui.ui.screens.console import ConsoleScreen
from agent_tui.ui.themed_app import ThemedApp

__all__ = ["TO_THE_MONITOR", "AppOptions", "ConsoleApp", "Doors", "OpenAccount", "Opened", "run_console"]

TO_THE_MONITOR: Final = -1
"""What `run_console` returns where the account only watches."""
STARTED_AFTER_S: Final = 2.0
"""From the first paint until all is loaded, desk and all, as a rule."""
_ACCOUNT_ENDED: Final = "The account stopped: {error}. What you wrote is kept on this machine; start agent-tui again."


class ConsoleApp(ThemedApp, inherit_bindings=False):
    """Opens the account once the first screen is painted, and hands keys to the table before any widget sees them."""

    CSS_PATH = "screens/console.tcss"

    def __init__(self, options: AppOptions) -> None:
        super().__init__(options)
        self.keys = KeyTable(options.keymap)
        self.main = ConsoleScreen(options, self.keys)
        self.keyboard = Keyboard(self, self.main)

    @property
    def first_taker(self) -> Keyboard:
        """The one dispatcher."""
        return self.keyboard

    def get_default_screen(self) -> Screen[Any]:
        """The console itself, so that nothing is painted twice."""
        return self.main

    def on_ready(self) -> None:
        """The first frame is painted: what costs time begins here."""
        self.call_next(self._start)

    async def _start(self) -> None:
        await self.main.build_chat()
        if not self.is_headless:
            self.set_timer(STARTED_AFTER_S, lambda: collect_when_quiet(self))
        if self.complaints:
            self.main.say(self.complaint, "bold $warning")
        if self.options.open_account is not None:
            self.open(self.options.open_account, self.main.opening)
        elif self.options.doors is not None:
            from agent_tui.ui.screens.welcome import ask_for_a_door

            ask_for_a_door(self, self.options.doors)

    def open(self, open_account: OpenAccount, failed: Callable[[str], None]) -> None:
        """Open an account in the background; `failed` gets the sentence where that does not work."""
        self.run_worker(self._open(open_account, failed), group="opening", exit_on_error=False)

    async def _open(self, open_account: OpenAccount, failed: Callable[[str], None]) -> None:
        from agent_tui.config.toml_settings import SettingsError
        from agent_tui.ports.errors import OnlyWatches, PortError

        try:
            opened = await open_account()
        except OnlyWatches:
            self.exit(TO_THE_MONITOR)
            return
        except (PortError, SettingsError) as error:
            failed(str(error))
            return
        self.run_worker(opened.account.run(), group="account", exclusive=True, exit_on_error=False)
        self.main.attach(opened)

    async def on_unmount(self) -> None:
        """The last half second of typing goes to disk too."""
        if self.main.account is not None:
            await self.main.account.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that broke is said in words; nothing goes on in silence."""
        if event.state is WorkerState.ERROR:
            self.main.say(_ACCOUNT_ENDED.format(error=event.worker.error), "bold $error")
            self.log.error(event.worker.error)


def run_console(options: AppOptions) -> int:
    """Run the console until it is left. Returns the exit code."""
    return ConsoleApp(options).run() or 0
