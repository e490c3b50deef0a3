"""What monitors and reports ask of the database: parts of a report, steps for a replay, who watched."""

from collections import defaultdict
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, literal, or_, select, tuple_

from agent_tui.core.hours import Hours
from agent_tui.core.metrics.case import case_of
from agent_tui.core.metrics.counts import Counts, add, counts_of, overdue_of
from agent_tui.core.open_time import DAY_MS, open_time
from agent_tui.desk.store.audit_chain import AUDIT_LINE, check_chain
from agent_tui.desk.store.casework import facts_between
from agent_tui.desk.store.looking import SAW_CONTACTS, WATCHED
from agent_tui.desk.store.rows import EntryRow
from agent_tui.desk.store.schema import agent, audit, conversation, entry, proof_refusal, proof_use
from agent_tui.model.wall import PROOF_REFUSED, PROOF_SENT
from agent_tui.model.words import AuthorKind, EntryKind, State
from agent_tui.protocol import requests as r
from agent_tui.protocol.errors import Code, Refusal

_LOOKED = (WATCHED, SAW_CONTACTS)
_LONGEST_WAIT_DAYS = 60
_OF_WHO_ANSWERED = ("answered", "answer_ms", "within")
_OF_THE_OWNER = ("resolved", "said", "said.yes", "calls.made", "proof.used")


class Place(NamedTuple):
    """Where a page of a replay ended: time, and which of those at that time, by kind and number."""

    at: int
    kind: int
    """What comes after what at one time: entries, audit lines, proof sent, proof refused."""
    id: int


def place_of(text: str) -> Place | None:
    """A place as an earlier page named it. Raises `Refusal`."""
    if not text:
        return None
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise Refusal(Code.BAD_VALUE, "This is no place in the replay; take the `next` of an earlier page as it is.")
    return Place(*map(int, parts))


def resolved_since(c: Connection, since_ms: int) -> list[int]:
    """Conversations that were resolved since then."""
    query = select(conversation.c.id).where(
        conversation.c.state == State.RESOLVED.value, conversation.c.last_at >= since_ms
    )
    return list(c.execute(query).scalars())


def steps(
    c: Connection, since: int, until: int, number: int, after: Place | None, limit: int
) -> tuple[list[r.WireStep], str]:
    """Entries, audit lines and what became of proof, in the order of their time, and where the page ended."""
    found: list[tuple[Place, r.WireStep]] = []
    within = and_(entry.c.at >= since, entry.c.at < until)
    if number:
        within = and_(within, entry.c.conversation == number)
    else:
        # those that were alive then, by an index; entries have none by time
        alive = select(conversation.c.id).where(conversation.c.last_at >= since, conversation.c.created < until)
        within = and_(within, entry.c.conversation.in_(alive))
    entries = select(entry).where(within).order_by(entry.c.at, entry.c.id).limit(limit + 1)
    if after is not None:
        entries = entries.where(_after(entry.c.at, 0, entry.c.id, after))
    for row in c.execute(entries):
        read = EntryRow(*row)
        found.append((Place(read.at, 0, read.id), r.WireStep(read.conversation, read.at, read.wire())))
    for kind, query, table in _BESIDE:
        lines = query.where(table.c.at >= since, table.c.at < until).order_by(table.c.at, table.c.id).limit(limit + 1)
        # what is about no conversation (who signed in) is no part of a replay
        lines = lines.where(table.c.conversation == number if number else table.c.conversation != 0)
        if after is not None:
            lines = lines.where(_after(table.c.at, kind, table.c.id, after))
        for line in c.execute(lines):
            step = r.WireStep(line.conversation, line.at, None, line.who or "", line.action, line.detail)
            found.append((Place(line.at, kind, line.id), step))
    found.sort(key=lambda pair: pair[0])
    page = found[:limit]
    end = ".".join(map(str, page[-1][0])) if len(found) > limit else ""
    return [step for _, step in page], end


def _after(at: ColumnElement[int], kind: int, number: ColumnElement[int], after: Place) -> ColumnElement[bool]:
    if kind == after.kind:
        return tuple_(at, number) > tuple_(after.at, after.id)
    return at >= after.at if kind > after.kind else at > after.at


def _of_proof(table: Table, action: str, detail: ColumnElement[str]) -> Select[Any]:
    named = agent.c.name.label("who")
    columns = (table.c.id, table.c.conversation, table.c.at, named, literal(action).label("action"))
    return select(*columns, detail.label("detail")).outerjoin(agent, agent.c.id == table.c.agent)


_BESIDE: Final = (
    (
        1,
        select(
            audit.c.id,
            audit.c.conversation,
            audit.c.at,
            audit.c.actor_name.label("who"),
            audit.c.action,
            audit.c.detail,
        ),
        audit,
    ),
    (2, _of_proof(proof_use, PROOF_SENT, proof_use.c.snippet), proof_use),
    (3, _of_proof(proof_refusal, PROOF_REFUSED, proof_refusal.c.snippet + ", " + proof_refusal.c.rule), proof_refusal),
)
"""What stands between the entries, by the kind of its `Place`."""


def report_part(c: Connection, since: int, until: int, hours: Hours, now: int) -> r.ReportPart:
    """Counts of the conversations that began within a time, and of the agents who were in them."""
    open_ms = open_time(hours, since, until + _LONGEST_WAIT_DAYS * DAY_MS)
    total: Counts = {}
    of_agents: dict[str, Counts] = defaultdict(dict)
    for _, facts in facts_between(c, since, until):
        case = case_of(facts)
        counts = counts_of(case, open_ms)
        add(total, counts)
        add(total, overdue_of(case, now, open_ms))
        if case.answered_by and "answered" in counts:
            add(of_agents[case.answered_by], {name: counts[name] for name in _OF_WHO_ANSWERED})
        if case.record is not None and case.record.owner:
            add(of_agents[case.record.owner], {"owned": 1} | {name: counts.get(name, 0) for name in _OF_THE_OWNER})
    for row in c.execute(_lines(since, until)):
        author_kind, author, count = tuple(row)
        add(total, {f"lines.{author_kind}": count})
        if author_kind == AuthorKind.AGENT:
            add(of_agents[author], {"lines": count})
    names_of = {row.id: row.name for row in c.execute(select(agent.c.id, agent.c.name))}
    agents = [r.AgentCounts(one, names_of.get(one, ""), counts) for one, counts in sorted(of_agents.items())]
    return r.ReportPart(since, until, total, agents)


def _lines(since: int, until: int) -> Select[Any]:
    began = select(conversation.c.id).where(conversation.c.created >= since, conversation.c.created < until)
    # customers are not counted one by one
    who = func.iif(entry.c.author_kind == AuthorKind.AGENT.value, entry.c.author, "")
    return (
        select(entry.c.author_kind, who, func.count())
        .where(entry.c.conversation.in_(began), entry.c.kind == EntryKind.PUBLIC.value)
        .group_by(entry.c.author_kind, who)
    )


def watched(
    c: Connection, own: str, until: int, before: int | None, limit: int
) -> tuple[list[r.WireWatched], int | None]:
    """Lines of who watched, before a time, newest first; `own`: of conversations that agent had or wrote in."""
    query = (
        select(audit)
        .where(audit.c.action.in_(_LOOKED), audit.c.at < until, audit.c.conversation != 0)
        .order_by(audit.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(audit.c.id < before)
    if own:
        wrote = select(entry.c.id).where(
            entry.c.conversation == audit.c.conversation,
            entry.c.author == own,
            entry.c.author_kind == AuthorKind.AGENT.value,
        )
        had = select(conversation.c.id).where(conversation.c.id == audit.c.conversation, conversation.c.owner == own)
        query = query.where(or_(had.exists(), wrote.exists()))
    rows = c.execute(query).all()
    page = rows[:limit]
    found = [
        r.WireWatched(row.conversation, row.actor_name, row.at, row.detail if row.action == WATCHED else row.action)
        for row in page
    ]
    return found, page[-1].id if len(rows) > limit else None


def audit_checked(c: Connection) -> r.AuditChecked:
    """The whole audit's chain, followed from its first line; it reads them all."""
    columns = (audit.c[name] for name in ("id", *AUDIT_LINE, "chain"))
    return check_chain(c.execute(select(*columns).order_by(audit.c.id)).yield_per(1_000))
