"""The requests that Asterisk is asked with: names of channels, endpoints and digits, each of them checked. Pure."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from agent_tui.model.call import CallId, Leg
from agent_tui.phones.asterisk.codec import Names
from agent_tui.ports.phone import AGENT_EXTENSION, AgentPhone, CallRequest

_FOR_A_DISPLAY: Final = re.compile(r"[^A-Za-z0-9 ._-]")


class Request(Struct, frozen=True):
    """One HTTP request."""

    method: str
    path: str
    query: Mapping[str, str | int] = {}
    body: bytes | None = None


def originate(names: Names, request: CallRequest, leg: Leg, endpoint: str) -> Request:
    """Ring one leg. What the agent's telephone shows is the customer; the customer's shows the company."""
    query: dict[str, str | int] = {
        "endpoint": endpoint,
        "app": names.app,
        "appArgs": f"{request.call_id},{leg.value}",
        "timeout": request.timeouts.agent_s if leg is Leg.AGENT else request.timeouts.customer_s,
    }
    if leg is Leg.AGENT:
        label = _FOR_A_DISPLAY.sub("", request.conversation)[:20]
        query["callerId"] = f"Chat {label} <{request.number.e164}>"
    else:
        query["originator"] = names.channel(request.call_id, Leg.AGENT)
        if request.caller_id is not None:
            query["callerId"] = request.caller_id.e164
    body = msgspec.json.encode({"variables": {"CALL_ID": request.call_id}})
    return Request("POST", _channel_path(names.channel(request.call_id, leg)), query, body)


def make_bridge(names: Names, call_id: CallId) -> Request:
    """The place where both hear each other."""
    return Request("POST", _bridge_path(names.bridge(call_id)), {"type": "mixing"})


def join(names: Names, call_id: CallId, leg: Leg) -> Request:
    """Put a leg into the bridge."""
    path = f"{_bridge_path(names.bridge(call_id))}/addChannel"
    return Request("POST", path, {"channel": names.channel(call_id, leg)})


def ring_tone(names: Names, call_id: CallId) -> Request:
    """Let the agent hear that it rings elsewhere."""
    return Request("POST", f"{_channel_path(names.channel(call_id, Leg.AGENT))}/ring")


def play(names: Names, call_id: CallId, media: str) -> Request:
    """Let the agent hear a sound that lies at the exchange."""
    return Request("POST", f"{_channel_path(names.channel(call_id, Leg.AGENT))}/play", {"media": media})


def press(names: Names, call_id: CallId, digits: str) -> Request:
    """Dial an extension at the customer's switchboard, two seconds after it answered."""
    query: dict[str, str | int] = {"dtmf": digits, "before": 2_000}
    return Request("POST", f"{_channel_path(names.channel(call_id, Leg.CUSTOMER))}/dtmf", query)


def hang_up(name: str) -> Request:
    """End a channel; 404 says that it is gone, which is fine."""
    return Request("DELETE", _channel_path(name), {"reason": "normal"})


def drop_bridge(name: str) -> Request:
    """End a bridge."""
    return Request("DELETE", _bridge_path(name))


def ask_channel(name: str) -> Request:
    """How a channel stands."""
    return Request("GET", _channel_path(name))


def ask_bridge(name: str) -> Request:
    """Who is in a bridge."""
    return Request("GET", _bridge_path(name))


def events_path(names: Names) -> str:
    """Where the socket is; the sign-in goes in a header, since an address ends up in logs."""
    return f"/ari/events?app={quote(names.app)}"


def ask_endpoint(endpoint: str) -> Request | None:
    """How a registered telephone stands; None where the endpoint is a way through a dialplan or a trunk."""
    technology, _, resource = endpoint.partition("/")
    if technology == "Local" or not resource or not AGENT_EXTENSION.fullmatch(resource):
        return None
    return Request("GET", f"/ari/endpoints/{technology}/{resource}")


LIST_CHANNELS: Final = Request("GET", "/ari/channels")
LIST_BRIDGES: Final = Request("GET", "/ari/bridges")


def agent_endpoint(phone: AgentPhone, by_extension: str, by_number: str) -> str | None:
    """How the agent's telephone is dialled; None where there is none, or its name isn't one."""
    if phone.checked_extension:
        return by_extension.replace("{extension}", phone.checked_extension)
    if phone.number is not None and by_number:
        return _filled(by_number, phone.number.e164)
    return None


def customer_endpoint(request: CallRequest, template: str) -> str:
    """How the customer is dialled."""
    return _filled(template, request.number.e164)


def _filled(template: str, e164: str) -> str:
    digits = e164[1:]
    return template.replace("{e164}", e164).replace("{zerozero}", f"00{digits}").replace("{digits}", digits)


def _channel_path(name: str) -> str:
    return f"/ari/channels/{quote(name, safe='')}"


def _bridge_path(name: str) -> str:
    return f"/ari/bridges/{quote(name, safe='')}"
