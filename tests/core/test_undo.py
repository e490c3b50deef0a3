"""Undo: each wish beside the one that brings back how it was."""

import msgspec
import pytest

from agent_tui.core.reduce import reduce
from agent_tui.core.state import State
from agent_tui.core.undo import inverse, undo_of_taken
from agent_tui.model.conversation import Conversation, Owner
from agent_tui.model.ids import AgentId, OrderKey
from agent_tui.model.people import Agent, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.words import Availability, Outcome, Role, Stage
from agent_tui.model.words import State as Life
from agent_tui.ports import events as e
from agent_tui.ports import intents as i
from tests.core.test_reduce import REF, record

NOW = 10
BOB = Owner(AgentId("bob"), SafeText("Bob"))
RESOLVED = record(state=Life.RESOLVED, outcome=Outcome.SOLVED)
SNOOZED = record(state=Life.SNOOZED, snoozed_until_ms=99)
OVERSLEPT = record(state=Life.SNOOZED, snoozed_until_ms=9)
BLOCKED = record(customer=Customer("v42", blocked_until_ms=70))
BLOCK_PAST = record(customer=Customer("v42", blocked_until_ms=7))


def before(conversation: Conversation) -> State:
    state = State()
    me = e.Me("ada", SafeText("Ada"), Role.AGENT, SafeText("Acme"))
    ada = Agent(AgentId("ada"), SafeText("Ada"), Role.AGENT, Availability.BREAK, 0)
    reduce(state, [e.Connected(me, gap=False), e.AgentSeen(ada), e.ConversationUpsert(conversation)], 0)
    return state


@pytest.mark.parametrize(
    ("was", "wish", "undo"),
    [
        (record(), i.Claim(REF), i.Transfer(REF, "", "ada")),
        (record(owner=BOB), i.Claim(REF, "bob"), i.Transfer(REF, "bob", "ada")),
        (record(owner=BOB), i.Transfer(REF, "eve", "bob"), i.Transfer(REF, "bob", "eve")),
        (record(owner=BOB), i.Transfer(REF, "", "bob"), i.Transfer(REF, "bob", "")),
        (SNOOZED, i.Claim(REF), i.Transfer(REF, "", "ada", 99)),
        (SNOOZED, i.Transfer(REF, "bob", ""), i.Transfer(REF, "", "bob", 99)),
        (OVERSLEPT, i.Transfer(REF, "bob", ""), i.Transfer(REF, "", "bob")),
        (record(), i.Resolve(REF, Outcome.SOLVED), i.Reopen(REF, Outcome.UNKNOWN)),
        (record(outcome=Outcome.LEAD), i.Resolve(REF, Outcome.SOLVED), i.Reopen(REF, Outcome.LEAD)),
        (RESOLVED, i.Resolve(REF, Outcome.LOST), i.SetOutcome(REF, Outcome.SOLVED)),
        (SNOOZED, i.Resolve(REF), i.Reopen(REF, Outcome.UNKNOWN, 99)),
        (RESOLVED, i.Reopen(REF), i.Resolve(REF, Outcome.SOLVED)),
        (SNOOZED, i.Reopen(REF), i.Snooze(REF, 99)),
        (OVERSLEPT, i.Reopen(REF), None),
        (record(), i.Reopen(REF), None),
        (record(), i.Snooze(REF, 50), i.Reopen(REF)),
        (SNOOZED, i.Snooze(REF, 50), i.Snooze(REF, 99)),
        (OVERSLEPT, i.Snooze(REF, 50), i.Reopen(REF)),
        (record(), i.SetStage(REF, Stage.CLOSING), i.SetStage(REF, Stage.MID, False)),
        (RESOLVED, i.SetOutcome(REF, Outcome.LOST), i.SetOutcome(REF, Outcome.SOLVED)),
        (record(), i.SetNeedsAnswer(REF, False), i.SetNeedsAnswer(REF, True)),
        (record(), i.Withdraw(REF, OrderKey(3)), i.Withdraw(REF, OrderKey(3), True)),
        (record(), i.Block(REF, 9, "abuse"), i.Block(REF, 0, "as before")),
        (BLOCKED, i.Block(REF, 0), i.Block(REF, 70, "as before")),
        (BLOCK_PAST, i.Block(REF, 90, "abuse"), i.Block(REF, 0, "as before")),
        (record(), i.SetAvailable(Availability.AWAY), i.SetAvailable(Availability.BREAK)),
        (record(), i.MarkRead(REF, OrderKey(3)), None),
        (record(), i.SayTyping(REF, True), None),
    ],
)
def test_undo(was: Conversation, wish: i.Command, undo: i.Command | None) -> None:
    assert inverse(wish, before(was), NOW) == undo


def test_nothing_is_known_of_the_conversation() -> None:
    assert inverse(i.Resolve(REF), State(), NOW) is None
    assert inverse(i.SetAvailable(Availability.AWAY), State(), NOW) is None


def test_nobody_goes_back_to_reconnecting() -> None:
    state = before(record())
    state.agents["ada"] = msgspec.structs.replace(state.agents["ada"], availability=Availability.RECONNECTING)
    assert inverse(i.SetAvailable(Availability.AWAY), state, NOW) is None


def test_undo_of_taking_the_next_one() -> None:
    assert undo_of_taken(REF, "ada") == i.Transfer(REF, "", "ada")
