"""Calls by Twilio, against a stub made after the published description. No real call was ever made."""

import asyncio
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from agent_tui.model.call import CallState, Number, Reason, Timeouts
from agent_tui.model.ids import AgentId, uuid7
from agent_tui.phones.twilio.calls import Pace
from agent_tui.phones.twilio.codec import Leg, Status, Trouble, leg_in, standing, twiml
from agent_tui.phones.twilio.errors import failed
from agent_tui.phones.twilio.provider import TwilioProvider
from agent_tui.phones.twilio.settings import TwilioSettings, checked
from agent_tui.ports.errors import Refused, Unreachable
from agent_tui.ports.phone import AgentPhone, CallFailed, CallRequest, LineBack, LineLost
from agent_tui.runtime.net import Net, Place
from tests.phones.asterisk.stub import served
from tests.phones.following import COMPANY, Follower, followed, request
from tests.phones.twilio.stub import ACCOUNT, NUMBER, TOKEN, TwilioStub, error

S = CallState
QUICK = Pace(ringing_s=0.01, talking_s=0.02, slowest_s=0.05, look_s=(0.02,) * 3, again_s=(0.01,) * 3, confirm_s=2.0)
ADA = AgentPhone(AgentId("ada"), number=Number("+31201111111"))


def provider_at(url: str, token: str = TOKEN, **settings: str) -> TwilioProvider:
    async def find(_again: bool) -> Place:
        return Place(url, token, ACCOUNT, "application/x-www-form-urlencoded")

    given = {"account": ACCOUNT, "number": NUMBER, "url": url, **settings}
    return TwilioProvider(checked(TwilioSettings(**given)), Net(find), lambda: 1_000, QUICK)


@pytest_asyncio.fixture
async def stub() -> TwilioStub:
    return TwilioStub()


@pytest_asyncio.fixture
async def url(stub: TwilioStub) -> AsyncIterator[str]:
    async with served(stub.app) as address:
        yield address


@pytest_asyncio.fixture
async def desk(url: str) -> AsyncIterator[Follower]:
    async with followed(provider_at(url)) as follower:
        yield follower


def asks(**given: object) -> CallRequest:
    return request(agent=ADA, **given)  # type: ignore[arg-type]


async def moved(desk: Follower, stub: TwilioStub, asked: CallRequest, until: CallState) -> None:
    """A call that goes on as far as this."""
    await desk.starts(asked)
    stub.move("ringing")
    for state, status, customer in ((S.DIALLING_CUSTOMER, "in-progress", False), (S.IN_CALL, "in-progress", True)):
        if until is S.DIALLING_AGENT:
            break
        stub.move(status, customer=customer)
        await desk.sees(asked, state)
        if state is until:
            break


def posts(stub: TwilioStub) -> list[dict[str, str]]:
    return [fields for method, path, fields in stub.asked if method == "POST" and path.endswith("/Calls.json")]


async def test_the_agent_first_then_the_customer(stub: TwilioStub, desk: Follower) -> None:
    asked = asks()
    await moved(desk, stub, asked, S.IN_CALL)
    (made,) = posts(stub)
    assert {key: made[key] for key in ("To", "From", "Timeout", "TimeLimit")} == {
        "To": "+31201111111",
        "From": NUMBER,
        "Timeout": "20",
        "TimeLimit": "3600",
    }
    assert set(made) == {"To", "From", "Timeout", "TimeLimit", "Twiml"}
    customer = stub.leg(customer=True)
    assert (customer.to, customer.from_) == ("+31612345678", COMPANY.e164)
    stub.move("completed", customer=True, seconds=90)
    assert await desk.ends(asked) is Reason.CUSTOMER_HUNG_UP
    ended = await desk.provider.status(asked.call_id)
    assert ended is not None
    assert (ended.ref, ended.raw_code) == (stub.calls[0].sid, "in-progress/completed")


@pytest.mark.parametrize(
    ("agent", "customer", "reason"),
    [
        ("busy", None, Reason.AGENT_BUSY),
        ("no-answer", None, Reason.AGENT_NO_ANSWER),
        ("failed", None, Reason.AGENT_UNREACHABLE),
        ("canceled", None, Reason.CANCELLED),
        ("in-progress", "busy", Reason.CUSTOMER_BUSY),
        ("in-progress", "no-answer", Reason.CUSTOMER_NO_ANSWER),
        ("in-progress", "failed", Reason.CUSTOMER_UNREACHABLE),
        ("in-progress", "canceled", Reason.AGENT_LEFT),
    ],
)
async def test_how_a_telephone_says_no(
    stub: TwilioStub, desk: Follower, agent: str, customer: str | None, reason: Reason
) -> None:
    asked = asks()
    await desk.starts(asked)
    stub.move(agent)
    if customer:
        stub.move(customer, customer=True)
    assert await desk.ends(asked) is reason


AT = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)


def leg(status: str, ended: int | None = None, duration: str | None = None) -> Leg:
    end = None if ended is None else format_datetime(AT + timedelta(seconds=ended))
    return Leg("CA" + "0" * 32, Status(status), None, end, duration)


@pytest.mark.parametrize(
    ("agent", "customer", "stop", "state", "reason"),
    [
        (leg("queued"), None, None, S.DIALLING_AGENT, None),
        (leg("in-progress"), None, None, S.AGENT_ANSWERED, None),
        (leg("in-progress"), leg("queued"), None, S.DIALLING_CUSTOMER, None),
        (leg("in-progress"), leg("in-progress"), Reason.CANCELLED, S.IN_CALL, None),
        (leg("completed", 5), None, None, S.ENDED, Reason.AGENT_LEFT),
        (leg("completed", 5), leg("no-answer", 5), None, S.ENDED, Reason.AGENT_LEFT),
        (leg("completed", 7), leg("no-answer", 5), None, S.ENDED, Reason.CUSTOMER_NO_ANSWER),
        (leg("completed", 5), leg("completed", 5, "4"), None, S.ENDED, Reason.AGENT_HUNG_UP),
        (leg("completed", 7), leg("completed", 5, "4"), None, S.ENDED, Reason.CUSTOMER_HUNG_UP),
        (leg("completed", 7), leg("completed", 5, "3600"), None, S.ENDED, Reason.TIME_LIMIT),
        (leg("completed", 5), leg("canceled", 5), Reason.CANCELLED, S.ENDED, Reason.CANCELLED),
        (leg("canceled", 5), None, Reason.AGENT_NO_ANSWER, S.ENDED, Reason.AGENT_NO_ANSWER),
        (leg("completed", 5), leg("ringing"), None, S.ENDED, Reason.AGENT_LEFT),
    ],
)
def test_what_the_legs_say(
    agent: Leg, customer: Leg | None, stop: Reason | None, state: CallState, reason: Reason | None
) -> None:
    assert standing(agent, customer, stop, 3_600) == (state, reason)


@given(st.from_regex(r"\+[0-9]{7,15}", fullmatch=True), st.from_regex(r"[0-9]{0,8}", fullmatch=True))
def test_the_instructions_hold_digits_and_nothing_else(e164: str, extension: str) -> None:
    text = twiml(request(Number(e164, extension)), NUMBER)
    dial, pause = ElementTree.fromstring(text)
    assert dial[0].text == e164
    assert dial[0].attrib == ({"sendDigits": f"wwww{extension}"} if extension else {})
    assert pause.tag == "Pause"
    assert len(text) < 4_000


def test_every_error_is_a_sentence() -> None:
    to = (21211, 21217, 21214)
    for code in (*to, 20003, 21210, 21212, 21215, 13227, 32205, 21216, 21202, 21219, 13214, 22005, 10004):
        said = failed(400, Trouble(code, "\x1b[2J"))
        assert (said.raw_code, str(said)[-1]) == (str(code), ".")
        assert str(code) not in str(said), "a known one has words of its own"
        assert (said.reason is Reason.AGENT_UNREACHABLE) is (code in to)
    assert failed(401, Trouble()).reason is Reason.PROVIDER_ERROR
    assert "HTTP 404" in str(failed(404, Trouble()))


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("+15005550001", Reason.AGENT_UNREACHABLE),
        ("+15005550002", Reason.AGENT_UNREACHABLE),
        ("+15005550003", Reason.PROVIDER_ERROR),
        ("+15005550004", Reason.PROVIDER_ERROR),
    ],
)
async def test_the_published_test_numbers(stub: TwilioStub, desk: Follower, to: str, reason: Reason) -> None:
    with pytest.raises(CallFailed) as said:
        await desk.starts(request(agent=AgentPhone(AgentId("ada"), number=Number(to))))
    assert said.value.reason is reason
    assert stub.calls == []


async def test_an_unknown_error_is_said_by_its_code(stub: TwilioStub, desk: Follower) -> None:
    stub.fails["POST", "/Calls.json"] = [error(400, 99999, "\x1b[2J no")]
    with pytest.raises(CallFailed, match="99999"):
        await desk.starts(asks())


async def test_turned_away_unprocessed_is_asked_again(stub: TwilioStub, desk: Follower) -> None:
    stub.fails["POST", "/Calls.json"] = [error(429, 20429, "Too Many Requests")] * 2
    await desk.starts(asks())
    assert len(stub.calls) == 1


async def test_turned_away_too_often_is_given_up(stub: TwilioStub, desk: Follower) -> None:
    stub.fails["POST", "/Calls.json"] = [error(429, 20429, "Too Many Requests")] * 9
    with pytest.raises(CallFailed, match="Nothing was dialled"):
        await desk.starts(asks())
    assert stub.calls == []


@pytest.mark.parametrize("how", ["late", "503", "nonsense"])
async def test_an_answer_that_never_comes_is_looked_for_and_not_asked_again(
    stub: TwilioStub, url: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_tui.runtime.net.ANSWER_WITHIN_S", 1.0)
    if how == "late":
        stub.fails["POST", "/Calls.json"] = [1.3]
    else:  # it was made, and the answer is lost on its way
        made = stub._create

        def lost(fields: dict[str, str]) -> Response:
            made(fields)
            return Response(b"<html>" if how == "nonsense" else b"", 201 if how == "nonsense" else 503)

        monkeypatch.setattr(stub, "_create", lost)
    async with followed(provider_at(url)) as desk:
        asked = asks()
        desk.begins(asked)
        with pytest.raises(Unreachable):
            await desk.provider.start(asked)
        await desk.provider.start(asked)  # whoever presses again
        await desk.until(lambda: bool(desk.said(asked.call_id)))
        stub.move("in-progress")
        await desk.sees(asked, S.DIALLING_CUSTOMER)
        assert len(posts(stub)) == 1


async def test_what_was_never_made_is_lost_and_not_made_later(stub: TwilioStub, desk: Follower) -> None:
    stub.fails["POST", "/Calls.json"] = [Response(status_code=502)]
    asked = asks()
    desk.begins(asked)
    with pytest.raises(Unreachable):
        await desk.provider.start(asked)
    with pytest.raises(Unreachable, match="looked for"):
        await desk.provider.status(asked.call_id)
    assert await desk.ends(asked) is Reason.LOST
    assert stub.calls == []


async def test_two_that_might_be_it_are_a_doubt(stub: TwilioStub, desk: Follower) -> None:
    for _ in range(2):
        stub._create({"To": "+31201111111", "From": NUMBER, "Twiml": "<Response/>"})
    stub.fails["POST", "/Calls.json"] = [Response(status_code=502)]
    asked = asks()
    desk.begins(asked)
    with pytest.raises(Unreachable):
        await desk.provider.start(asked)
    assert await desk.ends(asked) is Reason.LOST


@pytest.mark.parametrize("at", [S.DIALLING_AGENT, S.DIALLING_CUSTOMER])
async def test_cancelled_while_it_rings(stub: TwilioStub, desk: Follower, at: CallState) -> None:
    asked = asks()
    await moved(desk, stub, asked, at)
    ended = await desk.provider.cancel(asked.call_id)
    assert (ended.state, ended.reason) == (S.ENDED, Reason.CANCELLED)
    assert await desk.ends(asked) is Reason.CANCELLED
    assert all(call.status in ("canceled", "completed") for call in stub.calls)
    again = await desk.provider.cancel(asked.call_id)
    assert (again.state, again.reason) == (S.ENDED, Reason.CANCELLED)


async def test_cancelling_loses_against_an_answer(stub: TwilioStub, desk: Follower) -> None:
    asked = asks()
    await moved(desk, stub, asked, S.DIALLING_CUSTOMER)
    stub.move("in-progress", customer=True)  # not asked for yet
    assert (await desk.provider.cancel(asked.call_id)).state is S.IN_CALL
    ended = await desk.provider.hangup(asked.call_id)
    assert (ended.state, ended.reason) == (S.ENDED, Reason.AGENT_HUNG_UP)
    assert [call.status for call in stub.calls] == ["completed", "completed"]


async def test_the_agent_picks_up_while_it_is_cancelled(
    stub: TwilioStub, desk: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asks()
    await moved(desk, stub, asked, S.DIALLING_AGENT)
    ends = stub._end

    def first_answered(call: object, status: str) -> None:
        if status == "canceled" and stub.leg().status == "ringing":
            stub.move("in-progress")  # so that `canceled` stops nothing
        else:
            ends(call, status)  # type: ignore[arg-type]

    monkeypatch.setattr(stub, "_end", first_answered)
    ended = await desk.provider.cancel(asked.call_id)
    assert (ended.state, ended.reason) == (S.ENDED, Reason.CANCELLED)
    assert stub.leg().status == "completed"


async def test_told_to_slow_down_it_does_and_nothing_is_lost(stub: TwilioStub, desk: Follower) -> None:
    asked = asks()
    await desk.starts(asked)
    stub.fails["GET", f"{stub.calls[0].sid}.json"] = [error(429, 20429, "Too Many Requests")] * 3
    stub.move("in-progress")
    await desk.sees(asked, S.DIALLING_CUSTOMER)
    assert not any(isinstance(each, LineLost) for each in desk.news)


async def test_without_an_answer_the_call_is_shown_as_not_connected(stub: TwilioStub, desk: Follower) -> None:
    asked = asks()
    await moved(desk, stub, asked, S.IN_CALL)
    stub.fails["GET", f"{stub.calls[0].sid}.json"] = [Response(status_code=503)] * 2
    await desk.hears(LineLost)
    assert not desk.calls[asked.call_id].connected
    await desk.hears(LineBack, 2)
    await desk.until(lambda: desk.calls[asked.call_id].connected)
    assert desk.calls[asked.call_id].state is S.IN_CALL


@pytest.mark.parametrize("at", [S.DIALLING_AGENT, S.DIALLING_CUSTOMER, S.IN_CALL])
@pytest.mark.parametrize("by_name", [True, False])
async def test_a_desk_that_died_takes_its_call_up_again(
    stub: TwilioStub, url: str, at: CallState, by_name: bool
) -> None:
    async with followed(provider_at(url)) as before:
        asked = asks()
        await moved(before, stub, asked, at)
    async with followed(provider_at(url)) as desk:
        desk.begins(asked)
        told = await desk.provider.resume(asked, stub.calls[0].sid if by_name else "")
        assert told is not None
        assert told.state is at
        await desk.provider.hangup(asked.call_id)
        assert await desk.ends(asked) is Reason.AGENT_HUNG_UP
        assert len(posts(stub)) == 1


async def test_a_call_that_nobody_there_knows(stub: TwilioStub, desk: Follower) -> None:
    assert await desk.provider.resume(asks(), "CA" + "f" * 32) is None
    assert await desk.provider.resume(asks(), "") is None
    assert await desk.provider.status(asks().call_id) is None
    assert (await desk.provider.cancel(asks().call_id)).reason is Reason.LOST
    assert await desk.provider.sweep(frozenset()) == 0


async def test_a_call_from_before_is_not_taken_for_ours(stub: TwilioStub, desk: Follower) -> None:
    stub._create({"To": "+31201111111", "From": NUMBER, "Twiml": "<Response/>"})
    stub.calls[0].created -= timedelta(minutes=5)
    assert await desk.provider.resume(asks(), "") is None


async def test_ready(stub: TwilioStub, url: str, desk: Follower) -> None:
    assert (await desk.provider.ready(ADA)).ok
    assert (await desk.provider.ready(AgentPhone(AgentId("bo"), extension="agent7"))).reason == "no_agent_phone"
    for provider, reason in (
        (provider_at(url, token="wrong"), "not_allowed"),
        (provider_at("http://127.0.0.1:1"), "not_connected"),
    ):
        assert (await provider.ready(ADA)).reason == reason
        await provider.aclose()
    sip = provider_at(url, agent_sip="sip:{extension}@acme.sip.twilio.com")
    assert (await sip.ready(AgentPhone(AgentId("bo"), extension="agent7"))).ok
    assert (await sip.ready(AgentPhone(AgentId("bo"), extension="a@b"))).reason == "no_agent_phone"
    await sip.aclose()
    assert stub.calls == []


async def test_an_agent_at_a_desk_telephone(stub: TwilioStub, url: str) -> None:
    async with followed(provider_at(url, agent_sip="sip:{extension}@acme.sip.twilio.com")) as desk:
        await desk.starts(request(agent=AgentPhone(AgentId("bo"), extension="agent7")))
        assert stub.leg().to == "sip:agent7@acme.sip.twilio.com"


async def test_the_token_is_in_no_address_and_no_body(stub: TwilioStub, desk: Follower) -> None:
    await desk.starts(asks())
    assert TOKEN not in json.dumps(stub.asked)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": ""},
        {"account": "AC../../x"},
        {"number": "0201234567"},
        {"agent_sip": "sip:me@acme.example"},
        {"agent_sip": "sip:{extension}@a b"},
    ],
)
def test_settings_that_can_not_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused, match="twilio"):
        checked(TwilioSettings(**{"account": ACCOUNT, "number": NUMBER, **wrong}))


@given(
    st.binary(max_size=80) | st.sampled_from([b'{"sid":"CA1","status":"queued"}', b'{"sid":"../x","status":"queued"}'])
)
def test_an_answer_that_is_no_leg(body: bytes) -> None:
    assert leg_in(body) is None


async def test_the_longest_times_may_be_set(stub: TwilioStub, desk: Follower) -> None:
    await desk.starts(asks(timeouts=Timeouts(agent_s=30, customer_s=60, call_s=7_200), call_id=uuid7()))
    assert posts(stub)[0]["Timeout"] == "30"
    await asyncio.sleep(0)
