"""The console on a scripted desk, driven by a pilot: for every test of screens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from agent_tui.runtime.shelving import Shelving
from agent_tui.ui.app import AppOptions, ConsoleApp, Opened
from agent_tui.ui.screens.console import ConsoleScreen
from tests.account_of import Clock, account_of, live, settled
from tests.scripted_backend import ScriptedDesk
from tests.ui.driven import Driven
from tests.ui.people import a_busy_desk

SIZES = {"80x24": (80, 24), "120x34": (120, 34), "200x50": (200, 50)}


class Console(Driven):
    """The console, driven."""

    def __init__(self, pilot: Pilot[int], desk: ScriptedDesk, clock: Clock) -> None:
        super().__init__(pilot, clock)
        self.desk = desk

    @property
    def app(self) -> ConsoleApp:
        app = self.pilot.app
        assert isinstance(app, ConsoleApp)
        return app

    @property
    def screen(self) -> ConsoleScreen:
        return self.app.main

    async def write(self, text: str) -> None:
        """Type a text, as a hand does."""
        await self.press(*text)

    async def settle(self) -> None:
        """Wait until the account is idle and the screen has taken in what changed."""
        if self.screen.account is not None:
            await settled(self.screen.account)
        await self.pilot.pause()
        await self.pilot.pause()

    def asked(self, method: str) -> list[tuple[Any, ...]]:
        """What reached the backend by this method: its arguments."""
        return [call[1:] for call in self.desk.asked if call[0] == method]

    @property
    def acted(self) -> list[str]:
        """Every writing call that reached the backend, by name."""
        return [call[0] for call in self.desk.asked if call[0] in WRITES]


_CHATS = ["claim", "take_next", "transfer", "resolve", "reopen", "snooze", "block", "set_stage", "set_outcome"]
WRITES = frozenset([*_CHATS, "send", "set_needs_answer", "withdraw", "set_available", "typing"])


def console_app(
    desk: ScriptedDesk, clock: Clock, folder: Path | None = None, library: Shelving | None = None, **more: Any
) -> ConsoleApp:
    """The app on this desk, not running yet; `folder` keeps drafts and tabs."""
    account = account_of(desk, folder=folder, library=library)

    async def open_account() -> Opened:
        return Opened(account, "Acme", "http://127.0.0.1:8700/", "agent-tui monitor --home /tmp/agent-tui-demo")

    more = {"sentence_guard": False, "zone": UTC, "open_account": open_account, **more}
    return ConsoleApp(AppOptions(clock=clock, **more))


@asynccontextmanager
async def console(
    size: tuple[int, int] = (120, 34),
    *,
    desk: ScriptedDesk | None = None,
    clock: Clock | None = None,
    connect: bool = True,
    **more: Any,
) -> AsyncIterator[Console]:
    """The console, live on a busy desk; `more` are fields of AppOptions. The guard against sentences is off."""
    clock = clock or Clock()
    desk = desk or a_busy_desk(clock)
    app = console_app(desk, clock, **({"open_account": None} if not connect else {}), **more)
    async with app.run_test(size=size) as pilot:
        found = Console(pilot, desk, clock)
        await pilot.pause()
        if connect and desk.reachable:
            async with asyncio.timeout(10):
                while app.main.account is None:
                    await pilot.pause(0.01)
            await live(app.main.account)
        await found.settle()
        yield found
