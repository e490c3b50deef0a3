"""What an end means: the sentence for the agent, what the customer is told, and whether it may be tried again."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from agent_tui.model.call import Reason


class Told(StrEnum):
    """What the customer reads when a call ended, provided that they were told it would come."""

    THANKS = "thanks for the call"
    NOT_REACHED = "we couldn't reach you"
    OUR_SIDE = "it didn't go through on our side"
    NOTHING = "nothing"


class Meaning(Struct, frozen=True):
    """One end."""

    sentence: str
    """For the agent; the customer's name is not in it."""
    told: Told
    again: bool
    """The queue may try again by itself; an agent always may, within the limits."""
    spoke: bool = False
    """Agent and customer heard each other."""


_R: Final = Reason

MEANING: Final[dict[Reason, Meaning]] = {
    _R.CUSTOMER_HUNG_UP: Meaning("The customer hung up.", Told.THANKS, again=False, spoke=True),
    _R.AGENT_HUNG_UP: Meaning("You hung up.", Told.THANKS, again=False, spoke=True),
    _R.TIME_LIMIT: Meaning(
        "The call reached the longest time a call may last, so it was ended.", Told.THANKS, again=False, spoke=True
    ),
    _R.CANCELLED: Meaning("The call was cancelled.", Told.OUR_SIDE, again=False),
    _R.AGENT_NO_ANSWER: Meaning("Your phone rang and nobody picked it up.", Told.OUR_SIDE, again=True),
    _R.AGENT_BUSY: Meaning("Your phone is busy.", Told.OUR_SIDE, again=True),
    _R.AGENT_UNREACHABLE: Meaning(
        "Your phone can't be reached: look whether it is switched on and registered.", Told.OUR_SIDE, again=True
    ),
    _R.AGENT_LEFT: Meaning("You hung up before the customer picked up.", Told.OUR_SIDE, again=True),
    _R.AGENT_VOICEMAIL: Meaning(
        "Your phone was answered, but nobody pressed 1: that looks like your voicemail.", Told.OUR_SIDE, again=True
    ),
    _R.CUSTOMER_BUSY: Meaning("The customer's phone is busy.", Told.NOT_REACHED, again=True),
    _R.CUSTOMER_NO_ANSWER: Meaning("The customer's phone rang and nobody picked it up.", Told.NOT_REACHED, again=True),
    _R.CUSTOMER_REJECTED: Meaning(
        "The customer declined the call: ask in the chat first.", Told.NOT_REACHED, again=False
    ),
    _R.CUSTOMER_UNREACHABLE: Meaning("The customer's phone can't be reached now.", Told.NOT_REACHED, again=True),
    _R.NUMBER_NOT_IN_USE: Meaning("This number is not in use: ask for another one.", Told.NOT_REACHED, again=False),
    _R.NUMBER_INCOMPLETE: Meaning("This number is incomplete: ask for it again.", Told.NOT_REACHED, again=False),
    _R.NETWORK: Meaning(
        "The telephone network couldn't connect the call: try again in a minute.", Told.OUR_SIDE, again=True
    ),
    _R.PROVIDER_ERROR: Meaning(
        "The telephone exchange couldn't make the call: an admin finds why with `agent-tui doctor`.",
        Told.OUR_SIDE,
        again=True,
    ),
    _R.LOST: Meaning(
        "It is not known how this call ended: ask the customer before you call again.", Told.NOTHING, again=False
    ),
    _R.EXPIRED: Meaning(
        "The time for this callback is over and nobody reached the customer.", Told.NOT_REACHED, again=False
    ),
    _R.REPORTED_SPOKE: Meaning("You spoke with the customer.", Told.THANKS, again=False, spoke=True),
    _R.REPORTED_NO_ANSWER: Meaning("You called and nobody picked up.", Told.NOT_REACHED, again=True),
    _R.REPORTED_WRONG_NUMBER: Meaning(
        "You called and it was the wrong number: ask for another one.", Told.NOTHING, again=False
    ),
}
