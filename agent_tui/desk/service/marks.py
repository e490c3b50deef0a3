"""How far somebody has read. Marks only go forward, and never past what is there."""

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, conversation_of
from agent_tui.desk.store import EventKind, Transaction
from agent_tui.desk.store.lookups import n_up_to, seq_up_to
from agent_tui.protocol.commands import Done, MarkRead, Seen


def mark_read(tx: Transaction, moment: Moment, actor: Actor, command: MarkRead) -> Done:
    """An agent's position, on all of their devices; the customer is told what an agent has seen."""
    row = conversation_of(tx, command.conversation)
    seq = min(command.seq, row.last_seq)
    if seq <= tx.read_up_to(actor.id, row.id):
        return Done(row.id)
    shown = n_up_to(tx, row, seq)
    tx.set_read_up_to(actor.id, row.id, seq)
    is_news = shown > row.agents_saw
    if is_news:
        row.agents_saw = shown
    tx.moved(row, EventKind.READ, moment.now, seq, shown if is_news else 0, actor.id)
    return Done(row.id)


def seen(tx: Transaction, moment: Moment, actor: Actor, command: Seen) -> Done:
    """The customer's page has shown everything up to `n`."""
    row = tx.newest_of(actor.id)
    if row is None:
        return Done()
    seq = seq_up_to(tx, row, command.n)
    if seq > row.seen:
        row.seen = seq
        tx.moved(row, EventKind.SEEN, moment.now, seq)
    return Done()
