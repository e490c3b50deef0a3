"""Wishes about calls. Carried out by `ports.calling.Calling`; none of them can be undone but by another."""

from msgspec import Struct

from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.ids import NO_CID, ClientId, ConversationRef
from agent_tui.ports.calling import Result


class RequestCall(Struct, frozen=True):
    """Reserve a call: what F9 does first. `call_id` was made when it was pressed."""

    ref: ConversationRef
    call_id: CallId
    provider: str
    number: str = ""
    basis_entry: int = 0
    """The key of the customer's entry in which they asked; 0: what the backend has on record."""
    confirmed: tuple[str, ...] = ()
    """Codes of the stops that the agent looked at and passes."""


class DialCall(Struct, frozen=True):
    """The countdown is over."""

    ref: ConversationRef
    call_id: CallId


class ReportCall(Struct, frozen=True):
    """What the console's own provider did."""

    ref: ConversationRef
    call_id: CallId
    state: CallState
    reason: Reason | None = None


class CancelCall(Struct, frozen=True):
    """Stop it: undo in the countdown, or while a telephone rings."""

    ref: ConversationRef
    call_id: CallId


class HangUp(Struct, frozen=True):
    """End it."""

    ref: ConversationRef
    call_id: CallId


class SayOutcome(Struct, frozen=True):
    """How it went; `note` needs a `cid`."""

    ref: ConversationRef
    call_id: CallId
    result: Result
    note: str = ""
    cid: ClientId = NO_CID


class OfferCall(Struct, frozen=True):
    """Ask the customer: may we call, and on what number?"""

    ref: ConversationRef
    number: str = ""


class QueueCall(Struct, frozen=True):
    """Plan a callback."""

    ref: ConversationRef
    call_id: CallId
    number: str = ""
    not_before_ms: int | None = None
    not_after_ms: int | None = None
    priority: int = 0
    note: str = ""
    basis_entry: int = 0
    confirmed: tuple[str, ...] = ()


class ClaimCall(Struct, frozen=True):
    """Take a callback, or the next one that is due (`call_id` empty)."""

    call_id: CallId
    ref: ConversationRef | None = None


class ReleaseCall(Struct, frozen=True):
    """Give a callback back to the queue."""

    ref: ConversationRef
    call_id: CallId


class RescheduleCall(Struct, frozen=True):
    """Another time for a callback."""

    ref: ConversationRef
    call_id: CallId
    not_before_ms: int
    not_after_ms: int | None = None


class DoNotCall(Struct, frozen=True):
    """Never call this number again, or (an admin's) lift that."""

    ref: ConversationRef
    number: str = ""
    on: bool = True
    reason: str = ""


class SetPhone(Struct, frozen=True):
    """Where an agent's telephone is."""

    agent: str = ""
    extension: str = ""
    number: str = ""
    shows: str = ""


CallCommand = (
    RequestCall
    | DialCall
    | ReportCall
    | CancelCall
    | HangUp
    | SayOutcome
    | OfferCall
    | QueueCall
    | ClaimCall
    | ReleaseCall
    | RescheduleCall
    | DoNotCall
    | SetPhone
)
