"""The monitor in three sizes and three themes. `pytest --snapshot-update` draws it anew: look at each one."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from agent_tui.model.text import clean
from agent_tui.model.wall import Fact, FactKind, Standing, Step
from agent_tui.ports.errors import Unreachable
from agent_tui.ui.monitor.app import MonitorApp
from agent_tui.ui.monitor.options import MonitorOptions
from agent_tui.ui.options import AppOptions
from tests.account_of import Clock
from tests.scripted_wall import ScriptedOverseeing
from tests.ui.console_of import SIZES
from tests.ui.monitor_of import Watcher, a_watched_desk, live, monitor_app
from tests.ui.people import JANE, MINUTE, RUBENS, SECOND
from tests.ui.wall_people import a_full_wall

Snap = Callable[..., bool]
Steps = Callable[[Watcher], Awaitable[None]]
SMALL = {"60x15": (60, 15)}
THEMES = ("dark", "light", "high-contrast")
sizes = pytest.mark.parametrize("size", list(SIZES))
themes = pytest.mark.parametrize("theme", THEMES)


def picture(snap_compare: Snap, size: str, steps: Steps, wall: ScriptedOverseeing | None = None, **more: Any) -> bool:
    """Whether the screen after these steps looks as it did when somebody last looked at it."""
    clock = Clock()
    wall = wall or a_full_wall(clock)
    app = monitor_app(wall, clock, **more)

    async def go(pilot: Pilot[int]) -> None:
        it = Watcher(pilot, wall, clock)
        await live(it)
        await steps(it)
        await it.settle()

    return snap_compare(app, terminal_size=(SIZES | SMALL)[size], run_before=go)


async def nothing(it: Watcher) -> None:
    it.screen.said = None


@sizes
@themes
def test_the_wall(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("n", "n")
        it.screen.wall.acknowledge(it.screen.wall.alerts[JANE])

    assert picture(snap_compare, size, steps, theme=theme)


@sizes
@themes
def test_the_board(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("2", "j", "j")

    assert picture(snap_compare, size, steps, theme=theme)


@sizes
@themes
def test_stages_and_channels(snap_compare: Snap, size: str, theme: str) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("3")

    assert picture(snap_compare, size, steps, theme=theme)


@sizes
@themes
def test_replay(snap_compare: Snap, size: str, theme: str) -> None:
    clock = Clock()
    wall = a_full_wall(clock)
    entries = wall.desk.entries[JANE]
    looked = Step(JANE, clock() - 3 * MINUTE, who=clean("Vera"), action=clean("watched"), detail=clean("40 s"))
    refused = Step(
        JANE, clock() - 90 * SECOND, who=clean("Ada"), action=clean("proof refused"), detail=clean("umbra: no consent")
    )
    wall.steps = [*(Step(JANE, entry.at_ms, entry) for entry in entries), looked, refused]

    async def steps(it: Watcher) -> None:
        it.screen.open(JANE)
        await it.press("5")
        await it.wait_for("REPLAY")
        it.screen.replaying.play(on=False)
        await it.press("full_stop", *["greater_than_sign"] * 7)
        it.screen.said = None

    assert picture(snap_compare, size, steps, wall, theme=theme)


@sizes
@themes
def test_replay_of_a_shift(snap_compare: Snap, size: str, theme: str) -> None:
    clock = Clock()
    wall = a_full_wall(clock)
    entries = {ref: tuple(entries) for ref, entries in wall.desk.entries.items()}
    # what was said up to two minutes ago had been said before; a watcher looked, and then somebody wrote
    before = clock() - 2 * MINUTE
    for ref, said in entries.items():
        stood = tuple(entry for entry in said if entry.at_ms < before)
        if stood:
            wall.stood.append(Standing(wall.desk.record(ref), stood))
    looked = Step(JANE, before + SECOND, who=clean("Otto"), action=clean("watched"), detail=clean("40 s"))
    wall.steps = [looked, *(Step(ref, one.at_ms, one) for ref, said in entries.items() for one in said)]
    wall.steps = [step for step in wall.steps if step.at_ms >= before]

    async def steps(it: Watcher) -> None:
        await it.press("5", "h")
        await it.wait_for("REPLAY")
        it.screen.replaying.play(on=False)
        replay = it.screen.replaying.replay
        assert replay is not None
        for passed in (20_000, SECOND, SECOND):
            replay.pass_ms(passed)
        it.screen.said = None
        await it.settle()
        assert "Otto watched: 40 s" in it.text
        assert "min skipped" in it.text

    assert picture(snap_compare, size, steps, wall, theme=theme)


@pytest.mark.parametrize("size", ["80x24", "120x34"])
def test_which_time_is_replayed(snap_compare: Snap, size: str) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("5", "h")
        await it.wait_for("REPLAY")
        it.screen.replaying.play(on=False)
        await it.press(*["greater_than_sign"] * 4, "g", "enter", "5")

    assert picture(snap_compare, size, steps)


@pytest.mark.parametrize("text", ["9-11", "2026-11-22 09:00-23:00"], ids=["odd", "understood"])
def test_a_time_that_is_typed(snap_compare: Snap, text: str) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("5", "t", *("space" if key == " " else key for key in text))
        if text == "9-11":
            await it.press("enter")

    assert picture(snap_compare, "80x24", steps)


@sizes
def test_one_conversation(snap_compare: Snap, size: str) -> None:
    async def steps(it: Watcher) -> None:
        it.screen.open(JANE)
        await it.wait_for("Could I see what they say?")

    assert picture(snap_compare, size, steps)


@sizes
def test_flags(snap_compare: Snap, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)

    async def steps(it: Watcher) -> None:
        it.screen.wall.acknowledge(it.screen.wall.alerts[JANE])
        await it.press("f", "j")

    assert picture(snap_compare, size, steps)


@pytest.mark.parametrize("size", ["80x24", "200x50"])
@pytest.mark.parametrize("keys", ["f1", "ctrl+k"], ids=["help", "palette"])
def test_help_and_palette(snap_compare: Snap, size: str, keys: str) -> None:
    async def steps(it: Watcher) -> None:
        await it.press(keys)

    assert picture(snap_compare, size, steps)


def test_a_definition(snap_compare: Snap) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("2", *"jjjj", "d")

    assert picture(snap_compare, "120x34", steps)


@sizes
def test_a_new_alert_is_announced(snap_compare: Snap, size: str) -> None:
    clock = Clock()
    wall = a_watched_desk(clock)

    async def steps(it: Watcher) -> None:
        it.wall.fact(RUBENS, Fact(FactKind.FLAG, it.clock(), clean("Ruben"), clean("out of my depth")))
        await it.wait_for("NEW")

    assert picture(snap_compare, size, steps, wall)


def test_frozen(snap_compare: Snap) -> None:
    async def steps(it: Watcher) -> None:
        await it.press("space")
        it.desk.customer_says(JANE, "And this?", it.clock())
        await it.wait_for("1 entry held back")
        it.clock.pass_ms(23 * SECOND)

    assert picture(snap_compare, "120x34", steps)


@pytest.mark.parametrize("size", ["80x24", "120x34"])
def test_the_desk_is_lost(snap_compare: Snap, size: str) -> None:
    async def steps(it: Watcher) -> None:
        it.desk.cut()
        await it.wait_for("NOT LIVE")
        it.clock.pass_ms(83 * SECOND)

    assert picture(snap_compare, size, steps)


def test_nobody_is_chatting(snap_compare: Snap) -> None:
    clock = Clock()
    wall = a_watched_desk(clock)
    wall.desk.conversations.clear()
    assert picture(snap_compare, "80x24", nothing, wall)


def test_small(snap_compare: Snap) -> None:
    assert picture(snap_compare, "60x15", nothing)


def test_the_desk_does_not_answer(snap_compare: Snap) -> None:
    async def nobody() -> Any:
        raise Unreachable("The desk at https://chat.acme.example does not answer. Try again with `agent-tui monitor`.")

    app = MonitorApp(MonitorOptions(AppOptions(clock=Clock()), nobody))

    async def go(pilot: Pilot[int]) -> None:
        await Watcher(pilot, a_watched_desk(Clock()), Clock()).wait_for("does not answer")

    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=go)
