"""Undo: the wish that brings back how it was. Undo is itself a command, applied at once."""

from collections.abc import Callable
from typing import Any, NamedTuple

from agent_tui.core.state import State
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import Availability
from agent_tui.model.words import State as Life
from agent_tui.ports import intents as i


def inverse(intent: i.Command, state: State, now_ms: int) -> i.Command | None:
    """What undoes `intent`, given the state before it and the backend's time; None where nothing can."""
    if isinstance(intent, i.SetAvailable):
        me = state.agents.get(state.me.id) if state.me else None
        # "reconnecting" is the desk's word: nobody can go back to it
        return i.SetAvailable(me.availability) if me and me.availability is not Availability.RECONNECTING else None
    before = state.conversations.get(getattr(intent, "ref", None))  # type: ignore[arg-type]
    rule = _INVERSE.get(type(intent))
    return rule(intent, before, _Known(state.me.id if state.me else "", now_ms)) if rule and before else None


class _Known(NamedTuple):
    me: str
    now_ms: int

    def ahead(self, at_ms: int | None) -> int | None:
        """A time that has not come yet; the backend refuses one that is past."""
        return at_ms if at_ms is not None and at_ms > self.now_ms else None


def _owner(before: Conversation) -> str:
    return before.owner.id if before.owner else ""


def _snoozed(before: Conversation, known: _Known) -> int | None:
    return known.ahead(before.snoozed_until_ms) if before.state is Life.SNOOZED else None


def _given_back(ref: ConversationRef, holder: str, before: Conversation, known: _Known) -> i.Command:
    return i.Transfer(ref, _owner(before), holder, _snoozed(before, known))


def _unresolved(it: i.Resolve, before: Conversation, known: _Known) -> i.Command:
    if before.state is Life.RESOLVED:
        return i.SetOutcome(it.ref, before.outcome)
    return i.Reopen(it.ref, before.outcome, _snoozed(before, known))


def _unreopened(it: i.Reopen, before: Conversation, known: _Known) -> i.Command | None:
    if before.state is Life.RESOLVED:
        return i.Resolve(it.ref, before.outcome)
    until = _snoozed(before, known)
    return i.Snooze(it.ref, until) if until is not None else None


def _unsnoozed(it: i.Snooze, before: Conversation, known: _Known) -> i.Command:
    until = _snoozed(before, known)
    return i.Reopen(it.ref) if until is None else i.Snooze(it.ref, until)


_INVERSE: dict[type[Any], Callable[[Any, Conversation, _Known], i.Command | None]] = {
    i.Claim: lambda it, before, known: _given_back(it.ref, known.me, before, known),
    i.Transfer: lambda it, before, known: _given_back(it.ref, it.to, before, known),
    i.Resolve: _unresolved,
    i.Reopen: _unreopened,
    i.Snooze: _unsnoozed,
    i.SetStage: lambda it, before, known: i.SetStage(it.ref, before.stage, before.stage_set),
    i.SetOutcome: lambda it, before, known: i.SetOutcome(it.ref, before.outcome),
    i.SetNeedsAnswer: lambda it, before, known: i.SetNeedsAnswer(it.ref, not it.needed),
    i.Withdraw: lambda it, before, known: i.Withdraw(it.ref, it.key, not it.undo),
    i.Block: lambda it, before, known: i.Block(it.ref, known.ahead(before.customer.blocked_until_ms) or 0, "as before"),
    i.SetFlag: lambda it, before, known: i.SetFlag(it.ref, before.flag.reason if before.flag else ""),
}


def undo_of_taken(ref: ConversationRef, me: str) -> i.Command:
    """Undo of `TakeNext`, which the backend answered with this conversation: back to the queue."""
    return i.Transfer(ref, "", me)
