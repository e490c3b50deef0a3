"""The call card in each of its states, in two themes. `pytest --snapshot-update` draws them anew: look at each one."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.ids import AgentId
from agent_tui.model.telephone import Stop
from agent_tui.model.text import clean
from tests.account_of import Clock
from tests.scripted_backend import ScriptedDesk
from tests.scripted_calls import HANDOVER
from tests.snapshots.test_screens import until_connected
from tests.ui.console_of import Console, console_app
from tests.ui.people import JANE, PIET, SECOND, a_busy_desk

Snap = Callable[..., bool]
Scene = Callable[[ScriptedDesk], None]


def stopped(code: str, sentence: str, *, passable: bool = False) -> Scene:
    def scene(desk: ScriptedDesk) -> None:
        found = Stop(code, clean(sentence), passable)
        desk.phone.checks = msgspec.structs.replace(desk.phone.checks, stops=(found,))

    return scene


def no_number(desk: ScriptedDesk) -> None:
    nobody = msgspec.structs.replace(desk.conversations[JANE].customer, phone=clean(""))
    desk.change(JANE, customer=nobody)
    stopped("no_number", "No number is known of this customer.")(desk)
    desk.phone.checks = msgspec.structs.replace(desk.phone.checks, number=None, basis=None)


def two_numbers(desk: ScriptedDesk) -> None:
    desk.customer_says(JANE, "Bel me anders op 06 87654321, dat is mijn werk", desk.now_ms())


def going(state: CallState, **more: Any) -> Scene:
    def scene(desk: ScriptedDesk) -> None:
        now = desk.now_ms()
        given: dict[str, Any] = {
            "state": state, "agent": AgentId("ada"), "agent_name": clean("Ada"), "provider": "simulated",
            "dialled_ms": now - 20 * SECOND, "since_ms": now - 4 * SECOND,
        }  # fmt: skip
        desk.phone.add(JANE, **{**given, **more})

    return scene


def ended(reason: Reason, **more: Any) -> Scene:
    def scene(desk: ScriptedDesk) -> None:
        now = desk.now_ms()
        going(CallState.ENDED, reason=reason, ended_ms=now, **more)(desk)

    return scene


def handed_over(desk: ScriptedDesk) -> None:
    going(CallState.HANDED_OVER, provider="handover", in_console=True)(desk)
    call = desk.phone.calls[CallId("call-1")]
    # the console that handed it over was told the number
    desk.phone.checks = msgspec.structs.replace(desk.phone.checks, open_call=call, ways=(HANDOVER,))


def elsewhere(desk: ScriptedDesk) -> None:
    now = desk.now_ms()
    desk.phone.add(PIET, state=CallState.IN_CALL, agent=AgentId("ada"), dialled_ms=now, since_ms=now - 250 * SECOND)


def all_green(_desk: ScriptedDesk) -> None:
    """Nothing stands in the way."""


SCENES: dict[str, tuple[Scene, bool]] = {
    "countdown": (all_green, True),
    "no-number": (no_number, True),
    "two-numbers": (two_numbers, True),
    "too-short": (stopped("too_short", "This number has too few digits: look at it again, or ask for it."), True),
    "premium": (stopped("premium", "This number costs or pays somebody extra: it is never dialled from here."), True),
    "not-assigned": (
        stopped("not_assigned", "No such number is known to be in use: look at each digit.", passable=True),
        True,
    ),
    "do-not-call": (stopped("do_not_call", "Not to be called since 3 March: carry on in the chat."), True),
    "no-consent": (stopped("no_consent", "Jane has not asked to be called."), True),
    "outside-hours": (stopped("outside_hours", "It is 22:40 for the customer."), True),
    "away": (
        stopped("customer_away", "Jane closed the chat: a call from a number she doesn't expect.", passable=True),
        True,
    ),
    "not-registered": (stopped("provider_not_ready", "Your phone is not registered."), True),
    "phone-rings": (going(CallState.DIALLING_AGENT), False),
    "customer-rings": (going(CallState.DIALLING_CUSTOMER), False),
    "in-call": (going(CallState.IN_CALL), False),
    "in-call-keys": (going(CallState.IN_CALL), True),
    "in-call-unheard": (going(CallState.IN_CALL, connected=False), False),
    "handed-over": (handed_over, False),
    "ended": (ended(Reason.CUSTOMER_HUNG_UP, answered_ms=1_795_348_800_000 - 401 * SECOND), False),
    "kept": (ended(Reason.CUSTOMER_HUNG_UP, answered_ms=1_795_348_800_000 - 401 * SECOND, result="spoke"), False),
    "not-reached": (ended(Reason.CUSTOMER_NO_ANSWER), False),
    "elsewhere": (elsewhere, True),
    "colleague": (going(CallState.IN_CALL, agent=AgentId("ruben"), agent_name=clean("Ruben")), True),
}


def picture(snap_compare: Snap, scene: str, size: tuple[int, int], **options: Any) -> bool:
    clock = Clock()
    desk = a_busy_desk(clock)
    prepare, f9 = SCENES[scene]
    prepare(desk)
    app = console_app(desk, clock, **options)

    async def go(pilot: Pilot[int]) -> None:
        it = Console(pilot, desk, clock)
        await until_connected(it)
        it.screen.show(JANE)
        await it.press("i")
        app.now_s = lambda: 1_000.0  # type: ignore[method-assign]
        if f9:
            await it.press("f9")
            while "Checking" in it.text:
                await pilot.pause(0.01)
        await it.settle()

    return snap_compare(app, terminal_size=size, run_before=go)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("size", "theme"), [((80, 24), "light"), ((120, 36), "dark")], ids=["80x24-light", "120x36"])
def test_a_state_of_the_card(snap_compare: Snap, scene: str, size: tuple[int, int], theme: str) -> None:
    assert picture(snap_compare, scene, size, theme=theme)


@pytest.mark.parametrize("scene", ["countdown", "no-number", "in-call", "ended"])
def test_one_line_where_there_is_no_room(snap_compare: Snap, scene: str) -> None:
    assert picture(snap_compare, scene, (59, 15))


def test_without_colours(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, "countdown", (120, 36))
