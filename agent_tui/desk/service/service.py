"""The desk's service: commands, presence, and the reads of the routes."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from agent_tui.core.hours import Hours
from agent_tui.desk.library.team import TeamLibrary
from agent_tui.desk.service import availability, life, marks, moderation, owning, proof, sending, visiting
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling.calls import COMMANDS, Calls
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.service.calling.queue import heard
from agent_tui.desk.service.calling.rules import rules_of
from agent_tui.desk.service.calling.running import Running, Way
from agent_tui.desk.service.calling.ways import find_ways
from agent_tui.desk.service.hours_file import HOURS_FILE, HoursFile
from agent_tui.desk.service.lists import Lists
from agent_tui.desk.service.moment import Moment
from agent_tui.desk.service.pushes import staff_push, visitor_lines_of
from agent_tui.desk.service.queue import Queue
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store, StoredEvent, Transaction, reads, replaying
from agent_tui.desk.store.proof import withdrawals
from agent_tui.model.words import Role
from agent_tui.protocol import commands as c
from agent_tui.protocol import requests as r
from agent_tui.protocol.errors import Code, ErrorAnswer, Refusal
from agent_tui.protocol.pushes import Push, Status
from agent_tui.protocol.records import VisitorEntry, WireEntry, WireHours

T = TypeVar("T")
Carry = Callable[[Transaction, Moment, Actor, Any], Struct]

_SWEEP_SECONDS = 1.0
_log = logging.getLogger(__name__)

MEANINGS: dict[type[c.Command], Carry] = {
    c.Send: sending.send,
    c.Claim: owning.claim,
    c.TakeNext: owning.take_next,
    c.Transfer: owning.transfer,
    c.Resolve: life.resolve,
    c.Reopen: life.reopen,
    c.Snooze: life.snooze,
    c.SetStage: life.set_stage,
    c.SetOutcome: life.set_outcome,
    c.NeedsAnswer: life.needs_answer,
    c.SetFlag: life.set_flag,
    c.Withdraw: moderation.withdraw,
    c.Block: moderation.block,
    c.MarkRead: marks.mark_read,
    c.Seen: marks.seen,
    c.SetAvailable: availability.set_available,
    c.ProofStopped: proof.stopped,
    c.Introduce: visiting.introduce,
    c.End: visiting.end,
    c.Rate: visiting.rate,
}
"""What each durable command does."""


class Service(Lists):
    """Carries out commands on a store. Time and ids come in from outside."""

    def __init__(
        self,
        store: Store,
        settings: DeskSettings,
        *,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        ways: Mapping[str, Way] | None = None,
    ) -> None:
        """`ways`: the providers of calls; None: those of the settings' chain."""
        self._hours = HoursFile(store.folder / HOURS_FILE, now_ms)
        super().__init__(store, self._hours)
        self._settings = settings
        self.library = TeamLibrary(store.folder, lambda: store.read(withdrawals))
        self._now_ms = now_ms
        self._new_id = new_id
        self._queue = Queue(self._hours.now, now_ms, store.present.__contains__)
        by_name = find_ways(settings.phone, now_ms) if ways is None else ways
        rules = rules_of(
            settings.phone,
            store.folder,
            settings.name,
            hours=lambda: self._hours.hours,
            present=store.present.__contains__,
            in_console=lambda name: name in by_name and by_name[name].in_console,
            why_not=lambda name: by_name[name].why if name in by_name else "",
            new_id=new_id,
        )
        self.calls = Calls(store, rules, lambda calls: Running(by_name, calls.news, calls.line), self._moment)
        self._sweeping: asyncio.Task[None] | None = None
        store.subscribe(self._queue.hear)

    async def start(self) -> None:
        """Agents who were here when the desk ended are reconnecting; begin the once-a-second sweep."""
        await self._write(availability.desk_started)
        inbox = await self.inbox("")
        self._queue.begin(inbox.conversations, inbox.agents)
        self._sweeping = asyncio.create_task(self._sweep_for_ever())
        self.library.begin()
        await self.calls.start()

    async def stop(self) -> None:
        """End the sweep, let go of library and telephone. The store is closed by whoever opened it."""
        await self.calls.stop()
        await self.library.end()
        if self._sweeping is not None:
            self._sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeping

    async def carry_out(self, actor: Actor, command: c.Command) -> Struct:
        """The answer to a durable command (`Stored` or `Done`). Raises `Refusal`. The caller's table checks roles.

        Hello, subscribe, typing and writing touch nothing durable and belong to the socket: `unknown_command` here.
        """
        if isinstance(command, COMMANDS):
            return await self.calls.carry_out(actor, command)
        meaning: Carry | None = self._say if isinstance(command, c.Say) else MEANINGS.get(type(command))
        if meaning is None:
            raise Refusal(Code.UNKNOWN_COMMAND, "This is nothing that could be kept.")
        moment = self._moment()
        key = (actor.id, command.cid) if isinstance(command, c.Send | c.Say) else None
        if isinstance(command, c.Send) and command.kind == "public" and (command.proof or not self.library.may_skip):
            await self.library.ready()
        answer = await self._store.write(lambda tx: meaning(tx, moment, actor, command), key)
        if isinstance(answer, ErrorAnswer):
            raise Refusal(answer.code, answer.detail, snippet=answer.snippet, rule=answer.rule)
        return answer

    def _say(self, tx: Transaction, moment: Moment, actor: Actor, command: c.Say) -> c.Stored:
        """A customer's line; yes, no and cancel are also an answer, where one was asked for."""
        again = tx.stored((actor.id, command.cid)) is not None
        stored = sending.say(tx, moment, actor, command)
        row = tx.newest_of(actor.id)
        if self.calls.rules.on and not again and row is not None:
            heard(tx, CallMoment(moment, self.calls.rules), row, row.last_seq, command.body)
        return stored

    async def sweep(self) -> None:
        """What time brings about: grace that has run out, snoozes that end. Writes only where there is something."""
        now = self._now_ms()
        gone, is_due = await self._store.read(lambda db: reads.due(db, now, self._settings.limits.grace_ms))
        if gone or is_due:
            await self._write(lambda tx, moment: availability.sweep(tx, moment, gone))

    # who is here

    async def agent_back(self, agent: str) -> None:
        """Her first socket opened. What went back to the queue for her loss returns, if nobody took it."""
        await self._write(lambda tx, moment: availability.agent_back(tx, moment, agent))

    async def agent_lost(self, agent: str) -> None:
        """Her last socket closed: reconnecting for `limits.grace_ms`, then her waiting customers go to WAITING."""
        await self._write(lambda tx, moment: availability.agent_lost(tx, moment, agent))

    async def give_back(self, agent: str) -> int:
        """All her unresolved conversations go to WAITING at once (revoke); how many."""
        return await self._write(lambda tx, moment: availability.give_back(tx, moment, agent))

    async def visitor_here(self, visitor: str) -> Sequence[int]:
        """The page is open; its unresolved conversations, for `CustomerHere`."""
        self._store.present.add(visitor)
        return await self._store.read(lambda db: reads.open_of_visitor(db, visitor))

    async def visitor_left(self, visitor: str) -> Sequence[int]:
        """The page closed; its unresolved conversations."""
        self._store.present.discard(visitor)
        await self._write(lambda tx, moment: visiting.left(tx, moment, visitor))
        return await self._store.read(lambda db: reads.open_of_visitor(db, visitor))

    # visitors

    async def new_visitor(self, request: r.NewVisitor, token_hash: bytes) -> str:
        """A browser's first call: the new visitor's id. A signed one shares that customer's earlier conversations."""
        number = self._new_id()
        signed = visiting.is_signed(request.signed_id, request.signature, self._settings.site_key)
        return await self._write(
            lambda tx, moment: visiting.new_visitor(tx, moment, number, token_hash, request, signed=signed)
        )

    async def visitor_by_token(self, token_hash: bytes) -> Actor | None:
        """Whose token this is."""
        found = await self._store.read(lambda db: reads.visitor_with(db, token_hash))
        return None if found is None else Actor(Role.VISITOR, *found)

    async def page_now(self, visitor: str, page: r.PageNow) -> None:
        """What page a returning browser is on."""
        await self._write(lambda tx, moment: visiting.page_now(tx, moment, visitor, page))

    async def visitor_lines(self, visitor: str, after_n: int, limit: int = 500) -> list[VisitorEntry]:
        """The visitor's own transcript after `after_n`, in order."""
        return await self._store.read(lambda db: reads.visitor_lines(db, visitor, after_n, limit))

    async def agents_saw(self, visitor: str) -> int:
        """The highest n of the visitor's lines that an agent has seen; 0 for none."""
        return await self._store.read(lambda db: reads.agents_saw(db, visitor))

    async def status(self, visitor: str) -> Status:
        """How this visitor's chat stands."""
        if not self._queue.knows(visitor):
            record = await self._store.read(
                lambda db: reads.newest_of_visitor(db, visitor, self._store.present.__contains__)
            )
            if record is not None:
                self._queue.learn(record)
        return self._queue.status(visitor)

    def waiting_visitors(self) -> list[str]:
        """Visitors who wait for an agent, the longest first: their `ahead` may have changed."""
        return self._queue.waiting()

    def status_now(self, visitor: str) -> Status:
        """How the chat of a visitor stands who has an unresolved one, without asking the database."""
        return self._queue.status(visitor)

    # opening hours

    def opening_hours(self) -> Hours:
        """When we are open, for figures."""
        return self._hours.hours

    def hours(self) -> WireHours:
        """Open now, and when that changes."""
        return self._hours.now()

    async def hours_text(self) -> str:
        """The opening hours' file."""
        return self._hours.text

    async def set_hours(self, actor: Actor, text: str) -> None:
        """Replace it. Raises `Refusal` with what is wrong with it."""
        self._hours.replace(text)
        await self._write(lambda tx, moment: tx.audit(moment.now, actor.id, actor.name, "opening hours changed"))

    # events

    async def original(self, actor: Actor, conversation: int, seq: int) -> WireEntry:
        """A withdrawn entry with its body, for an admin; leaves an audit line."""
        return await self._write(lambda tx, moment: moderation.original(tx, moment, actor, conversation, seq))

    async def replay(self, after: int, limit: int = 500) -> list[StoredEvent]:
        """Events with id > `after`, for staff."""
        return await self._read(lambda db: replaying.replay(db, after, limit, self._store.present.__contains__))

    async def replay_for_visitor(self, visitor: str, after: int, limit: int = 500) -> list[StoredEvent]:
        """Events of this visitor's conversations."""
        present = self._store.present.__contains__
        return await self._read(lambda db: replaying.replay_for_visitor(db, visitor, after, limit, present))

    async def last_event(self) -> int:
        """Id of the newest event."""
        return await self._read(replaying.last_event)

    def staff_push(self, event: StoredEvent) -> Push | None:
        """The event for staff. `ReadMoved` is for the sessions of `event.agent` only."""
        return staff_push(event)

    def visitor_pushes(self, event: StoredEvent) -> list[Push]:
        """The event for the visitor `event.visitor`: lines, changed lines, seen marks; a status when it changed."""
        told = visitor_lines_of(event)
        if event.record is not None:
            self._queue.learn(event.record)
            told.append(self._queue.status(event.visitor))
        return told

    def _moment(self) -> Moment:
        return Moment(self._now_ms(), self._settings.limits, self._settings.stage_rules, lambda: self.library.gate)

    async def _write(self, operation: Callable[[Transaction, Moment], T]) -> T:
        moment = self._moment()
        return await self._store.write(lambda tx: operation(tx, moment))

    async def _read(self, query: Callable[[Connection], T]) -> T:
        return await self._store.read(query)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self.sweep()
            except Refusal as refusal:
                _log.warning("what time brings about has to wait: %s", refusal)
            except Exception:
                _log.exception("what time brings about could not be done")
