"""The team's library at work: its folder is looked at every two seconds, parsed by a process of its own, and served."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.config.toml_settings import SettingsError, load
from agent_tui.core.library.layers import Kept
from agent_tui.core.library.quotations import Quotations
from agent_tui.desk.library.serving import Contents, Serving, digest, of_the_home
from agent_tui.desk.logs import say
from agent_tui.model.gate import Policy
from agent_tui.model.snippet import Layer
from agent_tui.model.word_table import WordTable
from agent_tui.protocol.library import LibraryPage
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.library.folders import files_of, stamp, starter_folder
from agent_tui.storage.library.reading import WORDS_FILE, read_words
from agent_tui.storage.library.shelf import Shelf

FOLDER: Final = "library"
POLICY_FILE: Final = "gate.toml"
_CACHE: Final = "library.cache"
LOOKS_EVERY_S: Final = 2.0
_SLICE: Final = 200


class Gate(Struct, frozen=True):
    """What a send is asked against: the team's snippets and the starter pack's, and what the admin decided."""

    kept: Mapping[str, Kept]
    known: Quotations
    policy: Policy


class TeamLibrary:
    """One desk's. Nothing is read before there is a file in the folder, or somebody sends a snippet."""

    def __init__(self, home: Path, withdrawals: Callable[[], Awaitable[dict[str, date]]]) -> None:
        self.folder = home / FOLDER
        self._home = home
        self._withdrawals = withdrawals
        self._serving = Serving(home)
        folders = {Layer.TEAM: self.folder, Layer.STARTER: starter_folder()}
        self._shelving = Shelving(lambda: folders, home / _CACHE, date.today)
        self._shelving.listen(self._look_now)
        self._taken: Shelf | None = None
        self._contents = Contents({}, {})
        self._gate: Gate | None = None
        self._policy_stamp: tuple[int, int] | None = None
        self._policy_problem = ""
        self._needed = False
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.moved: Callable[[str], None] = lambda _: None
        """Called with the new version whenever consoles have something to read."""

    @property
    def version(self) -> str:
        """What is served; empty while the first reading is under way."""
        return self._serving.version

    @property
    def gate(self) -> Gate | None:
        """As of now, from any thread; None before anything was read."""
        return self._gate

    @property
    def may_skip(self) -> bool:
        """There is no testimonial of the team's that a text could hold: a send need not wait for the first reading."""
        return self._gate is None and not self._needed and not self.folder.exists()

    def begin(self) -> None:
        """Look after the folder from now on; once is enough."""
        if not self._tasks:
            self._tasks.append(asyncio.create_task(self._run()))

    async def end(self) -> None:
        """Leave it."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()

    async def ready(self) -> None:
        """Come back once the files were read."""
        if not self._ready.is_set():
            self.begin()
            self._needed = True
            self._look_now()
            await self._ready.wait()

    def files_changed(self) -> None:
        """A file was just written here."""
        self._shelving.wake()
        self._look_now()

    def set_withdrawn(self, withdrawn: Mapping[str, date]) -> None:
        """Told at once, before any file is read again."""
        self._contents = msgspec.structs.replace(self._contents, withdrawn=dict(withdrawn))
        if self._serving.version:
            self._serve()

    def page(self, have: str, after: str) -> LibraryPage:
        """A page for somebody who has the version `have`. Raises `Refusal`."""
        return self._serving.page(have, after)

    def team_snippet(self, identifier: str) -> Kept | None:
        """The record in the team's folder."""
        return self._contents.kept.get(identifier)

    def snippet(self, identifier: str) -> Kept | None:
        """The record in the team's folder, or in the starter pack."""
        return self._gate.kept.get(identifier) if self._gate else None

    async def _run(self) -> None:
        self.set_withdrawn(await self._withdrawals())
        while True:
            if len(self._tasks) == 1 and (self._needed or await asyncio.to_thread(self._has_files)):
                self._tasks.append(asyncio.create_task(self._shelving.run()))
                self._shelving.wake()
            policy = await asyncio.to_thread(self._read_policy)
            shelf = self._shelving.shelf
            if shelf is not None and shelf is not self._taken:
                await self._take_in(shelf)
            if policy is not None:
                self._contents = msgspec.structs.replace(self._contents, policy=policy)
            if self._taken is not None or len(self._tasks) == 1:
                self._serve()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY_S):
                    await self._wake.wait()
            self._wake.clear()

    def _look_now(self) -> None:
        self._wake.set()

    def _has_files(self) -> bool:
        return bool(stamp({Layer.TEAM: self.folder}))

    async def _take_in(self, shelf: Shelf) -> None:
        """In slices: customers and agents are served meanwhile."""
        known = self._shelving.quotations
        assert known is not None  # the shelf comes with it
        kept: dict[str, Kept] = {}
        digests: dict[str, bytes] = {}
        for number, each in enumerate(shelf.library.kept.values()):
            if each.layer is Layer.TEAM:
                kept[each.snippet.id] = each
                digests[each.snippet.id] = digest(each)
            if number % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
        words = await asyncio.to_thread(self._read_words)
        problems = of_the_home((problem.sentence for problem in shelf.library.problems), self._home)
        self._contents = msgspec.structs.replace(
            self._contents, kept=kept, digests=digests, words=words, problems=problems
        )
        self._taken = shelf
        self._gate = Gate(shelf.library.kept, known, self._contents.policy)
        say("library read", snippets=len(kept), problems=len(problems))

    def _serve(self) -> None:
        if self._gate is not None:
            self._gate = msgspec.structs.replace(self._gate, policy=self._contents.policy)
            self._ready.set()
        contents = self._contents
        if self._policy_problem:
            contents = msgspec.structs.replace(contents, problems=(*contents.problems, self._policy_problem))
        if self._serving.offer(contents):
            self.moved(self._serving.version)

    def _read_words(self) -> tuple[WordTable, ...]:
        paths = [path for path in files_of(self.folder) if path.name == WORDS_FILE]
        return tuple(table for table in (read_words(path)[0] for path in paths) if table is not None)

    def _read_policy(self) -> Policy | None:
        """What the admin's file says, when it changed. One that can't be read loosens nothing."""
        path = self._home / POLICY_FILE
        try:
            state = path.stat()
            found = state.st_mtime_ns, state.st_size
        except OSError:
            found = 0, 0
        if found == self._policy_stamp:
            return None
        self._policy_stamp = found
        try:
            policy = load(Policy, path, {}, "")
        except SettingsError as error:
            self._policy_problem = f"{error} Until that is mended the gate is as strict as without this file."
            return Policy()
        self._policy_problem = ""
        return policy
