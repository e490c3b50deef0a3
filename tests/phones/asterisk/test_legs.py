"""What follows from how the legs stand, whatever comes, in whatever order, as often as it likes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.model.call import CallId, CallState, Leg, Reason
from agent_tui.phones.asterisk.codec import Fact, Names, Replaced, Saw, fact_in
from agent_tui.phones.asterisk.legs import Act, At, Found, LegNow, Legs, Wanted, done, heard, looked, next_act, standing
from agent_tui.phones.asterisk.settings import AsteriskSettings, checked
from agent_tui.ports.errors import Refused

CALL = CallId("0198f3aa-0000-7000-8000-000000000001")
NAMES = Names("agenttui")
facts = st.builds(
    Fact,
    call_id=st.just(CALL),
    leg=st.sampled_from(Leg),
    saw=st.sampled_from(Saw),
    cause=st.sampled_from([0, 1, 16, 17, 19, 21, 38, 127]),
)
found = st.builds(
    Found,
    agent=st.sampled_from([None, Saw.RINGING, Saw.UP]),
    customer=st.sampled_from([None, Saw.RINGING, Saw.UP]),
    bridge=st.booleans(),
    joined=st.frozensets(st.sampled_from(Leg)),
)
steps = st.lists(facts | found | st.just("act") | st.sampled_from([Reason.CANCELLED, Reason.TIME_LIMIT]), max_size=40)


@given(steps, st.booleans(), st.booleans())
def test_the_customer_is_dialled_once_and_an_end_means_that_nothing_rings(
    news: list[Fact | Found | Reason | str], accepted: bool, extension: bool
) -> None:
    legs = Legs(agent=LegNow(At.ASKED), accepted=accepted)
    acts: list[Act] = []
    for each in news:
        match each:
            case Fact():
                legs = heard(legs, each)
            case Found():
                legs = looked(legs, each, remembered=True)
            case Reason():
                legs = msgspec.structs.replace(legs, stop=legs.stop or each)
            case _:
                act = next_act(legs, Wanted(prompt=True, extension=extension))
                if act is not None:
                    # late news may say that the agent is in the bridge before we put them there
                    assert act is not Act.DIAL_CUSTOMER or legs.agent.joined
                    acts.append(act)
                    legs = done(legs, act)
        state, reason = standing(legs)
        assert (reason is not None) is (state is CallState.ENDED)
        if state is CallState.ENDED:
            assert not legs.agent.rings_or_talks
            assert not legs.customer.rings_or_talks
    assert acts.count(Act.DIAL_CUSTOMER) <= 1
    assert acts.count(Act.PROMPT) <= 1


@given(found)
def test_who_takes_a_call_up_never_dials_a_customer_who_may_have_been_dialled(seen: Found) -> None:
    legs = looked(Legs(accepted=True), seen, remembered=False)
    acts = []
    while (act := next_act(legs, Wanted())) is not None:
        acts.append(act)
        legs = done(legs, act)
        if len(acts) > 10:
            raise AssertionError(acts)
    if seen.bridge or seen.customer is not None:
        assert Act.DIAL_CUSTOMER not in acts


def test_a_look_that_began_before_the_news_does_not_undo_it() -> None:
    up = heard(Legs(agent=LegNow(At.ASKED)), Fact(CALL, Leg.AGENT, Saw.UP))
    assert looked(up, Found(Saw.RINGING, None, bridge=False), remembered=True).agent.at is At.UP


@given(st.binary(max_size=200) | st.sampled_from([b"{}", b"[]", b"null", b'{"type":"StasisStart","channel":{"id":7}}']))
def test_a_frame_that_is_none_is_no_fact(frame: bytes) -> None:
    assert fact_in(frame, NAMES) is None


def test_a_frame_of_somebody_elses_channel_is_no_fact() -> None:
    for name in ("1700000000.12", f"other-{CALL}-agent", f"agenttui-{CALL}-br", f"xagenttui-{CALL}-agent"):
        frame = msgspec.json.encode({"type": "ChannelDestroyed", "channel": {"id": name}, "cause": 16})
        assert fact_in(frame, NAMES) is None
    assert fact_in(b'{"type":"ApplicationReplaced","application":"agenttui"}', NAMES) == Replaced()


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": ""},
        {"app": "two words"},
        {"app": "a&b"},
        {"agent": "PJSIP/agent7"},
        {"agent": "PJSIP/{e164}"},
        {"agent": "PJSIP/{extension}&PJSIP/other"},
        {"agent_by_number": "PJSIP/me"},
        {"customer": "PJSIP/{extension}@trunk"},
        {"customer": "{e164}"},
        {"customer": "PJSIP/{e164}@trunk?x=1"},
    ],
)
def test_settings_that_can_not_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"asterisk|needs"):
        checked(AsteriskSettings(**{"user": "desk", **wrong}))  # type: ignore[arg-type]


def test_settings_that_can() -> None:
    checked(AsteriskSettings(user="desk"))
    checked(AsteriskSettings(user="desk", agent="Local/{extension}@agents", customer="PJSIP/{zerozero}@trunk-1"))
    checked(AsteriskSettings(user="desk", customer="PJSIP/trunk/sip:{e164}@192.0.2.10:5060"))
