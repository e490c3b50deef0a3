"""The queue of callbacks: order, leases, attempts, windows, and what customers ask of it themselves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent_tui.desk.service import Actor
from agent_tui.model.call import CallKind, CallState, Reason
from agent_tui.model.ids import uuid7
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import call_records as cr
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from tests.desk.service.phones import NUMBER, WORKDAY_NOON, PhoneDesk

MINUTE = 60_000
HOUR = 60 * MINUTE
OFFICE = 'time_zone = "Europe/Amsterdam"\n[week]\n' + "\n".join(
    f'{day} = ["08:30-17:30"]' for day in ("mon", "tue", "wed", "thu", "fri")
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[PhoneDesk]:
    made = PhoneDesk(tmp_path / "desk")
    made.service._hours.replace(OFFICE)
    await made.service.calls.start()
    yield made
    await made.service.calls.stop()
    made.store.close()


def local(ms: int | None, zone: str = "Europe/Amsterdam") -> str:
    assert ms is not None
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).strftime("%a %H:%M")


async def queues(desk: PhoneDesk, agent: Actor, conversation: int, **more: object) -> cr.CallNow:
    asked = {"call": uuid7(), "number": NUMBER, "basis_seq": 1, **more}
    answer = await desk.does(agent, cc.QueueCall(0, conversation=conversation, **asked))  # type: ignore[arg-type]
    assert isinstance(answer, cr.CallNow)
    return answer


async def in_queue(desk: PhoneDesk) -> list[str]:
    page = await desk.service.calls.page(view="queue", conversation=None, after="", limit=50)
    return [call.id for call in page.calls]


async def told(desk: PhoneDesk, conversation: int) -> list[str]:
    lines = await desk.transcript(conversation)
    return [entry.system.what for entry in lines if entry.system and entry.system.code == "call_told"]


async def test_a_planned_callback_is_told_with_day_hours_and_number(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    planned = await queues(desk, ada, chat, note="refund, order 7781")
    assert (planned.call.kind, planned.call.state, planned.position) == (CallKind.CALLBACK, CallState.QUEUED, 1)
    assert (local(planned.call.not_before), local(planned.call.not_after)) == ("Tue 12:00", "Tue 17:30")
    assert planned.call.note == "refund, order 7781"
    (text,) = await told(desk, chat)
    assert text.startswith("We'll call you today between 12:00 and 17:30 from +31 20 123 4567")
    assert (desk.seen[-1].state, desk.seen[-1].not_before) == ("queued", planned.call.not_before)
    again = await queues(desk, ada, chat, call=planned.call.id, note="refund, order 7781")
    assert again.call.id == planned.call.id
    assert len(await told(desk, chat)) == 1


async def test_order_is_due_then_priority_then_age(desk: PhoneDesk) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    ids: dict[str, str] = {}
    wanted: dict[str, dict[str, object]] = {
        "old": {},
        "urgent": {"priority": 5},
        "young": {},
        "later": {"not_before": WORKDAY_NOON + 2 * HOUR, "priority": 9},
    }
    for name, more in wanted.items():
        _, chat = await desk.customer()
        ids[name] = (await queues(desk, ada, chat, number=f"+3161234560{len(ids)}", **more)).call.id
        desk.clock.pass_by(1000)
    taken = []
    for agent in (ada, bob):
        claimed = await desk.does(agent, cc.ClaimCall(0))
        taken.append(claimed.call.id)
    assert taken == [ids["urgent"], ids["old"]]
    await desk.does(ada, cc.ReleaseCall(0, call=ids["urgent"]))
    assert (await desk.does(ada, cc.ClaimCall(0))).call.id == ids["urgent"], "its place stays"
    await desk.does(ada, cc.ReleaseCall(0, call=ids["urgent"]))
    assert await in_queue(desk) == [ids["urgent"], ids["old"], ids["young"], ids["later"]]
    desk.clock.pass_by(2 * HOUR)
    await desk.service.calls.sweep()
    assert (await desk.does(ada, cc.ClaimCall(0))).call.id == ids["later"], "due now, and the most urgent"


async def test_two_who_claim_at_once_and_a_lease_that_frees_itself(desk: PhoneDesk) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    _, chat = await desk.customer()
    planned = await queues(desk, ada, chat)
    claim = cc.ClaimCall(0, call=planned.call.id)
    both = await asyncio.gather(desk.does(ada, claim), desk.does(bob, claim), return_exceptions=True)
    assert [isinstance(it, cr.CallNow) for it in both] == [True, False]
    refused = await desk.refused(Code.TAKEN, bob, claim)
    assert refused.by == "Ada"
    desk.clock.pass_by(110_000)
    renewed = await desk.does(ada, claim)
    assert renewed.call.lease_until == desk.clock.now + 120_000
    desk.clock.pass_by(110_000)
    await desk.service.calls.sweep()
    assert await desk.state(planned.call.id) is CallState.CLAIMED, "a console that lives renews"
    desk.clock.pass_by(11_000)
    await desk.service.calls.sweep()
    freed = await desk.call(planned.call.id)
    assert (freed.state, freed.agent, freed.lease_until) == (CallState.QUEUED, None, None)
    assert (await desk.does(bob, claim)).call.agent.name == "Bob"


async def test_a_claimed_callback_is_called_and_one_that_is_called_is_not_freed(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    planned = await queues(desk, ada, chat)
    asked = await desk.requests(ada, chat)
    assert (asked.call.id, asked.call.state) == (planned.call.id, CallState.CLAIMED)
    await desk.dials(ada, asked)
    assert [it.call_id for it in desk.exchange.started] == [planned.call.id]
    await desk.says_exchange(planned.call.id, CallState.IN_CALL)
    desk.clock.pass_by(10 * MINUTE)
    await desk.service.calls.sweep()
    assert await desk.state(planned.call.id) is CallState.IN_CALL


async def test_three_attempts_spaced_inside_hours_then_the_customer_is_told(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    planned = await queues(desk, ada, chat)
    seen = []
    for _ in range(3):
        asked = await desk.requests(ada, chat)
        assert asked.call.state is CallState.CLAIMED
        await desk.dials(ada, asked)
        await desk.says_exchange(asked.call.id, CallState.ENDED, Reason.CUSTOMER_NO_ANSWER)
        seen.append((asked.call.attempt, local(asked.call.not_before)))
        waiting = await in_queue(desk)
        if waiting:
            following = await desk.call(waiting[0])
            assert following.not_before is not None
            desk.clock.now = following.not_before
    assert seen == [(1, "Tue 12:00"), (2, "Tue 12:15"), (3, "Tue 14:15")]
    assert await in_queue(desk) == []
    assert len({it.call_id for it in desk.exchange.started}) == 3, "each attempt is a call of its own"
    assert len({it.number.e164 for it in desk.exchange.started}) == 1
    assert (await told(desk, chat))[-1].startswith("We couldn't reach you by phone")
    assert sum(text.startswith("We couldn't reach") for text in await told(desk, chat)) == 1
    assert planned.call.id == desk.exchange.started[0].call_id
    assert (await desk.record(chat)).wants_call is False


async def test_an_attempt_late_in_the_day_moves_to_the_next_working_day(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    desk.clock.now = WORKDAY_NOON + 5 * HOUR + 20 * MINUTE + 3 * 24 * HOUR  # Friday 17:20
    _, chat = await desk.customer()
    await queues(desk, ada, chat)
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    await desk.says_exchange(asked.call.id, CallState.ENDED, Reason.CUSTOMER_BUSY)
    following = await desk.call((await in_queue(desk))[0])
    assert local(following.not_before) == "Mon 09:00"
    assert "Monday 1 December" in (await told(desk, chat))[-1]
    assert (await desk.record(chat)).wants_call


@pytest.mark.parametrize("reason", [Reason.CUSTOMER_REJECTED, Reason.NUMBER_NOT_IN_USE, Reason.LOST])
async def test_what_is_not_tried_again_by_itself(desk: PhoneDesk, reason: Reason) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await queues(desk, ada, chat)
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    await desk.says_exchange(asked.call.id, CallState.ENDED, reason)
    assert await in_queue(desk) == []


async def test_a_cancelled_attempt_is_not_tried_again(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await queues(desk, ada, chat)
    asked = await desk.requests(ada, chat)
    await desk.dials(ada, asked)
    await desk.does(ada, cc.CancelCall(0, call=asked.call.id))
    assert await in_queue(desk) == []


async def test_a_window_that_passes_expires_is_told_and_stays_a_wish(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    await desk.does(visitor, cc.AskCall(0, call=uuid7(), number=NUMBER, not_after=WORKDAY_NOON + HOUR))
    (waiting,) = await in_queue(desk)
    desk.clock.pass_by(HOUR + 1)
    await desk.service.calls.sweep()
    gone = await desk.call(waiting)
    assert (gone.state, gone.reason) == (CallState.ENDED, Reason.EXPIRED)
    assert (await told(desk, chat))[-1].startswith("We couldn't reach you")
    assert (await desk.record(chat)).wants_call, "asked and not called: somebody has to see it"
    assert ada.id


async def test_the_same_customer_on_the_same_number_waits_once(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    await desk.does(visitor, cc.AskCall(0, call=uuid7(), number="06-12345678"))
    (waiting,) = await in_queue(desk)
    planned = await queues(desk, ada, chat, not_before=WORKDAY_NOON + 2 * HOUR, note="she prefers the afternoon")
    assert await in_queue(desk) == [waiting]
    assert (planned.call.id, local(planned.call.not_before)) == (waiting, "Tue 14:00")
    # a week later, in a new conversation
    await desk.does(ada, c.Resolve(0, conversation=chat))
    await desk.does(visitor, cc.AskCall(0, call=uuid7(), number="+31 6 12345678"))
    assert await in_queue(desk) == [waiting]


async def test_a_customer_asks_changes_and_takes_it_back(desk: PhoneDesk) -> None:
    visitor = await desk.visitor(language="nl", time_zone="Europe/Amsterdam")
    await desk.service.visitor_here(visitor.id)
    ask = cc.AskCall(0, call=uuid7(), number="06 12345678")
    await desk.does(visitor, ask)
    await desk.does(visitor, ask)
    assert await desk.codes(1) == ["call_asked"], "the same wish twice is one"
    record = await desk.record(1)
    assert (record.wants_call, record.state.value, record.waiting_since) == (True, "waiting", WORKDAY_NOON)
    assert (desk.seen[-1].state, desk.seen[-1].last4) == ("queued", "5678")
    same_again = cc.AskCall(0, call=uuid7(), number="+31612345678")
    await desk.does(visitor, same_again)
    assert await desk.codes(1) == ["call_asked"], "what is planned already is not planned again"
    afternoon = cc.AskCall(0, call=uuid7(), number="0612345678", not_before=WORKDAY_NOON + 3 * HOUR)
    await desk.does(visitor, afternoon)
    (waiting,) = await in_queue(desk)
    assert local((await desk.call(waiting)).not_before) == "Tue 15:00"
    assert "15:00" in (await told(desk, 1))[-1]
    await desk.does(visitor, cc.CancelAsked(0))
    assert (await desk.call(waiting)).reason is Reason.CANCELLED
    assert (await desk.codes(1))[-1] == "call_withdrawn"
    assert not (await desk.record(1)).wants_call
    assert desk.seen[-1].state == "none"


@pytest.mark.parametrize("word", ["cancel", "Annuleren", "annuleren."])
async def test_the_word_cancel_takes_a_callback_back(desk: PhoneDesk, word: str) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    planned = await queues(desk, ada, chat)
    await desk.says(visitor, "please do not cancel my order")
    assert await desk.state(planned.call.id) is CallState.QUEUED
    await desk.says(visitor, word)
    assert await desk.state(planned.call.id) is CallState.ENDED


async def test_taking_back_too_late_says_so(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    await desk.in_call(ada, chat)
    await desk.refused(Code.TOO_LATE, visitor, cc.CancelAsked(0))


@pytest.mark.parametrize(
    ("number", "stop"), [("0900-1234", "premium"), ("112", "emergency"), ("+252612345678", "country_not_allowed"),
                         ("call me", "not_a_number"), ("\x1b]8;;tel:0906\x07", "not_a_number")],
)  # fmt: skip
async def test_a_hostile_number_is_refused_and_leaves_nothing(desk: PhoneDesk, number: str, stop: str) -> None:
    visitor, chat = await desk.customer()
    before = await desk.codes(chat)
    await desk.stopped(visitor, stop, cc.AskCall(0, call=uuid7(), number=number))
    assert await desk.codes(chat) == before
    assert await in_queue(desk) == []


async def test_asked_outside_our_hours_it_is_planned_inside_them(desk: PhoneDesk) -> None:
    desk.clock.now = WORKDAY_NOON + 8 * HOUR  # 20:00
    visitor, _ = await desk.customer()
    await desk.does(visitor, cc.AskCall(0, call=uuid7(), number=NUMBER))
    (waiting,) = await in_queue(desk)
    assert local((await desk.call(waiting)).not_before) == "Wed 08:30", "our hours; theirs to say when they like it"
    at_night = cc.AskCall(
        0, call=uuid7(), number=NUMBER, not_before=WORKDAY_NOON + 9 * HOUR, not_after=WORKDAY_NOON + 10 * HOUR
    )
    await desk.stopped(visitor, "outside_hours", at_night)
    past = cc.AskCall(0, call=uuid7(), number=NUMBER, not_before=1, not_after=2)
    await desk.refused(Code.BAD_VALUE, visitor, past)


@pytest.mark.parametrize(("reason", "stop"), [(Reason.AGENT_HUNG_UP, ""), (Reason.CUSTOMER_REJECTED, "no_consent")])
async def test_who_asked_on_their_page_and_was_called_may_be_called_again_unless_they_declined(
    desk: PhoneDesk, reason: Reason, stop: str
) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    await desk.does(visitor, cc.AskCall(0, call=uuid7(), number=NUMBER))
    asked = await desk.requests(ada, chat, basis_seq=0)
    await desk.dials(ada, asked)
    for state in (CallState.AGENT_ANSWERED, CallState.DIALLING_CUSTOMER):
        await desk.says_exchange(asked.call.id, state)
    await desk.says_exchange(asked.call.id, CallState.ENDED, reason)
    again = cc.QueueCall(0, conversation=chat, call=uuid7(), number=NUMBER, basis_seq=0)
    if stop:
        await desk.stopped(ada, stop, again)
    else:
        assert (await desk.does(ada, again)).call.basis == asked.call.basis


async def test_the_time_is_told_by_the_customers_clock(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer(zone="America/New_York")
    planned = await queues(desk, ada, chat)
    assert local(planned.call.not_before) == "Tue 15:00", "nine in New York"
    assert "09:00" in (await told(desk, chat))[-1]


async def test_rescheduling_is_told_and_moves_its_place(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, first = await desk.customer()
    _, second = await desk.customer()
    one = await queues(desk, ada, first)
    two = await queues(desk, ada, second, number="+31612345679")
    moved = await desk.does(ada, cc.RescheduleCall(0, call=one.call.id, not_before=WORKDAY_NOON + 24 * HOUR))
    assert local(moved.call.not_before) == "Wed 12:00"
    assert (moved.position, await in_queue(desk)) == (2, [two.call.id, one.call.id])
    assert "tomorrow" in (await told(desk, first))[-1]
    await desk.does(ada, cc.CancelCall(0, call=one.call.id))
    again = cc.RescheduleCall(0, call=one.call.id, not_before=WORKDAY_NOON + HOUR)
    await desk.refused(Code.WRONG_STATE, ada, again)


async def test_an_agent_with_a_call_claims_no_other(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    _, other = await desk.customer()
    planned = await queues(desk, ada, other, number="+31612345679")
    await desk.in_call(ada, chat)
    await desk.refused(Code.WRONG_STATE, ada, cc.ClaimCall(0, call=planned.call.id))
    await desk.refused(Code.WRONG_STATE, ada, cc.ClaimCall(0))


async def test_a_promise_outlives_the_chat_it_was_made_in(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    planned = await queues(desk, ada, chat)
    await desk.does(ada, c.Resolve(0, conversation=chat))
    asked = await desk.requests(ada, chat)
    assert asked.call.id == planned.call.id
    assert (await desk.dials(ada, asked)).call.state is CallState.DIALLING_AGENT


async def test_nothing_due_is_said(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    await desk.refused(Code.NOT_FOUND, ada, cc.ClaimCall(0))


async def test_the_next_hours_are_ours_too(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    desk.clock.now = WORKDAY_NOON + 8 * HOUR  # 20:00: we are closed, they may be called
    _, chat = await desk.customer()
    found: cr.CallChecks = await desk.does(ada, cc.CheckCall(0, conversation=chat, number=NUMBER, basis_seq=1))
    assert not [stop for stop in found.stops if stop.code.startswith("outside")]
    assert found.next_hours == WORKDAY_NOON + 21 * HOUR, "they may be called from nine, and we are there by then"
