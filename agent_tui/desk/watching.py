"""What a supervisor's watching leaves behind: an audit line with who, what and how long. Nobody sees it live.

What was read over HTTP and not watched is written down too, once a minute for a conversation.
"""

import logging
from collections.abc import Callable, Iterable

from agent_tui.desk.logs import say
from agent_tui.desk.reader import Reader
from agent_tui.desk.service import Actor
from agent_tui.desk.store import Store, Transaction
from agent_tui.desk.store.insight import SAW_CONTACTS, WATCHED
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Refusal

READ = "read"
_MINUTE_MS = 60_000
_KEPT_READS = 10_000


class Watching:
    """Keeps since when each supervisor's socket has had a conversation open."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms
        self._since: dict[Reader, dict[int, int]] = {}
        self._read_in: dict[tuple[str, int], int] = {}
        """By supervisor and conversation, the minute in which reading it was written down last."""

    async def opened(self, who: Actor, reader: Reader, conversations: frozenset[int]) -> None:
        """The socket has these conversations open now, and no others."""
        if not reader.is_masked:
            return
        now = self._now_ms()
        before = self._since.get(reader, {})
        ended = {conversation: since for conversation, since in before.items() if conversation not in conversations}
        self._since[reader] = {conversation: before.get(conversation, now) for conversation in conversations}
        await self._ended(who, ended, now)

    async def left(self, who: Actor, reader: Reader) -> None:
        """The socket has closed."""
        ended = self._since.pop(reader, {})
        await self._ended(who, ended, self._now_ms())

    async def read(self, who: Actor, conversations: Iterable[int]) -> None:
        """Messages of these were handed out. What a socket of the same account has open is in its line already."""
        if who.role is not Role.SUPERVISOR:
            return
        now = self._now_ms()
        minute = now // _MINUTE_MS
        watched = {one for reader, held in self._since.items() if reader.account == who.id for one in held}
        new = [one for one in {*conversations} - watched if self._read_in.get((who.id, one)) != minute]
        if len(self._read_in) > _KEPT_READS:
            self._read_in.clear()
        self._read_in.update(((who.id, one), minute) for one in new)
        await self._write(who, [(now, one, READ) for one in sorted(new)])

    async def saw_contacts(self, who: Actor, conversation: int) -> None:
        """Numbers and addresses are about to be shown unmasked. Raises `Refusal` where that can't be written down."""
        now = self._now_ms()
        await self._store.write(lambda tx: tx.audit(now, who.id, who.name, SAW_CONTACTS, conversation))

    async def _ended(self, who: Actor, ended: dict[int, int], now: int) -> None:
        told = [(since, one, f"{max(0, now - since) // 1000} s") for one, since in ended.items()]
        await self._write(who, told)

    async def _write(self, who: Actor, watched: list[tuple[int, int, str]]) -> None:
        if not watched:
            return

        def lines(tx: Transaction) -> None:
            for at, conversation, how in watched:
                tx.audit(at, who.id, who.name, WATCHED, conversation, how)

        try:
            await self._store.write(lines)
        except Refusal as refusal:
            say("watching could not be written down", logging.WARNING, who=who.id, why=refusal.answer.code)
