"""One call at the exchange: its two legs and what is to be done next. Pure.

What is done follows from how things stand, not from which event came last: after a lost socket the legs are asked for
and the same decisions go on from there. No customer is dialled twice, whatever comes.
"""

from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from agent_tui.model.call import CallState, Leg, Reason
from agent_tui.phones.asterisk.causes import reason_of
from agent_tui.phones.asterisk.codec import Fact, Saw

UNKNOWN_CAUSE: Final = -1
"""The leg was gone when it was asked for; nobody heard why."""


class At(StrEnum):
    """Where a leg is."""

    NONE = "none"
    ASKED = "asked"
    RINGING = "ringing"
    UP = "up"
    GONE = "gone"


_ALIVE: Final = frozenset({At.ASKED, At.RINGING, At.UP})


class LegNow(Struct, frozen=True):
    """One leg."""

    at: At = At.NONE
    was_up: bool = False
    called_in: bool = False
    """The exchange was told to put it into the bridge."""
    joined: bool = False
    """It was in the bridge. Who leaves it is hanging up, and is not called in again."""
    ending: bool = False
    """The exchange was told to hang it up, and took that."""
    cause: int = 0
    tech: int = 0

    @property
    def rings_or_talks(self) -> bool:
        """Still there, as far as is known, and nobody told it to go."""
        return self.at in _ALIVE and not self.ending


class Legs(Struct, frozen=True):
    """A call at the exchange."""

    agent: LegNow = LegNow()
    customer: LegNow = LegNow()
    bridge: bool = False
    accepted: bool = False
    """A person answered the agent's telephone: they pressed 1, or that isn't asked for."""
    prompted: bool = False
    toned: bool = False
    pressed: bool = False
    """The extension was dialled at the customer's switchboard."""
    talked: bool = False
    first_gone: Leg | None = None
    stop: Reason | None = None
    """We want it ended, for this."""


class Found(Struct, frozen=True):
    """What the exchange has of a call; None: no such channel."""

    agent: Saw | None
    customer: Saw | None
    bridge: bool
    joined: frozenset[Leg] = frozenset()

    @property
    def anything(self) -> bool:
        """It knows the call."""
        return self.agent is not None or self.customer is not None or self.bridge


class Act(StrEnum):
    """What is done next at the exchange."""

    HANG_UP_AGENT = "hang up the agent's leg"
    HANG_UP_CUSTOMER = "hang up the customer's leg"
    DROP_BRIDGE = "drop the bridge"
    PROMPT = "say what to press"
    MAKE_BRIDGE = "make the bridge"
    JOIN_AGENT = "put the agent into the bridge"
    RING_TONE = "let the agent hear it ring"
    DIAL_CUSTOMER = "ring the customer"
    JOIN_CUSTOMER = "put the customer into the bridge"
    PRESS_EXTENSION = "dial the extension"


class Wanted(Struct, frozen=True):
    """What a call is made with, as far as it decides on the next act."""

    prompt: bool = False
    extension: bool = False


def heard(legs: Legs, fact: Fact) -> Legs:
    """The legs after a fact. Twice or late it changes nothing: a leg that is gone stays gone."""
    leg = _leg(legs, fact.leg)
    if leg.at is At.GONE:
        return legs
    match fact.saw:
        case Saw.RINGING if leg.at in (At.NONE, At.ASKED):
            return _with(legs, fact.leg, at=At.RINGING)
        case Saw.UP:
            return _with(legs, fact.leg, at=At.UP, was_up=True)
        case Saw.JOINED:
            return _joined(legs, fact.leg)
        case Saw.PRESSED_ONE if fact.leg is Leg.AGENT:
            return msgspec.structs.replace(legs, accepted=True)
        case Saw.GONE:
            return gone(legs, fact.leg, fact.cause, fact.tech)
    return legs


def gone(legs: Legs, which: Leg, cause: int = UNKNOWN_CAUSE, tech: int = 0) -> Legs:
    """A leg ended. Whoever goes first says who hung up."""
    after = _with(legs, which, at=At.GONE, cause=cause, tech=tech)
    return after if legs.first_gone is not None else msgspec.structs.replace(after, first_gone=which)


def looked(legs: Legs, found: Found, *, remembered: bool) -> Legs:
    """The legs after asking for them. `remembered`: we have followed this call from its beginning."""
    after = msgspec.structs.replace(legs, bridge=found.bridge)
    saw = {Leg.AGENT: found.agent, Leg.CUSTOMER: found.customer}
    for leg, seen in saw.items():
        before = _leg(legs, leg)
        if seen is not None and before.at is not At.GONE:
            # The news may have come while it was asked for: who was up doesn't ring again.
            up = seen is Saw.UP or before.at is At.UP
            # Still there: if it was told to go or to come in, that was not taken.
            at = At.UP if up else At.RINGING
            after = _with(after, leg, at=at, was_up=before.was_up or up, ending=False, called_in=False)
            if leg in found.joined:
                after = _joined(after, leg)
    # The bridge is made before the customer is dialled: where there is one, they may have been, and aren't again.
    dialled = legs.customer.at is not At.NONE or (found.bridge and not remembered)
    missing = [
        leg
        for leg, seen in saw.items()
        if seen is None and _leg(legs, leg).at is not At.GONE and (leg is Leg.AGENT or dialled)
    ]
    if len(missing) == 2 and legs.first_gone is None:
        # Both went while nobody listened: who hung up is not known.
        after = msgspec.structs.replace(after, stop=after.stop or Reason.LOST)
    for leg in missing:
        after = gone(after, leg)
    accepted = after.accepted or found.bridge or found.customer is not None
    return msgspec.structs.replace(after, accepted=accepted)


def next_act(legs: Legs, wanted: Wanted) -> Act | None:
    """What is to be done now; None: wait for what comes."""
    if over(legs):
        if legs.customer.rings_or_talks:
            return Act.HANG_UP_CUSTOMER
        if legs.agent.rings_or_talks:
            return Act.HANG_UP_AGENT
        return Act.DROP_BRIDGE if legs.bridge else None
    if legs.agent.at is not At.UP:
        return None
    if not legs.accepted:
        return Act.PROMPT if wanted.prompt and not legs.prompted else None
    if not legs.bridge:
        return Act.MAKE_BRIDGE
    if not (legs.agent.called_in or legs.agent.joined):
        return Act.JOIN_AGENT
    if legs.customer.at is At.NONE:
        return Act.DIAL_CUSTOMER if legs.toned else Act.RING_TONE
    if legs.customer.at is At.UP and not (legs.customer.called_in or legs.customer.joined):
        return Act.JOIN_CUSTOMER
    return Act.PRESS_EXTENSION if legs.talked and wanted.extension and not legs.pressed else None


def done(legs: Legs, act: Act) -> Legs:
    """The legs after the exchange took an act. What it leads to is heard later."""
    match act:
        case Act.HANG_UP_AGENT:
            return _with(legs, Leg.AGENT, ending=True)
        case Act.HANG_UP_CUSTOMER:
            return _with(legs, Leg.CUSTOMER, ending=True)
        case Act.JOIN_AGENT:
            return _with(legs, Leg.AGENT, called_in=True)
        case Act.JOIN_CUSTOMER:
            return _with(legs, Leg.CUSTOMER, called_in=True)
        case Act.DIAL_CUSTOMER:
            return _with(legs, Leg.CUSTOMER, at=At.ASKED) if legs.customer.at is At.NONE else legs
        case _:
            field, value = _DONE[act]
            return msgspec.structs.replace(legs, **{field: value})


def over(legs: Legs) -> bool:
    """It is to end, or one of the two is gone."""
    return legs.stop is not None or legs.first_gone is not None


def standing(legs: Legs) -> tuple[CallState, Reason | None]:
    """How the call stands. `ENDED` is said when nothing rings any more, not when that was asked for."""
    if over(legs) and not (legs.agent.rings_or_talks or legs.customer.rings_or_talks):
        return CallState.ENDED, _why(legs)
    if legs.talked:
        return CallState.IN_CALL, None
    if legs.customer.at is not At.NONE:
        return CallState.DIALLING_CUSTOMER, None
    if legs.agent.at is At.UP and legs.accepted:
        return CallState.AGENT_ANSWERED, None
    return CallState.DIALLING_AGENT, None


def raw_code(legs: Legs) -> str:
    """The codes of the leg that went first: `21/603`."""
    if legs.first_gone is None:
        return ""
    leg = _leg(legs, legs.first_gone)
    return f"{leg.cause}/{leg.tech}" if leg.cause != UNKNOWN_CAUSE else ""


def _why(legs: Legs) -> Reason:
    if legs.stop is Reason.AGENT_NO_ANSWER and legs.agent.was_up:
        return Reason.AGENT_VOICEMAIL
    if legs.stop is not None:
        return legs.stop
    if legs.first_gone is Leg.CUSTOMER:
        customer = legs.customer
        if legs.talked or customer.was_up:
            return Reason.CUSTOMER_HUNG_UP
        return Reason.LOST if customer.cause == UNKNOWN_CAUSE else reason_of(Leg.CUSTOMER, customer.cause)
    agent = legs.agent
    if legs.talked:
        return Reason.AGENT_HUNG_UP
    if agent.was_up:
        return Reason.AGENT_LEFT if legs.accepted else Reason.AGENT_VOICEMAIL
    return Reason.LOST if agent.cause == UNKNOWN_CAUSE else reason_of(Leg.AGENT, agent.cause)


_DONE: Final[dict[Act, tuple[str, bool]]] = {
    Act.DROP_BRIDGE: ("bridge", False),
    Act.MAKE_BRIDGE: ("bridge", True),
    Act.PROMPT: ("prompted", True),
    Act.RING_TONE: ("toned", True),
    Act.PRESS_EXTENSION: ("pressed", True),
}


def _joined(legs: Legs, which: Leg) -> Legs:
    after = _with(legs, which, at=At.UP, was_up=True, called_in=True, joined=True)
    talked = after.talked or (after.agent.joined and after.customer.joined)
    return msgspec.structs.replace(after, talked=talked)


def _leg(legs: Legs, which: Leg) -> LegNow:
    return legs.agent if which is Leg.AGENT else legs.customer


def _with(legs: Legs, which: Leg, **changed: Any) -> Legs:
    leg = msgspec.structs.replace(_leg(legs, which), **changed)
    if which is Leg.AGENT:
        return msgspec.structs.replace(legs, agent=leg)
    return msgspec.structs.replace(legs, customer=leg)
