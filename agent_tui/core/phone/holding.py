"""While an agent is in a call: who else waits for them, and the line that says so. Pure; nothing is sent from here."""

from typing import Final

from agent_tui.core import select
from agent_tui.core.phone.held import my_call
from agent_tui.core.state import State
from agent_tui.model.call import CallState
from agent_tui.model.conversation import Conversation
from agent_tui.model.words import State as Life

HOLDING: Final[dict[str, str]] = {
    "en": "I'm in a phone call right now and will be back with you as soon as it ends. Your message is here.",
    "nl": "Ik zit nu even in een telefoongesprek en kom bij u terug zodra dat klaar is. Uw bericht staat hier.",
}
"""By the customer's language; English where it is another."""
_ON_A_CALL: Final = frozenset(
    {CallState.DIALLING_AGENT, CallState.AGENT_ANSWERED, CallState.DIALLING_CUSTOMER, CallState.IN_CALL}
)


def on_a_call(state: State) -> bool:
    """Whether this agent's telephone rings or is in use, as far as is known; a number handed over counts too."""
    call = my_call(state)
    return call is not None and (call.state in _ON_A_CALL or call.state is CallState.HANDED_OVER)


def others(state: State) -> list[Conversation]:
    """This agent's other open chats whose customers wait, the longest first."""
    call = my_call(state)
    ref = call.ref if call is not None else None
    waiting = [
        record
        for record in state.conversations.values()
        if record.ref != ref
        and record.state is Life.OPEN
        and select.is_mine(state, record)
        and record.waiting_since_ms is not None
    ]
    return sorted(waiting, key=lambda record: (record.waiting_since_ms or 0, record.ref))


def holding_line(record: Conversation) -> str:
    """What would be sent, in the customer's language."""
    return HOLDING.get(record.customer.language[:2].lower(), HOLDING["en"])
