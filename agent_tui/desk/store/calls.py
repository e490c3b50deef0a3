"""Calls in the database: storing one, and the questions that are asked of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from agent_tui.core.phone.states import AT_A_PROVIDER
from agent_tui.desk.store.call_rows import Kept, columns_of, kept_of, wire_of
from agent_tui.desk.store.call_tables import call
from agent_tui.desk.store.transaction import Transaction
from agent_tui.model.call import CallState
from agent_tui.protocol.call_records import WireCall

_ENDED = CallState.ENDED.value
_QUEUE = (CallState.QUEUED.value, CallState.CLAIMED.value)
_DAY_MS = 86_400_000
_is_open = call.c.state != _ENDED


def save(tx: Transaction, kept: Kept, deadline: int | None) -> None:
    """Store a call, new or changed; tells nobody. Raises what the unique indexes say: look first."""
    if kept.row:
        tx.execute(call.update().where(call.c.row == kept.row), columns_of(kept, deadline))
        return
    added = tx.execute(call.insert(), columns_of(kept, deadline)).inserted_primary_key
    assert added is not None
    kept.row = added[0]


# --- one call ---


def by_id(tx: Transaction, call_id: str) -> Kept | None:
    """The call of this id."""
    return _one(tx, select(call).where(call.c.id == call_id))


def open_in(tx: Transaction, conversation: int) -> Kept | None:
    """The open call of a conversation."""
    return _one(tx, select(call).where(call.c.conversation == conversation, _is_open))


def open_of(tx: Transaction, agent: str) -> Kept | None:
    """The open call of an agent."""
    return _one(tx, select(call).where(call.c.agent == agent, _is_open))


def newest_in(tx: Transaction, conversation: int) -> Kept | None:
    """The last call of a conversation, open or not."""
    return _one(tx, select(call).where(call.c.conversation == conversation).order_by(call.c.row.desc()).limit(1))


def queued_for(tx: Transaction, visitor: str, number_hmac: str) -> Kept | None:
    """A callback that waits already for the same customer on the same number, perhaps of another conversation."""
    same = select(call).where(
        call.c.visitor == visitor, call.c.number_hmac == number_hmac, call.c.state == CallState.QUEUED.value
    )
    return _one(tx, same.order_by(call.c.row).limit(1))


def next_due(tx: Transaction, now: int) -> Kept | None:
    """The callback whose turn it is: of those whose time has come the most urgent, then the oldest."""
    due = select(call).where(call.c.state == CallState.QUEUED.value, call.c.not_before <= now)
    return _one(tx, due.order_by(call.c.priority.desc(), call.c.requested, call.c.row).limit(1))


def _one(tx: Transaction, query: Select[Any]) -> Kept | None:
    row = tx.execute(query).first()
    return None if row is None else kept_of(row)


# --- several ---


def due(c: Connection, now: int) -> list[str]:
    """Ids of calls whose state has lasted as long as it may."""
    return list(
        c.execute(select(call.c.id).where(call.c.deadline <= now, _is_open).order_by(call.c.deadline)).scalars()
    )


def at_a_provider(c: Connection) -> list[Kept]:
    """Calls that a provider of the desk has, or may have."""
    states = [state.value for state in AT_A_PROVIDER]
    return [kept_of(row) for row in c.execute(select(call).where(call.c.state.in_(states), call.c.in_console == 0))]


def for_start(c: Connection, now: int) -> list[WireCall]:
    """What a console begins with: open calls, and the last day's that nobody said a word about."""
    lately = (call.c.ended > now - _DAY_MS) & (call.c.result == "") & call.c.tried.is_not(None)
    return [wire_of(kept_of(row)) for row in c.execute(select(call).where(_is_open | lately).order_by(call.c.row))]


def of_rows(c: Connection, rows: Sequence[int]) -> dict[int, WireCall]:
    """Calls by their row, for a replay."""
    if not rows:
        return {}
    found = c.execute(select(call).where(call.c.row.in_(sorted(set(rows)))))
    return {row.row: wire_of(kept_of(row)) for row in found}


def page(c: Connection, view: str, conversation: int | None, after: int | None, limit: int, now: int) -> list[Kept]:
    """Calls, newest first; the queue in its order."""
    query = select(call)
    if view == "open":
        query = query.where(_is_open)
    if view == "queue":
        query = query.where(call.c.state.in_(_QUEUE))
        return [kept_of(row) for row in c.execute(query.order_by(*_queue_order(now)).limit(limit))]
    if conversation is not None:
        query = query.where(call.c.conversation == conversation)
    if after is not None:
        query = query.where(call.c.row < after)
    return [kept_of(row) for row in c.execute(query.order_by(call.c.row.desc()).limit(limit))]


def _queue_order(now: int) -> tuple[Any, ...]:
    """Those whose time has come first, the most urgent and then the oldest of them before the others."""
    turn = case((call.c.not_before <= now, 0), else_=call.c.not_before)
    return turn, call.c.priority.desc(), call.c.requested, call.c.row


def to_number(c: Connection, number_hmac: str, limit: int) -> list[Kept]:
    """Calls to a number, newest first."""
    query = select(call).where(call.c.number_hmac == number_hmac).order_by(call.c.row.desc()).limit(limit)
    return [kept_of(row) for row in c.execute(query)]


def get(c: Connection, call_id: str) -> Kept | None:
    """One call."""
    row = c.execute(select(call).where(call.c.id == call_id)).first()
    return None if row is None else kept_of(row)


# --- counts, for the limits ---


def tries_of_number(tx: Transaction, number_hmac: str, since: int) -> int:
    """How often this number was tried since then."""
    return _count(tx, (call.c.number_hmac == number_hmac) & (call.c.tried > since))


def tries_in(tx: Transaction, conversation: int) -> int:
    """How often this conversation's customer was tried."""
    return _count(tx, (call.c.conversation == conversation) & call.c.tried.is_not(None))


def tries_of_agent(tx: Transaction, agent: str, since: int) -> int:
    """How many calls an agent made since then."""
    return _count(tx, (call.c.agent == agent) & (call.c.tried > since))


def place_in_queue(tx: Transaction, kept: Kept, now: int) -> int:
    """1 for the next one; 0 for one that does not wait."""
    waiting = select(call.c.row).where(call.c.state == CallState.QUEUED.value).order_by(*_queue_order(now))
    rows = list(tx.execute(waiting).scalars())
    return rows.index(kept.row) + 1 if kept.row in rows else 0


def _count(tx: Transaction, where: Any) -> int:
    counted: int = tx.execute(select(func.count()).select_from(call).where(where)).scalar_one()
    return counted


def forget_numbers(tx: Transaction, before: int) -> list[tuple[str, int]]:
    """Delete the numbers of calls that ended before this; which calls of which conversations they were."""
    old = (call.c.ended < before) & call.c.e164.is_not(None)
    found = [(row.id, row.conversation) for row in tx.execute(select(call.c.id, call.c.conversation).where(old))]
    if found:
        tx.execute(call.update().where(old), {"e164": None, "extension": "", "shown": ""})
    return found
