"""The calls' audit: what happened, who did it, on what ground. Never a number in full, never a word of the chat."""

from typing import Any

import msgspec

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.service.calling.rules import POLICY_VERSION
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.call_lists import add_audit
from agent_tui.desk.store.call_rows import Kept
from agent_tui.model.call import Call

VERSION = 1
_encode = msgspec.json.Encoder().encode


def changed(
    tx: Transaction, m: CallMoment, kept: Kept, before: Call | None, by: Actor | None, raw_code: str = ""
) -> None:
    """A call was asked for or goes on. `by` None: the provider or the clock did it."""
    it = kept.call
    _write(
        tx,
        m,
        "call.state",
        it.id,
        kept.conversation,
        by,
        {
            "from": before.state.value if before else None,
            "to": it.state.value,
            "reason": it.reason.value if it.reason else None,
            "provider": it.provider or None,
            "provider_ref": {"call": kept.provider_ref or it.id, "code": raw_code or None},
            "number": _number(kept),
            "basis": {"type": it.basis.kind.value, "seq": int(it.basis.message or 0)} if it.basis else None,
            "policy": {"version": POLICY_VERSION, "passed": list(kept.passed)},
            "caller_id": it.caller_id.e164 if it.caller_id else None,
            "recording": m.rules.settings.recording,
            "undo_ms": m.rules.settings.countdown_ms,
            "attempt": it.attempt,
            "idempotency_key": it.id,
        },
    )


def refused(
    tx: Transaction, m: CallMoment, by: Actor, conversation: int, stop: str, *, last4: str = "", number_hmac: str = ""
) -> None:
    """Somebody wanted to call and may not."""
    number = {"last4": last4, "hmac": number_hmac or None} if last4 else None
    _write(tx, m, "call.refused", "", conversation, by, {"stop": stop, "number": number})


def noted(
    tx: Transaction, m: CallMoment, event: str, by: Actor | None, conversation: int, call: str = "", **more: Any
) -> None:
    """Anything else that somebody may have to answer for."""
    _write(tx, m, event, call, conversation, by, more)


def _number(kept: Kept) -> dict[str, Any]:
    number = kept.call.number
    return {
        "last4": kept.call.last4,
        "hmac": kept.number_hmac,
        "region": number.region if number else None,
        "type": number.kind.value if number else None,
    }


def _write(
    tx: Transaction, m: CallMoment, event: str, call: str, conversation: int, by: Actor | None, more: dict[str, Any]
) -> None:
    actor = {"type": by.role.value, "id": by.id} if by else {"type": "desk", "id": ""}
    record = {"v": VERSION, "at": m.now, "event": event, "call_id": call, "conversation": conversation, "actor": actor}
    add_audit(tx, m.now, event, call, conversation, by.id if by else "", _encode({**record, **more}).decode())
