"""What the screens may rely on, on a scripted backend."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from agent_tui.core.state import Changes, LinkState
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.text import clean
from agent_tui.model.words import EntryKind, Outcome, State
from agent_tui.ports import intents as i
from agent_tui.ports.backend import EntryPage
from agent_tui.ports.capabilities import Capability
from agent_tui.ports.errors import AuthExpired, Refused, ServerTrouble, Unreachable
from agent_tui.ports.events import EntryUpsert, OpeningHours
from agent_tui.runtime import account as account_module
from agent_tui.runtime import opening
from agent_tui.runtime.account import Account, Draft, Layout
from agent_tui.storage.account_file import AccountFile
from tests.account_of import Clock, account_of, running, settled
from tests.scripted_backend import ScriptedAnswering, ScriptedDesk, ScriptedWatching, without

PUBLIC = EntryKind.PUBLIC


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> ScriptedDesk:
    desk = ScriptedDesk(clock)
    ref = desk.conversation(42, "Jane", owner="Ada")
    desk.customer_says(ref, "Is anybody there?")
    return desk


JANE = ConversationRef("42")


def bodies(account: Account, ref: ConversationRef = JANE) -> list[str]:
    return [str(entry.body) for entry in account.state.transcript(ref).entries]


def on_its_way(account: Account, ref: ConversationRef = JANE) -> list[Outgoing]:
    return account.state.outgoing.get(ref, [])


def say(account: Account, text: str, seen: int = 1, begun: int = 1) -> str:
    posted = account.send(JANE, PUBLIC, text, OrderKey(seen), OrderKey(begun))
    assert posted.refusal == ""
    return posted.cid


async def test_start_shows_the_inbox_and_an_open_chat_its_newest_page(desk: ScriptedDesk) -> None:
    for number in range(450):
        desk.customer_says(JANE, f"line {number}")
    async with running(account_of(desk)) as account:
        assert account.state.conversations[JANE].customer.name == "Jane"
        assert account.state.transcript(JANE).loaded is False
        await account.open(JANE)
        assert len(bodies(account)) == 200
        assert await account.older(JANE) is True
        assert await account.older(JANE) is False
        assert bodies(account) == ["Is anybody there?", *(f"line {number}" for number in range(450))]
        assert account.state.transcript(JANE).gap_after is None


async def test_enter_shows_the_message_before_anything_leaves(desk: ScriptedDesk) -> None:
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        heard: list[Changes] = []
        account.listen(heard.append)
        say(account, "One moment.")
        assert [item.state for item in on_its_way(account)] == [Delivery.WAITING]
        assert JANE in heard[0].transcripts
        assert desk.asked == []
        await settled(account)
        assert [call[0] for call in desk.asked] == ["send"]
        assert on_its_way(account) == []
        assert bodies(account) == ["Is anybody there?", "One moment."]


async def test_a_line_that_crossed_holds_the_message_until_enter_is_pressed_again(desk: ScriptedDesk) -> None:
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        desk.customer_says(JANE, "Never mind!")
        cid = say(account, "One moment.")
        await settled(account)
        (held,) = on_its_way(account)
        assert held.state is Delivery.HELD
        assert "not seen" in held.why
        desk.customer_says(JANE, "Or do.")
        assert (await account.wish(i.SendAnyway(held.cid, JANE, OrderKey(2)))).ok
        await settled(account)
        assert on_its_way(account) == []
        assert bodies(account)[-1] == "One moment."
        assert account.send_anyway(held.cid) != "", cid


async def test_offline_messages_wait_in_order_and_leave_when_the_line_is_back(desk: ScriptedDesk) -> None:
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        desk.cut()
        await settled(account)
        say(account, "first")
        say(account, "second", 2, 1)
        await settled(account)
        assert [item.state for item in on_its_way(account)] == [Delivery.WAITING] * 2
        desk.restore()
        account.reconnect_now()
        async with asyncio.timeout(5):
            while len(bodies(account)) < 3:
                await asyncio.sleep(0)
        await settled(account)
        assert bodies(account) == ["Is anybody there?", "first", "second"]
        assert on_its_way(account) == []


async def test_a_lost_answer_does_not_make_two_messages(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_tui.runtime.sender.TRY_AGAIN_S", 0.01)
    desk.answers_lost = 2
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        say(account, "once")
        async with asyncio.timeout(5):
            while len(desk.asked) < 3:
                await asyncio.sleep(0.005)
        await settled(account)
        assert bodies(account) == ["Is anybody there?", "once"]
        assert on_its_way(account) == []


async def test_a_message_older_than_ten_minutes_is_held(desk: ScriptedDesk, clock: Clock) -> None:
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        desk.cut()
        await settled(account)
        say(account, "old by then")
        clock.pass_ms(11 * 60_000)
        desk.restore()
        account.reconnect_now()
        async with asyncio.timeout(5):
            while on_its_way(account)[0].state is not Delivery.HELD:
                await asyncio.sleep(0)
        assert "11 minutes" in on_its_way(account)[0].why
        assert not [call for call in desk.asked if call[0] == "send"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"state": State.RESOLVED}, "resolved"), ({"owner": "Bob"}, "Bob has taken")],
)
async def test_a_chat_that_changed_hands_or_ended_meanwhile_holds_what_waited(
    desk: ScriptedDesk, change: dict[str, object], reason: str
) -> None:
    desk.agent("Bob")
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        desk.cut()
        await settled(account)
        say(account, "late")
        if "owner" in change:
            change = {"owner": desk.owner("Bob")}
        desk.change(JANE, **change)
        desk.restore()
        account.reconnect_now()
        async with asyncio.timeout(5):
            while on_its_way(account)[0].state is not Delivery.HELD:
                await asyncio.sleep(0)
        assert reason in on_its_way(account)[0].why


async def test_a_waiting_message_can_be_taken_back_and_one_that_left_can_not(desk: ScriptedDesk) -> None:
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        desk.hold_answers()
        left = say(account, "leaving")
        async with asyncio.timeout(5):
            while not desk.asked:
                await asyncio.sleep(0)
        waiting = say(account, "waiting", 2)
        taken = account.take_back(on_its_way(account)[1].cid)
        assert isinstance(taken, Outgoing)
        assert (taken.cid, taken.body) == (waiting, "waiting")
        assert "may have arrived" in str(account.take_back(on_its_way(account)[0].cid))
        desk.let_answers()
        await settled(account)
        assert bodies(account) == ["Is anybody there?", "leaving"], left


async def test_where_a_repeat_could_be_a_second_message_its_author_decides(desk: ScriptedDesk) -> None:
    without(desk, Capability.IDEMPOTENT_SEND)
    desk.refusing.append(Unreachable("No answer came in time."))
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        say(account, "perhaps")
        await settled(account)
        (unsure,) = on_its_way(account)
        assert (unsure.state, unsure.why) == (Delivery.UNSURE, "No answer came in time.")
        assert [call[0] for call in desk.asked] == ["send"]
        assert account.send_anyway(unsure.cid) == ""
        await settled(account)
        assert bodies(account)[-1] == "perhaps"


async def test_a_row_that_could_not_be_removed_is_not_sent_again(desk: ScriptedDesk, tmp_path: Path) -> None:
    file = AccountFile(tmp_path / "acme")
    account = Account("acme", ScriptedWatching(desk), ScriptedAnswering(desk), file, now_ms=desk.now_ms)
    async with running(account):
        await account.open(JANE)
        desk.hold_answers()
        say(account, "once")
        async with asyncio.timeout(5):
            while not desk.asked:
                await asyncio.sleep(0)
        file.database.execute("PRAGMA query_only=1")
        desk.let_answers()
        async with asyncio.timeout(5):
            while "once" not in bodies(account):
                await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        file.database.execute("PRAGMA query_only=0")
        assert account._sender is not None
        account._sender.load()
        assert file.database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        assert [call[0] for call in desk.asked] == ["send"]


async def test_refused_for_good_is_failed_with_the_reason(desk: ScriptedDesk) -> None:
    desk.refusing.append(Refused("This visitor is blocked."))
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        say(account, "hello")
        await settled(account)
        (failed,) = on_its_way(account)
        assert (failed.state, failed.why) == (Delivery.FAILED, "This visitor is blocked.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "nothing to send"), (" \n ", "nothing to send"), ("x" * 8_001, "1 characters"), ("\ud800", "half a char")],
)
async def test_the_gate_refuses_and_keeps_nothing(desk: ScriptedDesk, text: str, reason: str) -> None:
    async with running(account_of(desk)) as account:
        posted = account.send(JANE, PUBLIC, text, START, START)
        assert reason in posted.refusal
        assert "Nobody is named" in account.send(ConversationRef("7"), PUBLIC, "hi", START, START).refusal
        assert on_its_way(account) == []


async def test_an_outbox_that_cannot_be_written_refuses_and_the_text_stays(desk: ScriptedDesk, tmp_path: Path) -> None:
    file = AccountFile(tmp_path / "acme")
    account = Account("acme", ScriptedWatching(desk), ScriptedAnswering(desk), file, now_ms=desk.now_ms)
    async with running(account):
        account.save_draft(JANE, Draft("dear Jane", PUBLIC, OrderKey(1)))
        file.database.execute("PRAGMA query_only=1")
        posted = account.send(JANE, PUBLIC, "dear Jane", OrderKey(1), OrderKey(1))
        assert "nothing was sent and your text is kept" in posted.refusal
        assert account.draft(JANE).text == "dear Jane"
        assert on_its_way(account) == []
        file.database.execute("PRAGMA query_only=0")


async def test_wishes_say_who_was_first_and_how_to_undo(desk: ScriptedDesk) -> None:
    desk.agent("Bob")
    tom = desk.conversation(7, "Tom", owner="Bob")
    async with running(account_of(desk)) as account:
        lost = await account.wish(i.Claim(tom, ""))
        assert (lost.ok, lost.taken_by, lost.undo) == (False, "Bob", None)
        resolved = await account.wish(i.Resolve(JANE, Outcome.SOLVED))
        await settled(account)
        assert account.state.conversations[JANE].state is State.RESOLVED
        assert resolved.undo is not None
        assert (await account.wish(resolved.undo)).ok
        await settled(account)
        assert account.state.conversations[JANE].state is State.OPEN
        nobody = await account.wish(i.TakeNext())
        assert (nobody.ok, nobody.ref, nobody.sentence) == (True, None, "Nobody is waiting.")
        desk.refusing.append(ServerTrouble("The desk's disk is full."))
        assert (await account.wish(i.Reopen(JANE))).sentence == "The desk's disk is full."


async def test_a_watcher_has_no_answering_half_and_leaves_no_mark(desk: ScriptedDesk) -> None:
    account = account_of(desk, watch_only=True)
    async with running(account):
        await account.open(JANE)
        account.mark_read(JANE, OrderKey(1))
        refused = await account.wish(i.Claim(JANE, "ada"))
        assert "watching only" in refused.sentence
        assert "watching only" in account.send(JANE, PUBLIC, "psst", START, START).refusal
        await settled(account)
        assert desk.asked == []
        assert account.state.conversations[JANE].read == 0
        assert not any(isinstance(held, ScriptedAnswering) for held in vars(account).values())


async def test_all_that_was_left_is_there_after_a_crash(desk: ScriptedDesk, tmp_path: Path) -> None:
    account = account_of(desk, folder=tmp_path)
    async with running(account):
        await account.open(JANE)
        desk.cut()
        await settled(account)
        say(account, "unsent")
        account.save_draft(JANE, Draft("half a sen", EntryKind.NOTE, OrderKey(1)))
        account.save_layout(Layout((JANE,), JANE, {JANE: OrderKey(1)}))
        account.mark_read(JANE, OrderKey(1))
        account._keeping.flush()
        file, account._file = account._file, AccountFile(None)
    # the first one neither said goodbye nor closed its file; its lock ends with its process
    file.database.close()
    assert file._lock is not None
    os.close(file._lock)
    desk.restore()
    desk.fresh = True
    async with running(account_of(desk, folder=tmp_path)) as account:
        assert account.draft(JANE) == Draft("half a sen", EntryKind.NOTE, OrderKey(1))
        assert account.layout == Layout((JANE,), JANE, {JANE: OrderKey(1)})
        assert account.state.conversations[JANE].read == 1
        await settled(account)
        assert [entry.body for entry in desk.entries[JANE]] == ["Is anybody there?", "unsent"]
        assert on_its_way(account) == []


async def test_another_history_is_told_and_read_again(desk: ScriptedDesk) -> None:
    async with running(account_of(desk)) as account:
        await account.open(JANE)
        desk.start_afresh("The desk was restored from an older copy.")
        desk.cut()
        await settled(account)
        desk.restore()
        account.reconnect_now()
        await settled(account)
        async with asyncio.timeout(5):
            while not account.state.transcript(JANE).loaded:
                await asyncio.sleep(0)
        assert account.state.link.note == "The desk was restored from an older copy."
        assert bodies(account) == ["Is anybody there?"]


async def test_a_revoked_token_ends_the_line_with_the_sentence(desk: ScriptedDesk) -> None:
    async with running(account_of(desk)) as account:
        account.save_layout(Layout((JANE,), JANE))
        desk.cut(error=AuthExpired("Your access was ended: ask for an invite.", revoked=True))
        async with asyncio.timeout(5):
            while account.state.link.state is not LinkState.ENDED:
                await asyncio.sleep(0)
        assert account.state.link.revoked
        assert (account.state.conversations, account.layout) == ({}, Layout())
        assert account.state.link.reason == "Your access was ended: ask for an invite."


async def test_a_gap_that_could_not_be_read_is_tried_again(desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_module, "READ_AGAIN_S", 0.001)
    account = account_of(desk)
    async with running(account):
        await account.open(JANE)
        read, failures = account._watching.history, 3

        async def history(*arguments: Any, **more: Any) -> EntryPage:
            nonlocal failures
            if failures:
                failures -= 1
                raise ServerTrouble("The desk is in trouble.")
            return await read(*arguments, **more)

        account._watching.history = history  # type: ignore[method-assign]
        monkeypatch.setattr(desk, "push", lambda *events: None)
        entries = [desk.customer_says(JANE, f"line {number}") for number in range(3)]
        account._engine.apply(EntryUpsert(JANE, entries[-1], entries[-1].key))
        async with asyncio.timeout(5):
            while failures or account.state.transcript(JANE).gap_after is not None:
                await asyncio.sleep(0.001)
        assert bodies(account) == ["Is anybody there?", "line 0", "line 1", "line 2"]


async def test_hours_that_ran_out_are_read_again(
    desk: ScriptedDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LOOK_EVERY_S", 0.001)
    desk.hours = OpeningHours(open=True, time_zone=clean("Europe/Amsterdam"), changes_at_ms=clock() + 60_000)
    async with running(account_of(desk)) as account:
        desk.hours = OpeningHours(open=False, time_zone=clean("Europe/Amsterdam"))
        await asyncio.sleep(0.01)
        assert account.state.hours is not None
        assert account.state.hours.open
        clock.pass_ms(60_000)
        async with asyncio.timeout(5):
            while account.state.hours.open:
                await asyncio.sleep(0.001)


async def test_a_fault_of_ours_ends_the_run_and_is_not_swallowed(desk: ScriptedDesk) -> None:
    account = account_of(desk)
    work = asyncio.ensure_future(account.run())
    desk.refusing.append(ZeroDivisionError())  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        while account.state.link.state is not LinkState.LIVE:
            await asyncio.sleep(0)
        with pytest.raises(ZeroDivisionError):
            await account.wish(i.Reopen(JANE))
        with pytest.raises(BaseExceptionGroup):
            await work
    await account.close()
