"""The link: how long it waits, what it says meanwhile, and that it comes back."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from agent_tui.core.state import LinkState, State
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.text import SafeText
from agent_tui.model.words import Role
from agent_tui.ports import events as e
from agent_tui.ports.errors import AuthExpired, PortError, RateLimited, Refused, Unreachable
from agent_tui.runtime.engine import Engine
from agent_tui.runtime.link import BackOff, Link
from tests.account_of import Clock
from tests.scripted_backend import ScriptedDesk, ScriptedWatching


def test_the_pause_grows_to_half_a_minute_with_full_jitter() -> None:
    most = BackOff(lambda: 1.0)
    assert [most.pause_s(0) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    least = BackOff(lambda: 0.0)
    assert [least.pause_s(0) for _ in range(8)] == [0.0] * 8


def test_only_half_a_minute_of_health_forgets_the_failures() -> None:
    back_off = BackOff(lambda: 1.0)
    assert [back_off.pause_s(lasted) for lasted in (0, 29.9, 29.9, 30, 0)] == [0.5, 1, 2, 0.5, 1]


def test_the_pause_the_other_side_asked_for_is_kept_and_jitter_added() -> None:
    back_off = BackOff(lambda: 0.5)
    assert back_off.pause_s(0, 3_000) == 3.25


class Lines(ScriptedWatching):
    """Connections that end as the test says, in order; then one that stays."""

    def __init__(self, ends: list[tuple[float, PortError | None]], passed: "list[float]") -> None:
        super().__init__(ScriptedDesk(Clock()))
        self.ends = ends
        self.passed = passed
        self.resyncs: list[Mapping[ConversationRef, OrderKey]] = []

    async def events(self) -> AsyncIterator[e.BackendEvent]:
        yield e.Connected(e.Me("ada", SafeText("Ada"), Role.AGENT, SafeText("Acme")), gap=False)
        yield e.Live()
        if not self.ends:
            await asyncio.Event().wait()
        lasts, error = self.ends.pop(0)
        self.passed.append(lasts)
        if error is not None:
            raise error


async def play(ends: list[tuple[float, PortError | None]]) -> tuple[State, list[float]]:
    """Let the link live through these ends on a clock of its own; the state after, and the pauses it made."""
    passed: list[float] = []
    pauses: list[float] = []
    engine = Engine(State(), Clock())
    lines = Lines(ends, passed)

    async def wait(seconds: float) -> None:
        pauses.append(seconds)

    link = Link(lines, engine, Clock(), BackOff(lambda: 1.0), wait, lambda: sum(passed))
    work = asyncio.ensure_future(link.run())
    taking = asyncio.ensure_future(engine.run())
    async with asyncio.timeout(5):
        while ends and not work.done():
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
    for task in (work, taking):
        task.cancel()
    await asyncio.gather(work, taking, return_exceptions=True)
    return engine.state, pauses


async def test_it_comes_back_after_every_kind_of_loss() -> None:
    state, pauses = await play(
        [
            (1, Unreachable("cut")),
            (1, None),
            (40, Unreachable("cut")),
            (1, Unreachable("restarting", retry_after_ms=2_000)),
            (1, RateLimited("slow", 5_000)),
        ]
    )
    assert state.link.state is LinkState.LIVE
    assert pauses == [0.5, 1.0, 0.5, 3.0, 7.0]


@pytest.mark.parametrize(
    ("error", "revoked"),
    [(AuthExpired("sign in again"), False), (AuthExpired("ended", revoked=True), True), (Refused("update"), False)],
)
async def test_what_is_said_for_good_is_not_tried_again(error: PortError, revoked: bool) -> None:
    state, pauses = await play([(1, error), (1, None)])
    assert pauses == []
    assert (state.link.state, state.link.reason, state.link.revoked) == (LinkState.ENDED, str(error), revoked)


async def becomes(engine: Engine, state: LinkState) -> None:
    while engine.state.link.state is not state:
        await asyncio.sleep(0)


async def test_a_gap_is_closed_before_the_line_is_called_live() -> None:
    desk = ScriptedDesk(Clock())
    ref = desk.conversation(1, "Jane")
    desk.customer_says(ref, "one")
    engine = Engine(State(), Clock())
    link = Link(ScriptedWatching(desk), engine, Clock(), BackOff(lambda: 0.0))
    tasks = [asyncio.ensure_future(engine.run()), asyncio.ensure_future(link.run())]
    async with asyncio.timeout(5):
        await becomes(engine, LinkState.LIVE)
        engine.apply(e.EntriesLoaded(ref, tuple(desk.entries[ref]), reaches_start=True, reaches_end=True))
        desk.cut()
        await becomes(engine, LinkState.RECONNECTING)
        assert engine.state.link.reason == "The connection was cut."
        desk.customer_says(ref, "two")
        desk.restore()
        link.retry_now()
        await becomes(engine, LinkState.LIVE)
    assert [entry.body for entry in engine.state.transcript(ref).entries] == ["one", "two"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
