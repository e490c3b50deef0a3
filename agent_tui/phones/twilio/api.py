"""Twilio's Calls resource, asked: each method is one request, and says what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from agent_tui.phones.twilio import codec
from agent_tui.phones.twilio.codec import OVER, Leg, legs_in, trouble_in
from agent_tui.phones.twilio.errors import TOO_MANY_REQUESTS, failed
from agent_tui.phones.twilio.settings import TwilioSettings
from agent_tui.ports.errors import RateLimited, Unreachable
from agent_tui.ports.phone import CallRequest
from agent_tui.ports.transport import HttpAnswer, Transport

_CREATED: Final = 201
_OK: Final = 200
_GONE: Final = 404
_SLOW_DOWN: Final = 429
_TROUBLE: Final = 500
_LOOKED_THROUGH: Final = 20

SLOW_DOWN: Final = "Twilio is asked too often: it is asked again a little later."
NOT_KNOWN: Final = "Twilio didn't answer whether it makes the call: it is looked for, and not made a second time."


class Api:
    """One account."""

    def __init__(self, settings: TwilioSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport

    async def account(self) -> int:
        """The status of asking for the account itself. Raises `Unreachable`."""
        return (await self._transport.request("GET", codec.account_path(self._settings.account))).status

    async def make(self, request: CallRequest, agent: str) -> Leg:
        """Make the call. Raises `CallFailed`, `RateLimited` (not made) or `Unreachable` (nobody knows)."""
        body = codec.form(codec.creation(request, agent, self._settings.number))
        answer = await self._transport.request("POST", codec.calls_path(self._settings.account), body=body)
        leg = codec.leg_in(answer.body) if answer.status == _CREATED else None
        if leg is not None:
            return leg
        _not_too_fast(answer)
        if answer.status == _CREATED or answer.status >= _TROUBLE:  # perhaps it was made all the same
            raise Unreachable(NOT_KNOWN)
        raise failed(answer.status, trouble_in(answer.body))

    async def leg(self, sid: str) -> Leg | None:
        """The agent's leg; None: there is none of this name. Raises `Unreachable` or `RateLimited`."""
        answer = await self._transport.request("GET", codec.call_path(self._settings.account, sid))
        if answer.status == _GONE:
            return None
        leg = codec.leg_in(_good(answer))
        if leg is None:
            raise Unreachable(_unreadable(answer))
        return leg

    async def customer_of(self, sid: str) -> Leg | None:
        """The customer's leg; None: they were not called yet. Raises `Unreachable` or `RateLimited`."""
        legs = await self._list({"ParentCallSid": sid})
        return legs[0] if legs else None

    async def looks_like(self, agent: str, since: datetime, known: frozenset[str]) -> Leg | None:
        """The one call to this agent since then that nobody knows and that isn't over; None: none, or in doubt."""
        query: dict[str, str | int] = {"To": agent, "From": self._settings.number, "PageSize": _LOOKED_THROUGH}
        legs = [
            leg
            for leg in await self._list(query)
            if leg.sid not in known and leg.status not in OVER and leg.created is not None and leg.created >= since
        ]
        return legs[0] if len(legs) == 1 else None

    async def end(self, sid: str, status: codec.Status) -> None:
        """`canceled` stops what rings, `completed` ends what talks too. Raises `Unreachable` or `RateLimited`."""
        path = codec.call_path(self._settings.account, sid)
        answer = await self._transport.request("POST", path, body=codec.form({"Status": status}))
        _not_too_fast(answer)
        if answer.status >= _TROUBLE:
            raise Unreachable(_unreadable(answer))
        # A call that is over can't be changed any more, which is what was wanted.

    async def _list(self, query: Mapping[str, str | int]) -> tuple[Leg, ...]:
        answer = await self._transport.request("GET", codec.calls_path(self._settings.account), query)
        legs = legs_in(_good(answer))
        if legs is None:
            raise Unreachable(_unreadable(answer))
        return legs


def _good(answer: HttpAnswer) -> bytes:
    _not_too_fast(answer)
    if answer.status != _OK:
        raise Unreachable(_unreadable(answer))
    return answer.body


def _not_too_fast(answer: HttpAnswer) -> None:
    if answer.status == _SLOW_DOWN or trouble_in(answer.body).code == TOO_MANY_REQUESTS:
        raise RateLimited(SLOW_DOWN)


def _unreadable(answer: HttpAnswer) -> str:
    return f"Twilio didn't say how the call stands (HTTP {answer.status}): it is asked again."
