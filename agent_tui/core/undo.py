"""Undo: the wish that brings back how it was. Undo is itself a command, applied at once."""

from collections.abc import Callable
from typing import Any

from agent_tui.core.state import State
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import Availability
from agent_tui.model.words import State as Life
from agent_tui.ports import intents as i


def inverse(intent: i.Command, state: State) -> i.Command | None:
    """What undoes `intent`, given the state before it; None where nothing can."""
    if isinstance(intent, i.SetAvailable):
        me = state.agents.get(state.me.id) if state.me else None
        # "reconnecting" is the desk's word: nobody can go back to it
        return i.SetAvailable(me.availability) if me and me.availability is not Availability.RECONNECTING else None
    before = state.conversations.get(getattr(intent, "ref", None))  # type: ignore[arg-type]
    rule = _INVERSE.get(type(intent))
    return rule(intent, before, state.me.id if state.me else "") if rule and before else None


def _owner(before: Conversation) -> str:
    return before.owner.id if before.owner else ""


def _back_to(before: Conversation) -> i.Command:
    if before.state is Life.RESOLVED:
        return i.Resolve(before.ref, before.outcome)
    if before.state is Life.SNOOZED and before.snoozed_until_ms is not None:
        return i.Snooze(before.ref, before.snoozed_until_ms)
    return i.Reopen(before.ref)


_INVERSE: dict[type[Any], Callable[[Any, Conversation, str], i.Command | None]] = {
    i.Claim: lambda it, before, me: i.Transfer(it.ref, _owner(before), me),
    i.Transfer: lambda it, before, me: i.Transfer(it.ref, _owner(before), it.to),
    i.Resolve: lambda it, before, me: _back_to(before),
    i.Reopen: lambda it, before, me: _back_to(before) if before.state in (Life.RESOLVED, Life.SNOOZED) else None,
    i.Snooze: lambda it, before, me: _back_to(before),
    i.SetStage: lambda it, before, me: i.SetStage(it.ref, before.stage, before.stage_set),
    i.SetOutcome: lambda it, before, me: i.SetOutcome(it.ref, before.outcome),
    i.SetNeedsAnswer: lambda it, before, me: i.SetNeedsAnswer(it.ref, not it.needed),
    i.Withdraw: lambda it, before, me: i.Withdraw(it.ref, it.key, not it.undo),
    i.Block: lambda it, before, me: i.Block(it.ref, before.customer.blocked_until_ms or 0, "as before"),
}


def undo_of_taken(ref: ConversationRef, me: str) -> i.Command:
    """Undo of `TakeNext`, which the backend answered with this conversation: back to the queue."""
    return i.Transfer(ref, "", me)
