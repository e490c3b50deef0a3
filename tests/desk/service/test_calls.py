"""A call from the key to its end: reserved, started, followed, told, and written down."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_tui.desk.service import Actor
from agent_tui.desk.store.call_tables import call_audit
from agent_tui.model.call import CallState, Reason
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Availability, Role
from agent_tui.ports.errors import Unreachable
from agent_tui.ports.phone import CallFailed, LineLost
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from tests.desk.service.phones import NUMBER, PhoneDesk

MINUTE = 60_000


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[PhoneDesk]:
    made = PhoneDesk(tmp_path / "desk")
    await made.service.calls.start()
    yield made
    await made.service.calls.stop()
    made.store.close()


async def availability(desk: PhoneDesk, agent: Actor) -> Availability:
    staff = (await desk.service.inbox(agent.id)).agents
    return next(it.availability for it in staff if it.id == agent.id)


async def texts(desk: PhoneDesk, conversation: int) -> list[str]:
    """What the customer was told."""
    lines = await desk.transcript(conversation)
    return [entry.system.what for entry in lines if entry.system and entry.system.code == "call_told"]


async def test_a_call_from_the_key_to_its_outcome(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    assert asked.call.state is CallState.REQUESTED
    assert asked.call.number is not None
    assert (asked.call.number.e164, asked.call.last4) == (NUMBER, "5678")
    assert await desk.codes(chat) == [f"please call me on {NUMBER}"], "the undo is invisible"
    assert desk.seen[-1].state == "none"

    assert (await desk.dials(ada, asked)).call.state is CallState.DIALLING_AGENT
    assert [it.call_id for it in desk.exchange.started] == [asked.call.id]
    (told,) = await texts(desk, chat)
    assert "Ada from Acme is calling you now from +31 20 123 4567" in told
    assert asked.call.code in told
    assert await availability(desk, ada) is Availability.ON_A_CALL
    assert (desk.seen[-1].state, desk.seen[-1].agent, desk.seen[-1].code) == ("calling", "Ada", asked.call.code)

    for state in (CallState.AGENT_ANSWERED, CallState.DIALLING_CUSTOMER, CallState.IN_CALL):
        await desk.says_exchange(asked.call.id, state)
        assert await desk.state(asked.call.id) is state
    assert desk.seen[-1].state == "in_call"
    desk.clock.pass_by(401_000)
    await desk.says_exchange(asked.call.id, CallState.ENDED, Reason.CUSTOMER_HUNG_UP)
    assert await availability(desk, ada) is Availability.AVAILABLE
    assert (desk.seen[-1].state, desk.seen[-1].reached) == ("ended", True)
    assert (await desk.record(chat)).waiting_since is not None
    await desk.does(ada, cc.CallOutcome(0, call=asked.call.id, result="spoke", note="will send it", cid=uuid7()))
    assert (await desk.record(chat)).waiting_since is None, "who was spoken to has their answer"
    assert await desk.codes(chat) == [
        f"please call me on {NUMBER}", "call_requested", "call_told", "call_dialling", "call_connected", "call_ended",
        "call_told", "will send it", "call_result",
    ]  # fmt: skip
    ended = next(it.system for it in await desk.transcript(chat) if it.system and it.system.code == "call_ended")
    assert ended.what == "after 6:41 (customer hung up)"
    assert (await texts(desk, chat))[-1].startswith("Thanks for the call")
    assert [entry.body for entry in await desk.service.visitor_lines(visitor.id, 0) if "send it" in entry.body] == []


async def test_nothing_that_is_pushed_written_down_or_said_has_the_number(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor = await desk.visitor(time_zone="Europe/Amsterdam")
    await desk.service.visitor_here(visitor.id)
    await desk.says(visitor, "please call me")
    await desk.in_call(ada, 1)
    assert {call.number for call in desk.calls} == {None}
    digits = NUMBER.removeprefix("+")
    assert digits not in repr(desk.call_audit()) + repr(await desk.transcript(1)) + repr(desk.seen)
    sees, only_watches = await desk.service.calls.one(ada, desk.calls[0].id), Actor(Role.SUPERVISOR, "s")
    assert sees.call.number is not None
    assert (await desk.service.calls.one(only_watches, desk.calls[0].id)).call.number is None


async def test_the_audit_has_who_what_and_on_what_ground(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    call = await desk.in_call(ada, chat)
    lines = [line for line in desk.call_audit() if line["call_id"] == call]
    assert [(line["from"], line["to"], line["actor"]["type"]) for line in lines] == [
        (None, "requested", "agent"), ("requested", "dialling_agent", "agent"),
        ("dialling_agent", "agent_answered", "desk"), ("agent_answered", "dialling_customer", "desk"),
        ("dialling_customer", "in_call", "desk"),
    ]  # fmt: skip
    last = lines[-1]
    assert last["number"]["last4"] == "5678"
    assert len(last["number"]["hmac"]) == 44
    assert (last["number"]["region"], last["number"]["type"]) == ("NL", "mobile")
    assert last["basis"] == {"type": "customer_request", "seq": 1}
    assert (last["caller_id"], last["idempotency_key"], last["recording"]) == ("+31201234567", call, False)
    with pytest.raises(Exception, match="append-only"):
        desk.store.write_now(lambda tx: tx.execute(call_audit.delete()))


async def test_undo_leaves_one_line_in_the_audit_and_nothing_else(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    answer = await desk.does(ada, cc.CancelCall(0, call=asked.call.id))
    assert (answer.call.state, answer.call.reason) == (CallState.ENDED, Reason.CANCELLED)
    assert await desk.codes(chat) == [f"please call me on {NUMBER}"]
    assert desk.exchange.started == []
    assert [line["to"] for line in desk.call_audit()] == ["requested", "ended"]
    assert await availability(desk, ada) is Availability.AVAILABLE


async def test_a_console_that_dies_in_the_countdown_leaves_nothing_behind(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    desk.clock.pass_by(59_000)
    await desk.service.calls.sweep()
    assert await desk.state(asked.call.id) is CallState.REQUESTED
    desk.clock.pass_by(2_000)
    await desk.service.calls.sweep()
    assert await desk.state(asked.call.id) is CallState.ENDED
    assert desk.exchange.started == []


async def test_the_same_id_is_the_same_call_and_other_words_are_refused(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    again = await desk.requests(ada, chat, call=asked.call.id)
    assert again.call == asked.call
    other = cc.RequestCall(
        0, call=asked.call.id, conversation=chat, number="+31612345679", provider="scripted", basis_seq=1
    )
    await desk.refused(Code.CALL_CONFLICT, ada, other)
    await desk.dials(ada, asked)
    await desk.dials(ada, asked)
    assert len(desk.exchange.started) == 1, "a double press dials once"


async def test_of_two_agents_the_second_gets_the_first_ones_call(desk: PhoneDesk) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    _, chat = await desk.customer()
    first, second = await asyncio.gather(desk.requests(ada, chat), desk.requests(bob, chat))
    assert first.call.id == second.call.id
    assert (first.yours, second.yours) == (True, False)
    assert second.call.agent is not None
    assert second.call.agent.name == "Ada"
    await desk.refused(Code.NOT_ALLOWED, bob, cc.DialCall(0, call=first.call.id))
    await desk.refused(Code.NOT_ALLOWED, bob, cc.CancelCall(0, call=first.call.id))


async def test_an_agent_in_a_call_gets_that_call_for_another_conversation(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    _, other = await desk.customer()
    first = await desk.requests(ada, chat)
    second = await desk.requests(ada, other)
    assert (second.call.id, second.call.conversation, second.yours) == (first.call.id, chat, True)


async def test_cancel_that_loses_against_an_answer_says_so(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    # the customer picked up, and the news of it is still on its way
    desk.exchange._becomes(asked.call.id, CallState.IN_CALL, None)
    answer = await desk.does(ada, cc.CancelCall(0, call=asked.call.id))
    assert answer.call.state is CallState.IN_CALL
    answer = await desk.does(ada, cc.HangUp(0, call=asked.call.id))
    assert (answer.call.state, answer.call.reason) == (CallState.ENDED, Reason.AGENT_HUNG_UP)


async def test_cancel_while_the_start_is_on_its_way_waits_for_it_and_ends_it(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    desk.exchange.starting.clear()
    await desk.does(ada, cc.DialCall(0, call=asked.call.id))
    cancelling = asyncio.ensure_future(desk.does(ada, cc.CancelCall(0, call=asked.call.id)))
    await asyncio.sleep(0.01)
    desk.exchange.starting.set()
    answer = await cancelling
    assert (answer.call.state, answer.call.reason) == (CallState.ENDED, Reason.CANCELLED)
    await desk.settled()
    assert desk.exchange.calls[asked.call.id] is CallState.ENDED


async def test_what_the_exchange_refuses_was_never_told_to_the_customer(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    desk.exchange.refuses = CallFailed("Your phone is not registered.", Reason.AGENT_UNREACHABLE, "500")
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    ended = await desk.call(asked.call.id)
    assert (ended.state, ended.reason, ended.noticed) == (CallState.ENDED, Reason.AGENT_UNREACHABLE, False)
    assert await texts(desk, chat) == []
    assert desk.call_audit()[-1]["provider_ref"]["code"] == "500"


async def test_a_provider_that_fails_in_a_way_nobody_foresaw_leaves_nothing_ringing(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    desk.exchange.refuses = RuntimeError("a bug")
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    ended = await desk.call(asked.call.id)
    assert (ended.state, ended.reason) == (CallState.ENDED, Reason.PROVIDER_ERROR)
    assert await texts(desk, chat) == []
    desk.exchange.refuses = None
    again = await desk.requests(ada, chat)
    assert (await desk.dials(ada, again)).call.state is CallState.DIALLING_AGENT, "the next call works"


async def test_a_provider_whose_news_end_is_listened_to_again(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    desk.exchange.news.put_nowait(None)  # type: ignore[arg-type]  # what no provider may say
    desk.exchange.says(asked.call.id, CallState.IN_CALL)
    await desk.until(lambda: desk.calls[-1].state is CallState.IN_CALL)


async def test_a_start_nobody_can_say_of_whether_it_rings_is_never_repeated(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    desk.exchange.refuses = Unreachable("No answer came in time.")
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    assert await desk.state(asked.call.id) is CallState.DIALLING_AGENT
    desk.exchange.refuses = None
    desk.clock.pass_by(26_000)
    await desk.service.calls.sweep()
    ended = await desk.call(asked.call.id)
    assert (ended.state, ended.reason) == (CallState.ENDED, Reason.LOST)
    assert desk.exchange.started == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason.CUSTOMER_BUSY, "We couldn't reach you"),
        (Reason.CUSTOMER_NO_ANSWER, "We couldn't reach you"),
        (Reason.CUSTOMER_REJECTED, "We couldn't reach you"),
        (Reason.NUMBER_NOT_IN_USE, "We couldn't reach you"),
        (Reason.AGENT_NO_ANSWER, "The call didn't go through on our side"),
        (Reason.AGENT_VOICEMAIL, "The call didn't go through on our side"),
        (Reason.NETWORK, "The call didn't go through on our side"),
        (Reason.LOST, ""),
    ],
)
async def test_what_the_customer_is_told_of_an_end(desk: PhoneDesk, reason: Reason, told: str) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    await desk.says_exchange(asked.call.id, CallState.ENDED, reason)
    after = (await texts(desk, chat))[1:]
    assert [text.startswith(told) for text in after] == ([True] if told else [])


async def test_a_dutch_customer_is_told_in_dutch(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer(language="nl-NL")
    await desk.in_call(ada, chat)
    assert (await texts(desk, chat))[0].startswith("Ada van Acme belt u nu vanaf +31 20 123 4567")


async def test_news_twice_late_and_of_unknown_calls_change_nothing(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    call = await desk.in_call(ada, chat)
    before = await desk.codes(chat)
    for state in (CallState.IN_CALL, CallState.DIALLING_CUSTOMER, CallState.AGENT_ANSWERED):
        await desk.says_exchange(call, state)
    await desk.says_exchange(uuid7(), CallState.IN_CALL)
    assert await desk.codes(chat) == before
    assert await desk.state(call) is CallState.IN_CALL


async def test_no_word_from_the_exchange_while_ringing_stops_the_call(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    desk.clock.pass_by(26_000)
    await desk.service.calls.sweep()
    ended = await desk.call(asked.call.id)
    assert (ended.state, ended.reason) == (CallState.ENDED, Reason.AGENT_NO_ANSWER)
    assert desk.exchange.calls[asked.call.id] is CallState.ENDED


async def test_a_lost_line_leaves_the_call_going_and_says_so(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    call = await desk.in_call(ada, chat)
    desk.exchange.reachable = False
    desk.exchange.news.put_nowait(LineLost(0, "The exchange does not answer."))
    async with asyncio.timeout(10):
        while (await desk.call(call)).connected:  # it is read and written in threads of the store
            await asyncio.sleep(0.002)
    for _ in range(20):
        desk.clock.pass_by(MINUTE)
        await desk.service.calls.sweep()
    assert await desk.state(call) is CallState.IN_CALL, "they still talk, whatever we hear"
    desk.exchange.reachable = True
    desk.clock.pass_by(6_000)
    await desk.service.calls.sweep()
    assert (await desk.call(call)).connected


async def test_a_call_being_set_up_out_of_reach_is_given_up(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    desk.exchange.reachable = False
    for _ in range(8):
        desk.clock.pass_by(10_000)
        await desk.service.calls.sweep()
    ended = await desk.call(asked.call.id)
    assert (ended.state, ended.reason) == (CallState.ENDED, Reason.LOST)


async def test_the_longest_call_is_hung_up(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    call = await desk.in_call(ada, chat)
    for _ in range(59):
        desk.clock.pass_by(MINUTE)
        await desk.service.calls.sweep()
    assert await desk.state(call) is CallState.IN_CALL
    desk.clock.pass_by(MINUTE)
    await desk.service.calls.sweep()
    ended = await desk.call(call)
    assert (ended.state, ended.reason) == (CallState.ENDED, Reason.TIME_LIMIT)
    assert desk.exchange.calls[call] is CallState.ENDED


async def test_a_call_handed_over_never_claims_more(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat, provider="handover")
    assert (await desk.does(ada, cc.DialCall(0, call=asked.call.id))).call.state is CallState.REQUESTED
    assert await texts(desk, chat) == []
    answer = await desk.does(ada, cc.ReportCall(0, call=asked.call.id, state=CallState.HANDED_OVER))
    assert answer.call.state is CallState.HANDED_OVER
    assert "from a number you may not know" in (await texts(desk, chat))[0]
    assert await availability(desk, ada) is Availability.ON_A_CALL
    in_call = cc.ReportCall(0, call=asked.call.id, state=CallState.IN_CALL)
    await desk.refused(Code.WRONG_STATE, ada, in_call)
    answer = await desk.does(ada, cc.CancelCall(0, call=asked.call.id))
    assert answer.call.state is CallState.HANDED_OVER, "only the agent knows"
    answer = await desk.does(ada, cc.CallOutcome(0, call=asked.call.id, result="no_answer"))
    assert (answer.call.state, answer.call.reason) == (CallState.ENDED, Reason.REPORTED_NO_ANSWER)
    assert (await texts(desk, chat))[-1].startswith("We couldn't reach you")
    assert await availability(desk, ada) is Availability.AVAILABLE
    assert desk.exchange.started == []


async def test_the_number_that_shows_is_told_where_the_agent_has_said_it(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.does(ada, cc.SetPhone(0, shows="+31 20 7654321"))
    asked = await desk.requests(ada, chat, provider="handover")
    await desk.does(ada, cc.ReportCall(0, call=asked.call.id, state=CallState.HANDED_OVER))
    assert "from +31 20 765 4321" in (await texts(desk, chat))[0]


async def test_a_desk_call_is_not_reported_by_a_console(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.refused(Code.WRONG_STATE, ada, cc.ReportCall(0, call=asked.call.id, state=CallState.HANDED_OVER))


async def test_only_an_admin_sets_what_is_dialled_for_an_agent(desk: PhoneDesk) -> None:
    ada, boss = await desk.connected("Ada"), await desk.connected("Boss", Role.ADMIN)
    await desk.refused(Code.NOT_ALLOWED, ada, cc.SetPhone(0, extension="agent7"))
    await desk.refused(Code.NOT_ALLOWED, ada, cc.SetPhone(0, agent=boss.id, shows="+31201234567"))
    await desk.refused(Code.BAD_VALUE, boss, cc.SetPhone(0, agent=ada.id, extension="PJSIP/x@trunk"))
    await desk.refused(Code.BAD_VALUE, boss, cc.SetPhone(0, agent=ada.id, number="0900-1234"))
    await desk.does(boss, cc.SetPhone(0, agent=ada.id, extension="agent7"))
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    assert desk.exchange.started[0].agent.extension == "agent7"


async def test_what_she_chooses_during_a_call_counts_after_it(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    call = await desk.in_call(ada, chat)
    await desk.does(ada, c.SetAvailable(0, availability=Availability.BREAK))
    assert await availability(desk, ada) is Availability.ON_A_CALL
    await desk.says_exchange(call, CallState.ENDED, Reason.CUSTOMER_HUNG_UP)
    assert await availability(desk, ada) is Availability.BREAK
