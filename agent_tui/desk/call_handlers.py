"""What the routes about calls do. The guard in `http.py` has checked who asks."""

from typing import Final

from agent_tui.desk.asked import Asked
from agent_tui.protocol import call_records as r

_USUAL: Final = 50
_MOST: Final = 200


async def phone(asked: Asked) -> r.PhoneFacts:
    """The desk's telephone, for who asks."""
    return await asked.desk.service.calls.phone(asked.actor)


async def calls(asked: Asked) -> r.CallPage:
    """A list."""
    return await asked.desk.service.calls.page(
        view=asked.word("view") or "all",
        conversation=asked.number("conversation"),
        after=asked.word("after"),
        limit=asked.page_size(_USUAL, _MOST),
    )


async def call(asked: Asked) -> r.CallNow:
    """One call."""
    return await asked.desk.service.calls.one(asked.actor, str(asked.request.path_params["call"]))


async def calls_to(asked: Asked) -> r.CallPage:
    """Those to a number."""
    body: r.NumberAsked = asked.body
    return await asked.desk.service.calls.to_number(body.number, _MOST)


async def call_audit(asked: Asked) -> r.CallAuditPage:
    """What happened, for who has to answer for it."""
    after = asked.number("after") or 0
    return await asked.desk.service.calls.audit(asked.word("call"), after, asked.page_size(_MOST, _MOST))


async def never_call(asked: Asked) -> r.NeverPage:
    """The do-not-call list."""
    return await asked.desk.service.calls.never()
