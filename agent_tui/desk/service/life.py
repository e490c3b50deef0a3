"""The life of a conversation: resolve, reopen, snooze, stage, outcome, and whether it needs an answer."""

import msgspec

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, conversation_of, unresolved
from agent_tui.desk.service.owning import hand_back, is_gone, put_away_again
from agent_tui.desk.service.texts import checked_name
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.lookups import unanswered_since
from agent_tui.model.words import Outcome, State
from agent_tui.protocol.commands import Done, NeedsAnswer, Reopen, Resolve, SetFlag, SetOutcome, SetStage, Snooze
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireFlag, WireOwner


def resolve(tx: Transaction, moment: Moment, actor: Actor, command: Resolve) -> Done:
    """End it; its owner stays known, for when the customer comes back."""
    row = conversation_of(tx, command.conversation)
    told = command.outcome is not Outcome.UNKNOWN
    if row.state == State.RESOLVED and (not told or row.outcome == command.outcome):
        return Done(row.id)
    if told:
        row.outcome = command.outcome.value
    row.state = State.RESOLVED.value
    row.resolved_at = moment.now
    row.waiting_since = row.snoozed_until = row.lost_owner = None
    row.came_back = 0
    row.flags = ""
    tx.add_line(row, moment.now, "resolved", actor.name, row.outcome)
    tx.change(row, moment.now)
    return Done(row.id)


def reopen(tx: Transaction, moment: Moment, actor: Actor, command: Reopen) -> Done:
    """Undo of resolve and snooze: to its owner, or to the queue if it had none or she is gone."""
    row = conversation_of(tx, command.conversation)
    if row.state not in (State.RESOLVED, State.SNOOZED):
        return Done(row.id)
    row.waiting_since = unanswered_since(tx, row)
    row.state = (State.OPEN if row.owner else State.WAITING).value
    row.resolved_at = row.snoozed_until = None
    if command.outcome is not None:
        row.outcome = command.outcome.value
    tx.add_line(row, moment.now, "reopened", actor.name)
    put_away_again(tx, moment, row, actor, command.snooze_until)
    tx.change(row, moment.now)
    if row.owner and is_gone(tx.agent(row.owner)):
        hand_back(tx, row, moment.now)
    return Done(row.id)


def snooze(tx: Transaction, moment: Moment, actor: Actor, command: Snooze) -> Done:
    """Put away until a time, or the customer's next line."""
    row = unresolved(conversation_of(tx, command.conversation))
    if command.until <= moment.now:
        raise Refusal(Code.BAD_VALUE, "The time to snooze until has passed already.")
    if row.state == State.SNOOZED and row.snoozed_until == command.until:
        return Done(row.id)
    row.state = State.SNOOZED.value
    row.snoozed_until = command.until
    tx.add_line(row, moment.now, "snoozed", actor.name, str(command.until))
    tx.change(row, moment.now)
    return Done(row.id)


def set_stage(tx: Transaction, moment: Moment, actor: Actor, command: SetStage) -> Done:
    """Confirm or change it; or make it a guess again."""
    row = conversation_of(tx, command.conversation)
    if (row.stage, bool(row.stage_set)) == (command.stage, command.confirmed):
        return Done(row.id)
    row.stage = command.stage.value
    row.stage_set = int(command.confirmed)
    if command.confirmed:
        tx.add_line(row, moment.now, "stage", actor.name, row.stage)
    tx.change(row, moment.now)
    return Done(row.id)


def set_outcome(tx: Transaction, moment: Moment, actor: Actor, command: SetOutcome) -> Done:
    """Say or correct how it went."""
    row = conversation_of(tx, command.conversation)
    if row.outcome != command.outcome:
        row.outcome = command.outcome.value
        tx.add_line(row, moment.now, "outcome", actor.name, row.outcome)
        tx.change(row, moment.now)
    return Done(row.id)


def set_flag(tx: Transaction, moment: Moment, actor: Actor, command: SetFlag) -> Done:
    """Raise a flag for whoever supervises, change its reason (the clock goes on), or lower it."""
    row = unresolved(conversation_of(tx, command.conversation))
    up = msgspec.json.decode(row.flags, type=WireFlag) if row.flags else None
    reason = checked_name(command.reason, "reason", moment.limits)
    if reason == (up.reason if up else ""):
        return Done(row.id)
    if reason:
        since = up.since if up else moment.now
        row.flags = msgspec.json.encode(WireFlag(WireOwner(actor.id, actor.name), reason, since)).decode()
        tx.add_line(row, moment.now, "flagged", actor.name, reason)
    else:
        row.flags = ""
        tx.add_line(row, moment.now, "unflagged", actor.name)
    tx.change(row, moment.now)
    return Done(row.id)


def needs_answer(tx: Transaction, moment: Moment, _: Actor, command: NeedsAnswer) -> Done:
    """Stop the wait clock till the customer's next line, or start it again where it would stand."""
    row = unresolved(conversation_of(tx, command.conversation))
    excused = 0 if command.needed else row.customer_seq
    if excused != row.excused_seq:
        row.excused_seq = excused
        row.waiting_since = unanswered_since(tx, row) if command.needed else None
        tx.change(row, moment.now)
    return Done(row.id)
