"""What figures need of conversations, read from the database: the same facts that are heard while the desk runs."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from agent_tui.core.metrics import case as m
from agent_tui.desk.store.schema import conversation, entry, proof_refusal, proof_use
from agent_tui.model.words import AuthorKind, EntryKind, Outcome, Stage, State


def facts_since(c: Connection, since_ms: int) -> list[tuple[int, list[m.Fact]]]:
    """Of the conversations that began since then or are not resolved."""
    wanted = or_(conversation.c.created >= since_ms, conversation.c.state != State.RESOLVED.value)
    return list(_facts(c, wanted))


def facts_between(c: Connection, since_ms: int, until_ms: int) -> list[tuple[int, list[m.Fact]]]:
    """Of the conversations that began from `since_ms` and before `until_ms`."""
    return list(_facts(c, and_(conversation.c.created >= since_ms, conversation.c.created < until_ms)))


def _facts(c: Connection, wanted: ColumnElement[bool]) -> Iterator[tuple[int, list[m.Fact]]]:
    it = conversation.c
    # the first line of an agent stands among the first entries, which an index has in order: no other entry is read
    first = (
        select(entry.c.id)
        .where(
            entry.c.conversation == it.id,
            entry.c.kind == EntryKind.PUBLIC.value,
            entry.c.author_kind == AuthorKind.AGENT.value,
        )
        .order_by(entry.c.seq)
        .limit(1)
        .correlate(conversation)
        .scalar_subquery()
    )
    query = (
        select(
            it.id, it.revision, it.created, it.stage, it.stage_set, it.outcome, it.channel, it.state, it.owner,
            it.wants_call, it.rating, entry.c.at, entry.c.author,
        )
        .outerjoin(entry, entry.c.id == first)
        .where(wanted)
    )  # fmt: skip
    proof = _proof(c, wanted)
    for row in c.execute(query):
        number, revision, created, stage, stage_set, outcome, channel, state, owner, wants_call, rating, at, author = (
            row
        )
        facts: list[m.Fact] = [
            m.Record(
                revision,
                created,
                Stage(stage),
                bool(stage_set),
                Outcome(outcome),
                channel,
                state == State.RESOLVED,
                owner or "",
                bool(wants_call),
            )
        ]
        if at is not None:
            facts.append(m.AgentWrote(at, author))
        facts += proof.get(number, ())
        if rating:
            facts.append(m.Said(0, rating))
        yield number, facts


def _proof(c: Connection, wanted: ColumnElement[bool]) -> dict[int, list[m.Fact]]:
    found: dict[int, list[m.Fact]] = defaultdict(list)
    for table, used in ((proof_use, True), (proof_refusal, False)):
        query = select(table.c.conversation, table.c.id).join(conversation, conversation.c.id == table.c.conversation)
        for number, one in c.execute(query.where(wanted)):
            found[number].append(proof_fact(one, used=used))
    return found


def proof_fact(number: int, *, used: bool) -> m.Proof:
    """A row of `proof_use` or `proof_refusal`."""
    return m.Proof(f"{'use' if used else 'refusal'} {number}", used)
