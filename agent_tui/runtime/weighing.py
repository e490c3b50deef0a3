"""The gate of one account: asked at Enter, and what it stopped is told to the backend."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from agent_tui.core.delivery import FINAL
from agent_tui.core.state import Changes, LinkState
from agent_tui.model.ids import ConversationRef, uuid7
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind
from agent_tui.ports.backend import Answering
from agent_tui.ports.capabilities import Capability, can
from agent_tui.ports.errors import PortError
from agent_tui.ports.library import Stopped
from agent_tui.runtime.engine import Engine
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.account_file import AccountFile, NotWritable
from agent_tui.storage.stopped import StoppedFile

if TYPE_CHECKING:
    from agent_tui.core.library.gate import Passage

TELL_AGAIN_S: Final = 30.0
_UP: Final = (LinkState.LIVE, LinkState.QUIET)
_ANY_LANGUAGE: Final = "en"
"""Of a refusal about text that nobody put in."""


class Weighing:
    """Asks the gate with the library as it is at this moment."""

    def __init__(
        self,
        file: AccountFile,
        answering: Answering | None,
        engine: Engine,
        shelving: Shelving | None,
        now_ms: Callable[[], int],
    ) -> None:
        self._stopped = StoppedFile(file)
        self._answering = answering
        self._engine = engine
        self._shelving = shelving
        self._now_ms = now_ms
        self._wake = asyncio.Event()
        engine.listen(self._heard)

    def weigh(self, ref: ConversationRef, kind: EntryKind, body: str, proof: tuple[Proof, ...]) -> "Passage":
        """What the gate says of this text now. A note is the team's own, and always passes."""
        from agent_tui.core.library.gate import Passage
        from agent_tui.core.library.sending import Shelved, weigh

        state = self._engine.state
        if kind is EntryKind.NOTE:
            return Passage((), body)
        shelf = self._shelving.shelf if self._shelving else None
        known = self._shelving.quotations if self._shelving else None
        shelved = Shelved(shelf.library, known) if shelf is not None and known is not None else None
        record = state.conversations.get(ref)
        language = record.customer.language[:2].lower() if record else ""
        return weigh(body, proof, shelved, state.library, language or _ANY_LANGUAGE, self._today())

    def in_it(self, passage: "Passage", proof: tuple[Proof, ...]) -> tuple[Proof, ...]:
        """The snippets that are in a text: those stretches of which something is left, and what was recognised."""
        used = {each.snippet.id: each for each in passage.used}
        put_in = tuple(each for each in proof if each.snippet in used)
        named = {each.snippet for each in put_in}
        more = (
            Proof(identifier, each.snippet.revision, each.language)
            for identifier, each in used.items()
            if identifier not in named
        )
        return (*put_in, *more)

    def stopped(self, ref: ConversationRef, passage: "Passage", proof: tuple[Proof, ...]) -> None:
        """The gate refused this: the backend shall know, now or once it can be told."""
        from agent_tui.model.gate import Verdict

        if not can(self._engine.state.capabilities, Capability.TEAM_LIBRARY):
            return
        put_in = {each.snippet: each for each in proof}
        recognised = {used.snippet.id: used for used in passage.used}
        for found in passage.findings:
            if found.verdict is not Verdict.REFUSE or not found.snippet:
                continue
            mine, used = put_in.get(found.snippet), recognised.get(found.snippet)
            revision = mine.revision if mine else used.snippet.revision if used else 1
            language = mine.language if mine else used.language if used else _ANY_LANGUAGE
            report = Stopped(uuid7(), ref, found.snippet, revision, language, found.rule, self._now_ms())
            try:
                self._stopped.add(report)
            except NotWritable:
                return  # it was stopped all the same, and the next send says that nothing can be kept
        self._wake.set()

    async def run(self) -> None:
        """Tell the backend what was stopped, whenever the line is up; forever."""
        if self._answering is None:
            return
        while True:
            if self._engine.state.link.state in _UP:
                await self._tell(self._answering)
            await self._wake.wait()
            self._wake.clear()

    async def _tell(self, answering: Answering) -> None:
        for stopped in self._stopped.untold():
            try:
                await answering.proof_stopped(stopped)
            except FINAL:
                pass  # it won't ever be taken: there is nothing to keep it for
            except PortError:
                asyncio.get_running_loop().call_later(TELL_AGAIN_S, self._wake.set)
                return
            try:
                self._stopped.told(stopped.report)
            except NotWritable:
                return

    def _heard(self, changes: Changes) -> None:
        if changes.link and self._engine.state.link.state in _UP:
            self._wake.set()

    def _today(self) -> date:
        return self._shelving.today() if self._shelving else datetime.fromtimestamp(self._now_ms() / 1000).date()
