"""The engine: short turns, one word to the listeners a turn, and back-pressure."""

import asyncio

import pytest

from agent_tui.core.state import Changes, State
from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.people import Author
from agent_tui.model.text import SafeText
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.ports.events import EntryUpsert, TypingSeen
from agent_tui.runtime import engine as engine_module
from agent_tui.runtime.engine import EVENTS_A_TURN, Engine
from tests.account_of import Clock

JANE = Author(AuthorKind.CUSTOMER, "v1", SafeText("Jane"))
REF = ConversationRef("1")


def opened() -> State:
    """A state in which the conversation is open: all its entries are held."""
    state = State()
    state.transcript(REF).loaded = True
    return state


def line(key: int, ref: ConversationRef = REF) -> EntryUpsert:
    entry = Entry(OrderKey(key), EntryKind.PUBLIC, JANE, key, SafeText(f"line {key}"))
    return EntryUpsert(ref, entry, OrderKey(key - 1))


async def test_a_turn_takes_at_most_200_and_tells_once() -> None:
    engine = Engine(opened(), Clock())
    told: list[Changes] = []
    engine.listen(told.append)
    for key in range(1, 501):
        await engine.offer(line(key))
    engine.turn()
    held = len(engine.state.transcript(REF).entries)
    assert 0 < held <= EVENTS_A_TURN
    assert told == [Changes(transcripts=frozenset({REF}))]
    while not engine.idle:
        engine.turn()
    assert len(engine.state.transcript(REF).entries) == 500


async def test_a_turn_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1000))
    monkeypatch.setattr(engine_module, "perf_counter", lambda: next(moments) * 0.005)
    engine = Engine(opened(), Clock())
    for key in range(1, 201):
        await engine.offer(line(key))
    engine.turn()
    assert len(engine.state.transcript(REF).entries) == engine_module.EVENTS_A_SLICE


async def test_full_means_that_the_reader_waits() -> None:
    engine = Engine(opened(), Clock(), capacity=100)
    offered = 0

    async def read() -> None:
        nonlocal offered
        for key in range(1, 1001):
            await engine.offer(line(key))
            offered += 1

    reading = asyncio.ensure_future(read())
    for _ in range(50):
        await asyncio.sleep(0)
    assert offered == 100
    running = asyncio.ensure_future(engine.run())
    async with asyncio.timeout(5):
        await reading
        while not engine.idle:
            await asyncio.sleep(0)
    assert len(engine.state.transcript(REF).entries) == 1000
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_others_get_their_turn_between_two_of_the_engine() -> None:
    engine = Engine(opened(), Clock(), capacity=10_000)
    for key in range(1, 4001):
        await engine.offer(line(key))
    running = asyncio.ensure_future(engine.run())
    turns = 0
    while not engine.idle:
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 4000 // EVENTS_A_TURN
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_we_did_ourselves_is_there_at_once() -> None:
    engine = Engine(opened(), Clock())
    await engine.offer(line(2))
    engine.apply(line(1))
    assert [entry.key for entry in engine.state.transcript(REF).entries] == [1]


async def test_a_listener_that_left_is_not_told() -> None:
    engine = Engine(opened(), Clock())
    told: list[Changes] = []
    leave = engine.listen(told.append)
    engine.apply(line(1))
    leave()
    engine.apply(line(2))
    assert len(told) == 1


async def test_typing_fades_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "FORGET_EVERY_S", 0.01)
    clock = Clock()
    engine = Engine(State(), clock)
    engine.apply(TypingSeen(REF, JANE, True, clock()))
    running = asyncio.ensure_future(engine.run())
    clock.pass_ms(10_001)
    async with asyncio.timeout(5):
        while engine.state.typing:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
