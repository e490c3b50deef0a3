"""The contract of the backend port, for each backend: what its table says it can, it does; facts settle the same."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from agent_tui.core.reduce import reduce
from agent_tui.core.state import LinkState, State
from agent_tui.model.call import Call, CallId, CallKind, CallState, Reason
from agent_tui.model.ids import START, ClientId, ConversationRef, OrderKey, rising_uuid7
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.words import Availability, EntryKind, Outcome, Stage
from agent_tui.model.words import State as Life
from agent_tui.ports import events as e
from agent_tui.ports.backend import View, Watching
from agent_tui.ports.calling import Result
from agent_tui.ports.capabilities import Cap, Capability, Level, can
from agent_tui.ports.errors import Crossed, NotFound, Refused, Taken, Unreachable, Unsupported
from agent_tui.ports.library import Stopped
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.engine import Engine
from agent_tui.runtime.link import BackOff, Link
from tests.contract.worlds import WORLDS, World
from tests.library_files import canned, said_by_umbra, source

EVERYTHING = OrderKey((1 << 53) - 1)


class Console:
    """State kept by engine and link from a world's watching half, and every fact that came."""

    def __init__(self, watching: Watching) -> None:
        self.facts: list[e.Event] = []
        self.engine = Engine(State(), wall_ms)
        self.link = Link(watching, self.engine, wall_ms, BackOff(lambda: 0.1))
        offer = self.engine.offer

        async def noted(event: e.Event) -> None:
            self.facts.append(event)
            await offer(event)

        self.engine.offer = noted  # type: ignore[method-assign]

    @property
    def state(self) -> State:
        return self.engine.state

    async def until(self, met: Callable[[], object]) -> None:
        async with asyncio.timeout(15):
            while not met():
                await asyncio.sleep(0.005)

    async def live(self) -> None:
        await self.until(lambda: self.state.link.state is LinkState.LIVE)


@pytest.fixture(params=sorted(WORLDS))
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with WORLDS[request.param](tmp_path) as world:
        yield world
        await world.watching.aclose()


@asynccontextmanager
async def console(world: World, watching: Watching | None = None) -> AsyncIterator[Console]:
    made = Console(watching or world.watching)
    tasks = [asyncio.ensure_future(made.engine.run()), asyncio.ensure_future(made.link.run())]
    try:
        await made.live()
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def message(ref: ConversationRef, body: str, seen: int = EVERYTHING, kind: EntryKind = EntryKind.PUBLIC) -> Outgoing:
    cid = ClientId(rising_uuid7(""))
    return Outgoing(cid, ref, kind, body, wall_ms(), OrderKey(seen), OrderKey(seen))


def owner(state: State, ref: ConversationRef) -> str:
    held = state.conversations[ref].owner
    return held.id if held else ""


Act = Callable[[World, ConversationRef], Awaitable[object]]
Seen = Callable[[State, ConversationRef], object]


async def _send_note(world: World, ref: ConversationRef) -> object:
    return await world.answering.send(message(ref, "between us", kind=EntryKind.NOTE))


async def _own(world: World, ref: ConversationRef) -> OrderKey:
    return OrderKey((await world.answering.send(message(ref, "mine"))).key)


async def _withdraw_and_undo(world: World, ref: ConversationRef) -> None:
    key = await _own(world, ref)
    await world.answering.withdraw(ref, key, undo=False)
    await world.answering.withdraw(ref, key, undo=True)


async def _withdraw(world: World, ref: ConversationRef) -> None:
    await world.answering.withdraw(ref, await _own(world, ref), undo=False)


async def _transfer(world: World, ref: ConversationRef) -> None:
    await world.answering.claim(ref, "")
    record = await world.watching.get(ref)
    assert record.owner is not None
    await world.answering.transfer(ref, world.bob, record.owner.id)


async def _reopen(world: World, ref: ConversationRef) -> None:
    await world.answering.resolve(ref, Outcome.LEAD)
    await world.answering.reopen(ref)


PASSES = ("outside_hours_asked", "hours_unknown", "customer_away")
"""What may be in the way at the hour of a test, and may be passed."""
NUMBER = "+31612345678"


async def _reserve(world: World, ref: ConversationRef) -> CallId:
    """The key was pressed."""
    call = await world.answering.request_call(ref, CallId(rising_uuid7("")), NUMBER, "handover", 1, PASSES)
    assert (call.state, call.number and call.number.e164) == (CallState.REQUESTED, NUMBER)
    return call.id


async def _reserve_and_undo(world: World, ref: ConversationRef) -> None:
    call_id = await _reserve(world, ref)
    assert (await world.answering.cancel_call(call_id)).reason is Reason.CANCELLED


async def _hand_over(world: World, ref: ConversationRef) -> None:
    call_id = await _reserve(world, ref)
    assert (await world.answering.dial_call(call_id)).in_console
    await world.answering.report_call(call_id, CallState.HANDED_OVER, None)
    said = await world.answering.call_outcome(call_id, Result.SPOKE, "will think about it", ClientId(rising_uuid7("")))
    assert said.reason is Reason.REPORTED_SPOKE


async def _plan(world: World, ref: ConversationRef) -> None:
    await world.answering.queue_call(
        ref,
        CallId(rising_uuid7("")),
        NUMBER,
        not_before_ms=None,
        not_after_ms=None,
        priority=0,
        note="order 7781",
        basis_entry=1,
        confirmed=PASSES,
    )


def _call(state: State, ref: ConversationRef) -> Call:
    return next((call for call in state.calls.values() if call.ref == ref), NO_CALL)


NO_CALL = Call(
    id=CallId(""),
    ref=ConversationRef(""),
    kind=CallKind.CALL,
    revision=0,
    state=CallState.REQUESTED,
    since_ms=0,
    heard_ms=0,
    requested_ms=0,
)


def _entries(state: State, ref: ConversationRef) -> list[tuple[str, EntryKind, bool]]:
    return [(str(it.body), it.kind, it.withdrawn) for it in state.transcript(ref).entries]


def _stopped(ref: ConversationRef) -> Stopped:
    return Stopped("0b7e5c1e-report", ref, "umbra-days", 3, "en", "withdrawn", 1)


CAN: list[tuple[Capability | None, Act, Seen]] = [
    (None, _own, lambda s, ref: ("mine", EntryKind.PUBLIC, False) in _entries(s, ref)),
    (Capability.NOTES, _send_note, lambda s, ref: ("between us", EntryKind.NOTE, False) in _entries(s, ref)),
    (Capability.CLAIM, lambda w, ref: w.answering.claim(ref, ""), lambda s, ref: s.me and owner(s, ref) == s.me.id),
    (Capability.CLAIM, lambda w, ref: w.answering.take_next(), lambda s, ref: s.me and owner(s, ref) == s.me.id),
    (Capability.TRANSFER, _transfer, lambda s, ref: s.me and owner(s, ref) not in ("", s.me.id)),
    (
        Capability.RESOLVE,
        lambda w, ref: w.answering.resolve(ref, Outcome.LEAD),
        lambda s, ref: (s.conversations[ref].state, s.conversations[ref].outcome) == (Life.RESOLVED, Outcome.LEAD),
    ),
    (Capability.REOPEN, _reopen, lambda s, ref: s.conversations[ref].state in (Life.OPEN, Life.WAITING)),
    (
        Capability.SNOOZE,
        lambda w, ref: w.answering.snooze(ref, wall_ms() + 3_600_000),
        lambda s, ref: s.conversations[ref].state is Life.SNOOZED and s.conversations[ref].snoozed_until_ms,
    ),
    (
        Capability.STAGES,
        lambda w, ref: w.answering.set_stage(ref, Stage.CLOSING, confirmed=True),
        lambda s, ref: s.conversations[ref].stage is Stage.CLOSING and s.conversations[ref].stage_set,
    ),
    (
        Capability.OUTCOMES,
        lambda w, ref: w.answering.set_outcome(ref, Outcome.BOUGHT),
        lambda s, ref: s.conversations[ref].outcome is Outcome.BOUGHT,
    ),
    (
        None,
        lambda w, ref: w.answering.set_needs_answer(ref, needed=False),
        lambda s, ref: s.conversations[ref].waiting_since_ms is None,
    ),
    (Capability.WITHDRAW, _withdraw, lambda s, ref: any(withdrawn for *_, withdrawn in _entries(s, ref))),
    (
        Capability.WITHDRAW,
        _withdraw_and_undo,
        lambda s, ref: ("mine", EntryKind.PUBLIC, False) in _entries(s, ref) and s.transcript(ref).entries[-1].changes,
    ),
    (
        Capability.BLOCK,
        lambda w, ref: w.answering.block(ref, wall_ms() + 3_600_000, "abuse"),
        lambda s, ref: s.conversations[ref].customer.blocked_until_ms,
    ),
    (
        Capability.OWN_READ_MARKS,
        lambda w, ref: w.answering.mark_read(ref, OrderKey(1)),
        lambda s, ref: s.conversations[ref].read == 1,
    ),
    (Capability.TYPING_OUT, lambda w, ref: w.answering.typing(ref, on=True, note=False), lambda s, ref: True),
    (
        Capability.AVAILABILITY,
        lambda w, ref: w.answering.set_available(Availability.BREAK),
        lambda s, ref: s.me and s.agents[s.me.id].availability is Availability.BREAK,
    ),
    (Capability.TEAM_LIBRARY, lambda w, ref: w.answering.proof_stopped(_stopped(ref)), lambda s, ref: True),
    (Capability.CALLS, _reserve, lambda s, ref: _call(s, ref).state is CallState.REQUESTED and _call(s, ref).agent),
    (Capability.CALLS, _reserve_and_undo, lambda s, ref: _call(s, ref).reason is Reason.CANCELLED),
    (Capability.CALLS, _hand_over, lambda s, ref: _call(s, ref).reason is Reason.REPORTED_SPOKE),
    (Capability.CALLS, _plan, lambda s, ref: _call(s, ref).state is CallState.QUEUED and _call(s, ref).last4 == "5678"),
    (
        Capability.CALLS,
        lambda w, ref: w.answering.offer_call(ref, NUMBER),
        lambda s, ref: any(it.system and it.system.code == "call_told" for it in s.transcript(ref).entries),
    ),
]


@pytest.mark.parametrize(("capability", "act", "seen"), CAN, ids=[f"{n}-{row[0]}" for n, row in enumerate(CAN)])
async def test_what_the_table_says_it_can_it_does(
    world: World, capability: Capability | None, act: Act, seen: Seen
) -> None:
    async with console(world) as at:
        ref = await world.new_customer("hello")
        await at.until(lambda: ref in at.state.conversations)
        if capability and not can(world.watching.capabilities, capability):
            return  # the next test sees to it
        await act(world, ref)
        await at.until(lambda: seen(at.state, ref))


CANNOT: list[tuple[Capability, Act]] = [
    (Capability.NOTES, _send_note),
    (Capability.CLAIM, lambda w, ref: w.answering.claim(ref, "")),
    (Capability.CLAIM, lambda w, ref: w.answering.take_next()),
    (Capability.TRANSFER, lambda w, ref: w.answering.transfer(ref, "", "")),
    (Capability.RESOLVE, lambda w, ref: w.answering.resolve(ref, Outcome.LEAD)),
    (Capability.REOPEN, lambda w, ref: w.answering.reopen(ref)),
    (Capability.SNOOZE, lambda w, ref: w.answering.snooze(ref, 1)),
    (Capability.STAGES, lambda w, ref: w.answering.set_stage(ref, Stage.MID, confirmed=True)),
    (Capability.OUTCOMES, lambda w, ref: w.answering.set_outcome(ref, Outcome.LEAD)),
    (Capability.WITHDRAW, lambda w, ref: w.answering.withdraw(ref, OrderKey(1), undo=False)),
    (Capability.BLOCK, lambda w, ref: w.answering.block(ref, 1, "")),
    (Capability.OWN_READ_MARKS, lambda w, ref: w.answering.mark_read(ref, OrderKey(1))),
    (Capability.TYPING_OUT, lambda w, ref: w.answering.typing(ref, on=True, note=False)),
    (Capability.AVAILABILITY, lambda w, ref: w.answering.set_available(Availability.AWAY)),
    (Capability.TEAM_LIBRARY, lambda w, ref: w.answering.proof_stopped(_stopped(ref))),
    (Capability.TEAM_LIBRARY, lambda w, ref: w.watching.library()),
    (Capability.TEAM_LIBRARY, lambda w, ref: w.watching.uses()),
    (Capability.CALLS, _reserve),
    (Capability.CALLS, _plan),
    (Capability.CALLS, lambda w, ref: w.answering.check_call(ref, NUMBER, 1)),
    (Capability.CALLS, lambda w, ref: w.answering.hang_up(CallId("nothing-there"))),
]


async def test_what_it_cannot_raises_before_a_byte_leaves(world: World) -> None:
    async with console(world) as at:
        ref = await world.new_customer("hello")
        await at.until(lambda: ref in at.state.conversations)
        for capability, act in CANNOT:
            world.watching.capabilities[capability] = Cap(capability, Level.NONE, "feature_off", "Not here.")
            before = world.bytes_sent()
            with pytest.raises(Unsupported):
                await act(world, ref)
            assert world.bytes_sent() == before, capability


async def test_facts_doubled_and_shuffled_end_in_the_same_state(world: World) -> None:
    async with console(world) as at:
        refs = [await world.new_customer(f"hello {number}") for number in range(3)]
        key = await _own(world, refs[0])
        await world.customer_says(refs[0], "thanks")
        await world.answering.withdraw(refs[0], key, undo=False)
        await world.bob_claims(refs[1])
        await world.answering.resolve(refs[2], Outcome.SOLVED)
        await world.answering.mark_read(refs[0], OrderKey(1))
        await world.answering.set_available(Availability.BREAK)
        await at.until(lambda: at.state.conversations.keys() >= set(refs))
        await at.until(lambda: at.state.conversations[refs[2]].state is Life.RESOLVED)
        await at.until(lambda: any(withdrawn for *_, withdrawn in _entries(at.state, refs[0])))
        await at.until(lambda: at.state.me and at.state.agents[at.state.me.id].availability is Availability.BREAK)
        facts, expected = list(at.facts), at.state
    of_the_line = (e.Connected, e.StartedAfresh, e.Live, e.Heard, e.Quiet, e.Disconnected)
    first = [fact for fact in facts if isinstance(fact, of_the_line)]
    rest = [fact for fact in facts if not isinstance(fact, of_the_line)]
    for seed in range(50):
        shuffled = [*rest, *rest]
        random.Random(seed).shuffle(shuffled)
        state = State()
        reduce(state, [*first, *shuffled], 0)
        for part in ("conversations", "transcripts", "agents", "marks", "gone", "capabilities"):
            assert getattr(state, part) == getattr(expected, part), (seed, part)


async def test_what_was_followed_live_is_what_a_fresh_start_reads(world: World) -> None:
    """Zulip's test of a client's memory: state and facts applied to it equal the state fetched anew."""
    async with console(world) as at:
        refs = [await world.new_customer(f"hello {number}") for number in range(6)]
        key = await _own(world, refs[0])
        await world.customer_says(refs[0], "thanks")
        await world.answering.withdraw(refs[0], key, undo=False)
        await world.answering.withdraw(refs[0], await _own(world, refs[0]), undo=False)
        await world.bob_claims(refs[1])
        await world.answering.claim(refs[2], "")
        await world.answering.set_stage(refs[2], Stage.CLOSING, confirmed=True)
        await world.answering.mark_read(refs[2], OrderKey(1))
        await _send_note(world, refs[2])
        await world.answering.snooze(refs[3], wall_ms() + 3_600_000)
        await world.answering.resolve(refs[4], Outcome.SOLVED)
        await world.answering.reopen(refs[4])
        await world.answering.set_needs_answer(refs[5], needed=False)
        await world.customer_says(refs[5], "still there?")
        await world.answering.set_available(Availability.BREAK)
        fresh_watching = world.another_watching()
        async with console(world, fresh_watching) as fresh:
            await at.until(lambda: _newest(at.state) == _newest(fresh.state))
            await at.until(lambda: at.state.agents == fresh.state.agents)
            for ref in refs:
                # a revision may pass that changed nothing but the last line, which its entry tells
                followed, read = (
                    msgspec.structs.asdict(msgspec.structs.replace(it.state.conversations[ref], revision=0))
                    for it in (at, fresh)
                )
                assert {k: (v, read[k]) for k, v in followed.items() if v != read[k]} == {}, ref
        await fresh_watching.aclose()


def _newest(state: State) -> dict[ConversationRef, int]:
    return {ref: record.last_key for ref, record in state.conversations.items()}


async def test_a_message_is_stored_once_however_often_it_is_sent(world: World) -> None:
    async with console(world) as at:
        ref = await world.new_customer("hello")
        item = message(ref, "once")
        receipts = [await world.answering.send(item) for _ in range(3)]
        assert len({(receipt.key, receipt.at_ms) for receipt in receipts}) == 1
        with pytest.raises(Refused):
            await world.answering.send(msgspec.structs.replace(item, body="other words"))
        page = await world.watching.history(ref)
        assert [entry.body == "once" for entry in page.entries].count(True) == 1
        await at.until(lambda: any(entry.cid == item.cid for entry in at.state.transcript(ref).entries))


async def test_a_send_that_crossed_is_held_with_the_lines_that_were_not_seen(world: World) -> None:
    async with console(world):
        ref = await world.new_customer("first")
        await world.customer_says(ref, "second")
        item = message(ref, "answer to the first", seen=1)
        with pytest.raises(Crossed) as held:
            await world.answering.send(item)
        assert [entry.body for entry in held.value.entries] == ["second"]
        again = msgspec.structs.replace(item, seen=EVERYTHING, draft_begun=EVERYTHING)
        await world.answering.send(again)
        assert "answer to the first" in [entry.body for entry in (await world.watching.history(ref)).entries]


async def test_who_was_first_is_told(world: World) -> None:
    async with console(world):
        ref = await world.new_customer("hello")
        await world.bob_claims(ref)
        with pytest.raises(Taken) as taken:
            await world.answering.claim(ref, "")
        assert taken.value.by == "Bob"
        assert str(taken.value)


async def test_a_cut_line_comes_back_with_all_that_happened(world: World) -> None:
    async with console(world) as at:
        ref = await world.new_customer("before")
        at.engine.apply(e.EntriesLoaded(ref, (await world.watching.history(ref)).entries, True, True))
        world.cut()
        await at.until(lambda: at.state.link.state is not LinkState.LIVE)
        await world.customer_says(ref, "while it was cut")
        at.link.retry_now()
        await at.live()
        await at.until(lambda: "while it was cut" in [entry.body for entry in at.state.transcript(ref).entries])
        assert at.state.transcript(ref).gap_after is None
        await world.customer_says(ref, "after")
        await at.until(lambda: at.state.transcript(ref).entries[-1].body == "after")


async def test_history_in_pages_is_the_whole_of_it(world: World) -> None:
    async with console(world):
        ref = await world.new_customer("line 0")
        for number in range(1, 15):
            await world.customer_says(ref, f"line {number}")
        whole = await world.watching.history(ref, after=START)
        assert not whole.more
        newest = await world.watching.history(ref, limit=4)
        assert newest.entries == whole.entries[-4:]
        assert newest.more
        middle = await world.watching.history(ref, before=newest.entries[0].key, limit=5)
        assert middle.entries == whole.entries[-9:-4]
        onward = await world.watching.history(ref, after=middle.entries[0].key, limit=3)
        assert onward.entries == whole.entries[-8:-5]
        assert onward.more
        start = await world.watching.history(ref, before=whole.entries[3].key, limit=50)
        assert (start.entries, start.more) == (whole.entries[:3], False)


async def test_resync_alone_gives_the_records_and_what_is_missing(world: World) -> None:
    async with console(world) as at:
        ref = await world.new_customer("one")
        await world.customer_says(ref, "two")
        await at.until(lambda: ref in at.state.conversations)
        first = (await world.watching.history(ref)).entries[0]
        state = State()
        reduce(state, [e.EntriesLoaded(ref, (first,), True, False)], 0)
        reduce(state, [event async for event in world.watching.resync({ref: first.key})], 0)
        assert "two" in [entry.body for entry in state.transcript(ref).entries]
        assert state.transcript(ref).gap_after is None
        assert state.conversations[ref].ref == ref


async def test_lists_and_single_records(world: World) -> None:
    async with console(world) as at:
        ref = await world.new_customer("hello")
        await at.until(lambda: ref in at.state.conversations)
        assert ref in [record.ref for record in (await world.watching.list(View.WAITING)).conversations]
        await world.answering.claim(ref, "")
        assert [record.ref for record in (await world.watching.list(View.MINE)).conversations] == [ref]
        await world.answering.snooze(ref, wall_ms() + 3_600_000)
        assert [record.ref for record in (await world.watching.list(View.ALL)).conversations] == [ref]
        assert [record.ref for record in (await world.watching.list(View.SNOOZED)).conversations] == [ref]
        await world.answering.resolve(ref, Outcome.SOLVED)
        assert [record.ref for record in (await world.watching.list(View.RESOLVED)).conversations] == [ref]
        assert (await world.watching.list(View.ALL)).conversations == ()
        with pytest.raises(NotFound):
            await world.watching.get(ConversationRef("999999"))
        assert await world.watching.earlier(ref) == ()


async def test_words_are_found(world: World) -> None:
    async with console(world):
        ref = await world.new_customer("about the invoice of May")
        async with asyncio.timeout(15):
            while not (page := await world.watching.search("invoice")).hits:
                await asyncio.sleep(0.05)
        assert [hit.ref for hit in page.hits] == [ref]
        assert [hit.ref for hit in (await world.watching.search("invoice", ref)).hits] == [ref]


async def test_without_a_line_nothing_is_sent_and_it_is_said(world: World) -> None:
    ref = await world.new_customer("hello")
    desk = getattr(world, "desk", None)
    if desk is not None:
        desk.cut()
    with pytest.raises(Unreachable):
        await world.answering.claim(ref, "")


async def test_a_probe_needs_no_line(world: World) -> None:
    info = await world.watching.probe()
    assert info.healthy
    assert info.name


async def test_the_teams_library_is_read_whole_then_what_changed_and_it_is_told_when_it_moves(world: World) -> None:
    if not can(world.watching.capabilities, Capability.TEAM_LIBRARY):
        return
    async with console(world) as at:
        await world.team_has(said_by_umbra(), source())
        await at.until(lambda: at.state.library.told)
        team, watching = at.state.library, world.watching

        async def read() -> None:
            page, first = await watching.library(team.version), True
            while True:
                at.engine.apply(e.TeamLibraryRead(page, first))
                if not page.next:
                    return
                page, first = await watching.library(team.version, page.next), False

        def ids() -> set[str]:
            return {name for name, placed in team.newer.items() if placed is not None}

        while ids() != {"umbra-days", "tno-first-reply"}:
            await read()
        before = team.version
        assert (await watching.library(before)).placed == ()
        await world.team_has(canned("Hi"))
        await at.until(lambda: team.told != before)
        while ids() != {"greet"}:
            await read()
        await at.until(lambda: team.confirmed)
        assert await watching.uses() == ()
