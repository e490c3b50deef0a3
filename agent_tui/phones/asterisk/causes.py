"""Why a leg that was never picked up ended: Q.850 causes (RFC 3398 has the SIP answers that they come from)."""

from typing import Final

from agent_tui.model.call import Leg, Reason

AGENT_CAUSES: Final[dict[int, Reason]] = {
    0: Reason.AGENT_NO_ANSWER,
    1: Reason.AGENT_UNREACHABLE,
    3: Reason.AGENT_UNREACHABLE,
    16: Reason.AGENT_NO_ANSWER,
    17: Reason.AGENT_BUSY,
    18: Reason.AGENT_UNREACHABLE,
    19: Reason.AGENT_NO_ANSWER,
    20: Reason.AGENT_UNREACHABLE,
    21: Reason.AGENT_LEFT,
    22: Reason.AGENT_UNREACHABLE,
    27: Reason.AGENT_UNREACHABLE,
    28: Reason.AGENT_UNREACHABLE,
}
CUSTOMER_CAUSES: Final[dict[int, Reason]] = {
    0: Reason.CUSTOMER_NO_ANSWER,
    1: Reason.NUMBER_NOT_IN_USE,
    16: Reason.CUSTOMER_NO_ANSWER,
    17: Reason.CUSTOMER_BUSY,
    18: Reason.CUSTOMER_UNREACHABLE,
    19: Reason.CUSTOMER_NO_ANSWER,
    20: Reason.CUSTOMER_UNREACHABLE,
    21: Reason.CUSTOMER_REJECTED,
    22: Reason.NUMBER_NOT_IN_USE,
    27: Reason.CUSTOMER_UNREACHABLE,
    28: Reason.NUMBER_INCOMPLETE,
}


def reason_of(leg: Leg, cause: int) -> Reason:
    """From `ChannelDestroyed.cause`, never from `Dial.dialstatus`: a 603 gives NOANSWER there.

    What isn't in the tables is the network's trouble.
    """
    table = AGENT_CAUSES if leg is Leg.AGENT else CUSTOMER_CAUSES
    return table.get(cause, Reason.NETWORK)
