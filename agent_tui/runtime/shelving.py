"""The library of a console: read in small slices beside the typing, read again when a file changes.

Parsing is done by a process of its own (`storage.library.shelf.build`); what is read here is its cache. Between two
slices the loop is free for a while, so that no key waits for more than one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agent_tui.model.people import NOTHING
from agent_tui.model.text import clean

if TYPE_CHECKING:
    from agent_tui.core.library.layers import Library
    from agent_tui.core.library.quotations import Quotations
    from agent_tui.storage.library.folders import Folders, Stamp
    from agent_tui.storage.library.shelf import Shelf

BEGINS_AFTER_S: Final = 1.0
"""Whoever opens a console wants to see chats first; what needs the library meanwhile wakes it."""
LOOKS_EVERY_S: Final = 2.0
AGAIN_AFTER_S: Final = 60.0
"""After a reading that failed; sooner where somebody needs it."""
PAUSE_S: Final = 0.004
"""The loop's own between two slices."""
TESTIMONIALS_A_SLICE: Final = 20
_TROUBLE_CODE_POINTS: Final = 120
GIVES_UP_S: Final = 300.0


class Shelving:
    """Holds the library in force; `shelf` is None until it was read for the first time. Belongs to one loop."""

    def __init__(self, find_folders: Callable[[], Folders], cache: Path, today: Callable[[], date]) -> None:
        """`find_folders` is called once, in a thread. `today` by the machine's clock: what is due is due here."""
        self._find_folders = find_folders
        self._folders: Folders = {}
        self.today = today
        self.shelf: Shelf | None = None
        self.quotations: Quotations | None = None
        """Of the testimonials of every layer, also of those that a nearer layer hides."""
        self.reading = False
        self.trouble = NOTHING
        """Why the last reading failed, in the machine's words; what was read before is in force."""
        self._cache = cache
        self._day = date.min
        self._listeners: list[Callable[[], None]] = []
        self._wake = asyncio.Event()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever another library is in force; the answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def wake(self) -> None:
        """Look now: somebody needs it, or a file was just written."""
        self._wake.set()

    async def run(self) -> None:
        """Read it, and read it again when something changed; until cancelled.

        A reading that fails costs proof that is new, never the chats: whatever it raises is kept as `trouble`.
        """
        await self._pause(BEGINS_AFTER_S)
        while True:
            try:
                if not self._folders:
                    self._folders = await asyncio.to_thread(self._find_folders)
                self.reading = await self._is_stale()
                if self.reading:
                    await self._read()
                self.trouble = NOTHING
            except Exception as error:
                said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                self.trouble = clean(said, limit=_TROUBLE_CODE_POINTS, multiline=False)
            finally:
                self.reading = False
            await self._pause(AGAIN_AFTER_S if self.trouble else LOOKS_EVERY_S)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    async def _is_stale(self) -> bool:
        held = self.shelf
        if held is None:
            return True
        stamp, day = await asyncio.to_thread(self._look)
        return stamp != held.stamp or day != self._day

    def _look(self) -> tuple[Stamp, date]:
        from agent_tui.storage.library.folders import stamp

        return stamp(self._folders), self.today()

    async def _read(self) -> None:
        await asyncio.to_thread(importlib.import_module, "agent_tui.storage.library.shelf")
        await asyncio.to_thread(importlib.import_module, "agent_tui.core.library.quotations")
        from agent_tui.storage.library.shelf import read_shelf

        today = self.today()
        shelf = await self._cached(today)
        if shelf is None:
            await self._build(today)
            shelf = await self._cached(today)
        if shelf is None:  # no cache can be written: the files are read here, in a thread
            shelf = await asyncio.to_thread(read_shelf, self._folders, today)
        quotations = await self._quotations_of(shelf.library)
        self._day = today
        self.shelf, self.quotations = shelf, quotations
        for listener in list(self._listeners):
            listener()

    async def _cached(self, today: date) -> Shelf | None:
        from agent_tui.storage.library.shelf import pieces_of

        shelf: Shelf | None = None
        for piece in pieces_of(self._cache, self._folders, today):
            shelf = piece
            await asyncio.sleep(PAUSE_S)
        return shelf

    async def _build(self, today: date) -> None:
        from agent_tui.storage.library.shelf import build_command

        child = await asyncio.create_subprocess_exec(
            *build_command(self._folders, self._cache, today),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(GIVES_UP_S):
                await child.wait()
        except TimeoutError:
            pass  # a file system that hangs, say: the files are read here, or with the next look
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()

    async def _quotations_of(self, library: Library) -> Quotations:
        from agent_tui.core.library.quotations import Quotations
        from agent_tui.model.snippet import Testimonial

        quotations = Quotations()
        added = 0
        for kept in (*library.kept.values(), *library.hidden.values()):
            if isinstance(kept.snippet, Testimonial):
                quotations.add(kept.snippet)
                added += 1
                if added % TESTIMONIALS_A_SLICE == 0:
                    await asyncio.sleep(PAUSE_S)
        return quotations
