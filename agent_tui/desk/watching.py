"""What watching leaves behind: an audit line with who, what and how long. Nobody sees it live.

What is on a screen stands on the disk before it is shown, and a sign of life every few seconds: an end of the desk in
the middle of it, whatever kind, costs no more than those seconds. What was read over HTTP and not watched is written
down too, once a minute for a conversation.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from agent_tui.desk.logs import say
from agent_tui.desk.reader import Reader
from agent_tui.desk.service import Actor
from agent_tui.desk.store import Store, Transaction, looking
from agent_tui.desk.store.looking import SAW_CONTACTS, WATCHED
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Refusal

READ = "read"
SIGN_OF_LIFE_MS: Final = 10_000
_MINUTE_MS: Final = 60_000
_KEPT_READS: Final = 10_000


class _Shown(NamedTuple):
    """A conversation on a screen."""

    conversation: int
    on_the_wall: bool


class _Since(NamedTuple):
    id: str
    at: int


class Watching:
    """Keeps since when each watching socket has had a conversation on its screen."""

    def __init__(self, store: Store, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms
        self._since: dict[Reader, dict[_Shown, _Since]] = {}
        self._read_in: dict[tuple[str, int], int] = {}
        """By supervisor and conversation, the minute in which reading it was written down last."""
        self._said_alive = 0

    async def begin(self) -> None:
        """What was watched when the desk ended without a word is closed with what is known of it."""
        await self._store.write(looking.close_unended)

    async def opened(
        self, who: Actor, reader: Reader, conversations: frozenset[int], wall: frozenset[int] = frozenset()
    ) -> None:
        """The socket has these open now, those of `wall` as tiles, and no others.

        Raises `Refusal` where that can't be written down: then nothing may be shown.
        """
        if not reader.is_masked:
            return
        now = self._now_ms()
        before = self._since.get(reader, {})
        shown = {_Shown(one, False) for one in conversations} | {_Shown(one, True) for one in wall - conversations}
        ended = {one: since for one, since in before.items() if one not in shown}
        begun = {one: _Since(uuid7(), now) for one in shown if one not in before}
        if not ended and not begun:
            return

        def write(tx: Transaction) -> None:
            _end(tx, who, ended, now)
            for one, since in begun.items():
                looking.begin(tx, since.id, who.id, who.name, one.conversation, now, on_the_wall=one.on_the_wall)

        await self._store.write(write)
        self._since[reader] = {one: before.get(one) or begun[one] for one in shown}

    async def left(self, who: Actor, reader: Reader) -> None:
        """The socket has closed."""
        ended = self._since.pop(reader, {})
        if not ended:
            return
        now = self._now_ms()
        try:
            await self._store.write(lambda tx: _end(tx, who, ended, now))
        except Refusal as refusal:
            # its beginning is on the disk: the next start writes the line
            say("the end of watching could not be written down", logging.WARNING, who=who.id, why=refusal.answer.code)

    async def tell_alive(self) -> None:
        """Everything that is watched goes on being so; call it about once a second."""
        now = self._now_ms()
        if 0 <= now - self._said_alive < SIGN_OF_LIFE_MS or not any(self._since.values()):
            return
        self._said_alive = now
        numbers = [since.id for held in self._since.values() for since in held.values()]
        try:
            await self._store.write(lambda tx: looking.still(tx, numbers, now))
        except Refusal as refusal:
            say("watching could not be written down", logging.WARNING, why=refusal.answer.code)

    async def read(self, who: Actor, conversations: Iterable[int]) -> None:
        """Messages of these were handed out. What a socket of the same account has open is in its line already."""
        if who.role is not Role.SUPERVISOR:
            return
        now = self._now_ms()
        minute = now // _MINUTE_MS
        watched = {one.conversation for reader, held in self._since.items() if reader.account == who.id for one in held}
        new = [one for one in {*conversations} - watched if self._read_in.get((who.id, one)) != minute]
        if not new:
            return

        def write(tx: Transaction) -> None:
            for one in sorted(new):
                tx.audit(now, who.id, who.name, WATCHED, one, READ)

        await self._store.write(write)
        if len(self._read_in) > _KEPT_READS:
            self._read_in.clear()
        self._read_in.update(((who.id, one), minute) for one in new)

    async def saw_contacts(self, who: Actor, conversation: int) -> None:
        """Numbers and addresses are about to be shown unmasked. Raises `Refusal` where that can't be written down."""
        now = self._now_ms()
        await self._store.write(lambda tx: tx.audit(now, who.id, who.name, SAW_CONTACTS, conversation))


def _end(tx: Transaction, who: Actor, ended: dict[_Shown, _Since], now: int) -> None:
    for one, since in ended.items():
        looking.end(tx, since.id)
        how = looking.how_long(now - since.at, on_the_wall=one.on_the_wall)
        tx.audit(since.at, who.id, who.name, WATCHED, one.conversation, how)
