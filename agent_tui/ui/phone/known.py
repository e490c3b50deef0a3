"""What the call card goes by, gathered from what the console knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.phone.card_parts import Candidate, Known
from agent_tui.core.phone.held import my_call, newest_call
from agent_tui.core.phone.holding import on_a_call, others
from agent_tui.core.phone.reasons import MEANING
from agent_tui.core.state import LinkState, State
from agent_tui.model.call import Call, CallId
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.telephone import CallChecks
from agent_tui.model.text import SafeText, clean

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen

LINES_PINNED: Final = 2
_LOOKED_THROUGH: Final = 200
_LINE_SHOWN: Final = 200


def known_of(
    console: ConsoleScreen,
    ref: ConversationRef,
    numbers: tuple[Candidate, ...] | None,
    checks: CallChecks | None,
    away: Collection[CallId] = (),
) -> Known | None:
    """All of it, as of now; None where the chat isn't here yet. `away`: calls whose card was put away."""
    state = console.state
    record = state.conversations.get(ref)
    if record is None:
        return None
    call = call_of(state, ref, away)
    own = my_call(state)
    elsewhere = own if own is not None and own.ref != ref else None
    other = state.conversations.get(elsewhere.ref) if elsewhere else None
    return Known(
        name=select.name_of(record),
        now_ms=console.options.clock() + state.link.clock_skew_ms,
        phone_key=console.keys.shown("call.phone") or "F9",
        packet_key=console.keys.chord_shown("call.packet"),
        others_key=console.keys.chord_shown("call.others"),
        others_wait=len(others(state)) if on_a_call(state) else 0,
        owner=record.owner.name if record.owner is not None and not select.is_mine(state, record) else NOTHING,
        numbers=numbers,
        checks=checks,
        ways=checks.ways if checks and checks.ways else state.telephone.ways,
        countdown_ms=state.telephone.countdown_ms if state.telephone.countdown else None,
        connected=state.link.state in (LinkState.LIVE, LinkState.QUIET),
        call=call,
        mine=call is not None and state.me is not None and call.agent == state.me.id,
        elsewhere=elsewhere,
        elsewhere_name=select.name_of(other) if other else NOTHING,
        handed=console.calling.handing.handed(call.id) if call else NOTHING,
        last_lines=last_lines(state, ref),
    )


def call_of(state: State, ref: ConversationRef, away: Collection[CallId] = ()) -> Call | None:
    """The chat's call as the card shows it: an open one, or one that ended and whose card is still to be put away."""
    call = newest_call(state, ref)
    if call is None or call.is_open:
        return call
    mine = state.me is not None and call.agent == state.me.id
    rang = call.dialled_ms is not None or call.reason in _REPORTED
    return call if mine and rang and call.id not in away else None


def last_lines(state: State, ref: ConversationRef, count: int = LINES_PINNED) -> tuple[SafeText, ...]:
    """The customer's newest lines, in their order."""
    held = state.transcripts.get(ref)
    lines: list[SafeText] = []
    for entry in reversed(held.entries[-_LOOKED_THROUGH:] if held else ()):
        if len(lines) == count:
            break
        if entry.from_customer and not entry.withdrawn:
            lines.insert(0, clean(entry.body, limit=_LINE_SHOWN, multiline=False))
    return tuple(lines)


_REPORTED: Final = frozenset(reason for reason in MEANING if reason.value.startswith("reported_"))
