"""What is asked over the socket about calls. `call` is the call's id: a UUIDv7, made before anything is sent.

It is the key of the whole escalation: asked twice with the same content, the answer is the same call; with another
content it is refused as `call_conflict`. Numbers come in as they were written; the desk checks them by its own rules.
"""

from typing import Literal

from agent_tui.model.call import CallState, Reason
from agent_tui.protocol.commands import Command


class CheckCall(Command, frozen=True, tag="check_call", kw_only=True):
    """What stands in the way of calling this number here and now; nothing is kept."""

    conversation: int
    number: str = ""
    """Empty: the number the customer asked to be called on, or left as contact."""
    basis_seq: int = 0
    """The customer's line in which they asked to be called, as the agent or a signal found it; 0: what the desk has."""


class RequestCall(Command, frozen=True, tag="request_call", kw_only=True):
    """Reserve the one call of this conversation and this agent. Nothing rings, nobody is told: the undo is invisible.

    Where the conversation has an open call already the answer is that one (`yours` says whether one may go on with
    it); a queued callback is claimed. Not dialled within `phone.undo_keeps_ms`, it ends as cancelled by itself.
    """

    call: str
    conversation: int
    number: str = ""
    provider: str
    """One of `PhoneFacts.providers`; the desk refuses one that the team's chain does not have."""
    basis_seq: int = 0
    confirmed: tuple[str, ...] = ()
    """Which of `CallChecks.stops` the agent has looked at and passes: their `code`. Overrides are an admin's."""


class DialCall(Command, frozen=True, tag="dial_call", kw_only=True):
    """The countdown is over: start. For a provider of the desk the agent's phone rings next.

    With a provider of the console this is the permission: the checks were made again, `CallNow.number` is what may be
    handed over, and `report_call` follows.
    """

    call: str


class ReportCall(Command, frozen=True, tag="report_call", kw_only=True):
    """What the console's own provider did (`where` console): any state that the machine lets follow."""

    call: str
    state: CallState
    reason: Reason | None = None
    """For `ended`."""


class CancelCall(Command, frozen=True, tag="cancel_call", kw_only=True):
    """Stop it, in any state. The answer is the state that is true afterwards: a cancel can lose against an answer."""

    call: str


class HangUp(Command, frozen=True, tag="hang_up", kw_only=True):
    """End it, also when both are talking. The answer is the state that is true afterwards."""

    call: str


class CallOutcome(Command, frozen=True, tag="call_outcome", kw_only=True):
    """How it went, said by its agent. Ends a call that was handed over. `note` becomes an internal note."""

    call: str
    result: Literal["spoke", "no_answer", "wrong_number", "voicemail", "not_called"]
    """`not_called`: a number that was handed over and not used."""
    note: str = ""
    cid: str = ""
    """Key of the note; needed where there is one."""


class OfferCall(Command, frozen=True, tag="offer_call", kw_only=True):
    """Ask the customer "shall I call you?" (with yes and no), or for a number where none is known."""

    conversation: int
    number: str = ""


class QueueCall(Command, frozen=True, tag="queue_call", kw_only=True):
    """Put a callback into the queue, or merge it into the one that is there; the customer is told when (text 4)."""

    call: str
    conversation: int
    number: str = ""
    not_before: int = 0
    """Milliseconds; 0: as soon as somebody is free. The desk moves it into calling hours."""
    not_after: int = 0
    """0: the end of that day's calling hours."""
    priority: int = 0
    """0 to 9; more goes first among those that are due."""
    note: str = ""
    """What it is about, for whoever calls."""
    basis_seq: int = 0
    confirmed: tuple[str, ...] = ()


class ClaimCall(Command, frozen=True, tag="claim_call", kw_only=True):
    """Take a queued callback for `phone.lease_ms`, or renew one's lease. Refused as `taken` if a colleague has it."""

    call: str = ""
    """Empty: the next one that is due."""


class ReleaseCall(Command, frozen=True, tag="release_call", kw_only=True):
    """Give a claimed callback back to the queue."""

    call: str


class RescheduleCall(Command, frozen=True, tag="reschedule_call", kw_only=True):
    """Another time for a queued callback; the customer is told."""

    call: str
    not_before: int
    not_after: int = 0


class DoNotCall(Command, frozen=True, tag="do_not_call", kw_only=True):
    """Never call this number again (text 5), or, an admin's alone, lift that (`on` False)."""

    conversation: int
    number: str = ""
    """Empty: the number of this conversation's newest call."""
    on: bool = True
    reason: str = ""


class SetPhone(Command, frozen=True, tag="set_phone", kw_only=True):
    """Where an agent's phone is. For oneself; for somebody else (`agent`) by an admin."""

    agent: str = ""
    extension: str = ""
    """Name of the phone at the telephone exchange: letters, digits, `_`, `-`."""
    number: str = ""
    """A phone with a number of its own, for providers that dial it."""
    shows: str = ""
    """The number customers see when this phone itself calls (hand-over); empty: we can't say."""


class AskCall(Command, frozen=True, tag="ask_call", kw_only=True):
    """Visitor: please call me. Becomes a queued callback; asked again, the one that is there is changed."""

    call: str
    number: str
    not_before: int = 0
    not_after: int = 0


class AnswerOffer(Command, frozen=True, tag="answer_offer", kw_only=True):
    """Visitor: yes or no to "shall I call you?"; with yes, perhaps the number to call."""

    yes: bool
    number: str = ""


class CancelAsked(Command, frozen=True, tag="cancel_asked"):
    """Visitor: don't call me after all. Takes back what was asked or agreed to, as long as no phone rings."""


StaffCallCommand = (
    CheckCall
    | RequestCall
    | DialCall
    | ReportCall
    | CancelCall
    | HangUp
    | CallOutcome
    | OfferCall
    | QueueCall
    | ClaimCall
    | ReleaseCall
    | RescheduleCall
    | DoNotCall
    | SetPhone
)
VisitorCallCommand = AskCall | AnswerOffer | CancelAsked
