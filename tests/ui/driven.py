"""An app in a pilot's hands, as a person has it: keys go in, rows of text come out."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from textual.pilot import Pilot

from tests.account_of import Clock

WAITS_S = 10
"""For what a test waits for to be on the screen; it is there much sooner."""


class Driven(ABC):
    """What a test drives and looks at."""

    def __init__(self, pilot: Pilot[Any], clock: Clock) -> None:
        self.pilot = pilot
        self.clock = clock

    @abstractmethod
    async def settle(self) -> None:
        """Wait until what was done and told is on the screen."""

    async def press(self, *keys: str) -> None:
        """Press keys, then wait until all they led to is on the screen."""
        await self.pilot.press(*keys)
        await self.settle()

    async def wait_for(self, text: str, *, there: bool = True) -> None:
        """Wait until the screen shows this, or shows it no more."""
        async with asyncio.timeout(WAITS_S):
            while (text in self.text) is not there:
                await self.pilot.pause(0.02)

    @property
    def rows(self) -> list[str]:
        """The screen as a person sees it, a string a row."""
        app = self.pilot.app
        width, height = app.size
        lines = app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip)[:width].rstrip() for strip in lines[:height]]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def last_row(self) -> str:
        """Where sentences and keys are."""
        return self.rows[-1].strip()
