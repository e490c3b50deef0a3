"""What the actions about calls do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from agent_tui.model.call import CallId
from agent_tui.ports.call_intents import ClaimCall
from agent_tui.ui.looking import Doing, shown

if TYPE_CHECKING:
    from agent_tui.runtime.account import Wished
    from agent_tui.ui.screens.console import ConsoleScreen


def _phone(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.calling.phone_key()


def _next_callback(console: ConsoleScreen) -> None:
    if console.account is not None:
        console.account.wish(ClaimCall(CallId(""))).add_done_callback(lambda task: _taken(console, task))


def _taken(console: ConsoleScreen, task: asyncio.Task[Wished]) -> None:
    if task.cancelled() or task.exception() is not None or not console.is_attached:
        return
    wished = task.result()
    if wished.call is None:
        console.say(wished.sentence or "No callback is due.", "" if wished.ok else "bold $warning")
        return
    console.show(wished.call.ref)
    phone, packet = console.keys.shown("call.phone"), console.keys.chord_shown("call.packet")
    console.say(f"The callback is yours: {phone} calls, Esc then gives it back, {packet} tells more.")


def _others(console: ConsoleScreen) -> None:
    from agent_tui.ui.phone.others import ask_for_others

    ask_for_others(console)


def _packet(console: ConsoleScreen) -> None:
    from agent_tui.ui.phone.packet_screen import show_packet

    show_packet(console)


def _not_now(console: ConsoleScreen) -> None:
    ref = shown(console)
    if ref is None:
        return
    if console.calling.offers.put_away(ref):
        console.say("Put away: it is offered again only for what comes from now on.")
        console.chat.tick()
    else:
        console.say("No call is offered here.")


PHONING: Final[dict[str, Doing]] = {
    "call.phone": _phone,
    "call.next_callback": _next_callback,
    "call.others": _others,
    "call.packet": _packet,
    "call.not_now": _not_now,
}
