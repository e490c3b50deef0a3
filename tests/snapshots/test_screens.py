"""Every screen in three sizes, a few in other colours. `pytest --snapshot-update` draws them anew: look at each one."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import Stage
from agent_tui.ports.errors import Unreachable
from agent_tui.ui.app import AppOptions, ConsoleApp, Opened
from agent_tui.ui.options import OwnNames
from tests.account_of import Clock, account_of
from tests.scripted_backend import ScriptedDesk
from tests.ui.console_of import SIZES, Console, console_app
from tests.ui.people import JANE, OMAR, PIET, SECOND, TOM, a_busy_desk

Snap = Callable[..., bool]
Steps = Callable[[Console], Awaitable[None]]

SMALL = {"60x15": (60, 15)}
sizes = pytest.mark.parametrize("size", list(SIZES))


def picture(snap_compare: Snap, size: str, steps: Steps, desk: ScriptedDesk | None = None, **options: Any) -> bool:
    """Whether the screen after these steps looks as it did when somebody last looked at it."""
    clock = Clock()
    desk = desk or a_busy_desk(clock)
    app = console_app(desk, clock, **options)

    async def go(pilot: Pilot[int]) -> None:
        it = Console(pilot, desk, clock)
        await until_connected(it)
        await steps(it)
        await it.settle()

    return snap_compare(app, terminal_size=(SIZES | SMALL)[size], run_before=go)


async def until_connected(it: Console) -> None:
    for _ in range(500):
        if it.screen.account is not None and "live" in it.rows[0]:
            return await it.settle()
        await it.pilot.pause(0.01)
    raise AssertionError(f"never live: {it.text}")


async def show_jane(it: Console) -> None:
    for ref in (PIET, OMAR, JANE):
        it.screen.show(ref)
    await it.settle()
    it.screen.chat.transcript.focus()
    await it.settle()


@sizes
def test_nothing_open_yet(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await it.press("j")

    assert picture(snap_compare, size, steps, demo=True)


@sizes
def test_moving(snap_compare: Snap, size: str) -> None:
    assert picture(snap_compare, size, show_jane)


@sizes
def test_typing(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press("i")
        it.screen.chat.composer.insert("Umbra: two days a month back, in their own words.")

    assert picture(snap_compare, size, steps)


@sizes
def test_a_note(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press("n")
        it.screen.chat.composer.insert("Twijfelt over het jaarcontract, niet over de prijs.")

    assert picture(snap_compare, size, steps)


@sizes
def test_the_list(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press("tab", "k")

    assert picture(snap_compare, size, steps)


@sizes
def test_the_card(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press("v")

    assert picture(snap_compare, size, steps)


@sizes
@pytest.mark.parametrize(
    "keys",
    ["e", "t", "s", "z", "O", "b", "B", "f1", "ctrl+k", "slash", "ctrl+f", "ctrl+o"],
    ids=[
        "resolve",
        "transfer",
        "stage",
        "snooze",
        "outcome",
        "availability",
        "block",
        "help",
        "palette",
        "filter",
        "find",
        "leader",
    ],
)
def test_a_question(snap_compare: Snap, size: str, keys: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press(keys)

    assert picture(snap_compare, size, steps)


@sizes
def test_search(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press("ctrl+r", *"een")
        await it.pilot.pause(0.4)

    assert picture(snap_compare, size, steps)


@sizes
def test_twelve_tabs_and_a_long_message(snap_compare: Snap, size: str) -> None:
    clock = Clock()
    desk = a_busy_desk(clock)
    for number in range(20, 29):
        ref = desk.conversation(number, f"Klant{number} van den Berg", "Ada", stage=Stage.MID)
        desk.customer_says(ref, "Hoi", clock() - number * SECOND)
    desk.customer_says(JANE, "Ik heb al drie keer gebeld en niemand weet waar mijn bestelling blijft. " * 28, clock())

    async def steps(it: Console) -> None:
        for number in range(20, 29):
            it.screen.show(ConversationRef(str(number)))
        await show_jane(it)

    assert picture(snap_compare, size, steps, desk)


@sizes
def test_the_line_is_down(snap_compare: Snap, size: str) -> None:
    async def steps(it: Console) -> None:
        await show_jane(it)
        await it.press("i")
        it.desk.cut()
        await it.wait_for("reconnecting")
        it.screen.chat.composer.insert("Still there?")
        await it.press("enter")

    assert picture(snap_compare, size, steps)


@sizes
def test_the_first_screen(snap_compare: Snap, size: str) -> None:
    clock = Clock()

    class Doors:
        async def demo(self) -> Opened:
            return Opened(account_of(a_busy_desk(clock)))

        async def join(self, invite: str) -> Opened:
            raise Unreachable("This invite was used already. Ask for a new one; nothing was changed.")

        def own_names(self) -> None:
            return None

        async def own(self, _: OwnNames) -> Opened:
            return await self.demo()

    app = ConsoleApp(AppOptions(clock=clock, doors=Doors()))

    async def go(pilot: Pilot[int]) -> None:
        it = Console(pilot, a_busy_desk(clock), clock)
        await it.wait_for("Try the demo")
        await it.press("j", *"abc", "enter")
        await it.wait_for("used already")
        await it.settle()

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go)


@sizes
def test_the_desk_does_not_answer(snap_compare: Snap, size: str) -> None:
    async def nobody() -> Opened:
        raise Unreachable(
            "The desk at https://chat.acme.example does not answer. Nothing is lost; try again with `agent-tui`."
        )

    app = ConsoleApp(AppOptions(clock=Clock(), open_account=nobody))

    async def go(pilot: Pilot[int]) -> None:
        it = Console(pilot, a_busy_desk(Clock()), Clock())
        await it.wait_for("not connected")
        await it.settle()

    assert snap_compare(app, terminal_size=SIZES[size], run_before=go)


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
def test_other_colours(snap_compare: Snap, theme: str) -> None:
    assert picture(snap_compare, "120x34", show_jane, theme=theme)


def test_no_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, "120x34", show_jane)


def test_small(snap_compare: Snap) -> None:
    async def steps(it: Console) -> None:
        it.screen.show(TOM)

    assert picture(snap_compare, "60x15", steps)


def test_too_small(snap_compare: Snap) -> None:
    assert snap_compare(console_app(a_busy_desk(Clock()), Clock()), terminal_size=(28, 7))
