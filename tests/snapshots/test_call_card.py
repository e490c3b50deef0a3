"""The call card in each of its states, in two themes. `pytest --snapshot-update` draws them anew: look at each one."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from agent_tui.core.phone.numbers import SENTENCE, Why
from agent_tui.desk.service.calling.checks import sentence_of
from agent_tui.model.call import CallId, CallState, LineKind, Number, Reason
from agent_tui.model.ids import AgentId
from agent_tui.model.telephone import Stop
from agent_tui.model.text import clean
from tests.account_of import NOON_MS, Clock
from tests.scripted_backend import ScriptedDesk
from tests.scripted_calls import HANDOVER
from tests.snapshots.test_screens import until_connected
from tests.ui.console_of import Console, console_app
from tests.ui.people import DAY, JANE, MINUTE, PIET, RUBENS, SECOND, a_busy_desk

Snap = Callable[..., bool]
Scene = Callable[[ScriptedDesk], None]


def stopped(code: str, *, passable: bool = False, since: int | None = None, **checks: Any) -> Scene:
    """The desk's own sentence."""

    def scene(desk: ScriptedDesk) -> None:
        said = SENTENCE[Why(code)] if code in list(Why) else sentence_of(code, time="23:00")
        found = Stop("not_assigned" if code == Why.NOT_VALID else code, clean(said), passable, since)
        desk.phone.checks = msgspec.structs.replace(desk.phone.checks, stops=(found,), **checks)

    return scene


def late(code: str, *, passable: bool = False) -> Scene:
    """Jane is in Sydney, where it is eleven in the evening of a Sunday."""

    def scene(desk: ScriptedDesk) -> None:
        away = msgspec.structs.replace(desk.conversations[JANE].customer, time_zone=clean("Australia/Sydney"))
        desk.change(JANE, customer=away)
        morning_ms = NOON_MS + 10 * 60 * MINUTE
        there: dict[str, Any] = {
            "zone": away.time_zone, "their_time": clean("23:00"), "next_hours_ms": morning_ms,
        }  # fmt: skip
        stopped(code, passable=passable, **there)(desk)

    return scene


def known_as(phone: str, code: str, **checks: Any) -> Scene:
    """What Jane left as her number is this, and the desk refuses it."""

    def scene(desk: ScriptedDesk) -> None:
        left = msgspec.structs.replace(desk.conversations[JANE].customer, phone=clean(phone))
        desk.change(JANE, customer=left)
        stopped(code, **{"number": None, **checks})(desk)

    return scene


def not_registered(desk: ScriptedDesk) -> None:
    hint = clean("Your phone is not registered: switch it on, or ask an admin which extension is yours.")
    found = Stop("provider_not_ready", hint)
    desk.phone.checks = msgspec.structs.replace(desk.phone.checks, stops=(found,))


def colleagues_chat(desk: ScriptedDesk) -> None:
    desk.change(JANE, owner=desk.conversations[RUBENS].owner)


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


NOT_ASSIGNED = Number("+31676000000", "", "NL", LineKind.UNKNOWN, clean("+31 6 76000000"))
TYPED = "0906 1234"

SCENES: dict[str, tuple[Scene, bool]] = {
    "countdown": (all_green, True),
    "colleagues-chat": (colleagues_chat, True),
    "no-number": (known_as("", "no_number", basis=None), True),
    "asked-for-a-number": (known_as("", "no_number", basis=None, offered_ms=NOON_MS - 72 * SECOND), True),
    "two-numbers": (two_numbers, True),
    "too-short": (known_as("06 12", "too_short"), True),
    "premium": (known_as("0906 1234", "premium"), True),
    "typed": (known_as("", "premium"), True),
    "not-assigned": (known_as("0676000000", "not_valid", passable=True, number=NOT_ASSIGNED), True),
    "do-not-call": (stopped("do_not_call", since=NOON_MS - 9 * 30 * DAY, number=None), True),
    "no-consent": (stopped("no_consent", basis=None), True),
    "asked-for-consent": (stopped("no_consent", basis=None, offered_ms=NOON_MS - 72 * SECOND), True),
    "agent-says": (stopped("consent_not_on_record", passable=True, basis=None), True),
    "outside-hours": (late("outside_hours"), True),
    "asked-a-moment-ago": (late("outside_hours_asked", passable=True), True),
    "away": (stopped("customer_away", passable=True, present=False), True),
    "not-registered": (not_registered, True),
    "not-connected": (all_green, False),
    "phone-rings": (going(CallState.DIALLING_AGENT), False),
    "customer-rings": (going(CallState.DIALLING_CUSTOMER), False),
    "in-call": (going(CallState.IN_CALL), False),
    "in-call-keys": (going(CallState.IN_CALL), True),
    "in-call-unheard": (going(CallState.IN_CALL, connected=False), False),
    "handed-over": (handed_over, False),
    "ended": (ended(Reason.CUSTOMER_HUNG_UP, answered_ms=NOON_MS - 401 * SECOND), False),
    "kept": (ended(Reason.CUSTOMER_HUNG_UP, answered_ms=NOON_MS - 401 * SECOND, result="spoke"), False),
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
        if scene == "typed":
            it.screen.calling.check(TYPED)
            await it.wait_for(TYPED)
        if scene == "not-connected":
            desk.cut()
            await it.wait_for("offline")
            await it.press("f9")
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
