"""What Asterisk says over ARI, and what our channels are called there. Pure.

See Asterisk's `rest-api/api-docs/{channels,bridges,events}.json`, `res/res_ari.c`,
`res/ari/resource_channels.c`. Names of channels and bridges are derived from the call's id, so a call can be found
again by whoever knows that, and be made only once: a second channel of the same name is answered 409.
"""

import re
from enum import StrEnum
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from agent_tui.model.call import CallId, Leg

_APP: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
_SUFFIX: Final = {Leg.AGENT: "agent", Leg.CUSTOMER: "cust"}
_UP: Final = "Up"
_RINGING: Final = ("Ringing", "Ring")

Kind = TypeVar("Kind", bound=Struct)


class Saw(StrEnum):
    """What happened to one leg."""

    RINGING = "ringing"
    UP = "up"
    """It was picked up and is ours to move."""
    PRESSED_ONE = "pressed 1"
    JOINED = "joined"
    GONE = "gone"


class Fact(Struct, frozen=True):
    """Something happened to a leg of a call of ours. `cause` is Q.850's, `tech` the SIP answer."""

    call_id: CallId
    leg: Leg
    saw: Saw
    cause: int = 0
    tech: int = 0


class Replaced(Struct, frozen=True):
    """Another socket took the application over: this one stays open and hears nothing more."""


class Names(Struct, frozen=True):
    """What a desk calls things at its exchange. Each desk has an application of its own there."""

    app: str

    def channel(self, call_id: CallId, leg: Leg) -> str:
        """A leg's channel."""
        return f"{self.app}-{call_id}-{_SUFFIX[leg]}"

    def bridge(self, call_id: CallId) -> str:
        """The bridge between both legs."""
        return f"{self.app}-{call_id}-br"

    def call_of(self, name: str) -> tuple[CallId, Leg | None] | None:
        """Whose channel or bridge this is (a bridge has no leg); None for what isn't ours."""
        found = re.fullmatch(rf"{re.escape(self.app)}-([0-9a-f-]{{36}})-(agent|cust|br)", name)
        if found is None:
            return None
        leg = next((leg for leg, suffix in _SUFFIX.items() if suffix == found[2]), None)
        return CallId(found[1]), leg


class _Channel(Struct, frozen=True):
    id: str = ""
    state: str = ""


class _Bridge(Struct, frozen=True):
    id: str = ""
    channels: tuple[str, ...] = ()


class _Event(Struct, frozen=True):
    type: str = ""
    channel: _Channel = _Channel()
    bridge: _Bridge = _Bridge()
    digit: str = ""
    cause: int = 0
    tech_cause: int = 0


class _Said(Struct, frozen=True):
    """An error: `message` of ARI's own, `error` where an origination failed."""

    message: str = ""
    error: str = ""


def is_app(name: str) -> bool:
    """Whether an application may be called so."""
    return _APP.fullmatch(name) is not None


def fact_in(frame: bytes, names: Names) -> Fact | Replaced | None:
    """What an event tells; None where it is none of ours, or can't be read."""
    try:
        event = msgspec.json.decode(frame, type=_Event)
    except msgspec.MsgspecError:
        return None
    if event.type == "ApplicationReplaced":
        return Replaced()
    ours = names.call_of(event.channel.id)
    if ours is None:
        return None
    call_id, leg = ours
    if leg is None:
        return None
    match event.type:
        case "StasisStart":
            return Fact(call_id, leg, Saw.UP)
        case "ChannelStateChange" if event.channel.state in _RINGING:
            return Fact(call_id, leg, Saw.RINGING)
        case "ChannelDtmfReceived" if event.digit == "1":
            return Fact(call_id, leg, Saw.PRESSED_ONE)
        case "ChannelEnteredBridge" if event.bridge.id == names.bridge(call_id):
            return Fact(call_id, leg, Saw.JOINED)
        case "ChannelDestroyed":
            return Fact(call_id, leg, Saw.GONE, event.cause, event.tech_cause)
    return None


def channel_state(body: bytes) -> Saw:
    """How a channel stands that was asked for."""
    state = _decoded(body, _Channel()).state
    return Saw.UP if state == _UP else Saw.RINGING


def bridge_members(body: bytes) -> frozenset[str]:
    """The channels in a bridge that was asked for."""
    return frozenset(_decoded(body, _Bridge()).channels)


def listed(body: bytes) -> tuple[str, ...]:
    """The names in a list of channels or bridges."""
    try:
        return tuple(each.id for each in msgspec.json.decode(body, type=list[_Channel]))
    except msgspec.MsgspecError:
        return ()


def error_in(body: bytes) -> str:
    """What an error says of itself, for the record."""
    said = _decoded(body, _Said())
    return said.error or said.message


def endpoint_state(body: bytes) -> str:
    """`online`, `offline` or `unknown`."""
    return _decoded(body, _Channel()).state


def _decoded(body: bytes, otherwise: Kind) -> Kind:
    try:
        return msgspec.json.decode(body, type=type(otherwise))
    except msgspec.MsgspecError:
        return otherwise
