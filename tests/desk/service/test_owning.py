"""Whose conversation it is: one owner at any time, losers are told who won, and nobody's customers are forgotten."""

import asyncio

from agent_tui.desk.store import accounts
from agent_tui.model.words import Availability, Role, State
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.limits import DEFAULT
from tests.desk.people import DeskInTest

GRACE = DEFAULT.grace_ms


async def owner(desk: DeskInTest, conversation: int) -> str:
    record = await desk.record(conversation)
    return record.owner.name if record.owner else ""


async def test_of_two_who_claim_at_once_one_is_told_who_won(desk: DeskInTest) -> None:
    agents = [await desk.connected(f"Agent {number}") for number in range(5)]
    await desk.says(await desk.visitor())
    claims = [desk.does(agent, c.Claim(0, conversation=1)) for agent in agents]
    outcomes = await asyncio.gather(*claims, return_exceptions=True)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert len(refusals) == 4
    assert {refusal.answer.by for refusal in refusals} == {await owner(desk, 1)}
    assert {refusal.answer.code for refusal in refusals} == {Code.TAKEN}
    assert await desk.codes(1) == ["hello", "claimed"]


async def test_a_claim_whose_answer_was_lost_may_be_repeated(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.says(await desk.visitor())
    for _ in range(3):
        assert await desk.does(ada, c.Claim(0, conversation=1)) == c.Done(1)
    assert await desk.codes(1) == ["hello", "claimed"]


async def test_taking_over_names_both(desk: DeskInTest) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.Claim(0, conversation=1))
    await desk.refused(Code.TAKEN, bob, c.Claim(0, conversation=1))
    await desk.does(bob, c.Claim(0, conversation=1, expect_owner=ada.id))
    line = (await desk.transcript(1))[-1].system
    assert line is not None
    assert (line.code, line.who, line.what) == ("took_over", "Bob", "Ada")
    assert await owner(desk, 1) == "Bob"


async def test_take_next_takes_who_waits_longest_and_each_only_once(desk: DeskInTest) -> None:
    agents = [await desk.connected(f"Agent {number}") for number in range(3)]
    for _ in range(3):
        desk.clock.pass_by(1000)
        await desk.says(await desk.visitor())
    taken = await asyncio.gather(*(desk.does(agent, c.TakeNext(0)) for agent in agents))
    assert [done.conversation for done in taken] == [1, 2, 3]
    refusal = await desk.refused(Code.NOT_FOUND, agents[0], c.TakeNext(0))
    assert refusal.detail == "Nobody is waiting."


async def test_transfer_to_a_colleague_and_back_to_the_queue(desk: DeskInTest) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    eve = await desk.connected("Eve", Role.SUPERVISOR)
    await desk.says(await desk.visitor())
    await desk.does(ada, c.Claim(0, conversation=1))
    await desk.refused(Code.TAKEN, ada, c.Transfer(0, conversation=1, to=bob.id, expect_owner=bob.id[::-1]))
    await desk.refused(Code.BAD_VALUE, ada, c.Transfer(0, conversation=1, to=eve.id, expect_owner=ada.id))
    await desk.refused(Code.NOT_FOUND, ada, c.Transfer(0, conversation=1, to="nobody", expect_owner=ada.id))
    await desk.does(ada, c.Transfer(0, conversation=1, to=bob.id, expect_owner=ada.id))
    assert await owner(desk, 1) == "Bob"
    await desk.does(bob, c.Transfer(0, conversation=1, expect_owner=bob.id))
    record = await desk.record(1)
    assert (record.owner, record.state, record.came_back) == (None, State.WAITING, False)
    assert record.waiting_since is not None
    assert await desk.codes(1) == ["hello", "claimed", "transferred", "released"]


async def test_a_lost_connection_is_reconnecting_for_two_minutes(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.service.agent_lost(ada.id)
    assert await availability(desk, "Ada") is Availability.RECONNECTING
    desk.clock.pass_by(GRACE - 1)
    await desk.service.sweep()
    assert await owner(desk, 1) == "Ada"
    await desk.service.agent_back(ada.id)
    assert await availability(desk, "Ada") is Availability.AVAILABLE
    desk.clock.pass_by(2 * GRACE)
    await desk.service.sweep()
    assert await owner(desk, 1) == "Ada"
    assert await desk.codes(1) == ["hello", "claimed"]


async def test_after_the_grace_time_waiting_customers_go_to_the_queue_and_come_back_to_her(desk: DeskInTest) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    for _ in range(3):
        await desk.says(await desk.visitor())
        await desk.does(ada, c.TakeNext(0))
    await desk.sends(ada, 3, "answered")
    await desk.service.agent_lost(ada.id)
    desk.clock.pass_by(GRACE)
    await desk.service.sweep()
    records = [await desk.record(number) for number in (1, 2, 3)]
    assert [record.state for record in records] == [State.WAITING, State.WAITING, State.OPEN]
    assert [record.came_back for record in records] == [True, True, False]
    assert await availability(desk, "Ada") is Availability.AWAY
    await desk.does(bob, c.Claim(0, conversation=2))
    await desk.service.agent_back(ada.id)
    assert [await owner(desk, number) for number in (1, 2, 3)] == ["Ada", "Bob", "Ada"]
    assert (await desk.record(1)).came_back is False
    assert await desk.codes(1) == ["hello", "claimed", "handed_back", "given_back"]


async def test_a_line_to_somebody_who_is_gone_goes_to_the_queue_at_once(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(ada, 1)
    await desk.service.agent_lost(ada.id)
    desk.clock.pass_by(GRACE)
    await desk.service.sweep()
    assert await owner(desk, 1) == "Ada"
    await desk.says(visitor, "still there?")
    record = await desk.record(1)
    assert (record.owner, record.state, record.came_back) == (None, State.WAITING, True)
    await desk.service.agent_back(ada.id)
    assert await owner(desk, 1) == "Ada"


async def test_who_said_away_and_left_has_no_grace(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.does(ada, c.SetAvailable(0, availability=Availability.AWAY))
    assert await owner(desk, 1) == "Ada"
    await desk.service.agent_lost(ada.id)
    assert (await desk.record(1)).state is State.WAITING
    assert await availability(desk, "Ada") is Availability.AWAY


async def test_revoking_gives_everything_back_for_good(desk: DeskInTest) -> None:
    ada, visitor = await desk.connected("Ada"), await desk.visitor()
    await desk.says(visitor)
    await desk.sends(ada, 1)
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.does(ada, c.Snooze(0, conversation=2, until=desk.clock.now + 1000))
    assert await desk.service.give_back(ada.id) == 2
    assert [await owner(desk, number) for number in (1, 2)] == ["", ""]
    assert (await desk.record(1)).state is State.WAITING
    await desk.service.agent_back(ada.id)
    assert await owner(desk, 1) == ""
    assert await desk.service.give_back(ada.id) == 0


async def test_what_one_asks_for_is_kept_over_a_lost_connection(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.does(ada, c.SetAvailable(0, availability=Availability.BREAK))
    await desk.service.agent_lost(ada.id)
    desk.clock.pass_by(GRACE)
    await desk.service.sweep()
    await desk.service.agent_back(ada.id)
    assert await availability(desk, "Ada") is Availability.BREAK
    await desk.refused(Code.BAD_VALUE, ada, c.SetAvailable(0, availability=Availability.RECONNECTING))


async def test_the_grace_time_runs_on_over_a_restart_of_the_desk(desk: DeskInTest) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.service.agent_lost(ada.id)
    desk.clock.pass_by(GRACE // 2)
    desk.store.close()
    again = DeskInTest(desk.folder, clock=desk.clock)
    await again.service.start()
    assert await availability(again, "Bob") is Availability.RECONNECTING
    await again.service.agent_back(bob.id)
    again.clock.pass_by(GRACE // 2)
    await again.service.sweep()
    assert await availability(again, "Bob") is Availability.AVAILABLE
    assert await availability(again, "Ada") is Availability.AWAY
    assert (await again.record(1)).state is State.WAITING
    await again.service.stop()
    again.store.close()


async def test_what_an_ended_account_still_had_goes_to_the_queue_when_the_desk_starts(desk: DeskInTest) -> None:
    ada = await desk.connected("Ada")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    desk.store.write_now(lambda tx: accounts.revoke(tx, "Ada", "", desk.clock.now))
    desk.store.close()
    again = DeskInTest(desk.folder, clock=desk.clock)
    await again.service.start()
    assert (await again.record(1)).state is State.WAITING
    await again.service.stop()
    again.store.close()


async def test_a_desk_that_was_killed_waits_for_who_was_away_too(desk: DeskInTest) -> None:
    ada, _ = await desk.connected("Ada"), desk.agent("Never Here")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.does(ada, c.SetAvailable(0, availability=Availability.AWAY))
    desk.store.close()
    again = DeskInTest(desk.folder, clock=desk.clock)
    await again.service.start()
    assert await owner(again, 1) == "Ada"
    assert await availability(again, "Never Here") is Availability.AWAY
    again.clock.pass_by(GRACE)
    await again.service.sweep()
    assert (await again.record(1)).state is State.WAITING
    await again.service.stop()
    again.store.close()


async def test_a_customer_who_waits_is_handed_only_to_somebody_who_is_here(desk: DeskInTest) -> None:
    ada, bob, never = await desk.connected("Ada"), await desk.connected("Bob"), desk.agent("Never Here")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.refused(Code.WRONG_STATE, ada, c.Transfer(0, conversation=1, to=never.id, expect_owner=ada.id))
    await desk.does(bob, c.SetAvailable(0, availability=Availability.AWAY))
    await desk.does(ada, c.Transfer(0, conversation=1, to=bob.id, expect_owner=ada.id))
    assert await owner(desk, 1) == "Bob", "away, but at the console"
    await desk.sends(bob, 1, "answered")
    await desk.does(bob, c.Transfer(0, conversation=1, to=never.id, expect_owner=bob.id))
    assert await owner(desk, 1) == "Never Here", "nobody waits: it can lie there till tomorrow"


async def test_what_a_gone_owner_had_is_reopened_for_everybody(desk: DeskInTest) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    await desk.says(await desk.visitor())
    await desk.does(ada, c.TakeNext(0))
    await desk.does(ada, c.Resolve(0, conversation=1))
    desk.store.write_now(lambda tx: accounts.revoke(tx, "Ada", "", desk.clock.now))
    await desk.service.give_back(ada.id)
    await desk.does(bob, c.Reopen(0, conversation=1))
    record = await desk.record(1)
    assert (record.owner, record.state, record.came_back) == (None, State.WAITING, True)
    assert record.waiting_since is not None
    assert await desk.does(bob, c.TakeNext(0)) == c.Done(1)


async def test_colleagues_are_told_in_order_whatever_the_clock_does_and_who_is_revoked_is_gone(
    desk: DeskInTest,
) -> None:
    ada = await desk.connected("Ada")
    desk.clock.pass_by(-3_600_000)
    for asked in (Availability.BREAK, Availability.AVAILABLE):
        await desk.does(ada, c.SetAvailable(0, availability=asked))
    await desk.store.write(lambda tx: accounts.revoke(tx, "Ada", "", desk.clock.now))
    await desk.store.write(lambda tx: accounts.agent_made(tx, "Ada", Role.AGENT, desk.clock.now))
    await asyncio.sleep(0)
    told = [event.member for event in desk.told if event.member is not None][-4:]
    assert [(it.availability, it.gone) for it in told] == [
        (Availability.BREAK, False),
        (Availability.AVAILABLE, False),
        (Availability.AWAY, True),
        (Availability.AWAY, False),
    ]
    assert [it.since for it in told] == sorted({it.since for it in told}), "each later than the one before"


async def availability(desk: DeskInTest, name: str) -> Availability:
    agents = (await desk.service.inbox("")).agents
    return next(agent.availability for agent in agents if agent.name == name)
