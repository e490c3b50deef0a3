"""Withdraw and block: what leaves an audit line."""

import msgspec

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, conversation_of, visitor_of
from agent_tui.desk.service.texts import checked_name
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.rows import EntryRow
from agent_tui.model.words import EntryKind, Role
from agent_tui.protocol.commands import Block, Done, Withdraw
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireEntry

_MINUTE_MS = 60_000


def withdraw(tx: Transaction, moment: Moment, actor: Actor, command: Withdraw) -> Done:
    """Every reader sees "message withdrawn" from now on; undo brings it back."""
    row = conversation_of(tx, command.conversation)
    entry = _message(tx, command.conversation, command.seq)
    if (entry.withdrawn_at is None) == command.undo:
        return Done(row.id)
    if actor.role is not Role.ADMIN:
        _check_own(moment, actor, entry, undo=command.undo)
    tx.set_withdrawn(row, entry, moment.now, "" if command.undo else actor.id)
    action = "entry restored" if command.undo else "entry withdrawn"
    tx.audit(moment.now, actor.id, actor.name, action, row.id, f"#{entry.seq}")
    return Done(row.id)


def original(tx: Transaction, moment: Moment, actor: Actor, conversation: int, seq: int) -> WireEntry:
    """A withdrawn message with its body. That it was read is kept."""
    entry = _message(tx, conversation, seq)
    tx.audit(moment.now, actor.id, actor.name, "original read", conversation, f"#{seq}")
    return msgspec.structs.replace(entry.wire(), body=entry.body)


def block(tx: Transaction, moment: Moment, actor: Actor, command: Block) -> Done:
    """Refuse the visitor's lines until a time; `until` 0 lifts it."""
    row = conversation_of(tx, command.conversation)
    visitor = visitor_of(tx, row.visitor)
    reason = checked_name(command.reason, "reason", moment.limits)
    until = command.until or None
    if until is not None and until <= moment.now:
        raise Refusal(Code.BAD_VALUE, "The time to block until has passed already.")
    if visitor.blocked_until == until:
        return Done(row.id)
    visitor.blocked_until, visitor.blocked_reason = until, reason if until else ""
    tx.put_visitor(visitor)
    tx.add_line(row, moment.now, "blocked" if until else "unblocked", actor.name, reason)
    tx.change(row, moment.now)
    tx.audit(
        moment.now, actor.id, actor.name, "visitor blocked" if until else "visitor unblocked", row.id, str(until or "")
    )
    return Done(row.id)


def _message(tx: Transaction, conversation: int, seq: int) -> EntryRow:
    entry = tx.entry(conversation, seq)
    if entry is None or entry.kind == EntryKind.SYSTEM:
        raise Refusal(Code.NOT_FOUND, f"There is no message #{seq} in c{conversation}.")
    return entry


def _check_own(moment: Moment, actor: Actor, entry: EntryRow, *, undo: bool) -> None:
    if entry.author != actor.id or (undo and entry.withdrawn_by != actor.id):
        raise Refusal(
            Code.NOT_ALLOWED, "Only an admin can do this with a message that somebody else wrote or withdrew."
        )
    if not undo and moment.now - entry.at > moment.limits.withdraw_ms:
        minutes = moment.limits.withdraw_ms // _MINUTE_MS
        raise Refusal(
            Code.TOO_LATE, f"A message can be withdrawn for {minutes} minutes; ask an admin. It stays as it is."
        )
