"""The life of a conversation, its clock, its undo keys, what is withdrawn and who is blocked."""

import pytest

from agent_tui.model.ids import uuid7
from agent_tui.model.words import Availability, Outcome, Role, Stage, State
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from agent_tui.protocol.limits import DEFAULT
from agent_tui.protocol.pushes import AgentSaw, LineChanged
from agent_tui.protocol.records import WireConversation
from tests.desk.people import DeskInTest


def bare(record: WireConversation) -> tuple[object, ...]:
    """What an undo has to bring back: all but the transcript's own growth."""
    return (
        record.state, record.owner, record.stage, record.stage_set, record.waiting_since, record.came_back,
        record.snoozed_until, record.customer.blocked_until,
    )  # fmt: skip


UNDONE = {
    "resolve": (c.Resolve(0, conversation=1, outcome=Outcome.BOUGHT), c.Reopen(0, conversation=1)),
    "snooze": (c.Snooze(0, conversation=1, until=2**42), c.Reopen(0, conversation=1)),
    "stage": (
        c.SetStage(0, conversation=1, stage=Stage.CLOSING),
        c.SetStage(0, conversation=1, stage=Stage.AWARENESS, confirmed=False),
    ),
    "needs no answer": (
        c.NeedsAnswer(0, conversation=1, needed=False),
        c.NeedsAnswer(0, conversation=1, needed=True),
    ),
    "block": (c.Block(0, conversation=1, until=2**42, reason="rude"), c.Block(0, conversation=1, until=0)),
}


@pytest.mark.parametrize("what", UNDONE)
@pytest.mark.parametrize("owned", [True, False])
async def test_undo_is_an_inverse_command_and_each_may_be_repeated(desk: DeskInTest, what: str, owned: bool) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    if owned:
        await desk.does(ada, c.TakeNext(0))
    before = bare(await desk.record(1))
    done, undone = UNDONE[what]
    await desk.does(ada, done)
    there = bare(await desk.record(1))
    told = len(desk.told)
    await desk.does(ada, done)
    assert len(desk.told) == told, "a repeat changes nothing"
    assert there != before
    await desk.does(ada, undone)
    assert bare(await desk.record(1)) == before
    told = len(desk.told)
    await desk.does(ada, undone)
    assert len(desk.told) == told


async def test_undo_of_resolving_brings_back_the_outcome_and_the_snooze(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.does(ada, c.TakeNext(0))
    await desk.does(ada, c.SetOutcome(0, conversation=1, outcome=Outcome.LEAD))
    await desk.does(ada, c.Snooze(0, conversation=1, until=2**42))
    before = await desk.record(1)
    await desk.does(ada, c.Resolve(0, conversation=1, outcome=Outcome.LOST))
    await desk.does(ada, c.Reopen(0, conversation=1, outcome=Outcome.LEAD, snooze_until=2**42))
    after = await desk.record(1)
    assert (bare(after), after.outcome) == (bare(before), Outcome.LEAD)


@pytest.mark.parametrize("owned", [True, False])
async def test_undo_of_a_transfer_snoozes_again_unless_the_time_has_come(desk: DeskInTest, owned: bool) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    owner = ada.id if owned else ""
    if owned:
        await desk.does(ada, c.TakeNext(0))
    until = desk.clock.now + 60_000
    await desk.does(ada, c.Snooze(0, conversation=1, until=until))
    before = bare(await desk.record(1))
    holder = "" if owned else ada.id
    away = c.Transfer(0, conversation=1, to="", expect_owner=owner) if owned else c.Claim(0, conversation=1)
    back = c.Transfer(0, conversation=1, to=owner, expect_owner=holder, snooze_until=until)
    await desk.does(ada, away)
    assert bare(await desk.record(1)) != before
    await desk.does(ada, back)
    assert bare(await desk.record(1)) == before
    await desk.does(ada, away)
    desk.clock.pass_by(60_000)
    await desk.does(ada, back)
    record = await desk.record(1)
    assert (record.state, record.snoozed_until) == (State.OPEN if owned else State.WAITING, None)


async def test_needs_no_answer_holds_until_the_next_line(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor, "thanks, bye")
    await desk.does(ada, c.TakeNext(0))
    await desk.does(ada, c.NeedsAnswer(0, conversation=1, needed=False))
    assert (await desk.record(1)).waiting_since is None
    desk.clock.pass_by(1000)
    await desk.says(visitor, "oh, one more thing")
    assert (await desk.record(1)).waiting_since == desk.clock.now


@pytest.mark.parametrize(
    ("availability", "back_to_ada"),
    [
        (Availability.AVAILABLE, True),
        (Availability.FINISHING, False),
        (Availability.BREAK, False),
        (Availability.ON_A_CALL, False),
        (Availability.AWAY, False),
    ],
)
@pytest.mark.parametrize("how", ["resolved", "snoozed"])
async def test_a_line_brings_it_back_to_an_available_owner_else_to_the_queue(
    desk: DeskInTest, availability: Availability, back_to_ada: bool, how: str
) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(ada, 1)
    away = c.Resolve(0, conversation=1) if how == "resolved" else c.Snooze(0, conversation=1, until=2**42)
    await desk.does(ada, away)
    await desk.does(ada, c.SetAvailable(0, availability=availability))
    await desk.says(visitor, "me again")
    record = await desk.record(1)
    assert record.waiting_since == desk.clock.now
    assert record.snoozed_until is None
    if back_to_ada:
        assert record.owner is not None
        assert (record.state, record.came_back) == (State.OPEN, False)
    else:
        assert (record.state, record.owner, record.came_back) == (State.WAITING, None, True)


async def test_after_a_week_a_new_conversation_begins_and_says_what_it_continues(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor, "first")
    await desk.does(ada, c.Resolve(0, conversation=1))
    desk.clock.pass_by(DEFAULT.reopen_ms)
    await desk.says(visitor, "just in time")
    assert (await desk.record(1)).state is State.WAITING
    await desk.does(ada, c.Resolve(0, conversation=1))
    desk.clock.pass_by(DEFAULT.reopen_ms + 1)
    stored = await desk.says(visitor, "much later")
    assert await desk.codes(2) == ["earlier", "much later"]
    assert (await desk.record(2)).customer.earlier == 1
    assert [one.id for one in (await desk.service.earlier(ada.id, 2)).conversations] == [1]
    lines = await desk.service.visitor_lines(visitor.id, 0)
    assert [line.n for line in lines] == [1, 2, 3], "the visitor's own count goes on"
    assert stored.seq == 3


async def test_a_snooze_ends_by_itself(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.says(await desk.visitor())
    await desk.sends(ada, 1)
    await desk.refused(Code.BAD_VALUE, ada, c.Snooze(0, conversation=1, until=desk.clock.now))
    await desk.does(ada, c.Snooze(0, conversation=1, until=desk.clock.now + 1000))
    desk.clock.pass_by(999)
    await desk.service.sweep()
    assert (await desk.record(1)).state is State.SNOOZED
    desk.clock.pass_by(1)
    await desk.service.sweep()
    record = await desk.record(1)
    assert record.owner is not None
    assert (record.state, record.snoozed_until) == (State.OPEN, None)
    assert (await desk.codes(1))[-1] == "woken"


async def test_the_customer_ends_the_chat_and_answers_the_question(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.refused(Code.WRONG_STATE, visitor, c.Rate(0, answer="yes"))
    assert await desk.does(visitor, c.End(0)) == c.Done()
    await desk.says(visitor)
    await desk.sends(ada, 1)
    for _ in range(2):
        await desk.does(visitor, c.End(0))
        await desk.does(visitor, c.Rate(0, answer="partly"))
    assert await desk.codes(1) == ["hello", "claimed", "hi", "ended", "rated"]
    record = await desk.record(1)
    assert (record.state, record.outcome) == (State.RESOLVED, Outcome.UNKNOWN)
    await desk.does(ada, c.SetOutcome(0, conversation=1, outcome=Outcome.SOLVED))
    assert (await desk.record(1)).outcome is Outcome.SOLVED


async def test_what_a_customer_says_of_themselves_is_marked_as_typed(desk: DeskInTest) -> None:
    visitor = await desk.visitor()
    await desk.does(visitor, c.Introduce(0, name="Jane"))
    await desk.says(visitor)
    await desk.does(visitor, c.Introduce(0, phone="+31 6 1234 5678"))
    customer = (await desk.record(1)).customer
    assert (customer.name, customer.name_known) == ("Jane", "typed")
    assert (customer.phone, customer.contact_known) == ("+31 6 1234 5678", "typed")
    line = (await desk.transcript(1))[-1].system
    assert line is not None
    assert line.what == "+31 6 1234 5678"
    await desk.refused(Code.TOO_LONG, visitor, c.Introduce(0, name="x" * 201))


async def test_an_own_message_can_be_withdrawn_for_a_quarter_of_an_hour(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    boss = await desk.connected("Grace", Role.ADMIN)
    await desk.says(visitor)
    await desk.sends(ada, 1, "wrong chat, sorry")
    withdraw, undo = c.Withdraw(0, conversation=1, seq=3), c.Withdraw(0, conversation=1, seq=3, undo=True)
    await desk.refused(Code.NOT_ALLOWED, bob, withdraw)
    await desk.refused(Code.NOT_FOUND, ada, c.Withdraw(0, conversation=1, seq=2))
    await desk.refused(Code.NOT_FOUND, ada, c.Withdraw(0, conversation=1, seq=99))
    desk.clock.pass_by(DEFAULT.withdraw_ms)
    await desk.does(ada, withdraw)
    entry = (await desk.transcript(1))[2]
    assert (entry.body, entry.withdrawn, entry.seq, entry.changes) == ("", True, 3, 1)
    assert (await desk.record(1)).preview == ""
    assert [line.body for line in await desk.service.visitor_lines(visitor.id, 0)] == ["hello", "", ""]
    pushes = [push for event in desk.told for push in desk.service.visitor_pushes(event)]
    assert [push.line.withdrawn for push in pushes if isinstance(push, LineChanged)] == [True]
    assert (await desk.service.original(boss, 1, 3)).body == "wrong chat, sorry"
    await desk.does(ada, undo)
    assert (await desk.transcript(1))[2].body == "wrong chat, sorry"
    assert (await desk.record(1)).preview == "wrong chat, sorry"
    desk.clock.pass_by(1)
    await desk.refused(Code.TOO_LATE, ada, withdraw)
    await desk.does(boss, withdraw)
    await desk.refused(Code.NOT_ALLOWED, ada, undo)
    assert desk.audit() == [
        ("Ada", "entry withdrawn", 1, "#3"),
        ("Grace", "original read", 1, "#3"),
        ("Ada", "entry restored", 1, "#3"),
        ("Grace", "entry withdrawn", 1, "#3"),
    ]


async def test_events_told_again_show_a_withdrawn_entry_without_its_body(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.says(await desk.visitor())
    await desk.sends(ada, 1, "the secret")
    await desk.does(ada, c.Withdraw(0, conversation=1, seq=3))
    again = await desk.service.replay(0)
    assert [event.id for event in again] == [event.id for event in desk.told]
    assert not any(event.entry and event.entry.body == "the secret" for event in again)


async def test_a_blocked_visitor_is_refused_until_the_time_is_over(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor, "you are all idiots")
    until = desk.clock.now + 60_000
    await desk.does(ada, c.Block(0, conversation=1, until=until, reason="abuse"))
    refusal = await desk.refused(Code.BLOCKED, visitor, c.Say(0, cid=uuid7(), body="hey!"))
    assert refusal.retry_after_ms == 60_000
    await desk.refused(Code.BLOCKED, visitor, c.Introduce(0, name="you are all idiots"))
    assert (await desk.record(1)).customer.blocked_until == until
    desk.clock.pass_by(60_000)
    await desk.says(visitor, "sorry")
    await desk.refused(Code.BAD_VALUE, ada, c.Block(0, conversation=1, until=1))
    assert desk.audit() == [("Ada", "visitor blocked", 1, str(until))]


async def test_marks_only_go_forward_and_never_past_the_end(desk: DeskInTest) -> None:
    ada, bob, visitor = await desk.connected("Ada"), await desk.connected("Bob"), await desk.visitor()
    await desk.says(visitor)
    await desk.says(visitor)
    await desk.sends(ada, 1, "psst", kind="note")
    for seq in (2, 1, 99):
        await desk.does(ada, c.MarkRead(0, conversation=1, seq=seq))
    assert (await desk.record(1, ada)).read == 3
    assert (await desk.record(1, bob)).read == 0
    await desk.does(bob, c.MarkRead(0, conversation=1, seq=2))
    reads = [(event.agent, event.seq, event.n) for event in desk.told if event.kind == "read"]
    assert reads == [(ada.id, 2, 2), (ada.id, 3, 0), (bob.id, 2, 0)]
    pushes = [push for event in desk.told for push in desk.service.visitor_pushes(event)]
    assert [push.n for push in pushes if isinstance(push, AgentSaw)] == [2]
    await desk.sends(ada, 1, "hello")  # 4 claimed (n 3), 5 (n 4)
    for n in (4, 1, 99, 3):
        await desk.does(visitor, c.Seen(0, n=n))
    assert (await desk.record(1)).seen == 5
    assert [event.seq for event in desk.told if event.kind == "seen"] == [5]
