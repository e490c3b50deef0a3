"""What else is kept about calls: offers, the do-not-call list, the agents' telephones, the audit."""

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from agent_tui.desk.store.call_rows import kept_of
from agent_tui.desk.store.call_tables import agent_phone, call, call_audit, call_offer, do_not_call
from agent_tui.desk.store.schema import conversation as conversations
from agent_tui.desk.store.schema import meta
from agent_tui.desk.store.transaction import Transaction
from agent_tui.model.call import Call, CallState, Reason
from agent_tui.protocol.pushes import YourCall

_KEY = "phone_key"
_TOLD_AFTER_MS = 3_600_000
"""How long a customer's page says how the last call ended."""
_SHOWN = {
    CallState.QUEUED: "queued",
    CallState.CLAIMED: "queued",
    CallState.DIALLING_AGENT: "calling",
    CallState.AGENT_ANSWERED: "calling",
    CallState.DIALLING_CUSTOMER: "calling",
    CallState.IN_CALL: "in_call",
    CallState.HANDED_OVER: "calling",
}
"""How a customer's page shows each state of an open call."""


class Offer(Struct, frozen=True):
    """The customer was asked."""

    id: int
    at: int
    last4: str
    seq: int
    answered_at: int | None
    answered_seq: int
    answer: str


class Phone(Struct, frozen=True):
    """Where an agent's telephone is."""

    extension: str = ""
    number: str = ""
    shows: str = ""


def newest_offer(tx: Transaction, conversation: int) -> Offer | None:
    """The last time the customer was asked."""
    row = tx.execute(
        select(call_offer).where(call_offer.c.conversation == conversation).order_by(call_offer.c.id.desc()).limit(1)
    ).first()
    return None if row is None else _offer(row)


def _offer(row: Row[Any]) -> Offer:
    return Offer(row.id, row.at, row.last4, row.seq, row.answered_at, row.answered_seq, row.answer)


def add_offer(tx: Transaction, conversation: int, at: int, by: str, last4: str, seq: int) -> None:
    """They were asked."""
    values = {
        "conversation": conversation, "at": at, "by": by, "last4": last4, "seq": seq, "answered_at": None,
        "answered_seq": 0, "answer": "",
    }  # fmt: skip
    tx.execute(call_offer.insert(), values)


def answer_offer(tx: Transaction, offer: Offer, at: int, seq: int, answer: str) -> None:
    """They answered."""
    values = {"answered_at": at, "answered_seq": seq, "answer": answer}
    tx.execute(call_offer.update().where(call_offer.c.id == offer.id), values)


def never_since(tx: Transaction, number_hmac: str) -> int | None:
    """Since when a number is on the do-not-call list."""
    return tx.execute(select(do_not_call.c.since).where(do_not_call.c.number_hmac == number_hmac)).scalar()


def put_on_list(
    tx: Transaction, number_hmac: str, last4: str, region: str, since: int, by: str, reason: str, conversation: int
) -> None:
    """Never call it again."""
    values = {
        "number_hmac": number_hmac, "last4": last4, "region": region, "since": since, "by": by, "reason": reason,
        "conversation": conversation,
    }  # fmt: skip
    tx.execute(do_not_call.insert(), values)


def take_off_list(tx: Transaction, number_hmac: str) -> None:
    """It may be called again."""
    tx.execute(do_not_call.delete().where(do_not_call.c.number_hmac == number_hmac))


def on_list(c: Connection) -> list[Row[Any]]:
    """The do-not-call list, newest first."""
    return list(c.execute(select(do_not_call).order_by(do_not_call.c.since.desc())).all())


def key_of_list(tx: Transaction) -> tuple[str, int]:
    """Under which key (its fingerprint; empty: none yet) the list was made, and how many numbers are on it."""
    known = tx.execute(select(meta.c.value).where(meta.c.name == _KEY)).scalar() or ""
    return known, tx.execute(select(func.count()).select_from(do_not_call)).scalar_one()


def remember_key(tx: Transaction, fingerprint: str) -> None:
    """The list is made under this key from now on."""
    tx.execute(meta.delete().where(meta.c.name == _KEY))
    tx.execute(meta.insert(), {"name": _KEY, "value": fingerprint})


def phone_of(c: Connection | Transaction, agent: str) -> Phone:
    """Where an agent's telephone is."""
    columns = agent_phone.c
    row = c.execute(select(columns.extension, columns.number, columns.shows).where(columns.agent == agent)).first()
    return Phone(*row) if row else Phone()


def set_phone(tx: Transaction, agent: str, phone: Phone) -> None:
    """It is there from now on."""
    tx.execute(agent_phone.delete().where(agent_phone.c.agent == agent))
    tx.execute(agent_phone.insert(), {"agent": agent, **msgspec.structs.asdict(phone)})


def add_audit(tx: Transaction, at: int, event: str, call_id: str, conversation: int, actor: str, record: str) -> None:
    """Write a line that nobody can change."""
    values = {
        "at": at, "event": event, "call": call_id, "conversation": conversation, "actor": actor, "record": record,
    }  # fmt: skip
    tx.execute(call_audit.insert(), values)


def audit_page(c: Connection, call_id: str, after: int, limit: int) -> list[Row[Any]]:
    """The audit after a place, oldest first."""
    query = select(call_audit).where(call_audit.c.seq > after)
    if call_id:
        query = query.where(call_audit.c.call == call_id)
    return list(c.execute(query.order_by(call_audit.c.seq).limit(limit)).all())


def your_call(c: Connection | Transaction, visitor: str, now: int) -> YourCall:
    """How it stands with calling this visitor, as their page shows it. A call in its undo window is not there yet."""
    rows = c.execute(
        select(call).where(call.c.visitor == visitor, call.c.state != CallState.REQUESTED.value)
        .order_by(call.c.row.desc()).limit(1)
    )  # fmt: skip
    row = rows.first()
    newest = kept_of(row).call if row is not None else None
    if newest is not None and newest.is_open:
        return YourCall(
            _SHOWN[newest.state],
            newest.id,
            newest.last4,
            newest.agent_name if newest.state not in (CallState.QUEUED, CallState.CLAIMED) else "",
            newest.caller_id.shown if newest.caller_id and newest.noticed else "",
            newest.code if newest.noticed else "",
            newest.not_before_ms,
            newest.not_after_ms,
        )
    theirs = select(conversations.c.id).where(conversations.c.visitor == visitor)
    found = c.execute(
        select(call_offer).where(call_offer.c.conversation.in_(theirs)).order_by(call_offer.c.id.desc()).limit(1)
    ).first()
    offer = _offer(found) if found is not None else None
    ended = newest.ended_ms or 0 if newest is not None else 0
    if offer is not None and offer.answered_at is None and offer.at >= ended:
        return YourCall("offered" if offer.last4 else "number_wanted", last4=offer.last4)
    if newest is not None and newest.noticed and now - ended < _TOLD_AFTER_MS:
        return YourCall("ended", newest.id, newest.last4, newest.agent_name, reached=_reached(newest))
    return YourCall("none")


def _reached(ended: Call) -> bool | None:
    if ended.answered_ms is not None or ended.reason is Reason.REPORTED_SPOKE:
        return True
    return None if ended.reason in (Reason.LOST, Reason.REPORTED_WRONG_NUMBER) else False
