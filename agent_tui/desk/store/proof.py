"""Uses and refusals of snippets: written in the transaction of their message, counted by snippet and stage."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, case, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from agent_tui.desk.store.call_tables import call
from agent_tui.desk.store.schema import (
    agent,
    consent_withdrawal,
    conversation,
    entry,
    proof_refusal,
    proof_use,
)
from agent_tui.desk.store.transaction import Transaction
from agent_tui.model.call import Reason
from agent_tui.model.uses import UseCount, Uses
from agent_tui.model.words import AuthorKind, EntryKind, Outcome, Stage
from agent_tui.protocol.library import RefusedCount, WireUse

ANSWERED_WITHIN_MS: Final = 24 * 3_600_000


class UseRow(Struct, frozen=True):
    """One row of `proof_use`, without its number and its message's."""

    conversation: int
    at: int
    agent: str
    stage: str
    snippet: str
    revision: int
    language: str
    warned: str
    recognised: bool
    bought_before: bool


class RefusalRow(Struct, frozen=True):
    """One row of `proof_refusal`, without its number."""

    conversation: int
    at: int
    agent: str
    stage: str
    snippet: str
    revision: int
    language: str
    rule: str
    report: str


def add_uses(tx: Transaction, rows: Iterable[UseRow], seq: int) -> None:
    """Keep uses of the message at `seq`; call it in the operation that stores it."""
    values = [{**_values(row), "seq": seq} for row in rows]
    if values:
        tx.execute(proof_use.insert(), values)


def add_refusals(tx: Transaction, rows: Iterable[RefusalRow]) -> None:
    """Keep refusals, each once however often it is told."""
    values = [_values(row) for row in rows]
    if values:
        tx.execute(insert(proof_refusal).on_conflict_do_nothing(), values)


def withdrawn_among(tx: Transaction, snippets: Iterable[str]) -> dict[str, date]:
    """Those of these whose consent was withdrawn, as this transaction sees it."""
    query = select(consent_withdrawal.c.snippet, consent_withdrawal.c.at)
    return _days(tx.execute(query.where(consent_withdrawal.c.snippet.in_(list(snippets)))).all())


def all_withdrawn(tx: Transaction) -> dict[str, date]:
    """All of them, as this transaction sees it."""
    return _days(tx.execute(select(consent_withdrawal.c.snippet, consent_withdrawal.c.at)).all())


def withdrawals(db: Connection) -> dict[str, date]:
    """All that were withdrawn."""
    return _days(db.execute(select(consent_withdrawal.c.snippet, consent_withdrawal.c.at)).all())


def set_withdrawn(tx: Transaction, snippet: str, at: int, by: str) -> date:
    """Withdraw, and since when it is; what was withdrawn already stays so since then."""
    statement = insert(consent_withdrawal).values(snippet=snippet, at=at, by=by).on_conflict_do_nothing()
    tx.execute(statement)
    return withdrawn_among(tx, [snippet])[snippet]


def lift_withdrawal(tx: Transaction, snippet: str) -> None:
    """It was a mistake."""
    tx.execute(delete(consent_withdrawal).where(consent_withdrawal.c.snippet == snippet))


def counts(db: Connection) -> list[UseCount]:
    """Uses by snippet and stage. Messages that were withdrawn don't count."""
    later = entry.alias("later")
    answered = exists().where(
        later.c.conversation == proof_use.c.conversation,
        later.c.seq > proof_use.c.seq,
        later.c.kind == EntryKind.PUBLIC.value,
        later.c.author_kind == AuthorKind.CUSTOMER.value,
        later.c.at <= proof_use.c.at + ANSWERED_WITHIN_MS,
    )
    query = (
        select(
            proof_use.c.snippet,
            proof_use.c.stage,
            func.count(),
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((_went_before(), 1), else_=0)),
        )
        .join(conversation, conversation.c.id == proof_use.c.conversation)
        .join(entry, _its_message)
        .where(entry.c.withdrawn_at.is_(None))
        .group_by(proof_use.c.snippet, proof_use.c.stage)
    )
    return [UseCount(row[0], Stage(row[1]), Uses(*row[2:])) for row in db.execute(query)]


def refused(db: Connection) -> list[RefusedCount]:
    """Refusals by snippet and rule."""
    by = proof_refusal.c.snippet, proof_refusal.c.rule
    query = select(*by, func.count()).group_by(*by).order_by(*by)
    return [RefusedCount(*row) for row in db.execute(query)]


def who_got(db: Connection, snippet: str, before: int | None, limit: int) -> tuple[list[WireUse], int | None]:
    """Uses of a snippet, newest first, and where the next page begins."""
    query = (
        select(proof_use, agent.c.name, entry.c.withdrawn_at)
        .join(entry, _its_message)
        .outerjoin(agent, agent.c.id == proof_use.c.agent)
        .where(proof_use.c.snippet == snippet)
    )
    if before is not None:
        query = query.where(proof_use.c.id < before)
    rows = db.execute(query.order_by(proof_use.c.id.desc()).limit(limit + 1)).all()
    found = [
        WireUse(
            conversation=row.conversation,
            seq=row.seq,
            at=row.at,
            agent=row.name or "",
            revision=row.revision,
            language=row.language,
            stage=Stage(row.stage),
            warned=row.warned,
            recognised=bool(row.recognised),
            withdrawn=row.withdrawn_at is not None,
        )
        for row in rows[:limit]
    ]
    return found, rows[limit - 1].id if len(rows) > limit else None


def conversations_with(db: Connection, snippet: str) -> int:
    """How many conversations got it."""
    query = select(func.count(func.distinct(proof_use.c.conversation))).where(proof_use.c.snippet == snippet)
    return int(db.execute(query).scalar_one())


_its_message = (entry.c.conversation == proof_use.c.conversation) & (entry.c.seq == proof_use.c.seq)


def _went_before() -> Any:
    """The outcome *bought*, or a call in which somebody spoke, later than the snippet in the same conversation."""
    bought = (conversation.c.outcome == Outcome.BOUGHT.value) & (proof_use.c.bought_before == 0)
    reported = (call.c.reason == Reason.REPORTED_SPOKE.value) & (call.c.tried > proof_use.c.at)
    spoke = exists().where(
        call.c.conversation == proof_use.c.conversation, (call.c.answered > proof_use.c.at) | reported
    )
    return bought | spoke


def _values(row: Struct) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _days(rows: Iterable[Any]) -> dict[str, date]:
    return {snippet: date.fromtimestamp(at / 1000) for snippet, at in rows}
