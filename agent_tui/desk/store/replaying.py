"""Events again, for a reader who was away: what they refer to is read as it is now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select, text

from agent_tui.desk.store.calls import of_rows
from agent_tui.desk.store.events import EventKind, StoredEvent
from agent_tui.desk.store.reads import Present, records_of
from agent_tui.desk.store.rows import AgentRow, EntryRow
from agent_tui.desk.store.schema import agent, conversation, entry, event

_EVENT = len(event.columns)
_ENTRY = len(entry.columns)
_WITH_ENTRY = (EventKind.ENTRY.value, EventKind.ENTRY_CHANGED.value)
_FOR_VISITORS = (*_WITH_ENTRY, EventKind.CONVERSATION.value, EventKind.READ.value)


def last_event(c: Connection) -> int:
    """Id of the newest event that ever was."""
    return c.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'event'")).scalar() or 0


def replay(c: Connection, after: int, limit: int, present: Present) -> list[StoredEvent]:
    """The events after one, in order."""
    return _events(c, _query(after, limit), present)


def replay_for_visitor(c: Connection, visitor: str, after: int, limit: int, present: Present) -> list[StoredEvent]:
    """Those that one visitor may be told of."""
    theirs = select(conversation.c.id).where(conversation.c.visitor == visitor)
    query = _query(after, limit).where(event.c.conversation.in_(theirs), event.c.kind.in_(_FOR_VISITORS))
    return _events(c, query, present)


def _query(after: int, limit: int) -> Select[Any]:
    concerned = and_(
        entry.c.conversation == event.c.conversation, entry.c.seq == event.c.seq, event.c.kind.in_(_WITH_ENTRY)
    )
    return (
        select(event, entry, conversation.c.visitor, conversation.c.agents_saw)
        .outerjoin(entry, concerned)
        .outerjoin(conversation, conversation.c.id == event.c.conversation)
        .where(event.c.id > after)
        .order_by(event.c.id)
        .limit(limit)
    )


def _events(c: Connection, query: Select[Any], present: Present) -> list[StoredEvent]:
    rows = c.execute(query).all()
    records = records_of(c, [row.conversation for row in rows if row.with_record], present)
    agents = {row[0]: AgentRow(*tuple(row)).wire() for row in _agents(c, rows)}
    calls = of_rows(c, [row.seq for row in rows if row.kind == EventKind.CALL])
    found: list[StoredEvent] = []
    for row in rows:
        number, kind, at, where, seq, who, with_record = row[:_EVENT]
        concerned = EntryRow(*row[_EVENT : _EVENT + _ENTRY]) if row[_EVENT] is not None else None
        n = concerned.n if concerned else row.agents_saw if kind == EventKind.READ else 0
        found.append(
            StoredEvent(
                number,
                EventKind(kind),
                at,
                where,
                seq,
                n,
                row.visitor or "",
                who,
                concerned.wire() if concerned else None,
                records.get(where) if with_record else None,
                agents.get(who) if kind == EventKind.AGENT else None,
                calls.get(seq) if kind == EventKind.CALL else None,
            )
        )
    return found


def _agents(c: Connection, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    wanted = {row.agent for row in rows if row.kind == EventKind.AGENT}
    return c.execute(select(agent).where(agent.c.id.in_(wanted))).all() if wanted else []
