"""What a supervisor's watching leaves behind: an audit line with who, what and how long. Nobody sees it live."""

import logging
from collections.abc import Callable

from agent_tui.desk.logs import say
from agent_tui.desk.reader import Reader
from agent_tui.desk.service import Actor
from agent_tui.desk.store import Store, Transaction
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Refusal

ACTION = "watched"


class Watching:
    """Keeps since when each supervisor's socket has had a conversation open."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms
        self._since: dict[Reader, dict[int, int]] = {}

    async def opened(self, who: Actor, reader: Reader, conversations: frozenset[int]) -> None:
        """The socket has these conversations open now, and no others."""
        if who.role is not Role.SUPERVISOR:
            return
        now = self._now_ms()
        before = self._since.get(reader, {})
        ended = {conversation: since for conversation, since in before.items() if conversation not in conversations}
        self._since[reader] = {conversation: before.get(conversation, now) for conversation in conversations}
        await self._write(who, ended, now)

    async def left(self, who: Actor, reader: Reader) -> None:
        """The socket has closed."""
        ended = self._since.pop(reader, {})
        if ended:
            await self._write(who, ended, self._now_ms())

    async def _write(self, who: Actor, ended: dict[int, int], now: int) -> None:
        if not ended:
            return

        def lines(tx: Transaction) -> None:
            for conversation, since in ended.items():
                tx.audit(since, who.id, who.name, ACTION, conversation, f"{max(0, now - since) // 1000} s")

        try:
            await self._store.write(lines)
        except Refusal as refusal:
            say("watching could not be written down", logging.WARNING, who=who.id, why=refusal.answer.code)
