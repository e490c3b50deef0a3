"""What figures need of conversations, read from the database: the same facts that are heard while the desk runs."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from agent_tui.core.metrics import case as m
from agent_tui.desk.store.call_tables import call, call_offer
from agent_tui.desk.store.schema import agent, conversation, entry, proof_refusal, proof_use
from agent_tui.model.call import BasisKind, Reason
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
            it.rating, entry.c.at, entry.c.author,
        )
        .outerjoin(entry, entry.c.id == first)
        .where(wanted)
    )  # fmt: skip
    beside = _proof(c, wanted)
    for number, calls in _calls(c, wanted).items():
        beside[number] += calls
    for row in c.execute(query):
        number, revision, created, stage, stage_set, outcome, channel, state, owner, rating, at, author = row
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
            )
        ]
        if at is not None:
            facts.append(m.AgentWrote(at, author))
        facts += beside.get(number, ())
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


def _calls(c: Connection, wanted: ColumnElement[bool]) -> dict[int, list[m.Fact]]:
    found: dict[int, list[m.Fact]] = defaultdict(list)
    it = call.c
    spoke = it.reason == Reason.REPORTED_SPOKE.value
    asked = or_(it.by_customer != 0, it.basis == BasisKind.CUSTOMER_REQUEST.value)
    query = select(it.conversation, it.id, it.tried, or_(it.answered.is_not(None), spoke), asked)
    for number, one, tried, reached, on_request in c.execute(
        query.join(conversation, conversation.c.id == it.conversation).where(wanted)
    ):
        found[number].append(m.Call(one, made=tried is not None, reached=bool(reached), asked=bool(on_request)))
    offered = (
        select(call_offer.c.conversation).distinct().join(conversation, conversation.c.id == call_offer.c.conversation)
    )
    for number in c.execute(offered.where(wanted)).scalars():
        found[number].append(m.Call("offers", offered=True))
    return found


class ProofPlace(NamedTuple):
    """Up to where uses and refusals were read."""

    use: int = 0
    refusal: int = 0


class RefusedProof(NamedTuple):
    """A proof that was not let through to a customer."""

    conversation: int
    at: int
    who: str
    what: str


class ProofFound(NamedTuple):
    """What came after a place."""

    place: ProofPlace
    facts: list[tuple[int, m.Proof]]
    refused: list[RefusedProof]


def proof_since(c: Connection, place: ProofPlace, since_ms: int) -> ProofFound:
    """Uses and refusals behind a place; of refusals also who was refused what, if it was after `since_ms`."""
    facts: list[tuple[int, m.Proof]] = []
    refused: list[RefusedProof] = []
    use, refusal = place
    for number, one in c.execute(select(proof_use.c.conversation, proof_use.c.id).where(proof_use.c.id > use)):
        facts.append((number, proof_fact(one, used=True)))
        use = max(use, one)
    it = proof_refusal.c
    query = select(it.id, it.conversation, it.at, it.snippet, it.rule, agent.c.name)
    for one, number, at, snippet, rule, name in c.execute(
        query.outerjoin(agent, agent.c.id == it.agent).where(it.id > refusal).order_by(it.id)
    ):
        facts.append((number, proof_fact(one, used=False)))
        refusal = max(refusal, one)
        if at >= since_ms:
            refused.append(RefusedProof(number, at, name or "", f"{snippet}: {rule}"))
    return ProofFound(ProofPlace(use, refusal), facts, refused)


def proof_fact(number: int, *, used: bool) -> m.Proof:
    """A row of `proof_use` or `proof_refusal`."""
    return m.Proof(f"{'use' if used else 'refusal'} {number}", used)


def proof_place(c: Connection, refused_since: int) -> ProofPlace:
    """The place behind all uses, and behind the refusals that are older."""
    refusal = proof_refusal.c
    use = c.execute(select(func.max(proof_use.c.id))).scalar()
    old = c.execute(select(func.max(refusal.id)).where(refusal.at < refused_since)).scalar()
    return ProofPlace(use or 0, old or 0)
