"""Who of the staff can be asked: what they chose, and what their connection says."""

from collections.abc import Sequence

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, colleague
from agent_tui.desk.service.owning import hand_back, is_gone
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.calls import open_of
from agent_tui.desk.store.lookups import lost_by, owned_by, snoozed_until
from agent_tui.desk.store.rows import AgentRow
from agent_tui.model.words import Availability, State
from agent_tui.protocol.commands import Done, SetAvailable
from agent_tui.protocol.errors import Code, Refusal

_AWAY = Availability.AWAY.value
_ON_A_CALL = Availability.ON_A_CALL.value
_RECONNECTING = Availability.RECONNECTING.value


def set_available(tx: Transaction, moment: Moment, actor: Actor, command: SetAvailable) -> Done:
    """What the agent asks for."""
    if command.availability is Availability.RECONNECTING:
        raise Refusal(Code.BAD_VALUE, "`reconnecting` is the desk's word; nobody chooses it.")
    row = colleague(tx, actor.id)
    row.chosen = command.availability.value
    _set(tx, row, _shown(tx, row), moment.now)
    return Done()


def agent_back(tx: Transaction, moment: Moment, agent: str) -> None:
    """A connection is there again: what was hers and nobody took is hers."""
    row = colleague(tx, agent)
    row.lost_at = None
    _set(tx, row, _shown(tx, row), moment.now)
    for conversation in lost_by(tx, agent):
        conversation.owner, conversation.lost_owner = agent, None
        conversation.state = State.OPEN.value
        conversation.came_back = 0
        tx.add_line(conversation, moment.now, "given_back", row.name)
        tx.change(conversation, moment.now)


def on_the_phone(tx: Transaction, agent: str, now: int, *, busy: bool) -> None:
    """Her call began or ended. Who is not connected is shown as that, whatever her telephone does."""
    row = tx.agent(agent)
    if row is None or row.lost_at is not None:
        return
    if busy or row.availability == _ON_A_CALL:
        _set(tx, row, _ON_A_CALL if busy else row.chosen, now)


def agent_lost(tx: Transaction, moment: Moment, agent: str) -> None:
    """The last connection closed. Who had said *away* is gone at once, everybody else is reconnecting for a while."""
    row = tx.agent(agent)
    if row is None or row.ended is not None or row.lost_at is not None:
        return
    row.lost_at = moment.now
    if row.chosen == _AWAY:
        _set(tx, row, _AWAY, moment.now)
        hand_back_waiting(tx, moment, row)
    else:
        _set(tx, row, _RECONNECTING, moment.now)


def desk_started(tx: Transaction, moment: Moment) -> None:
    """Whoever was connected when the desk ended has lost the connection now; whose account ended has nothing more.

    Who had said *away* and still has conversations is waited for too: nobody else would ever hand them back.
    """
    for row in tx.agents():
        if row.ended is not None:
            give_back(tx, moment, row.id)
        elif row.lost_at is None and (row.availability != _AWAY or owned_by(tx, row.id)):
            row.lost_at = moment.now
            _set(tx, row, _RECONNECTING, moment.now)


def sweep(tx: Transaction, moment: Moment, gone: Sequence[str]) -> None:
    """What time brings about: grace that has run out, snoozes that end."""
    for agent in gone:
        row = tx.agent(agent)
        if row is not None and row.availability == _RECONNECTING:
            _set(tx, row, _AWAY, moment.now)
            hand_back_waiting(tx, moment, row)
    for conversation in snoozed_until(tx, moment.now):
        owner = tx.agent(conversation.owner) if conversation.owner else None
        conversation.snoozed_until = None
        conversation.state = State.OPEN.value
        tx.add_line(conversation, moment.now, "woken")
        if conversation.owner is None:
            conversation.state = State.WAITING.value
            conversation.came_back = 1
        elif is_gone(owner):
            hand_back(tx, conversation, moment.now)
        tx.change(conversation, moment.now)


def hand_back_waiting(tx: Transaction, moment: Moment, row: AgentRow) -> None:
    """Her conversations whose customers wait go to the queue; she keeps the others."""
    for conversation in owned_by(tx, row.id):
        if conversation.state == State.OPEN and conversation.waiting_since is not None:
            hand_back(tx, conversation, moment.now)


def give_back(tx: Transaction, moment: Moment, agent: str) -> int:
    """Everything she has that is not resolved goes to the queue; nothing returns to her by itself. How many."""
    given = owned_by(tx, agent)
    for conversation in given:
        hand_back(tx, conversation, moment.now)
    for conversation in [*given, *lost_by(tx, agent)]:
        if conversation.lost_owner is not None:
            conversation.lost_owner = None
            tx.change(conversation, moment.now)
    return len(given)


def _shown(tx: Transaction, row: AgentRow) -> str:
    """What she chose, but for the time of a call."""
    call = open_of(tx, row.id)
    return _ON_A_CALL if call is not None and call.busy else row.chosen


def _set(tx: Transaction, row: AgentRow, availability: str, now: int) -> None:
    if row.availability != availability:
        row.availability = availability
        row.changes(now)
    tx.put_agent(row, now)
