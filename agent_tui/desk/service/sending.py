"""Send and say: where a message becomes one that is kept."""

from agent_tui.desk.service import proof
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, conversation_of, unresolved, writing_visitor
from agent_tui.desk.service.owning import hand_back, is_gone, take
from agent_tui.desk.service.stages import first_stage
from agent_tui.desk.service.texts import checked_body, checked_key
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.lookups import crossed, earlier_conversations
from agent_tui.desk.store.proof import add_uses
from agent_tui.desk.store.rows import ConversationRow, VisitorRow
from agent_tui.desk.store.transaction import StoredMessage
from agent_tui.model.words import AuthorKind, EntryKind, State
from agent_tui.protocol.commands import Say, Send, Stored
from agent_tui.protocol.errors import Code, ErrorAnswer, Refusal
from agent_tui.protocol.records import WireAuthor


def send(tx: Transaction, moment: Moment, actor: Actor, command: Send) -> Stored | ErrorAnswer:
    """An agent's message or note. The reply to a conversation without an owner claims it.

    What the gate refuses is answered as an error, not raised: the refusal is kept in this same transaction.
    """
    body = checked_body(command.body, moment.limits)
    proof.checked(command)
    before = tx.stored((actor.id, checked_key(command.cid)))
    if before is not None:
        _same(before, body, command.kind, command.conversation)
        return Stored(before.seq, before.at, before.conversation)
    row = conversation_of(tx, command.conversation)
    author = WireAuthor(AuthorKind.AGENT, actor.name, actor.id)
    if command.kind == "note":
        entry = tx.add_message(row, moment.now, author, body, command.cid, note=True)
        return Stored(entry.seq, entry.at, row.id)
    unresolved(row)
    unseen = crossed(tx, row, actor.id, command.seen_seq, command.draft_seq)
    if unseen:
        raise Refusal(
            Code.CROSSED, "Something was said here that you had not seen. Read it, then send again.", entries=unseen
        )
    weighed = proof.weigh(tx, moment, actor, row, command, body)
    if weighed.refused is not None:
        return weighed.refused
    if row.owner is None:
        take(tx, row, actor, moment.now)
    entry = tx.add_message(row, moment.now, author, body, command.cid)
    add_uses(tx, weighed.uses, entry.seq)
    if row.waiting_since is not None:
        row.waiting_since = None
        tx.change(row, moment.now)
    return Stored(entry.seq, entry.at, row.id)


def say(tx: Transaction, moment: Moment, actor: Actor, command: Say) -> Stored:
    """A customer's line: begins, wakes or reopens the conversation where it has to."""
    body = checked_body(command.body, moment.limits)
    before = tx.stored((actor.id, checked_key(command.cid)))
    if before is not None:
        _same(before, body, EntryKind.PUBLIC.value, before.conversation)
        return Stored(before.n, before.at)
    visitor = writing_visitor(tx, moment, actor.id)
    row = open_conversation(tx, moment, visitor)
    entry = tx.add_message(
        row, moment.now, WireAuthor(AuthorKind.CUSTOMER, visitor.name, visitor.id), body, command.cid
    )
    if row.waiting_since is None:
        row.waiting_since = moment.now
        tx.change(row, moment.now)
    return Stored(row.last_n, entry.at)


def _same(before: StoredMessage, body: str, kind: str, conversation: int) -> None:
    if (before.body, before.kind, before.conversation) != (body, kind, conversation):
        raise Refusal(
            Code.CID_CONFLICT, "Another message is stored under this `cid`. Nothing was changed; use a new `cid`."
        )


def open_conversation(tx: Transaction, moment: Moment, visitor: VisitorRow) -> ConversationRow:
    """Where what a customer says or asks belongs: begun, woken or reopened where it has to be."""
    row = tx.newest_of(visitor.id)
    if row is None or _too_old(row, moment):
        stage, is_set = first_stage(visitor.stage, visitor.page_url, moment.stage_rules), False
        begun = tx.new_conversation(visitor, moment.now, stage, is_set, earlier_conversations(tx, visitor))
        if row is not None:
            tx.add_line(begun, moment.now, "earlier", what=f"c{row.id}")
        return begun
    if row.state in (State.SNOOZED, State.RESOLVED):
        _wake(tx, row, moment.now)
    elif row.owner and is_gone(tx.agent(row.owner)):
        hand_back(tx, row, moment.now)
    return row


def _too_old(row: ConversationRow, moment: Moment) -> bool:
    return (
        row.state == State.RESOLVED
        and row.resolved_at is not None
        and moment.now - row.resolved_at > moment.limits.reopen_ms
    )


def _wake(tx: Transaction, row: ConversationRow, now: int) -> None:
    """Back to its owner if she is available, else to the queue."""
    code = "came_back" if row.state == State.RESOLVED else "woken"
    row.snoozed_until = row.resolved_at = None
    row.state = State.OPEN.value
    owner = tx.agent(row.owner) if row.owner else None
    if owner is None or owner.ended is not None or owner.availability != "available":
        row.state = State.WAITING.value
        row.came_back = 1
        row.lost_owner = owner.id if owner is not None and owner.lost_at is not None else None
        row.owner = None
    tx.add_line(row, now, code)
    tx.change(row, now)
