"""The real console on a real terminal, signed in at a desk: what a person sees there, and types."""

import os
import sys
from pathlib import Path

from tests.desk_process import DeskProcess
from tests.pty_runner import PtyProgram, Screen

PATIENCE_S = 45.0
"""Machines that run tests are busy; what is waited for comes at once where they are not."""


class Terminal(PtyProgram):
    """`agent-tui` at a desk. What is on its screen is waited for with `shows`."""

    def __init__(
        self,
        desk: DeskProcess | str,
        token: str,
        home: Path,
        *,
        columns: int = 120,
        rows: int = 34,
        arguments: tuple[str, ...] = (),
        wrapper: tuple[str, ...] = (),
        **env: str,
    ) -> None:
        """`wrapper`: a program that runs the console, such as `faketime`; `env`: settings."""
        url = desk if isinstance(desk, str) else desk.url
        super().__init__(
            [*wrapper, sys.executable, "-m", "agent_tui", "--desk", url, *arguments],
            env={
                "AGENT_TUI_TOKEN": token,
                "AGENT_TUI_HOME": os.fspath(home),
                "DBUS_SESSION_BUS_ADDRESS": "disabled:",
                "TEXTUAL_ANIMATIONS": "none",
                **env,
            },
            columns=columns,
            rows=rows,
        )

    async def shows(self, *texts: str) -> Screen:
        """Wait until all of it is on the screen."""
        return await self.screen_shows(lambda screen: all(text in screen.text for text in texts), timeout=PATIENCE_S)

    async def no_longer_shows(self, text: str) -> Screen:
        """Wait until it is gone, and not only from a frame that is half painted."""
        return await self.screen_shows(lambda screen: text not in screen.text, timeout=PATIENCE_S, settled=0.15)

    async def live(self) -> Screen:
        """Wait until it is connected and has caught up."""
        return await self.shows("● live")

    def row_with(self, text: str) -> str:
        """The first row that holds it; empty where none does."""
        return next((row for row in self.screen().rows if text in row), "")

    async def type_reply(self, text: str) -> None:
        """From wherever the hand is into the composer of the shown chat, and type; nothing is sent yet."""
        if "TYPING" not in self.screen().rows[0]:
            self.write("i")
        # keys are parked for 300 ms after the focus moved by itself
        await self.screen_shows("TYPING", timeout=PATIENCE_S, settled=0.4)
        self.write(text)
        await self.shows(text)

    async def say(self, text: str) -> None:
        """Type and press Enter."""
        await self.type_reply(text)
        self.write("\r")

    def in_order(self, texts: list[str]) -> list[str]:
        """Those of the texts that are on the screen, from top to bottom."""
        screen = self.screen().text
        return sorted((text for text in texts if text in screen), key=screen.index)
