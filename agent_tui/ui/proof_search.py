"""Proof for one conversation, ranked in a thread: no key waits for it. The newest question is the one answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agent_tui.core.library.ranking import Ranked, Ranker, Situation
    from agent_tui.model.snippet import SnippetKind
    from agent_tui.storage.library.shelf import Shelf

SHOWN: Final = 50


class ProofSearch:
    """Asks one library for one situation. Made anew where either changed."""

    def __init__(
        self,
        shelf: Shelf,
        now: Situation,
        kinds: Sequence[SnippetKind],
        answered: Callable[[str, Sequence[Ranked]], None],
    ) -> None:
        """`answered(query, found)` is called on the loop."""
        self._shelf = shelf
        self._now = now
        self.kinds = kinds
        self._answered = answered
        self._ranker: Ranker | None = None
        self._wanted: str | None = None
        self._task: asyncio.Task[None] | None = None

    def ask(self, query: str) -> None:
        """Look for this; what was asked before and is not answered yet is not answered any more."""
        self._wanted = query
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work())

    def close(self) -> None:
        """Nobody wants an answer any more."""
        self._wanted = None
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        while (query := self._wanted) is not None:
            self._wanted = None
            found = await asyncio.to_thread(self._rank, query)
            if self._wanted is None:
                self._answered(query, found)

    def _rank(self, query: str) -> Sequence[Ranked]:
        if self._ranker is None:
            from agent_tui.core.library.ranking import Ranker

            self._ranker = Ranker(self._shelf.library, self._shelf.search, self._now, self.kinds)
        return self._ranker.rank(query, SHOWN)
