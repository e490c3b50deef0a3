"""A call goes forward or not at all, and no state lasts for ever."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.phone.reasons import MEANING
from agent_tui.core.phone.states import (
    AT_A_PROVIDER,
    CANCELLING,
    IF_NOTHING_COMES,
    NEXT,
    Cancelling,
    Patience,
    Then,
    confirmed,
    due_ms,
    ends_by,
    moved,
    step,
    unheard,
)
from agent_tui.model.call import Call, CallId, CallState, Reason, Timeouts
from agent_tui.ports.phone import CallEvent
from tests.core.phone.calls import call

S = CallState
RANK = [S.REQUESTED, S.QUEUED, S.CLAIMED, S.HANDED_OVER, S.DIALLING_AGENT, S.AGENT_ANSWERED, S.DIALLING_CUSTOMER]
RANK += [S.IN_CALL, S.ENDED]
FOR_IT = call().id


def said(state: CallState, at_ms: int = 2_000, reason: Reason | None = None) -> CallEvent:
    return CallEvent(FOR_IT, state, at_ms, reason)


@pytest.mark.parametrize("state", S)
def test_every_state_has_its_followers_its_silence_and_its_cancelling(state: CallState) -> None:
    assert state in NEXT
    assert state in CANCELLING
    assert (state in IF_NOTHING_COMES) is (state is not S.ENDED)


@pytest.mark.parametrize("reason", Reason)
def test_every_end_has_a_sentence(reason: Reason) -> None:
    assert MEANING[reason].sentence.endswith(".")


@pytest.mark.parametrize("state", [state for state in S if state is not S.ENDED])
def test_every_open_state_is_over_some_time(state: CallState) -> None:
    begun = call(state, dialled_ms=1_000, answered_ms=1_000, not_after_ms=9_000)
    due = due_ms(begun, Patience())
    assert due is not None
    assert due > begun.since_ms


def test_agent_first_from_the_key_to_the_end() -> None:
    now = call()
    for at, state in enumerate([S.DIALLING_AGENT, S.AGENT_ANSWERED, S.DIALLING_CUSTOMER, S.IN_CALL], start=2):
        now = step(now, said(state, at * 1_000))
        assert now.state is state
        assert now.since_ms == at * 1_000
    assert (now.dialled_ms, now.answered_ms, now.revision) == (2_000, 5_000, 5)
    over = step(now, said(S.ENDED, 65_000, Reason.CUSTOMER_HUNG_UP))
    assert (over.ended_ms, over.reason, over.is_open) == (65_000, Reason.CUSTOMER_HUNG_UP, False)


def test_a_provider_that_is_polled_may_skip_states() -> None:
    assert step(call(S.DIALLING_AGENT), said(S.IN_CALL)).answered_ms == 2_000


@pytest.mark.parametrize(
    ("state", "late"),
    [
        (S.IN_CALL, S.DIALLING_CUSTOMER),
        (S.IN_CALL, S.AGENT_ANSWERED),
        (S.ENDED, S.IN_CALL),
        (S.ENDED, S.ENDED),
        (S.HANDED_OVER, S.IN_CALL),
        (S.QUEUED, S.IN_CALL),
        (S.QUEUED, S.HANDED_OVER),
        (S.AGENT_ANSWERED, S.QUEUED),
    ],
)
def test_what_comes_late_is_dropped(state: CallState, late: CallState) -> None:
    before = call(state)
    assert step(before, said(late, 9_000, Reason.NETWORK)) is before


def test_news_of_another_call_is_dropped() -> None:
    before = call(S.DIALLING_AGENT)
    other = CallId("0198f3aa-0000-7000-8000-000000000002")
    assert step(before, CallEvent(other, S.ENDED, 9_000, Reason.CANCELLED)) is before


def test_the_first_end_stays() -> None:
    first = step(call(S.IN_CALL), said(S.ENDED, 2_000, Reason.AGENT_HUNG_UP))
    assert step(first, said(S.ENDED, 3_000, Reason.CUSTOMER_HUNG_UP)) is first


def test_an_end_without_a_reason_is_one_we_do_not_know() -> None:
    assert step(call(S.IN_CALL), said(S.ENDED)).reason is Reason.LOST


def test_a_claim_that_is_given_up_goes_back_to_the_queue() -> None:
    assert moved(call(S.CLAIMED), S.QUEUED, 2_000).state is S.QUEUED
    assert moved(call(S.DIALLING_AGENT), S.QUEUED, 2_000).state is S.DIALLING_AGENT


def test_news_that_it_still_stands_tells_nobody_anything_new() -> None:
    before = call(S.IN_CALL)
    after = step(before, said(S.IN_CALL, 5_000))
    assert (after.heard_ms, after.revision, after.since_ms) == (5_000, before.revision, before.since_ms)
    assert step(after, said(S.IN_CALL, 4_000)) is after


def test_a_lost_line_marks_the_call_and_ends_nothing() -> None:
    lost = unheard(call(S.IN_CALL))
    assert (lost.state, lost.connected, lost.revision) == (S.IN_CALL, False, 2)
    assert unheard(lost) is lost
    back = confirmed(lost, 500)
    assert (back.connected, back.revision, back.heard_ms) == (True, 3, 1_000)
    assert unheard(call(S.QUEUED)).connected


PATIENCE = Patience(Timeouts(agent_s=20, customer_s=30, setup_s=75, call_s=3_600))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (call(S.REQUESTED), 61_000),
        (call(S.QUEUED), None),
        (call(S.QUEUED, not_after_ms=5_000), 5_000),
        (call(S.CLAIMED), 121_000),
        (call(S.DIALLING_AGENT, dialled_ms=1_000), 26_000),
        (call(S.AGENT_ANSWERED, dialled_ms=0), 16_000),
        (call(S.DIALLING_CUSTOMER, dialled_ms=0), 36_000),
        (call(S.DIALLING_CUSTOMER, since_ms=60_000, dialled_ms=0), 75_000),
        (call(S.IN_CALL, answered_ms=1_000), 16_000),
        (call(S.IN_CALL, answered_ms=1_000, heard_ms=3_600_000), 3_601_000),
        (call(S.HANDED_OVER), 28_801_000),
        (call(S.ENDED), None),
    ],
)
def test_when_a_state_is_over(now: Call, due: int | None) -> None:
    assert due_ms(now, PATIENCE) == due


def test_a_call_may_last_as_long_as_is_set() -> None:
    assert ends_by(call(S.IN_CALL, answered_ms=5_000), PATIENCE) == 3_605_000


def test_only_what_may_ring_is_asked_after() -> None:
    asked = {state for state, silence in IF_NOTHING_COMES.items() if silence.then in (Then.ASK, Then.CONFIRM)}
    assert asked == AT_A_PROVIDER


def test_cancelling_never_hangs_up_a_call_that_was_answered() -> None:
    assert CANCELLING[S.IN_CALL] is Cancelling.HANG_UP
    assert {state for state, how in CANCELLING.items() if how is Cancelling.AT_PROVIDER} == AT_A_PROVIDER - {S.IN_CALL}


events = st.builds(
    CallEvent,
    call_id=st.sampled_from([FOR_IT, CallId("another")]),
    state=st.sampled_from(S),
    at_ms=st.integers(0, 10_000_000),
    reason=st.none() | st.sampled_from(Reason),
)


@given(st.sampled_from([call(), call(S.QUEUED), call(S.HANDED_OVER)]), st.lists(events, max_size=30))
def test_whatever_comes_a_call_only_goes_forward(now: Call, news: list[CallEvent]) -> None:
    for event in news:
        before, now = now, step(now, event)
        if now.state is not before.state:
            assert now.state in NEXT[before.state]
            assert RANK.index(now.state) > RANK.index(before.state) or (before.state, now.state) == (
                S.CLAIMED,
                S.QUEUED,
            )
            assert now.revision == before.revision + 1
        else:
            assert msgspec.structs.replace(now, heard_ms=0) == msgspec.structs.replace(before, heard_ms=0)
        assert (now.reason is None) is now.is_open
        assert (now.ended_ms is None) is now.is_open


@given(st.lists(events, max_size=10))
def test_news_twice_changes_nothing_more(news: list[CallEvent]) -> None:
    now = call()
    for event in news:
        now = step(now, event)
        again = step(now, event)
        assert (again.state, again.revision) == (now.state, now.revision)
