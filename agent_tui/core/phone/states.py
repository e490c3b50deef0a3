"""How a call goes on: only forward, each state with a deadline and an answer to "and if nothing comes?".

What doesn't fit (late, twice, out of order) is dropped: `step` then returns the very call it was given. Steps may be
skipped, for a provider that is asked once a second doesn't see all of them; going back they can't.

A call that ended stays ended. Another attempt is another call, with an id of its own.
"""

from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.model.call import Call, CallState, Reason, Timeouts
from agent_tui.ports.phone import CallEvent

_S: Final = CallState

NEXT: Final[dict[CallState, frozenset[CallState]]] = {
    _S.REQUESTED: frozenset({_S.QUEUED, _S.DIALLING_AGENT, _S.HANDED_OVER, _S.ENDED}),
    _S.QUEUED: frozenset({_S.CLAIMED, _S.ENDED}),
    # The one step back: whoever claimed it is gone, and nothing was dialled.
    _S.CLAIMED: frozenset({_S.QUEUED, _S.DIALLING_AGENT, _S.HANDED_OVER, _S.ENDED}),
    _S.DIALLING_AGENT: frozenset({_S.AGENT_ANSWERED, _S.DIALLING_CUSTOMER, _S.IN_CALL, _S.ENDED}),
    _S.AGENT_ANSWERED: frozenset({_S.DIALLING_CUSTOMER, _S.IN_CALL, _S.ENDED}),
    _S.DIALLING_CUSTOMER: frozenset({_S.IN_CALL, _S.ENDED}),
    _S.IN_CALL: frozenset({_S.ENDED}),
    _S.HANDED_OVER: frozenset({_S.ENDED}),
    _S.ENDED: frozenset(),
}
"""What may follow what."""

AT_A_PROVIDER: Final = frozenset({_S.DIALLING_AGENT, _S.AGENT_ANSWERED, _S.DIALLING_CUSTOMER, _S.IN_CALL})
"""Something may be ringing or talking: the provider knows better than we do."""
SETTING_UP: Final = AT_A_PROVIDER - {_S.IN_CALL}


class Then(StrEnum):
    """What is done when a state's time is over and nothing came."""

    END = "end it: nothing rings"
    RELEASE = "back to the queue: whoever claimed it is gone"
    ASK = "ask the provider; it still says the same: stop the call. It knows nothing: the call is lost"
    CONFIRM = "ask the provider whether they still speak; it can't be asked: the call goes on and is marked so"


class Silence(Struct, frozen=True):
    """A state's answer to "and if nothing comes?"."""

    then: Then
    reason: Reason
    """What the call ends with if it ends by this."""


IF_NOTHING_COMES: Final[dict[CallState, Silence]] = {
    _S.REQUESTED: Silence(Then.END, Reason.CANCELLED),
    _S.QUEUED: Silence(Then.END, Reason.EXPIRED),
    _S.CLAIMED: Silence(Then.RELEASE, Reason.EXPIRED),
    _S.DIALLING_AGENT: Silence(Then.ASK, Reason.AGENT_NO_ANSWER),
    _S.AGENT_ANSWERED: Silence(Then.ASK, Reason.PROVIDER_ERROR),
    _S.DIALLING_CUSTOMER: Silence(Then.ASK, Reason.CUSTOMER_NO_ANSWER),
    _S.IN_CALL: Silence(Then.CONFIRM, Reason.TIME_LIMIT),
    _S.HANDED_OVER: Silence(Then.END, Reason.LOST),
}


class Patience(Struct, frozen=True):
    """How long each state may last without news, in milliseconds."""

    timeouts: Timeouts = Timeouts()
    requested_ms: int = 60_000
    """The undo window is at most 30 s."""
    lease_ms: int = 120_000
    answered_ms: int = 10_000
    """Between the agent's pick-up and the customer's first ring."""
    grace_ms: int = 5_000
    """The provider's own timers come first: ours are for when those fail."""
    heartbeat_ms: int = 15_000
    reported_ms: int = 8 * 3_600_000
    """The card asks without end; after a shift nobody will say any more."""


def step(call: Call, event: CallEvent) -> Call:
    """The call after this news; the same object where it doesn't fit or says nothing new but that it still stands."""
    if event.call_id != call.id or call.state is _S.ENDED:
        return call
    if event.state is call.state:
        return confirmed(call, event.at_ms)
    return moved(call, event.state, event.at_ms, event.reason)


def moved(call: Call, state: CallState, at_ms: int, reason: Reason | None = None) -> Call:
    """The call in another state, by our own decision; the same object where that can't follow."""
    if state not in NEXT[call.state]:
        return call
    ends = state is _S.ENDED
    began = call.dialled_ms is None and state in AT_A_PROVIDER
    answered = call.answered_ms is None and state is _S.IN_CALL
    return msgspec.structs.replace(
        call,
        revision=call.revision + 1,
        state=state,
        since_ms=at_ms,
        heard_ms=max(call.heard_ms, at_ms),
        dialled_ms=at_ms if began else call.dialled_ms,
        answered_ms=at_ms if answered else call.answered_ms,
        ended_ms=at_ms if ends else None,
        # An end without a reason is one that we don't know.
        reason=(reason or Reason.LOST) if ends else None,
        connected=True,
    )


def confirmed(call: Call, at_ms: int) -> Call:
    """The call, of which was just heard that it stands as before. Not a change that anybody is told of."""
    if at_ms <= call.heard_ms and call.connected:
        return call
    return msgspec.structs.replace(
        call,
        heard_ms=max(at_ms, call.heard_ms),
        connected=True,
        revision=call.revision + (0 if call.connected else 1),
    )


def unheard(call: Call) -> Call:
    """The call while its provider can't be asked: it goes on, and is shown as not connected."""
    if call.state not in AT_A_PROVIDER or not call.connected:
        return call
    return msgspec.structs.replace(call, connected=False, revision=call.revision + 1)


def due_ms(call: Call, patience: Patience) -> int | None:
    """When this state's time is over; None for a call that ended, and in the queue without a last time."""
    times = patience.timeouts
    own = {
        _S.REQUESTED: patience.requested_ms,
        _S.CLAIMED: patience.lease_ms,
        _S.DIALLING_AGENT: times.agent_s * 1_000 + patience.grace_ms,
        _S.AGENT_ANSWERED: patience.answered_ms + patience.grace_ms,
        _S.DIALLING_CUSTOMER: times.customer_s * 1_000 + patience.grace_ms,
        _S.HANDED_OVER: patience.reported_ms,
    }
    match call.state:
        case _S.ENDED:
            return None
        case _S.QUEUED:
            return call.not_after_ms
        case _S.IN_CALL:
            return min(call.heard_ms + patience.heartbeat_ms, ends_by(call, patience))
        case state if state in SETTING_UP and call.dialled_ms is not None:
            return min(call.since_ms + own[state], call.dialled_ms + times.setup_s * 1_000)
        case state:
            return call.since_ms + own[state]


def ends_by(call: Call, patience: Patience) -> int:
    """When a call that was answered has lasted as long as one may."""
    return (call.answered_ms or call.since_ms) + patience.timeouts.call_s * 1_000


class Cancelling(StrEnum):
    """What cancelling means for a call in its present state. The answer always says what is true afterwards."""

    HERE = "nothing was sent: it ends here"
    AT_PROVIDER = "the provider is asked, and may say that it was answered meanwhile"
    HANG_UP = "it was answered: hanging up is another wish"
    SAY_HOW = "nobody but the agent knows: it ends when they say how it went"
    OVER = "it ended already"


CANCELLING: Final[dict[CallState, Cancelling]] = {
    _S.REQUESTED: Cancelling.HERE,
    _S.QUEUED: Cancelling.HERE,
    _S.CLAIMED: Cancelling.HERE,
    _S.DIALLING_AGENT: Cancelling.AT_PROVIDER,
    _S.AGENT_ANSWERED: Cancelling.AT_PROVIDER,
    _S.DIALLING_CUSTOMER: Cancelling.AT_PROVIDER,
    _S.IN_CALL: Cancelling.HANG_UP,
    _S.HANDED_OVER: Cancelling.SAY_HOW,
    _S.ENDED: Cancelling.OVER,
}
