"""Queries for readers: records, transcripts, search. Each runs in one snapshot, on a connection that cannot write."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    false,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)

from agent_tui.desk.store.rows import AgentRow, ConversationRow, EntryRow, VisitorRow, visitor_entry
from agent_tui.desk.store.schema import SEARCH_INDEX, agent, conversation, entry, meta, read_position, visitor
from agent_tui.desk.store.searchindex import match_expression
from agent_tui.model.words import Availability, EntryKind, State
from agent_tui.protocol.records import VisitorEntry, WireAgent, WireConversation, WireEntry, WireHit

Present = Callable[[str], bool]
"""Whether a visitor's page is open now."""

_CONVERSATION_COLUMNS = len(conversation.columns)
_VISITOR_COLUMNS = len(visitor.columns)
_NOT_RESOLVED = conversation.c.state != State.RESOLVED.value
_since = func.coalesce(conversation.c.waiting_since, conversation.c.created)


class Place(Struct, frozen=True):
    """Where a page of a list ended: the value it is sorted by, and the id that tells equal ones apart."""

    value: int
    id: int


class Words(Struct, frozen=True):
    """What a list is narrowed by; `masked`: not by numbers and addresses."""

    text: str
    masked: bool = False


class View(Struct, frozen=True):
    """One of the lists of conversations."""

    where: Callable[[str], ColumnElement[bool]]
    """Given the agent who looks."""
    longest_first: bool = False


VIEWS = {
    "mine": View(lambda who: and_(conversation.c.owner == who, _NOT_RESOLVED)),
    "waiting": View(lambda _: conversation.c.state == State.WAITING.value, longest_first=True),
    "snoozed": View(lambda _: conversation.c.state == State.SNOOZED.value),
    "all": View(lambda _: _NOT_RESOLVED),
    "resolved": View(lambda _: conversation.c.state == State.RESOLVED.value),
}


def _records(who: str) -> Select[Any]:
    mine = and_(read_position.c.conversation == conversation.c.id, read_position.c.agent == who)
    return (
        select(conversation, visitor, agent.c.name, read_position.c.seq)
        .join(visitor, visitor.c.id == conversation.c.visitor)
        .outerjoin(agent, agent.c.id == conversation.c.owner)
        .outerjoin(read_position, mine)
    )


def _wire(row: Row[Any], present: Present) -> WireConversation:
    customer = VisitorRow(*row[_CONVERSATION_COLUMNS : _CONVERSATION_COLUMNS + _VISITOR_COLUMNS])
    found = ConversationRow(*row[:_CONVERSATION_COLUMNS])
    owner, read = row[_CONVERSATION_COLUMNS + _VISITOR_COLUMNS :]
    return found.wire(customer.wire(earlier=found.earlier, present=present(customer.id)), owner or "", read or 0)


def open_conversations(c: Connection, who: str, present: Present) -> list[WireConversation]:
    """All that are not resolved."""
    return [_wire(row, present) for row in c.execute(_records(who).where(_NOT_RESOLVED).order_by(conversation.c.id))]


def one_conversation(c: Connection, who: str, number: int, present: Present) -> WireConversation | None:
    """A record by id."""
    row = c.execute(_records(who).where(conversation.c.id == number)).first()
    return None if row is None else _wire(row, present)


def records_of(c: Connection, numbers: Sequence[int], present: Present) -> dict[int, WireConversation]:
    """Records by id, without anybody's read position."""
    if not numbers:
        return {}
    rows = c.execute(_records("").where(conversation.c.id.in_(sorted(set(numbers)))))
    return {row[0]: _wire(row, present) for row in rows}


def listed(
    c: Connection, who: str, view: View, after: Place | None, limit: int, words: Words | None, present: Present
) -> tuple[list[WireConversation], Place | None]:
    """A page of a list, and where it ended; None: there is no more."""
    query = _records(who).where(view.where(who))
    if words is not None:
        query = query.where(_has(words))
    if view.longest_first:
        query = query.order_by(_since, conversation.c.id)
        if after is not None:
            query = query.where(tuple_(_since, conversation.c.id) > tuple_(after.value, after.id))
    else:
        query = query.order_by(conversation.c.last_at.desc(), conversation.c.id.desc())
        if after is not None:
            query = query.where(tuple_(conversation.c.last_at, conversation.c.id) < tuple_(after.value, after.id))
    found = [_wire(row, present) for row in c.execute(query.limit(limit + 1))]
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    last = page[-1]
    value = (last.waiting_since or last.created) if view.longest_first else last.last_at
    return page, Place(value, last.id)


def _has(words: Words) -> ColumnElement[bool]:
    number = words.text.removeprefix("c")
    if number.isdecimal() and len(number) < 19:
        return conversation.c.id == int(number)
    places = [visitor.c.name, conversation.c.preview]
    if words.masked:
        # a few digits at a time would spell out a number in a preview
        places = [] if any(character.isnumeric() for character in words.text) else places
    else:
        places += [visitor.c.email, visitor.c.phone]
    return or_(false(), *(place.icontains(words.text, autoescape=True) for place in places))


def earlier(c: Connection, who: str, number: int, limit: int, present: Present) -> list[WireConversation]:
    """The same customer's conversations before this one, the newest first: same browser, or same signed id."""
    of = select(conversation.c.visitor).where(conversation.c.id == number).scalar_subquery()
    signed = select(visitor.c.signed_id).where(visitor.c.id == of).scalar_subquery()
    same = select(visitor.c.id).where(visitor.c.signed_id == signed, visitor.c.signed_id != "")
    query = _records(who).where(
        conversation.c.id < number, or_(conversation.c.visitor == of, conversation.c.visitor.in_(same))
    )
    return [_wire(row, present) for row in c.execute(query.order_by(conversation.c.id.desc()).limit(limit))]


def open_of_visitor(c: Connection, number: str) -> list[int]:
    """A visitor's conversations that are not resolved."""
    return list(c.execute(select(conversation.c.id).where(conversation.c.visitor == number, _NOT_RESOLVED)).scalars())


def newest_of_visitor(c: Connection, number: str, present: Present) -> WireConversation | None:
    """The record of a visitor's newest conversation."""
    query = _records("").where(conversation.c.visitor == number).order_by(conversation.c.id.desc()).limit(1)
    row = c.execute(query).first()
    return None if row is None else _wire(row, present)


def due(c: Connection, now: int, grace_ms: int) -> tuple[list[str], bool]:
    """Agents whose grace time is over, and whether a snooze ends."""
    gone = select(agent.c.id).where(
        agent.c.availability == Availability.RECONNECTING.value, agent.c.lost_at <= now - grace_ms
    )
    ends = select(conversation.c.id).where(
        conversation.c.snoozed_until <= now, conversation.c.state == State.SNOOZED.value
    )
    return list(c.execute(gone).scalars()), c.execute(ends.limit(1)).first() is not None


def visitor_with(c: Connection, token_hash: bytes) -> tuple[str, str] | None:
    """Id and name of the visitor whose token this is."""
    found = c.execute(select(visitor.c.id, visitor.c.name).where(visitor.c.token_hash == token_hash)).first()
    return None if found is None else (found[0], found[1])


def staff(c: Connection) -> list[WireAgent]:
    """Everybody who has an account, by name."""
    return [
        AgentRow(*row).wire() for row in c.execute(select(agent).where(agent.c.ended.is_(None)).order_by(agent.c.name))
    ]


def entries(
    c: Connection, number: int, before: int | None, after: int | None, limit: int
) -> tuple[list[WireEntry], bool]:
    """Part of a transcript in order, and whether more lies beyond it: the newest, or those before or after a seq."""
    query = select(entry).where(entry.c.conversation == number)
    if after is not None:
        query = query.where(entry.c.seq > after).order_by(entry.c.seq)
    else:
        query = query.order_by(entry.c.seq.desc())
        if before is not None:
            query = query.where(entry.c.seq < before)
    found = [EntryRow(*row).wire() for row in c.execute(query.limit(limit + 1))]
    page = found[:limit]
    return (page if after is not None else page[::-1]), len(found) > limit


def last_seq(c: Connection, number: int) -> int | None:
    """Seq of the newest entry; None where there is no such conversation."""
    return c.execute(select(conversation.c.last_seq).where(conversation.c.id == number)).scalar()


def visitor_lines(c: Connection, number: str, after_n: int, limit: int) -> list[VisitorEntry]:
    """A visitor's own transcript, over all of their conversations."""
    theirs = select(conversation.c.id).where(conversation.c.visitor == number)
    query = select(entry).where(entry.c.conversation.in_(theirs), entry.c.n > after_n).order_by(entry.c.n).limit(limit)
    rows = (EntryRow(*row) for row in c.execute(query))
    return [visitor_entry(row.wire(), row.n) for row in rows]


def agents_saw(c: Connection, number: str) -> int:
    """The highest n of a visitor's lines that an agent has seen; 0 for none."""
    return c.execute(select(func.max(conversation.c.agents_saw)).where(conversation.c.visitor == number)).scalar() or 0


def search(c: Connection, words: str, number: int, before: int | None, limit: int) -> tuple[list[WireHit], int | None]:
    """Messages with these words, the newest first, and where the page ended."""
    expression = match_expression(words, number)
    if not expression:
        return [], None
    place: ColumnElement[int] = literal_column(f"{SEARCH_INDEX}.rowid", Integer)
    query = (
        select(entry, visitor.c.name)
        .select_from(text(SEARCH_INDEX))
        .join(entry, entry.c.id == place)
        .join(conversation, conversation.c.id == entry.c.conversation)
        .join(visitor, visitor.c.id == conversation.c.visitor)
        .where(text(f"{SEARCH_INDEX} MATCH :expression").bindparams(expression=expression))
        .order_by(place.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(place < before)
    rows = c.execute(query).all()
    page = rows[:limit]
    hits = [WireHit(row[1], row[-1], EntryRow(*row[:-1]).wire()) for row in page]
    return hits, page[-1][0] if len(rows) > limit else None


def behind(c: Connection) -> int:
    """Messages the search index has not seen yet."""
    reached = select(meta.c.value).where(meta.c.name == "indexed_to").scalar_subquery()
    query = (
        select(func.count())
        .select_from(entry)
        .where(entry.c.id > func.cast(reached, entry.c.id.type), entry.c.kind != EntryKind.SYSTEM.value)
    )
    return c.execute(query).scalar_one()
