"""What operations ask of the database beyond the records in memory: seldom, and by an index."""

from sqlalchemy import func, select

from agent_tui.desk.store.rows import ConversationRow, EntryRow, VisitorRow
from agent_tui.desk.store.schema import conversation, entry, visitor
from agent_tui.desk.store.transaction import Transaction
from agent_tui.model.words import AuthorKind, EntryKind, State
from agent_tui.protocol.records import WireEntry

_MOST_CROSSED = 50

_public = entry.c.kind == EntryKind.PUBLIC.value
_by_customer = entry.c.author_kind == AuthorKind.CUSTOMER.value
_waits = (conversation.c.state == State.WAITING.value) & conversation.c.owner.is_(None)


def crossed(tx: Transaction, row: ConversationRow, agent: str, seen_seq: int, draft_seq: int) -> list[WireEntry]:
    """Public lines of the customer after `seen_seq` and of colleagues after `draft_seq`, the newest of them."""
    if row.customer_seq <= seen_seq and row.newest_of_a_colleague(agent) <= draft_seq:
        return []
    by_colleague = (entry.c.author_kind == AuthorKind.AGENT.value) & (entry.c.author != agent)
    query = (
        select(entry)
        .where(entry.c.conversation == row.id, entry.c.seq > min(seen_seq, draft_seq), _public)
        .where((_by_customer & (entry.c.seq > seen_seq)) | (by_colleague & (entry.c.seq > draft_seq)))
        .where(entry.c.withdrawn_at.is_(None))
        .order_by(entry.c.seq.desc())
        .limit(_MOST_CROSSED)
    )
    return [EntryRow(*tuple(found)).wire() for found in tx.execute(query)][::-1]


def unanswered_since(tx: Transaction, row: ConversationRow) -> int | None:
    """When the customer's oldest line came that has no answer and is not excused from one."""
    query = select(func.min(entry.c.at)).where(
        entry.c.conversation == row.id, entry.c.seq > max(row.agent_seq, row.excused_seq), _public, _by_customer
    )
    return tx.execute(query).scalar()


def longest_waiting(tx: Transaction) -> ConversationRow | None:
    """The conversation without an owner whose customer waits longest."""
    query = (
        select(conversation.c.id)
        .where(_waits, conversation.c.waiting_since.is_not(None))
        .order_by(conversation.c.waiting_since, conversation.c.id)
        .limit(1)
    )
    found = tx.execute(query).scalar()
    return tx.conversation(found) if found else None


def owned_by(tx: Transaction, agent: str) -> list[ConversationRow]:
    """Her conversations that are not resolved, the oldest first."""
    query = select(conversation.c.id).where(conversation.c.owner == agent, conversation.c.state != State.RESOLVED.value)
    return _rows(tx, list(tx.execute(query.order_by(conversation.c.id)).scalars()))


def lost_by(tx: Transaction, agent: str) -> list[ConversationRow]:
    """Conversations that went back to the queue for her loss and were not taken."""
    query = select(conversation.c.id).where(_waits, conversation.c.lost_owner == agent)
    return _rows(tx, list(tx.execute(query.order_by(conversation.c.id)).scalars()))


def snoozed_until(tx: Transaction, at: int) -> list[ConversationRow]:
    """Snoozed conversations whose time has come."""
    query = select(conversation.c.id).where(
        conversation.c.snoozed_until <= at, conversation.c.state == State.SNOOZED.value
    )
    return _rows(tx, list(tx.execute(query.order_by(conversation.c.id)).scalars()))


def earlier_conversations(tx: Transaction, row: VisitorRow) -> int:
    """How many conversations this customer had: in this browser, or under the same signed id."""
    theirs = conversation.c.visitor == row.id
    if row.signed_id:
        theirs |= conversation.c.visitor.in_(select(visitor.c.id).where(visitor.c.signed_id == row.signed_id))
    counted: int = tx.execute(select(func.count()).select_from(conversation).where(theirs)).scalar_one()
    return counted


def n_up_to(tx: Transaction, row: ConversationRow, seq: int) -> int:
    """The highest `n` among the entries up to `seq`; 0 if there is none."""
    if seq >= row.last_seq:
        return row.last_n
    query = select(entry.c.n).where(entry.c.conversation == row.id, entry.c.seq <= seq, entry.c.n > 0)
    return tx.execute(query.order_by(entry.c.seq.desc()).limit(1)).scalar() or 0


def seq_up_to(tx: Transaction, row: ConversationRow, n: int) -> int:
    """The highest seq among the public entries up to `n`; 0 if there is none."""
    query = select(entry.c.seq).where(entry.c.conversation == row.id, entry.c.n > 0, entry.c.n <= n)
    return tx.execute(query.order_by(entry.c.seq.desc()).limit(1)).scalar() or 0


def _rows(tx: Transaction, numbers: list[int]) -> list[ConversationRow]:
    return [row for row in map(tx.conversation, numbers) if row is not None]
