"""The console's promises against a small model: sends, lost answers, cuts, crashes, restarts, in any order.

The outbox is the real file. The model is what a person knows: which messages they pressed Enter for, which they took
back, how far they read.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agent_tui.core.state import LinkState
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.words import EntryKind
from agent_tui.ports import intents as i
from agent_tui.runtime import sender
from agent_tui.runtime.account import Account
from agent_tui.runtime.link import BackOff
from agent_tui.storage.account_file import AccountFile
from tests.account_of import Cids, Clock
from tests.scripted_backend import ScriptedAnswering, ScriptedDesk, ScriptedWatching

REFS = [ConversationRef("1"), ConversationRef("2")]
chats = st.sampled_from(REFS)


class Console(RuleBasedStateMachine):
    """One agent at her console, with everything that can go wrong around it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.cids = Cids()
        self.desk = ScriptedDesk(self.clock)
        self.desk.agent("Bob")
        self.pressed: dict[ConversationRef, list[str]] = {ref: [] for ref in REFS}
        self.taken_back: set[str] = set()
        self.read: dict[ConversationRef, int] = dict.fromkeys(REFS, 0)
        self.lines = 0
        self._patience, sender.TRY_AGAIN_S = sender.TRY_AGAIN_S, 0.001  # type: ignore[misc]

    @initialize()
    def begin(self) -> None:
        for ref, name in zip(REFS, ("Jane", "Tom"), strict=True):
            self.desk.conversation(int(ref), name, owner="Ada")
            self.desk.customer_says(ref, "hello")
        self.start()

    def start(self) -> None:
        self.file = AccountFile(Path(self.folder.name))
        watching, answering = ScriptedWatching(self.desk), ScriptedAnswering(self.desk)
        back_off = BackOff(lambda: 0.0)
        self.account = Account(
            "acme", watching, answering, self.file, now_ms=self.clock, new_cid=self.cids, back_off=back_off
        )
        self.work = self.loop.create_task(self.account.run())
        self.settle()

    async def _open(self) -> None:
        for ref in REFS:
            if self.account.state.link.state is LinkState.LIVE:
                await self.account.open(ref)

    def settle(self, turns: int = 60) -> None:
        """Let everything happen that can happen now."""

        async def turn() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turn())
        if self.work.done():
            self.work.result()
        self.loop.run_until_complete(self._open())

    @rule(ref=chats)
    def press_enter(self, ref: ConversationRef) -> None:
        if ref not in self.account.state.conversations:
            return  # a console that never came up knows nobody to write to
        self.lines += 1
        last = self.account.state.transcript(ref).last_key
        posted = self.account.send(ref, EntryKind.PUBLIC, f"line {self.lines}", last, last)
        assert posted.refusal == ""
        self.pressed[ref].append(posted.cid)

    @rule(ref=chats)
    def press_enter_and_wait(self, ref: ConversationRef) -> None:
        self.press_enter(ref)
        self.settle()

    @rule(ref=chats)
    def customer_writes(self, ref: ConversationRef) -> None:
        self.desk.customer_says(ref, "and another thing")

    @rule()
    def answer_is_lost(self) -> None:
        self.desk.answers_lost += 1

    @rule()
    def answers_take_long(self) -> None:
        self.desk.hold_answers()
        self.settle()

    @rule()
    def answers_come(self) -> None:
        self.desk.let_answers()
        self.settle()

    @rule()
    def line_is_cut(self) -> None:
        self.desk.cut()
        self.settle()

    @rule()
    def line_is_back(self) -> None:
        self.desk.restore()
        self.account.reconnect_now()
        self.settle()

    @rule(again=st.booleans())
    def desk_was_restored(self, again: bool) -> None:
        self.desk.start_afresh("restored")
        if again:
            self.desk.cut()
            self.desk.restore()
        self.settle()

    @rule()
    def console_is_killed(self) -> None:
        """Neither a goodbye nor a last write; the kernel closes its files."""
        self.work.cancel()
        self.loop.run_until_complete(asyncio.gather(self.work, return_exceptions=True))
        for task in [*self.account._tasks, *self.account._loading.values()]:
            task.cancel()
        self.file.database.close()
        assert self.file._lock is not None
        os.close(self.file._lock)
        self.start()

    @rule(ref=chats)
    def take_back(self, ref: ConversationRef) -> None:
        waiting = self.account.state.outgoing.get(ref, [])
        if waiting:
            taken = self.account.take_back(waiting[-1].cid)
            if isinstance(taken, Outgoing):
                self.taken_back.add(taken.cid)

    @rule()
    def look_again_and_send(self) -> None:
        for items in list(self.account.state.outgoing.values()):
            for item in items:
                if item.state is Delivery.HELD:
                    assert self.account.send_anyway(item.cid) == ""
        self.settle()

    @rule(minutes=st.sampled_from([1, 11]))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_ms(minutes * 60_000)

    @rule(ref=chats, name=st.sampled_from(["Bob", "Ada", ""]))
    def somebody_takes_it(self, ref: ConversationRef, name: str) -> None:
        self.desk.change(ref, owner=self.desk.owner(name))

    @rule(ref=chats)
    def claim(self, ref: ConversationRef) -> None:
        async def press() -> None:
            self.account.wish(i.Claim(ref, ""))

        self.loop.run_until_complete(press())

    @precondition(lambda self: self.account.state.link.state is LinkState.LIVE)
    @rule(ref=chats)
    def read_to_the_end(self, ref: ConversationRef) -> None:
        last = self.account.state.transcript(ref).last_key
        self.account.mark_read(ref, last)
        self.account._keeping.flush()
        self.read[ref] = max(self.read[ref], last)

    @rule(ref=chats)
    def read_backwards(self, ref: ConversationRef) -> None:
        self.account.mark_read(ref, OrderKey(1))

    # --- what always holds ---

    def stored(self, ref: ConversationRef) -> list[str]:
        return [entry.cid for entry in self.desk.entries[ref] if entry.cid]

    @invariant()
    def nothing_is_stored_twice_or_out_of_order(self) -> None:
        for ref in REFS:
            if ref in self.desk.entries:
                stored = self.stored(ref)
                assert stored == [cid for cid in self.pressed[ref] if cid in set(stored)]

    @invariant()
    def what_was_taken_back_never_left(self) -> None:
        for ref in REFS:
            assert self.taken_back.isdisjoint(self.stored(ref) if ref in self.desk.entries else [])

    @invariant()
    def every_message_is_on_disk_or_stored(self) -> None:
        if not hasattr(self, "file"):
            return
        rows = {cid for (cid,) in self.file.database.execute("SELECT cid FROM outbox")}
        for ref in REFS:
            for cid in self.pressed[ref]:
                assert cid in rows or cid in self.stored(ref) or cid in self.taken_back, cid

    @invariant()
    def read_positions_only_go_forward(self) -> None:
        if not hasattr(self, "account"):
            return
        for ref in REFS:
            record = self.account.state.conversations.get(ref)
            assert record is None or record.read >= min(self.read[ref], record.last_key)

    def teardown(self) -> None:
        """The storm is over: everything arrives, and every screen shows what the desk has."""
        if not hasattr(self, "account"):
            return
        self.desk.let_answers()
        self.desk.answers_lost = 0
        self.desk.restore()
        try:
            for _ in range(200):
                self.account.reconnect_now()
                self.look_again_and_send()
                self.loop.run_until_complete(asyncio.sleep(0.002))
                if not any(self.account.state.outgoing.values()) and self.account.idle:
                    break
            for ref in REFS:
                assert self.stored(ref) == [cid for cid in self.pressed[ref] if cid not in self.taken_back]
                transcript = self.account.state.transcript(ref)
                assert transcript.entries == self.desk.entries[ref]
                assert transcript.gap_after is None
            assert self.file.database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        finally:
            self.work.cancel()
            self.loop.run_until_complete(asyncio.gather(self.work, return_exceptions=True))
            self.loop.run_until_complete(self.account.close())
            self.loop.close()
            self.folder.cleanup()
            sender.TRY_AGAIN_S = self._patience  # type: ignore[misc]


TestConsole: Any = Console.TestCase
TestConsole.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
