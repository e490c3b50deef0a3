"""Calls of the desk's wire as the model's: pure. A number that isn't one is none: nothing else could be dialled."""

import re
from typing import Final

from agent_tui.core.masking import MARK
from agent_tui.model.call import Basis, Call, CallId, Number
from agent_tui.model.ids import AgentId, ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.telephone import CallChecks, CallWay, Stop, Telephone
from agent_tui.model.text import SafeText, clean
from agent_tui.protocol import call_records as r

_LINE_CODE_POINTS: Final = 500
_code = re.compile(r"[0-9]{0,8}").fullmatch
_end = re.compile(f"[0-9{MARK}]{{0,8}}").fullmatch
"""Of a number; who supervises is sent a part of it masked."""


def _line(raw: str) -> SafeText:
    return clean(raw, limit=_LINE_CODE_POINTS, multiline=False)


def number(wire: r.WireNumber | None) -> Number | None:
    """A number that may be dialled; None for anything else."""
    if wire is None:
        return None
    try:
        return Number(wire.e164, wire.extension, _line(wire.region), wire.kind, _line(wire.shown))
    except ValueError:
        return None


def basis(wire: r.WireBasis | None) -> Basis | None:
    """On what ground."""
    if wire is None:
        return None
    return Basis(wire.kind, str(wire.seq) if wire.seq else "", wire.at or None)


def call(wire: r.WireCall) -> Call:
    """A call's record."""
    return Call(
        id=CallId(_line(wire.id)),
        ref=ConversationRef(str(wire.conversation)),
        kind=wire.kind,
        revision=wire.rev,
        state=wire.state,
        since_ms=wire.since,
        heard_ms=wire.since,
        requested_ms=wire.requested,
        dialled_ms=wire.dialled,
        answered_ms=wire.answered,
        ended_ms=wire.ended,
        reason=wire.reason,
        agent=AgentId(_line(wire.agent.id)) if wire.agent else None,
        agent_name=_line(wire.agent.name) if wire.agent else NOTHING,
        number=number(wire.number),
        last4=wire.last4 if _end(wire.last4) else "",
        provider=_line(wire.provider),
        caller_id=number(wire.caller_id),
        code=wire.code if _code(wire.code) else "",
        basis=basis(wire.basis),
        attempt=wire.attempt,
        not_before_ms=wire.not_before,
        not_after_ms=wire.not_after,
        note=_line(wire.note),
        language=_line(wire.language),
        priority=wire.priority,
        lease_until_ms=wire.lease_until,
        by_customer=wire.by_customer,
        in_console=wire.console,
        noticed=wire.noticed,
        result=_line(wire.result),
        connected=wire.connected,
    )


def way(wire: r.WireProvider) -> CallWay:
    """One way to call."""
    return CallWay(
        _line(wire.name),
        _line(wire.title),
        in_console=wire.where == "console",
        ready=wire.ready,
        why=_line(wire.why),
        hint=_line(wire.hint),
        tracked=wire.tracked,
        cancel=wire.cancel,
        hangup=wire.hangup,
        rings_agent=wire.rings_agent,
        shows_number=wire.shows_number,
        simulated=wire.simulated,
    )


def checks(wire: r.CallChecks) -> CallChecks:
    """What stands in the way."""
    return CallChecks(
        number=number(wire.number),
        stops=tuple(Stop(_line(it.code), _line(it.sentence), it.passable, it.at or None) for it in wire.stops),
        basis=basis(wire.basis),
        offered_ms=wire.offered or None,
        their_time=_line(wire.their_time),
        zone=_line(wire.zone),
        next_hours_ms=wire.next_hours or None,
        caller_id=number(wire.caller_id),
        present=wire.present,
        open_call=call(wire.open_call) if wire.open_call else None,
        ways=tuple(map(way, wire.providers)),
    )


def telephone(wire: r.PhoneFacts) -> Telephone:
    """The team's telephone."""
    return Telephone(
        on=wire.on,
        why=_line(wire.why),
        region=_line(wire.region),
        countries=tuple(map(_line, wire.countries)),
        caller_id=number(wire.caller_id),
        asks_first=wire.consent != "warn",
        countdown=wire.start != "confirm",
        countdown_ms=wire.countdown_ms,
        attempts=wire.attempts,
        longest_ms=wire.longest_ms,
        ways=tuple(map(way, wire.providers)),
        extension=_line(wire.extension),
        own_number=number(wire.own_number),
        shows=number(wire.shows),
    )
