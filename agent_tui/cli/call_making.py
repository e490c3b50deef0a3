"""One call from the command line: checked, reserved and dialled in the order the console does it, each once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from msgspec import Struct

from agent_tui.cli.ways import Way, sign_off
from agent_tui.core.phone.card import NOT_BEGUN
from agent_tui.model.call import Call, CallId, CallState, Reason
from agent_tui.model.ids import ConversationRef, rising_uuid7
from agent_tui.model.telephone import CallChecks, CallWay, Stop
from agent_tui.model.text import SafeText
from agent_tui.model.words import Role
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.calling import CallView
from agent_tui.ports.errors import Forbidden, Refused, Unreachable
from agent_tui.ports.events import Connected
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.net import Net
from agent_tui.runtime.plugins import backend

RINGS: Final = "Your phone rings next; the console shows how it goes on."
HANDED_OVER: Final = "Dial it on your phone, then say how it went: F9 in the console."


class Asked(Struct, frozen=True):
    """What is to be done."""

    conversation: str
    number: str = ""
    by: str = ""
    passed: tuple[str, ...] = ()
    only_check: bool = False


class Made(Struct, frozen=True):
    """What became of it: something stands in the way, or a call. Neither: it was only looked at."""

    stops: tuple[Stop, ...] = ()
    call: Call | None = None
    trouble: str = ""
    next: str = ""
    code_rows: tuple[str, ...] = ()


async def make(way: Way, asked: Asked) -> Made:
    """Look, reserve, dial. Raises the port's errors."""
    async with _desk(way, act=True) as (_watching, answering):
        assert answering is not None
        ref = ConversationRef(asked.conversation)
        checks = await answering.check_call(ref, asked.number, 0)
        by = _way(checks, asked.by)
        stops = [stop for stop in checks.stops if not (stop.passable and stop.code in asked.passed)]
        if not by.ready:
            stops.append(Stop("provider_not_ready", by.hint or SafeText(f"{by.title} is not ready to call.")))
        taken = _taken(checks.open_call, ref)
        if stops or taken or asked.only_check:
            return Made(tuple(stops), checks.open_call if taken else None, taken)
        passable = {stop.code for stop in checks.stops if stop.passable}
        number = asked.number or (checks.number.e164 if checks.number else "")
        confirmed = tuple(sorted(passable & set(asked.passed)))
        wanted = CallId(rising_uuid7(""))
        reserved = await answering.request_call(ref, wanted, number, by.name, 0, confirmed)
        if taken := _taken(reserved, ref):
            return Made(call=reserved, trouble=taken)
        dialled = await answering.dial_call(reserved.id)
        if not by.in_console:
            return Made(call=dialled, next=RINGS)
        return await _handed_over(answering, dialled)


async def read_calls(way: Way, view: str, conversation: str) -> list[Call]:
    """All pages of a list."""
    async with _desk(way, act=False) as (watching, _):
        of = ConversationRef(conversation) if conversation else None
        found: list[Call] = []
        after = ""
        while True:
            page = await watching.calls(CallView(view), of, after)
            found += page.calls
            if not page.next:
                return found
            after = page.next


async def read_call(way: Way, call_id: str) -> Call:
    """One call, with its number where this account may see it."""
    async with _desk(way, act=False) as (watching, _):
        return await watching.call(CallId(call_id))


def as_record(call: Call) -> dict[str, Any]:
    """A call as scripts read it. Times are milliseconds since the epoch."""
    return {
        "id": call.id,
        "conversation": int(call.ref),
        "kind": call.kind.value,
        "state": call.state.value,
        "reason": call.reason.value if call.reason else None,
        "result": call.result,
        "agent": call.agent_name,
        "provider": call.provider,
        "number": call.number.e164 if call.number else None,
        "last4": call.last4,
        "code": call.code,
        "attempt": call.attempt,
        "requested": call.requested_ms,
        "dialled": call.dialled_ms,
        "answered": call.answered_ms,
        "ended": call.ended_ms,
        "not_before": call.not_before_ms,
        "not_after": call.not_after_ms,
        "note": call.note,
    }


def _taken(call: Call | None, ref: ConversationRef) -> str:
    """Why this call keeps another one from beginning; empty where it does not."""
    if call is None or (call.ref == ref and call.state in NOT_BEGUN):
        return ""
    return f"{call.agent_name or 'Somebody'} has a call open already: nothing was dialled."


def _way(checks: CallChecks, by: str) -> CallWay:
    named = [way for way in checks.ways if by in ("", way.name)]
    if not named:
        known = ", ".join(way.name for way in checks.ways) or "none is set up"
        raise Refused(
            f"There is no way to call named {by!r} here; there is: {known}." if by else "No way to call is set up."
        )
    return named[0]


async def _handed_over(answering: Answering, call: Call) -> Made:
    if call.number is None:
        await answering.report_call(call.id, CallState.ENDED, Reason.PROVIDER_ERROR)
        return Made(call=call, trouble="The desk did not tell the number: nothing was handed over.")
    from agent_tui.phones.handover.qr import qr_rows

    handed = await answering.report_call(call.id, CallState.HANDED_OVER, None)
    return Made(call=handed, next=f"{call.number.tel}  {HANDED_OVER}", code_rows=qr_rows(call.number.tel))


@asynccontextmanager
async def _desk(way: Way, *, act: bool) -> AsyncIterator[tuple[Watching, Answering | None]]:
    """The desk, connected; signed off afterwards."""
    net = Net(way.find)
    plugin = backend("desk")
    watching = plugin.watching(net, wall_ms)
    answering = plugin.answering(watching) if act else None
    connected: asyncio.Future[Connected] = asyncio.get_running_loop().create_future()
    listening = asyncio.ensure_future(_listen(watching, connected)) if act else None
    try:
        if listening is not None:
            await asyncio.wait((connected, listening), return_when=asyncio.FIRST_COMPLETED)
            if not connected.done():
                listening.result()
                raise Unreachable("The desk closed the connection at once.")
            if connected.result().me.role is Role.SUPERVISOR:
                raise Forbidden("A supervisor only watches; nothing was dialled.")
        yield watching, answering
    finally:
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        await sign_off(way, net)
        await watching.aclose()


async def _listen(watching: Watching, connected: "asyncio.Future[Connected]") -> None:
    async for event in watching.events():
        if isinstance(event, Connected) and not connected.done():
            connected.set_result(event)
