"""What every command is given beside the transaction, and what they share."""

from collections.abc import Callable

from msgspec import Struct

from agent_tui.desk.library.team import Gate
from agent_tui.desk.settings import StageRule
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.rows import AgentRow, ConversationRow, VisitorRow
from agent_tui.model.words import State
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.limits import Limits


class Moment(Struct, frozen=True):
    """When it is, and the rules in force."""

    now: int
    limits: Limits
    stage_rules: tuple[StageRule, ...] = ()
    gate: Callable[[], Gate | None] = lambda: None
    """The library as it is when the operation runs, not when it was asked for."""


def conversation_of(tx: Transaction, conversation: int) -> ConversationRow:
    """The conversation a command names. Raises `Refusal`."""
    row = tx.conversation(conversation)
    if row is None:
        raise Refusal(Code.NOT_FOUND, f"There is no conversation c{conversation}.")
    return row


def unresolved(row: ConversationRow) -> ConversationRow:
    """The same, if it still goes on. Raises `Refusal`."""
    if row.state == State.RESOLVED:
        raise Refusal(Code.WRONG_STATE, f"c{row.id} is resolved. Reopen it first.")
    return row


def visitor_of(tx: Transaction, visitor: str) -> VisitorRow:
    """The visitor who acts. Raises `Refusal`."""
    row = tx.visitor(visitor)
    if row is None:
        raise Refusal(Code.UNAUTHORISED, "The desk does not know this visitor. Reload the page.")
    return row


def writing_visitor(tx: Transaction, moment: Moment, visitor: str) -> VisitorRow:
    """The same, where what they say is taken. Raises `Refusal` for one who is blocked."""
    row = visitor_of(tx, visitor)
    if row.blocked_until is not None and row.blocked_until > moment.now:
        raise Refusal(
            Code.BLOCKED, "You cannot write here at the moment.", retry_after_ms=row.blocked_until - moment.now
        )
    return row


def colleague(tx: Transaction, agent: str) -> AgentRow:
    """An agent a command names. Raises `Refusal`."""
    row = tx.agent(agent)
    if row is None or row.ended is not None:
        raise Refusal(Code.NOT_FOUND, "There is no such agent here. Read the list of agents again.")
    return row


def owner_name(tx: Transaction, row: ConversationRow) -> str:
    """Who has it, by name; empty: nobody."""
    owner = tx.agent(row.owner) if row.owner else None
    return owner.name if owner else ""
