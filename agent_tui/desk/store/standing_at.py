"""Which conversations were open at a moment, and the entries by which it is known how each of them stood."""

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from agent_tui.desk.store.reads import Present, records_of
from agent_tui.desk.store.rows import EntryRow
from agent_tui.desk.store.schema import conversation, entry
from agent_tui.model.wall import ENDS, GOES_ON
from agent_tui.model.words import AuthorKind, EntryKind, State
from agent_tui.protocol import requests as r
from agent_tui.protocol.records import WireEntry

LAST: Final = 12
"""So many of the last messages of each: what a tile has room for."""


def standing(
    c: Connection, at: int, after: int | None, limit: int, present: Present
) -> tuple[list[r.WireStanding], int | None]:
    """A page of what was open just before `at` (ms), the newest first, and the number it ended with; None: no more.

    `after`: the number that the page before ended with.
    """
    it = conversation.c
    wanted = and_(it.created < at, or_(it.state != State.RESOLVED.value, it.last_at >= at), _was_open(at))
    if after is not None:
        wanted = and_(wanted, it.id < after)
    numbers = list(c.execute(select(it.id).where(wanted).order_by(it.id.desc()).limit(limit + 1)).scalars())
    page = numbers[:limit]
    records = records_of(c, page, present)
    entries, counts = _entries(c, page, at), _messages(c, page, at)
    found = [r.WireStanding(records[one], entries[one], counts[one] - _said(entries[one])) for one in page]
    return found, page[-1] if len(numbers) > limit else None


def _was_open(at: int) -> ColumnElement[bool]:
    """Of the lines that end or reopen it, the last one before then did not end it."""
    last = (
        select(entry.c.code)
        .where(entry.c.conversation == conversation.c.id, entry.c.at < at, entry.c.code.in_(ENDS | GOES_ON))
        .order_by(entry.c.seq.desc())
        .limit(1)
        .correlate(conversation)
        .scalar_subquery()
    )
    return func.coalesce(last, "").not_in(ENDS)


def _entries(c: Connection, numbers: list[int], at: int) -> dict[int, list[WireEntry]]:
    """Of each: all lines of the system's own, the last messages, and the customer's line that waited longest."""
    before = and_(entry.c.conversation.in_(numbers), entry.c.at < at)
    place = func.row_number().over(partition_by=entry.c.conversation, order_by=entry.c.seq.desc())
    messages = select(entry.c.id, place.label("place")).where(before, entry.c.kind != EntryKind.SYSTEM.value).subquery()
    last = select(messages.c.id).where(messages.c.place <= LAST)
    wanted = or_(entry.c.kind == EntryKind.SYSTEM.value, entry.c.id.in_(last), entry.c.id.in_(_waited(before)))
    found: dict[int, list[WireEntry]] = defaultdict(list)
    for row in c.execute(select(entry).where(before, wanted).order_by(entry.c.conversation, entry.c.seq)):
        read = EntryRow(*row)
        found[read.conversation].append(read.wire())
    return found


def _waited(before: ColumnElement[bool]) -> Any:
    """The first line of each customer behind the last answer."""
    public = and_(before, entry.c.kind == EntryKind.PUBLIC.value)
    answered = (
        select(entry.c.conversation, func.max(entry.c.seq).label("seq"))
        .where(public, entry.c.author_kind == AuthorKind.AGENT.value)
        .group_by(entry.c.conversation)
        .subquery()
    )
    return (
        select(func.min(entry.c.id))
        .outerjoin(answered, answered.c.conversation == entry.c.conversation)
        .where(
            public,
            entry.c.author_kind == AuthorKind.CUSTOMER.value,
            entry.c.seq > func.coalesce(answered.c.seq, 0),
        )
        .group_by(entry.c.conversation)
    )


def _messages(c: Connection, numbers: list[int], at: int) -> dict[int, int]:
    counted = (
        select(entry.c.conversation, func.count())
        .where(entry.c.conversation.in_(numbers), entry.c.at < at, entry.c.kind != EntryKind.SYSTEM.value)
        .group_by(entry.c.conversation)
    )
    found: dict[int, int] = defaultdict(int)
    found.update((row[0], row[1]) for row in c.execute(counted))
    return found


def _said(entries: list[WireEntry]) -> int:
    return sum(one.kind is not EntryKind.SYSTEM for one in entries)
