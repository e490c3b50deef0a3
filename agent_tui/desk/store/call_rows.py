"""A call as the desk keeps it: as a row and back, and as readers get it."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Row

from agent_tui.core.phone.states import AT_A_PROVIDER
from agent_tui.model.call import (
    Basis,
    BasisKind,
    Call,
    CallId,
    CallKind,
    CallState,
    LineKind,
    Number,
    Reason,
)
from agent_tui.model.ids import AgentId, ConversationRef
from agent_tui.model.text import clean
from agent_tui.protocol.call_records import WireBasis, WireCall, WireNumber
from agent_tui.protocol.records import WireOwner


class Kept(Struct):
    """A call, and what the desk alone knows of it."""

    call: Call
    row: int = 0
    """0: not stored yet."""
    visitor: str = ""
    request_hash: str = ""
    number_hmac: str = ""
    provider_ref: str = ""
    tried: int | None = None
    passed: tuple[str, ...] = ()

    @property
    def conversation(self) -> int:
        """Its number."""
        return int(self.call.ref)

    @property
    def busy(self) -> bool:
        """Its agent is on the telephone, or about to be."""
        return self.call.state in AT_A_PROVIDER or self.call.state is CallState.HANDED_OVER


def wire_number(number: Number | None) -> WireNumber | None:
    """A number for who may see it."""
    if number is None:
        return None
    return WireNumber(number.e164, number.extension, number.region, number.kind, number.shown)


def wire_of(kept: Kept, *, full: bool = False) -> WireCall:
    """A call for readers; with its number only where it is asked for (`full`)."""
    it = kept.call
    return WireCall(
        id=it.id,
        conversation=kept.conversation,
        kind=it.kind,
        rev=it.revision,
        state=it.state,
        requested=it.requested_ms,
        since=it.since_ms,
        number=wire_number(it.number) if full else None,
        last4=it.last4,
        provider=it.provider,
        console=it.in_console,
        reason=it.reason,
        agent=WireOwner(it.agent, it.agent_name) if it.agent else None,
        caller_id=wire_number(it.caller_id),
        code=it.code,
        basis=WireBasis(it.basis.kind, int(it.basis.message or 0), it.basis.at_ms or 0) if it.basis else None,
        by_customer=it.by_customer,
        noticed=it.noticed,
        connected=it.connected,
        dialled=it.dialled_ms,
        answered=it.answered_ms,
        ended=it.ended_ms,
        attempt=it.attempt,
        not_before=it.not_before_ms,
        not_after=it.not_after_ms,
        priority=it.priority,
        lease_until=it.lease_until_ms,
        result=it.result,
        note=it.note,
        language=it.language,
    )


def columns_of(kept: Kept, deadline: int | None) -> dict[str, Any]:
    """A call as its row."""
    it, number, caller, basis = kept.call, kept.call.number, kept.call.caller_id, kept.call.basis
    return {
        "id": it.id,
        "request_hash": kept.request_hash,
        "conversation": kept.conversation,
        "visitor": kept.visitor,
        "kind": it.kind.value,
        "revision": it.revision,
        "state": it.state.value,
        "since": it.since_ms,
        "heard": it.heard_ms,
        "requested": it.requested_ms,
        "dialled": it.dialled_ms,
        "answered": it.answered_ms,
        "ended": it.ended_ms,
        "reason": it.reason.value if it.reason else "",
        "agent": it.agent,
        "agent_name": it.agent_name,
        "e164": number.e164 if number else None,
        "extension": number.extension if number else "",
        "region": number.region if number else "",
        "line_kind": number.kind.value if number else "",
        "shown": number.shown if number else "",
        "last4": it.last4,
        "number_hmac": kept.number_hmac,
        "provider": it.provider,
        "provider_ref": kept.provider_ref,
        "in_console": int(it.in_console),
        "caller_id": caller.e164 if caller else "",
        "caller_shown": caller.shown if caller else "",
        "code": it.code,
        "basis": basis.kind.value if basis else "",
        "basis_seq": int(basis.message or 0) if basis else 0,
        "basis_at": basis.at_ms if basis else None,
        "attempt": it.attempt,
        "not_before": it.not_before_ms,
        "not_after": it.not_after_ms,
        "priority": it.priority,
        "lease_until": it.lease_until_ms,
        "by_customer": int(it.by_customer),
        "noticed": int(it.noticed),
        "result": it.result,
        "note": it.note,
        "language": it.language,
        "connected": int(it.connected),
        "tried": kept.tried,
        "deadline": deadline,
        "passed": " ".join(kept.passed),
    }


def kept_of(row: Row[Any]) -> Kept:
    """A call from its row."""
    number = None
    if row.e164 is not None:
        kind = LineKind(row.line_kind or LineKind.UNKNOWN)
        number = Number(row.e164, row.extension, row.region, kind, clean(row.shown))
    caller = Number(row.caller_id, shown=clean(row.caller_shown)) if row.caller_id else None
    basis = Basis(BasisKind(row.basis), str(row.basis_seq or ""), row.basis_at) if row.basis else None
    found = Call(
        id=CallId(row.id),
        ref=ConversationRef(str(row.conversation)),
        kind=CallKind(row.kind),
        revision=row.revision,
        state=CallState(row.state),
        since_ms=row.since,
        heard_ms=row.heard,
        requested_ms=row.requested,
        dialled_ms=row.dialled,
        answered_ms=row.answered,
        ended_ms=row.ended,
        reason=Reason(row.reason) if row.reason else None,
        agent=AgentId(row.agent) if row.agent else None,
        agent_name=clean(row.agent_name, multiline=False),
        number=number,
        last4=row.last4,
        provider=row.provider,
        caller_id=caller,
        code=row.code,
        basis=basis,
        attempt=row.attempt,
        not_before_ms=row.not_before,
        not_after_ms=row.not_after,
        note=clean(row.note),
        language=row.language,
        priority=row.priority,
        lease_until_ms=row.lease_until,
        by_customer=bool(row.by_customer),
        in_console=bool(row.in_console),
        noticed=bool(row.noticed),
        result=row.result,
        connected=bool(row.connected),
    )
    return Kept(
        found, row.row, row.visitor, row.request_hash, row.number_hmac, row.provider_ref, row.tried,
        tuple(row.passed.split()),
    )  # fmt: skip
