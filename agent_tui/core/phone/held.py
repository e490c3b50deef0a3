"""The calls that a console knows of: taken in whatever order they are heard."""

import msgspec

from agent_tui.core.state import State
from agent_tui.model.call import Call, CallState
from agent_tui.model.ids import ConversationRef


def take_in(state: State, call: Call) -> bool:
    """Keep a call if it is news; whether it was. A number once told stays with its call: pushes leave it out."""
    held = state.calls.get(call.id)
    if held is not None:
        if held.number is not None and call.number is None and held.last4 == call.last4:
            call = msgspec.structs.replace(call, number=held.number)
        if held.revision > call.revision or held == call:
            return False
    state.calls[call.id] = call
    return True


def open_call(state: State, ref: ConversationRef) -> Call | None:
    """The open call of a conversation."""
    return next((call for call in state.calls.values() if call.ref == ref and call.is_open), None)


def my_call(state: State) -> Call | None:
    """The call that this account is in, sets up or has claimed."""
    me = state.me.id if state.me else None
    return next((call for call in state.calls.values() if call.is_open and me is not None and call.agent == me), None)


def my_callback(state: State, ref: ConversationRef) -> Call | None:
    """The callback to this customer that this account has claimed, and not begun to dial."""
    call = my_call(state)
    return call if call is not None and call.ref == ref and call.state is CallState.CLAIMED else None


def newest_call(state: State, ref: ConversationRef) -> Call | None:
    """The last call of a conversation, open or not."""
    return max((call for call in state.calls.values() if call.ref == ref), key=lambda it: it.requested_ms, default=None)
