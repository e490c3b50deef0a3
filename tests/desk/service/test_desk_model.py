"""Random lives of a desk against a small model: whatever is done, in whatever order, through restarts and power cuts.

The model knows only what was acknowledged. Beside it a reader follows the events alone, and must at every moment have
what somebody who reads everything afresh has.
"""

import asyncio
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agent_tui.desk.service import Actor
from agent_tui.desk.store.opening import DATABASE, SIDE_FILE
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Availability, Outcome, Stage
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Refusal
from agent_tui.protocol.limits import DEFAULT
from agent_tui.protocol.pushes import ConversationChanged, EntryAdded, EntryChanged, ReadMoved, SeenMoved
from agent_tui.protocol.records import WireConversation, WireEntry
from tests.checker import History, check
from tests.desk.people import DeskInTest

MINUTE = 60_000
AGENTS, VISITORS = 2, 3

agents = st.integers(0, AGENTS - 1)
visitors = st.integers(0, VISITORS - 1)
numbers = st.integers(1, 5)
stale = st.integers(0, 2)


class Follower:
    """A reader who was given nothing but events."""

    def __init__(self) -> None:
        self.records: dict[int, WireConversation] = {}
        self.entries: dict[int, dict[int, WireEntry]] = defaultdict(dict)
        self.seen: dict[int, int] = defaultdict(int)
        self.read: dict[tuple[str, int], int] = {}

    def apply(self, push: Any, agent: str) -> None:
        match push:
            case EntryAdded(conversation, entry, record):
                self._newer(conversation, entry)
                if record is not None:
                    self._record(record)
            case EntryChanged(conversation, entry):
                self._newer(conversation, entry)
            case ConversationChanged(record):
                self._record(record)
            case SeenMoved(conversation, seq):
                self.seen[conversation] = max(self.seen[conversation], seq)
            case ReadMoved(conversation, seq):
                self.read[agent, conversation] = seq

    def _newer(self, conversation: int, entry: WireEntry) -> None:
        known = self.entries[conversation].get(entry.seq)
        if known is None or known.changes <= entry.changes:
            self.entries[conversation][entry.seq] = entry

    def _record(self, record: WireConversation) -> None:
        known = self.records.get(record.id)
        if known is None or known.revision <= record.revision:
            self.records[record.id] = record


def told(record: WireConversation) -> tuple[object, ...]:
    """What events must keep true; the rest follows from the entries."""
    return (
        record.id, record.state, record.owner, record.stage, record.stage_set, record.outcome, record.waiting_since,
        record.came_back, record.snoozed_until, record.customer.name, record.customer.blocked_until,
    )  # fmt: skip


class DeskLife(RuleBasedStateMachine):
    """Rules are what people, networks and machines do."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.home = Path(tempfile.mkdtemp(prefix="desk-model-"))
        self.starts = 0
        self.history = History()
        self.desk = DeskInTest(self.home / "0")
        self.follower = Follower()
        self.heard = 0
        self.agents = [self.run(self.desk.connected(f"Agent {number}")) for number in range(AGENTS)]
        self.visitors = [self.run(self.desk.visitor()) for _ in range(VISITORS)]
        self.commands: list[tuple[Actor, c.Send | c.Say, c.Stored]] = []
        self.unanswered: list[tuple[Actor, c.Send | c.Say]] = []
        self.known: dict[tuple[int, int], int] = {}

    def run(self, awaitable: Any) -> Any:
        return self.loop.run_until_complete(awaitable)

    def does(self, actor: Actor, command: c.Command) -> Any:
        """The answer, or the refusal: both are fine, a crash is not."""
        try:
            return self.run(self.desk.does(actor, command))
        except Refusal as refusal:
            return refusal.answer

    def stores(self, actor: Actor, command: c.Send | c.Say, *, ack_arrives: bool) -> None:
        answer = self.does(actor, command)
        if not isinstance(answer, c.Stored):
            return
        self.history.send(actor.id, command.cid, command.body)
        if ack_arrives:
            self.history.ack(actor.id, command.cid, answer.seq)
            self.commands.append((actor, command, answer))
        else:
            self.unanswered.append((actor, command))

    @rule(who=visitors, body=st.text(min_size=1, max_size=20), ack_arrives=st.booleans())
    def say(self, who: int, body: str, ack_arrives: bool) -> None:
        self.stores(self.visitors[who], c.Say(0, cid=uuid7(), body=f"{body}!"), ack_arrives=ack_arrives)

    @rule(who=agents, where=numbers, late=stale, note=st.booleans(), ack_arrives=st.booleans())
    def send(self, who: int, where: int, late: int, note: bool, ack_arrives: bool) -> None:
        seen = max(0, len(self.follower.entries[where]) - late)
        kind: Any = "note" if note else "public"
        command = c.Send(0, conversation=where, cid=uuid7(), kind=kind, body="answer", seen_seq=seen, draft_seq=seen)
        self.stores(self.agents[who], command, ack_arrives=ack_arrives)

    @precondition(lambda self: self.commands)
    @rule(which=st.integers(0, 1000))
    def repeat(self, which: int) -> None:
        actor, command, answer = self.commands[which % len(self.commands)]
        assert self.does(actor, command) == answer

    @precondition(lambda self: self.unanswered)
    @rule()
    def resend_what_got_no_answer(self) -> None:
        actor, command = self.unanswered.pop()
        answer = self.does(actor, command)
        assert isinstance(answer, c.Stored)
        self.history.ack(actor.id, command.cid, answer.seq)
        self.commands.append((actor, command, answer))

    @rule(who=agents, where=numbers, of=st.integers(-1, AGENTS - 1))
    def claim(self, who: int, where: int, of: int) -> None:
        expected = self.agents[of].id if of >= 0 else ""
        self.does(self.agents[who], c.Claim(0, conversation=where, expect_owner=expected))

    @rule(who=agents)
    def take_next(self, who: int) -> None:
        self.does(self.agents[who], c.TakeNext(0))

    @rule(who=agents, where=numbers, to=st.integers(-1, AGENTS - 1))
    def transfer(self, who: int, where: int, to: int) -> None:
        me = self.agents[who].id
        target = self.agents[to].id if to >= 0 else ""
        self.does(self.agents[who], c.Transfer(0, conversation=where, to=target, expect_owner=me))

    @rule(who=agents, where=numbers, outcome=st.sampled_from(Outcome))
    def resolve(self, who: int, where: int, outcome: Outcome) -> None:
        self.does(self.agents[who], c.Resolve(0, conversation=where, outcome=outcome))

    @rule(who=agents, where=numbers)
    def reopen(self, who: int, where: int) -> None:
        self.does(self.agents[who], c.Reopen(0, conversation=where))

    @rule(who=agents, where=numbers, minutes=st.integers(-1, 5))
    def snooze(self, who: int, where: int, minutes: int) -> None:
        until = self.desk.clock.now + minutes * MINUTE
        self.does(self.agents[who], c.Snooze(0, conversation=where, until=until))

    @rule(who=agents, where=numbers, stage=st.sampled_from(Stage), sure=st.booleans(), needed=st.booleans())
    def judge(self, who: int, where: int, stage: Stage, sure: bool, needed: bool) -> None:
        self.does(self.agents[who], c.SetStage(0, conversation=where, stage=stage, confirmed=sure))
        self.does(self.agents[who], c.NeedsAnswer(0, conversation=where, needed=needed))

    @rule(who=agents, where=numbers, seq=st.integers(1, 12), undo=st.booleans())
    def withdraw(self, who: int, where: int, seq: int, undo: bool) -> None:
        self.does(self.agents[who], c.Withdraw(0, conversation=where, seq=seq, undo=undo))

    @rule(who=agents, where=numbers, seq=st.integers(0, 20))
    def mark_read(self, who: int, where: int, seq: int) -> None:
        before = self.known.get((who, where), 0)
        self.does(self.agents[who], c.MarkRead(0, conversation=where, seq=seq))
        last = len(self.follower.entries[where])
        self.known[who, where] = max(before, min(seq, last))

    @rule(who=visitors, n=st.integers(0, 20))
    def seen(self, who: int, n: int) -> None:
        self.does(self.visitors[who], c.Seen(0, n=n))

    @rule(who=visitors)
    def end(self, who: int) -> None:
        self.does(self.visitors[who], c.End(0))

    @rule(who=agents, availability=st.sampled_from([a for a in Availability if a is not Availability.RECONNECTING]))
    def set_available(self, who: int, availability: Availability) -> None:
        self.does(self.agents[who], c.SetAvailable(0, availability=availability))

    @rule(who=agents, lost=st.booleans())
    def connection(self, who: int, lost: bool) -> None:
        change = self.desk.service.agent_lost if lost else self.desk.service.agent_back
        self.run(change(self.agents[who].id))

    @rule(minutes=st.sampled_from([1, 3, 16, 8 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.desk.clock.pass_by(minutes * MINUTE)
        self.run(self.desk.service.sweep())

    @rule(clean=st.booleans())
    def desk_ends_and_starts_again(self, clean: bool) -> None:
        """Ended in order, or as a power cut leaves the files: what was acknowledged is in them already."""
        self.listen()
        old, self.starts = self.desk, self.starts + 1
        folder = self.home / str(self.starts)
        if clean:
            old.store.close()
        folder.mkdir()
        for name in (DATABASE, f"{DATABASE}-wal", SIDE_FILE):
            if (old.folder / name).exists():
                shutil.copy(old.folder / name, folder / name)
        old.store.close()
        epoch = old.store.epoch
        self.desk = DeskInTest(folder, clock=old.clock)
        assert self.desk.store.epoch == epoch
        self.heard = 0

    def listen(self) -> None:
        self.run(asyncio.sleep(0))
        for event in self.desk.told[self.heard :]:
            push = self.desk.service.staff_push(event)
            assert push is not None
            self.follower.apply(push, event.agent)
        self.heard = len(self.desk.told)

    @invariant()
    def who_follows_events_has_what_is_there(self) -> None:
        if not hasattr(self, "desk"):
            return
        self.listen()
        for number, record in self.follower.records.items():
            fresh = self.run(self.desk.record(number))
            assert told(record) == told(fresh)
            assert self.follower.seen[number] == fresh.seen
            entries = list(self.run(self.desk.transcript(number)))
            assert [self.follower.entries[number][seq] for seq in sorted(self.follower.entries[number])] == entries
            assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
            assert (fresh.owner is None) == (fresh.state == "waiting") or fresh.state in ("snoozed", "resolved")
            assert fresh.waiting_since is None or fresh.state != "resolved"
        for (who, where), seq in self.known.items():
            if where in self.follower.records:
                agent = self.agents[who]
                assert self.run(self.desk.record(where, agent)).read == seq
                assert self.follower.read.get((agent.id, where), 0) == seq

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        self.listen()
        for visitor in self.visitors:
            lines = self.run(self.desk.service.visitor_lines(visitor.id, 0))
            self.history.end(visitor.id, 0, [(line.n, line.body) for line in lines])
        for number, entries in self.follower.entries.items():
            if entries:
                self.history.end("follower", number, [(seq, entries[seq].body) for seq in sorted(entries)])
        self.desk.store.close()
        try:
            assert check(self.desk.folder / DATABASE, self.history) == []
        finally:
            self.loop.close()
            shutil.rmtree(self.home)


def lives(count: int) -> None:
    usual = settings(stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(DeskLife, settings=settings(usual, max_examples=count))


def test_desk_lives() -> None:
    lives(25)


@pytest.mark.torture
def test_many_desk_lives() -> None:
    lives(2_000)


def test_the_reopening_time_is_within_what_the_model_lets_pass() -> None:
    assert DEFAULT.reopen_ms < 8 * 24 * 60 * MINUTE
