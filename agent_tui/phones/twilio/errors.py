"""Twilio's error codes, as a reason and a sentence. `To` is the agent's telephone here, not the customer's."""

from typing import Final

from agent_tui.model.call import Reason
from agent_tui.phones.twilio.codec import Trouble
from agent_tui.ports.phone import CallFailed

TOO_MANY_REQUESTS: Final = 20429
"""Never processed, so it may be asked again."""

_NOT_LET_IN: Final = "Twilio doesn't let the desk in: an admin has to look at the account and its token."
_FROM: Final = "Twilio doesn't let us call from the company's number: an admin has to verify it there."
_TO: Final = "Twilio doesn't take your phone's number: an admin has to look at it."
_COUNTRY: Final = "Twilio may not call that country: an admin can allow it in its geographic permissions."
_BLOCKED: Final = "Twilio has blocked this number: take another way to call."
_BUSY: Final = "Too many calls are being made at Twilio: try again in a minute."

_ERRORS: Final[dict[int, tuple[Reason, str]]] = {
    10004: (Reason.NETWORK, _BUSY),
    13214: (Reason.PROVIDER_ERROR, _FROM),
    13227: (Reason.PROVIDER_ERROR, _COUNTRY),
    20003: (Reason.PROVIDER_ERROR, _NOT_LET_IN),
    TOO_MANY_REQUESTS: (Reason.NETWORK, _BUSY),
    21202: (Reason.PROVIDER_ERROR, _BLOCKED),
    21210: (Reason.PROVIDER_ERROR, _FROM),
    21211: (Reason.AGENT_UNREACHABLE, _TO),
    21212: (Reason.PROVIDER_ERROR, _FROM),
    21214: (Reason.AGENT_UNREACHABLE, "Twilio can't reach your phone's number: take another way to call."),
    21215: (Reason.PROVIDER_ERROR, _COUNTRY),
    21216: (Reason.PROVIDER_ERROR, _BLOCKED),
    21217: (Reason.AGENT_UNREACHABLE, _TO),
    21219: (Reason.PROVIDER_ERROR, "A Twilio trial account calls verified numbers only: an admin has to verify yours."),
    22005: (Reason.NETWORK, _BUSY),
    32205: (Reason.PROVIDER_ERROR, _COUNTRY),
}


def failed(status: int, trouble: Trouble) -> CallFailed:
    """Why nothing rings."""
    if status == 401:
        return CallFailed(_NOT_LET_IN, Reason.PROVIDER_ERROR, str(trouble.code or status))
    known = _ERRORS.get(trouble.code)
    if known is None:
        code = str(trouble.code or f"HTTP {status}")
        return CallFailed(f"Twilio refused the call ({code}): nothing was dialled.", Reason.PROVIDER_ERROR, code)
    return CallFailed(known[1], known[0], str(trouble.code))
