"""Whose conversation it is: claim, take next, transfer, and what happens when an owner is gone."""

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, colleague, conversation_of, owner_name, unresolved
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.lookups import longest_waiting
from agent_tui.desk.store.rows import AgentRow, ConversationRow
from agent_tui.model.words import Availability, Role, State
from agent_tui.protocol.commands import Claim, Done, TakeNext, Transfer
from agent_tui.protocol.errors import Code, Refusal

_ANSWERING = (Role.AGENT.value, Role.ADMIN.value)


def claim(tx: Transaction, moment: Moment, actor: Actor, command: Claim) -> Done:
    """Compare-and-set on the owner: of two who claim at once, one is told who won."""
    row = unresolved(conversation_of(tx, command.conversation))
    if row.owner != actor.id:
        _expect(tx, row, command.expect_owner)
        take(tx, row, actor, moment.now)
    return Done(row.id)


def take_next(tx: Transaction, moment: Moment, actor: Actor, _: TakeNext) -> Done:
    """The longest-waiting conversation that nobody has."""
    row = longest_waiting(tx)
    if row is None:
        raise Refusal(Code.NOT_FOUND, "Nobody is waiting.")
    take(tx, row, actor, moment.now)
    return Done(row.id)


def transfer(tx: Transaction, moment: Moment, actor: Actor, command: Transfer) -> Done:
    """To a colleague, or back to the queue."""
    row = unresolved(conversation_of(tx, command.conversation))
    if (row.owner or "") == command.to:
        return Done(row.id)
    _expect(tx, row, command.expect_owner)
    if command.to:
        to = colleague(tx, command.to)
        if to.role not in _ANSWERING:
            raise Refusal(Code.BAD_VALUE, f"{to.name} only watches and cannot take a conversation.")
        if row.waiting_since is not None and (is_gone(to) or _never_came(to)):
            raise Refusal(
                Code.WRONG_STATE,
                f"{to.name} is not here, and the customer waits. Hand over to somebody who is, or to the queue.",
            )
        row.owner = to.id
        if row.state == State.WAITING:
            row.state = State.OPEN.value
        tx.add_line(row, moment.now, "transferred", actor.name, to.name)
    else:
        row.owner = None
        row.state = State.WAITING.value
        row.snoozed_until = None
        tx.add_line(row, moment.now, "released", actor.name)
    put_away_again(tx, moment, row, actor, command.snooze_until)
    row.came_back, row.lost_owner = 0, None
    tx.change(row, moment.now)
    return Done(row.id)


def put_away_again(tx: Transaction, moment: Moment, row: ConversationRow, actor: Actor, until: int | None) -> None:
    """Undo of what ended a snooze. Not if its time has come meanwhile: then it would have been woken."""
    if until is not None and until > moment.now and (row.state != State.SNOOZED or row.snoozed_until != until):
        row.state, row.snoozed_until = State.SNOOZED.value, until
        tx.add_line(row, moment.now, "snoozed", actor.name, str(until))


def take(tx: Transaction, row: ConversationRow, actor: Actor, now: int) -> None:
    """The actor has it from now on."""
    before = owner_name(tx, row)
    row.owner = actor.id
    row.state = State.OPEN.value
    row.snoozed_until = None
    row.came_back, row.lost_owner = 0, None
    if before:
        tx.add_line(row, now, "took_over", actor.name, before)
    else:
        tx.add_line(row, now, "claimed", actor.name)
    tx.change(row, now)


def is_gone(owner: AgentRow | None) -> bool:
    """Nobody will see it there: the account ended, or its connection was lost for longer than the grace time."""
    if owner is None or owner.ended is not None:
        return True
    return owner.lost_at is not None and owner.availability == Availability.AWAY


def _never_came(agent: AgentRow) -> bool:
    """Away without having said so and without having been lost: the account was made, and never connected."""
    return agent.availability == Availability.AWAY and agent.chosen != Availability.AWAY and agent.lost_at is None


def hand_back(tx: Transaction, row: ConversationRow, now: int) -> None:
    """Its owner is gone: back to the queue, marked; it returns to an owner who comes back before it is taken."""
    owner = tx.agent(row.owner) if row.owner else None
    returns = owner is not None and owner.ended is None and owner.lost_at is not None
    row.lost_owner = row.owner if returns else None
    row.owner = None
    row.came_back = 1
    if row.state == State.OPEN:
        row.state = State.WAITING.value
    tx.add_line(row, now, "handed_back", owner.name if owner else "")
    tx.change(row, now)


def _expect(tx: Transaction, row: ConversationRow, owner: str) -> None:
    if (row.owner or "") == owner:
        return
    name = owner_name(tx, row)
    detail = f"{name} has c{row.id}." if name else f"c{row.id} went back to the queue meanwhile."
    raise Refusal(Code.TAKEN, detail, by=name)
