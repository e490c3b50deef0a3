"""The team's library on a console: read when the backend says that it moved, kept for when it can't be asked."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from agent_tui.core.state import Changes, LinkState
from agent_tui.ports.backend import Watching
from agent_tui.ports.capabilities import Capability, can
from agent_tui.ports.errors import PortError
from agent_tui.ports.events import CopyKnown, LibraryMoved, TeamLibraryRead, UsesKnown
from agent_tui.runtime.engine import Engine
from agent_tui.runtime.shelving import Shelving

if TYPE_CHECKING:
    from agent_tui.ports.library import TeamPage
    from agent_tui.storage.library.team_copy import TeamCopy, Writing

COUNTS_EVERY_S: Final = 120.0
COUNTS_AFTER_USE_S: Final = 2.0
AGAIN_S: Final = 5.0
STILL_GOOD_EVERY_S: Final = 60.0
_UP: Final = (LinkState.LIVE, LinkState.QUIET, LinkState.CATCHING_UP)


class TeamLibrary:
    """Follows the team's library of one account. `copy` None: nothing is kept."""

    def __init__(
        self, watching: Watching, engine: Engine, shelving: Shelving, copy: "TeamCopy | None", now_ms: Callable[[], int]
    ) -> None:
        self._watching = watching
        self._engine = engine
        self._shelving = shelving
        self._copy = copy
        self._now_ms = now_ms
        self._wake = asyncio.Event()
        self._counts_due = True
        engine.listen(self._heard)

    async def run(self) -> None:
        """Until cancelled."""
        await self._begin()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ask_for_counts())
            tasks.create_task(self._keep_age())
            while True:
                await self._wake.wait()
                self._wake.clear()
                try:
                    await self._follow()
                except PortError:
                    asyncio.get_running_loop().call_later(AGAIN_S, self._wake.set)

    def used(self) -> None:
        """A snippet is on its way to a customer: its count is read again once it has arrived."""
        asyncio.get_running_loop().call_later(COUNTS_AFTER_USE_S, self._count)

    def _count(self) -> None:
        self._counts_due = True
        self._wake.set()

    async def _begin(self) -> None:
        if self._copy is None:
            return
        head = await asyncio.to_thread(self._copy.head)
        if head is not None:
            self._engine.apply(CopyKnown(head.version, head.heard_ms, head.policy, head.withdrawn, head.problems))

    async def _follow(self) -> None:
        state = self._engine.state
        if state.link.state not in _UP or not can(state.capabilities, Capability.TEAM_LIBRARY):
            return
        if not state.library.told:
            return
        while state.library.told and state.library.told != state.library.version:
            await self._read(state.library.version)
        if self._counts_due:
            self._counts_due = False
            self._engine.apply(UsesKnown(await self._watching.uses()))

    async def _read(self, have: str) -> None:
        """All pages of one answer, into the state at once and into the copy."""
        with contextlib.ExitStack() as stack:
            writing = self._writing(stack, have)
            page = await self._watching.library(have)
            first = True
            while True:
                self._engine.apply(TeamLibraryRead(page, first))
                writing = self._kept(writing, page)
                if not page.next:
                    break
                page, first = await self._watching.library(have, page.next), False
        if page.version == have:
            # nothing changed since what is held: whatever was told meanwhile, this is what the backend has
            self._engine.apply(LibraryMoved(have))
        self._shelving.wake()

    def _writing(self, stack: contextlib.ExitStack, have: str) -> "Writing | None":
        try:
            return stack.enter_context(self._copy.writing(have)) if self._copy else None
        except OSError:
            return None

    def _kept(self, writing: "Writing | None", page: "TeamPage") -> "Writing | None":
        """A disk that is full costs the copy, not the library."""
        try:
            if writing is not None:
                writing.add(page, self._now_ms())
        except OSError:
            return None
        return writing

    async def _ask_for_counts(self) -> None:
        while True:
            await asyncio.sleep(COUNTS_EVERY_S)
            self._count()

    async def _keep_age(self) -> None:
        while True:
            await asyncio.sleep(STILL_GOOD_EVERY_S)
            if self._copy is not None and self._engine.state.library.confirmed:
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(self._copy.still_good, self._now_ms())

    def _heard(self, changes: Changes) -> None:
        library = self._engine.state.library
        if changes.library and library.told and (library.told != library.version or self._counts_due):
            self._wake.set()
