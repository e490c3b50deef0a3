"""Codes of the system's own lines in a transcript, with the English sentence each stands for.

`{who}` acted, `{what}` says more. `public` lines are shown to the customer too, in the widget's words.
"""

from enum import StrEnum
from typing import NamedTuple


class What(StrEnum):
    """What a line's `what` is: whoever shows it puts it into the reader's own form."""

    WORDS = ""
    TIME = "milliseconds since the epoch"
    CONTACT = "name, address, number as typed; shown masked"


class SystemText(NamedTuple):
    """One kind of system line."""

    sentence: str
    public: bool
    what: What = What.WORDS


SYSTEM_LINES: dict[str, SystemText] = {
    "claimed": SystemText("{who} joined", public=True),
    "took_over": SystemText("{who} took over from {what}", public=True),
    "transferred": SystemText("{who} handed over to {what}", public=False),
    "released": SystemText("{who} gave it back to the queue", public=False),
    "handed_back": SystemText("handed back to the queue: {who} is gone", public=False),
    "given_back": SystemText("{who} is back and has it again", public=False),
    "resolved": SystemText("{who} resolved this: {what}", public=False),
    "reopened": SystemText("{who} reopened this", public=False),
    "came_back": SystemText("the customer came back", public=False),
    "snoozed": SystemText("{who} snoozed this until {what}", public=False, what=What.TIME),
    "woken": SystemText("woke up", public=False),
    "stage": SystemText("{who} set the stage: {what}", public=False),
    "outcome": SystemText("{who} set the outcome: {what}", public=False),
    "blocked": SystemText("{who} blocked this visitor: {what}", public=False),
    "unblocked": SystemText("{who} lifted the block", public=False),
    "flagged": SystemText("{who} raised a flag: {what}", public=False),
    "unflagged": SystemText("{who} lowered the flag", public=False),
    "ended": SystemText("the customer ended the chat", public=True),
    "rated": SystemText("the customer answered: {what}", public=False),
    "introduced": SystemText("the customer left contact details: {what}", public=False, what=What.CONTACT),
    "earlier": SystemText("continues {what}", public=False),
    "call_asked": SystemText("the customer asks to be called on {what}", public=True),
    "call_withdrawn": SystemText("the customer does not want to be called any more", public=True),
    "call_agreed": SystemText("the customer said yes to a call", public=True),
    "call_declined": SystemText("the customer said no to a call", public=True),
    "call_told": SystemText("the customer was told: {what}", public=True),
    "call_requested": SystemText("{who} calls the customer ({what})", public=False),
    "call_queued": SystemText("{who} planned a call at {what}", public=False, what=What.TIME),
    "call_requeued": SystemText("nobody was reached; the next try is at {what}", public=False, what=What.TIME),
    "call_dialling": SystemText("calling {what}", public=False),
    "call_handed_over": SystemText("{who} calls {what} from their own phone", public=False),
    "call_connected": SystemText("in call", public=True),
    "call_ended": SystemText("call ended {what}", public=False),
    "call_result": SystemText("{who} about the call: {what}", public=False),
    "call_never": SystemText("{who} put {what} on the do-not-call list", public=False),
    "call_again": SystemText("{who} took {what} off the do-not-call list", public=False),
}
OWNER_CHANGES = frozenset({"took_over", "transferred", "released", "handed_back"})
"""Codes of the lines after which somebody else, or nobody, has the conversation."""
