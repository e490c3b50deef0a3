"""What Twilio's Calls resource is asked and says. Pure.

After the published description (twilio-oai, `spec/json/twilio_api_v2010.json`): names of fields, statuses, that one
may update a call to `canceled` or `completed` only. What it does on the wire was not seen.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

import msgspec
from msgspec import Meta, Struct

from agent_tui.model.call import CallState, Reason
from agent_tui.ports.phone import CallRequest

LONGEST_TWIML: Final = 4_000
_VERSION: Final = "2010-04-01"
_AFTERWARDS_S: Final = 2
"""The agent's leg lasts this much longer than the customer's where the customer hung up: so it can be told who did."""
_TELLS_S: Final = 1


class Status(StrEnum):
    """A leg's status (`call_enum_status`)."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


RINGS: Final = frozenset({Status.QUEUED, Status.RINGING})
OVER: Final = frozenset(Status) - RINGS - {Status.IN_PROGRESS}


class Leg(Struct, frozen=True):
    """One leg as Twilio shows it."""

    sid: Annotated[str, Meta(pattern="^CA[0-9a-fA-F]{32}$")]
    status: Status
    date_created: str | None = None
    end_time: str | None = None
    duration: str | None = None

    @property
    def created(self) -> datetime | None:
        """When it was asked for."""
        return _moment(self.date_created)

    @property
    def ended(self) -> datetime | None:
        """When it was over."""
        return _moment(self.end_time)


class _Legs(Struct):
    calls: list[Leg]


class Trouble(Struct, frozen=True):
    """An error answer."""

    code: int = 0
    message: str = ""


def leg_in(body: bytes) -> Leg | None:
    """A leg that was asked for; None where this is none."""
    try:
        return msgspec.json.decode(body, type=Leg)
    except msgspec.MsgspecError:
        return None


def legs_in(body: bytes) -> tuple[Leg, ...] | None:
    """A list of legs, newest first as it came; None where this is none."""
    try:
        return tuple(msgspec.json.decode(body, type=_Legs).calls)
    except msgspec.MsgspecError:
        return None


def trouble_in(body: bytes) -> Trouble:
    """An error's code and words."""
    try:
        return msgspec.json.decode(body, type=Trouble)
    except msgspec.MsgspecError:
        return Trouble()


def account_path(account: str) -> str:
    """The account's own record."""
    return f"/{_VERSION}/Accounts/{account}.json"


def calls_path(account: str) -> str:
    """All calls: made by a POST, listed by a GET."""
    return f"/{_VERSION}/Accounts/{account}/Calls.json"


def call_path(account: str, sid: str) -> str:
    """One call."""
    return f"/{_VERSION}/Accounts/{account}/Calls/{sid}.json"


def form(fields: Mapping[str, str | int]) -> bytes:
    """A body as Twilio wants it."""
    return urlencode(fields).encode()


def creation(request: CallRequest, agent: str, number: str) -> dict[str, str | int]:
    """Ring the agent; when they answer, the customer, with no address of ours that Twilio would have to reach."""
    return {
        "To": agent,
        "From": number,
        "Timeout": request.timeouts.agent_s,
        "TimeLimit": request.timeouts.call_s,
        "Twiml": twiml(request, number),
    }


def twiml(request: CallRequest, number: str) -> str:
    """What happens on the agent's leg once it is answered. Digits only go in, and they are escaped all the same."""
    caller_id = request.caller_id.e164 if request.caller_id is not None else number
    digits = f" sendDigits={quoteattr('wwww' + request.number.extension)}" if request.number.extension else ""
    return (
        f"<Response><Dial callerId={quoteattr(caller_id)} timeout={quoteattr(str(request.timeouts.customer_s))}"
        f" timeLimit={quoteattr(str(request.timeouts.call_s))}><Number{digits}>{escape(request.number.e164)}</Number>"
        f'</Dial><Pause length="{_AFTERWARDS_S}"/></Response>'
    )


def standing(agent: Leg, customer: Leg | None, stop: Reason | None, call_s: int) -> tuple[CallState, Reason | None]:
    """How a call stands whose legs are these; `stop`: we wanted it ended, for that."""
    if agent.status in RINGS:
        return CallState.DIALLING_AGENT, None
    if agent.status is Status.IN_PROGRESS:
        if customer is None:
            return CallState.AGENT_ANSWERED, None
        if customer.status in RINGS:
            return CallState.DIALLING_CUSTOMER, None
        if customer.status is Status.IN_PROGRESS:
            return CallState.IN_CALL, None
        # Over for the customer: the agent's leg ends by itself in a moment.
        return CallState.ENDED, stop or _customers_end(agent, customer, call_s)
    if agent.status is not Status.COMPLETED:
        return CallState.ENDED, stop or _AGENT[agent.status]
    if stop is not None:
        return CallState.ENDED, stop
    if customer is None:
        return CallState.ENDED, Reason.AGENT_LEFT
    return CallState.ENDED, _customers_end(agent, customer, call_s)


def _customers_end(agent: Leg, customer: Leg, call_s: int) -> Reason:
    first = agent.ended is None or _ended_first(customer, agent)
    if customer.status is Status.COMPLETED:
        if _seconds(customer.duration) >= call_s:
            return Reason.TIME_LIMIT
        return Reason.CUSTOMER_HUNG_UP if first else Reason.AGENT_HUNG_UP
    if customer.status in RINGS or customer.status is Status.CANCELED:
        return Reason.AGENT_LEFT
    if customer.status is Status.NO_ANSWER and not first:
        return Reason.AGENT_LEFT
    return _CUSTOMER.get(customer.status, Reason.LOST)


_AGENT: Final = {
    Status.BUSY: Reason.AGENT_BUSY,
    Status.NO_ANSWER: Reason.AGENT_NO_ANSWER,
    Status.FAILED: Reason.AGENT_UNREACHABLE,
    Status.CANCELED: Reason.CANCELLED,
}
_CUSTOMER: Final = {
    Status.BUSY: Reason.CUSTOMER_BUSY,
    Status.NO_ANSWER: Reason.CUSTOMER_NO_ANSWER,
    # "Most likely because the number was non-existent": most likely is not known.
    Status.FAILED: Reason.CUSTOMER_UNREACHABLE,
}


def _ended_first(one: Leg, other: Leg) -> bool:
    if one.ended is None or other.ended is None:
        return False
    return (other.ended - one.ended).total_seconds() >= _TELLS_S


def _seconds(duration: str | None) -> int:
    return int(duration) if duration is not None and duration.isascii() and duration.isdigit() else 0


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
