"""Calls by Asterisk, against an exchange that does what phone.md found the real one to do, failures first."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agent_tui.model.call import CallState, Number, Reason, Timeouts
from agent_tui.model.ids import AgentId, uuid7
from agent_tui.phones.asterisk.followed import Pace
from agent_tui.phones.asterisk.provider import AsteriskProvider
from agent_tui.phones.asterisk.settings import AsteriskSettings
from agent_tui.ports.errors import Unreachable
from agent_tui.ports.phone import AgentPhone, CallFailed, CallRequest, LineBack, LineLost
from agent_tui.runtime.net import Net, Place
from tests.phones.asterisk.stub import PASSWORD, READS_ONLY, USER, AriStub, served
from tests.phones.following import ADA, Follower, followed, request

S = CallState
QUICK = Pace(retry_s=0.05, reconnect_s=(0.02,), replaced_s=0.05, confirm_s=5.0)
PHONE_NUMBER = Number("+31687654321")


def provider_at(url: str, *, user: str = USER, password: str = PASSWORD, **settings: str) -> AsteriskProvider:
    async def find(_again: bool) -> Place:
        return Place(url, password, user, "application/json")

    return AsteriskProvider(AsteriskSettings(url=url, user=user, **settings), Net(find), lambda: 1_000, QUICK)  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def stub() -> AriStub:
    return AriStub()


@pytest_asyncio.fixture
async def url(stub: AriStub) -> AsyncIterator[str]:
    async with served(stub.app) as address:
        yield address


@pytest_asyncio.fixture
async def desk(url: str) -> AsyncIterator[Follower]:
    async with followed(provider_at(url)) as follower:
        yield follower


async def talking(desk: Follower) -> CallRequest:
    """A call in which both hear each other."""
    asked = request()
    await desk.starts(asked)
    await desk.sees(asked, S.IN_CALL)
    return asked


async def nothing_left(stub: AriStub) -> None:
    """Every channel and bridge was cleared away."""
    async with asyncio.timeout(5):
        while stub.exchange.channels or stub.exchange.bridges:
            await asyncio.sleep(0.005)


def dialled(stub: AriStub) -> list[str]:
    """All that was ever made to ring."""
    return [channel.endpoint for channel in stub.exchange.originated]


BOTH = ["PJSIP/agent7", "PJSIP/+31612345678@trunk"]


async def test_the_agent_first_then_the_customer_then_both(stub: AriStub, desk: Follower) -> None:
    asked = request()
    await desk.starts(asked)
    await desk.sees(asked, S.IN_CALL)
    assert desk.said(asked.call_id) == [S.DIALLING_AGENT, S.AGENT_ANSWERED, S.DIALLING_CUSTOMER, S.IN_CALL]
    agent, customer = stub.exchange.originated
    assert (agent.endpoint, agent.caller_id) == ("PJSIP/agent7", "Chat c42 <+31612345678>")
    assert (customer.endpoint, customer.caller_id) == ("PJSIP/+31612345678@trunk", "+31201234567")
    assert agent.variables == {"CALL_ID": asked.call_id}
    assert agent.did == ["ring:"]
    assert stub.asked.index(("POST", f"/ari/channels/{customer.id}")) > stub.asked.index(
        ("POST", f"/ari/bridges/agenttui-{asked.call_id}-br/addChannel")
    )
    await stub.exchange.hang_up(customer)
    assert await desk.ends(asked) is Reason.CUSTOMER_HUNG_UP
    await nothing_left(stub)


async def test_the_agent_hangs_up(stub: AriStub, desk: Follower) -> None:
    asked = request()
    await desk.starts(asked)
    await desk.sees(asked, S.IN_CALL)
    await stub.exchange.hang_up(stub.leg("agent"))
    assert await desk.ends(asked) is Reason.AGENT_HUNG_UP
    await nothing_left(stub)


@pytest.mark.parametrize(
    ("does", "reason", "code"),
    [
        ("busy", Reason.CUSTOMER_BUSY, "17/486"),
        ("rejects", Reason.CUSTOMER_REJECTED, "21/603"),
        ("forbidden", Reason.CUSTOMER_REJECTED, "21/403"),
        ("not_found", Reason.NUMBER_NOT_IN_USE, "1/404"),
        ("moved", Reason.NUMBER_NOT_IN_USE, "22/410"),
        ("no_answer", Reason.CUSTOMER_NO_ANSWER, "19/480"),
        ("incomplete", Reason.NUMBER_INCOMPLETE, "28/484"),
        ("congested", Reason.NETWORK, "34/503"),
        ("dead", Reason.CUSTOMER_UNREACHABLE, "18/408"),
        ("gone", Reason.CUSTOMER_UNREACHABLE, "20/0"),
        ("out_of_order", Reason.CUSTOMER_UNREACHABLE, "27/502"),
        ("no_network", Reason.NETWORK, "38/500"),
        ("interworking", Reason.NETWORK, "127/400"),
        ("unregistered", Reason.PROVIDER_ERROR, "500 Allocation failed"),
    ],
)
async def test_how_the_customers_telephone_says_no(
    stub: AriStub, desk: Follower, does: str, reason: Reason, code: str
) -> None:
    stub.exchange.far_ends["+31612345678"] = does
    asked = request()
    await desk.starts(asked)
    assert await desk.ends(asked) is reason
    ended = await desk.provider.status(asked.call_id)
    assert ended is not None
    assert (ended.reason, ended.raw_code) == (reason, code)
    await nothing_left(stub)


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("busy", Reason.AGENT_BUSY),
        ("rejects", Reason.AGENT_LEFT),
        ("not_found", Reason.AGENT_UNREACHABLE),
        ("no_answer", Reason.AGENT_NO_ANSWER),
        ("gone", Reason.AGENT_UNREACHABLE),
        ("congested", Reason.NETWORK),
    ],
)
async def test_how_the_agents_telephone_says_no(stub: AriStub, desk: Follower, does: str, reason: Reason) -> None:
    stub.exchange.far_ends["agent7"] = does
    asked = request()
    await desk.starts(asked)
    assert await desk.ends(asked) is reason
    assert len(stub.exchange.originated) == 1
    await nothing_left(stub)


@pytest.mark.parametrize("cause_0", [False, True])
async def test_the_agent_lets_it_ring(stub: AriStub, desk: Follower, cause_0: bool) -> None:
    stub.exchange.far_ends["agent7"] = "rings"
    stub.exchange.gives_cause_0 = cause_0
    asked = request(timeouts=Timeouts(agent_s=0))
    await desk.starts(asked)
    assert await desk.ends(asked) is Reason.AGENT_NO_ANSWER
    await nothing_left(stub)


async def test_the_agent_hangs_up_while_the_customers_telephone_rings(stub: AriStub, desk: Follower) -> None:
    stub.exchange.far_ends["+31612345678"] = "rings"
    asked = request()
    await desk.starts(asked)
    await desk.sees(asked, S.DIALLING_CUSTOMER)
    await stub.exchange.hang_up(stub.leg("agent"))
    assert await desk.ends(asked) is Reason.AGENT_LEFT
    await nothing_left(stub)


async def test_the_agent_hangs_up_in_the_moment_in_which_the_customer_is_dialled(
    stub: AriStub, desk: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = stub._originated

    async def too_late(request: Request, name: str) -> Response:
        if name.endswith("-cust"):
            monkeypatch.setattr(stub.exchange, "tell", unheard)
            await stub.exchange.hang_up(stub.leg("agent"))
        return await made(request, name)

    async def unheard(*_: object, **__: object) -> None:
        """The news comes after the answer."""

    monkeypatch.setattr(stub, "_originated", too_late)
    asked = request()
    await desk.starts(asked)
    assert await desk.ends(asked) is Reason.AGENT_LEFT
    assert dialled(stub) == BOTH[:1]


async def test_an_unregistered_telephone_is_said_and_nothing_rings(stub: AriStub, desk: Follower) -> None:
    stub.exchange.far_ends["agent7"] = "unregistered"
    asked = request()
    with pytest.raises(CallFailed, match="not registered") as failed:
        await desk.starts(asked)
    assert (failed.value.reason, failed.value.raw_code) == (Reason.AGENT_UNREACHABLE, "500 Allocation failed")
    assert await desk.provider.status(asked.call_id) is None
    assert dialled(stub) == []


async def test_only_who_pressed_1_gets_the_customer(stub: AriStub, url: str) -> None:
    provider = provider_at(url, agent_by_number="PJSIP/{zerozero}@trunk", prompt="sound:press-1")
    async with followed(provider) as desk:
        stub.exchange.far_ends["0031687654321"] = "presses_2"
        asked = request(agent=AgentPhone(AgentId("ada"), number=PHONE_NUMBER))
        await desk.starts(asked)
        async with asyncio.timeout(5):
            while not stub.exchange.originated or stub.exchange.originated[0].did != ["play:sound:press-1"]:
                await asyncio.sleep(0.005)
        assert desk.said(asked.call_id) == [S.DIALLING_AGENT]
        await stub.exchange.press(stub.leg("agent"), "1")
        await desk.sees(asked, S.IN_CALL)
        assert dialled(stub) == ["PJSIP/0031687654321@trunk", BOTH[1]]


async def test_the_agents_voicemail_is_not_connected(stub: AriStub, url: str) -> None:
    provider = provider_at(url, press_1="always")
    async with followed(provider) as desk:
        asked = request()
        await desk.starts(asked)
        await in_stasis(stub, "agent")
        # the desk's own deadline: nobody pressed in time
        ended = await provider.cancel(asked.call_id, Reason.AGENT_NO_ANSWER)
        assert (ended.state, ended.reason) == (S.ENDED, Reason.AGENT_VOICEMAIL)
        assert dialled(stub) == BOTH[:1]
        await nothing_left(stub)


async def in_stasis(stub: AriStub, ends: str) -> None:
    """The leg was picked up, and is the application's."""
    async with asyncio.timeout(5):
        while not any(each.id.endswith(ends) and each.in_stasis for each in stub.exchange.channels.values()):
            await asyncio.sleep(0.005)


async def test_a_voicemail_that_hangs_up_is_one_too(stub: AriStub, url: str) -> None:
    async with followed(provider_at(url, press_1="always")) as desk:
        asked = request()
        await desk.starts(asked)
        await in_stasis(stub, "agent")
        await stub.exchange.hang_up(stub.leg("agent"))
        assert await desk.ends(asked) is Reason.AGENT_VOICEMAIL


async def test_an_extension_is_dialled_once_they_are_connected(stub: AriStub, desk: Follower) -> None:
    asked = request(Number("+31206241111", "12"))
    await desk.starts(asked)
    await desk.sees(asked, S.IN_CALL)
    async with asyncio.timeout(5):
        while stub.leg("cust").did != ["dtmf:12"]:
            await asyncio.sleep(0.005)


async def test_the_same_call_again_rings_nobody_twice(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)
    await desk.provider.start(asked)
    await desk.provider.hangup(asked.call_id)
    await desk.provider.start(asked)
    assert dialled(stub) == BOTH


async def test_another_process_made_it_already(stub: AriStub, desk: Follower, url: str) -> None:
    stub.exchange.far_ends["agent7"] = "rings"
    asked = request()
    await desk.starts(asked)
    async with followed(provider_at(url)) as again:  # takes the application over, as a restarted desk does
        again.begins(asked)
        await again.provider.start(asked)
        await again.until(lambda: S.DIALLING_AGENT in again.said(asked.call_id))
        assert dialled(stub) == BOTH[:1]
        ended = await again.provider.cancel(asked.call_id)
        assert (ended.state, ended.reason) == (S.ENDED, Reason.CANCELLED)


@pytest.mark.parametrize("who", ["agent7", "+31612345678"])
async def test_cancelled_while_it_rings(stub: AriStub, desk: Follower, who: str) -> None:
    stub.exchange.far_ends[who] = "rings"
    asked = request()
    await desk.starts(asked)
    await desk.until(lambda: len(desk.said(asked.call_id)) == (1 if who == "agent7" else 3))
    ended = await desk.provider.cancel(asked.call_id)
    assert (ended.state, ended.reason) == (S.ENDED, Reason.CANCELLED)
    assert await desk.ends(asked) is Reason.CANCELLED
    again = await desk.provider.cancel(asked.call_id)
    assert (again.state, again.reason) == (S.ENDED, Reason.CANCELLED)
    await nothing_left(stub)


async def test_cancelling_loses_against_an_answer(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)
    told = await desk.provider.cancel(asked.call_id)
    assert told.state is S.IN_CALL
    assert len(stub.exchange.channels) == 2
    ended = await desk.provider.hangup(asked.call_id)
    assert (ended.state, ended.reason) == (S.ENDED, Reason.AGENT_HUNG_UP)
    await nothing_left(stub)


async def test_an_answer_whose_news_is_on_its_way_wins_over_cancelling(stub: AriStub, desk: Follower) -> None:
    stub.exchange.far_ends["+31612345678"] = "rings"
    asked = request()
    await desk.starts(asked)
    await desk.sees(asked, S.DIALLING_CUSTOMER)
    customer = stub.leg("cust")
    customer.state, customer.in_stasis = "Up", True  # and no event of it yet
    assert (await desk.provider.cancel(asked.call_id)).state is S.IN_CALL


async def test_a_call_that_lasted_too_long(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)
    ended = await desk.provider.hangup(asked.call_id, Reason.TIME_LIMIT)
    assert ended.reason is Reason.TIME_LIMIT
    await nothing_left(stub)


async def test_events_that_come_twice(stub: AriStub, desk: Follower) -> None:
    stub.exchange.repeats_events = True
    asked = await talking(desk)
    await stub.exchange.hang_up(stub.leg("cust"))
    assert await desk.ends(asked) is Reason.CUSTOMER_HUNG_UP
    assert desk.said(asked.call_id) == [
        S.DIALLING_AGENT,
        S.AGENT_ANSWERED,
        S.DIALLING_CUSTOMER,
        S.IN_CALL,
        S.ENDED,
    ]
    assert dialled(stub) == BOTH


async def test_the_socket_is_lost_in_a_call_and_the_call_goes_on(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)
    await stub.drop_sockets()
    await desk.hears(LineLost)
    assert (desk.calls[asked.call_id].state, desk.calls[asked.call_id].connected) == (S.IN_CALL, False)
    await desk.hears(LineBack, 2)
    await desk.until(lambda: desk.calls[asked.call_id].connected)
    assert len(stub.exchange.channels) == 2
    await stub.exchange.hang_up(stub.leg("cust"))
    assert await desk.ends(asked) is Reason.CUSTOMER_HUNG_UP


@pytest.mark.parametrize(
    ("gone", "reason"),
    [(["cust"], Reason.CUSTOMER_HUNG_UP), (["agent"], Reason.AGENT_HUNG_UP), (["cust", "agent"], Reason.LOST)],
)
async def test_who_hung_up_while_nobody_listened(
    stub: AriStub, desk: Follower, gone: list[str], reason: Reason
) -> None:
    asked = await talking(desk)
    stub.refuses_sockets = True
    await stub.drop_sockets()
    await desk.hears(LineLost)
    for ends in gone:
        await stub.exchange.hang_up(stub.leg(ends))
    stub.refuses_sockets = False
    assert await desk.ends(asked) is reason
    await nothing_left(stub)


@pytest.mark.parametrize("at", [S.DIALLING_AGENT, S.DIALLING_CUSTOMER])
async def test_the_socket_is_lost_while_it_rings_and_they_pick_up_unheard(
    stub: AriStub, desk: Follower, at: CallState
) -> None:
    who, ends = ("agent7", "agent") if at is S.DIALLING_AGENT else ("+31612345678", "cust")
    stub.exchange.far_ends[who] = "rings"
    asked = request()
    await desk.starts(asked)
    await desk.until(lambda: at in desk.said(asked.call_id))
    stub.refuses_sockets = True
    await stub.drop_sockets()
    await desk.hears(LineLost)
    channel = stub.leg(ends)
    channel.state, channel.in_stasis = "Up", True
    stub.refuses_sockets = False
    await desk.sees(asked, S.IN_CALL)
    assert dialled(stub) == BOTH


async def test_another_program_takes_the_application(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)

    async def swallow(_frame: str) -> None:
        pass

    await stub.exchange.subscribe("agenttui", swallow)
    await desk.hears(LineLost)
    lost = next(each for each in desk.news if isinstance(each, LineLost))
    assert "application" in lost.sentence
    assert desk.calls[asked.call_id].state is S.IN_CALL
    await desk.hears(LineBack, 2)  # after a pause it is ours again
    await stub.exchange.hang_up(stub.leg("cust"))
    assert await desk.ends(asked) is Reason.CUSTOMER_HUNG_UP


async def test_nothing_is_dialled_before_the_application_is_there(stub: AriStub, url: str) -> None:
    provider = provider_at(url)
    with pytest.raises(CallFailed, match="nothing was dialled"):
        await provider.start(request())
    assert stub.asked == []
    await provider.aclose()


async def restarted(stub: AriStub, url: str, at: CallState) -> tuple[CallRequest, AsteriskProvider]:
    """A desk dies in this state; another one for the same calls."""
    async with followed(provider_at(url)) as before:
        asked = request()
        await before.starts(asked)
        await before.until(lambda: at in before.said(asked.call_id))
    return asked, provider_at(url)


@pytest.mark.parametrize("at", [S.DIALLING_AGENT, S.DIALLING_CUSTOMER, S.IN_CALL])
async def test_a_desk_that_died_takes_its_call_up_again(stub: AriStub, url: str, at: CallState) -> None:
    rings = {S.DIALLING_AGENT: "agent7", S.DIALLING_CUSTOMER: "+31612345678"}.get(at)
    if rings:
        stub.exchange.far_ends[rings] = "rings"
    asked, provider = await restarted(stub, url, at)
    async with followed(provider) as desk:
        desk.begins(asked, at)
        told = await provider.resume(asked, "")
        assert told is not None
        assert told.state is at
        assert await provider.sweep({asked.call_id}) == 0
        if rings:
            channel = stub.leg("agent" if at is S.DIALLING_AGENT else "cust")
            channel.state, channel.in_stasis = "Up", True
            await stub.exchange.tell(channel, "StasisStart", args=channel.args)
        await desk.sees(asked, S.IN_CALL)
        assert dialled(stub) == BOTH
        await stub.exchange.hang_up(stub.leg("cust"))
        await desk.ends(asked)
        await nothing_left(stub)


async def test_a_customer_who_went_while_the_desk_was_dead_is_not_dialled_again(stub: AriStub, url: str) -> None:
    stub.exchange.far_ends["+31612345678"] = "rings"
    asked, provider = await restarted(stub, url, S.DIALLING_CUSTOMER)
    await stub.exchange.hang_up(stub.leg("cust"), 17, 486)
    async with followed(provider) as desk:
        desk.begins(asked, S.DIALLING_CUSTOMER)
        await provider.resume(asked, "")
        assert await desk.ends(asked) is Reason.LOST
        assert dialled(stub) == BOTH
        await nothing_left(stub)


async def test_what_no_call_is_open_for_is_swept_away(stub: AriStub, url: str) -> None:
    _, provider = await restarted(stub, url, S.IN_CALL)
    strange = request()
    async with followed(provider):
        await stub.exchange.subscribe("theirs", lambda _: asyncio.sleep(0))
        other = stub.leg("agent")
        theirs = dataclasses.replace(other, id="theirs-1", app="theirs")
        stub.exchange.channels["theirs-1"] = theirs
        assert await provider.sweep({strange.call_id}) == 1
        assert (list(stub.exchange.channels), list(stub.exchange.bridges)) == (["theirs-1"], [])
        assert await provider.resume(strange, "") is None
        assert await provider.sweep(frozenset()) == 0


@pytest.mark.parametrize("answered", [True, False])
async def test_ending_a_call_that_nobody_took_up(stub: AriStub, url: str, answered: bool) -> None:
    at = S.IN_CALL if answered else S.DIALLING_CUSTOMER
    if not answered:
        stub.exchange.far_ends["+31612345678"] = "rings"
    asked, provider = await restarted(stub, url, at)
    async with followed(provider):
        told = await provider.cancel(asked.call_id)
        assert told.state is (S.IN_CALL if answered else S.ENDED)
        ended = await provider.hangup(asked.call_id)
        assert ended.state is S.ENDED
        await nothing_left(stub)


async def test_an_answer_that_never_comes_leaves_it_open_and_the_exchange_is_asked(
    stub: AriStub, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_tui.runtime.net.ANSWER_WITHIN_S", 1.0)
    async with followed(provider_at(url)) as desk:
        asked = request()
        stub.fails["POST", "-agent"] = [1.3]
        stub.fails["DELETE", "-agent"] = [Response(status_code=503)]
        desk.begins(asked)
        with pytest.raises(Unreachable):
            await desk.provider.start(asked)
        # nothing is there when it is looked: lost, and what comes after all is hung up
        assert await desk.ends(asked) is Reason.LOST
        await desk.until(lambda: True)
        async with asyncio.timeout(5):
            while dialled(stub) != BOTH[:1] or stub.exchange.channels:
                await asyncio.sleep(0.01)


async def test_the_customers_leg_is_asked_for_once_whatever_the_answer(
    stub: AriStub, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_tui.runtime.net.ANSWER_WITHIN_S", 1.0)
    async with followed(provider_at(url)) as desk:
        asked = request()
        stub.fails["POST", "-cust"] = [1.3]
        await desk.starts(asked)
        await desk.ends(asked)
        async with asyncio.timeout(5):
            while stub.exchange.channels:
                await asyncio.sleep(0.01)
        assert [each for each in stub.asked if each[0] == "POST" and each[1].endswith("-cust")] == [
            ("POST", f"/ari/channels/agenttui-{asked.call_id}-cust")
        ]


@pytest.mark.parametrize("status", [404, 409, 422, 500])
async def test_a_leg_that_can_not_be_joined_ends_the_call(stub: AriStub, desk: Follower, status: int) -> None:
    stub.fails["POST", "/addChannel"] = [JSONResponse({"message": "no"}, status)] * 9
    asked = request()
    await desk.starts(asked)
    assert await desk.ends(asked) is Reason.PROVIDER_ERROR
    assert dialled(stub) == BOTH[:1]
    await nothing_left(stub)


async def test_a_leg_that_is_not_ready_yet_is_joined_at_the_next_try(stub: AriStub, desk: Follower) -> None:
    stub.fails["POST", "/addChannel"] = [JSONResponse({"message": "Channel not in Stasis application"}, 422)]
    await talking(desk)


async def test_hanging_up_is_tried_until_it_is_taken(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)
    stub.fails["DELETE", "-cust"] = [Response(status_code=503)] * 2
    ended = await desk.provider.hangup(asked.call_id)
    assert ended.state is S.ENDED
    await nothing_left(stub)


async def test_an_answer_that_is_none_is_not_read_as_gone(stub: AriStub, desk: Follower) -> None:
    asked = await talking(desk)
    stub.fails["GET", "-agent"] = [Response(status_code=503)]
    with pytest.raises(Unreachable):
        await desk.provider.status(asked.call_id)
    still = await desk.provider.status(asked.call_id)
    assert still is not None
    assert still.state is S.IN_CALL


async def test_asked_in_the_moment_in_which_it_ends_it_still_says_why(
    stub: AriStub, desk: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.exchange.far_ends["+31612345678"] = "rings"
    asked = request()
    await desk.starts(asked)
    await desk.sees(asked, S.DIALLING_CUSTOMER)
    tell = stub.exchange.tell

    async def late(*given: Any, **more: Any) -> None:
        asyncio.get_running_loop().call_later(0.005, lambda: tasks.append(asyncio.create_task(tell(*given, **more))))

    tasks: list[asyncio.Task[None]] = []
    monkeypatch.setattr(stub.exchange, "tell", late)
    await stub.exchange.hang_up(stub.leg("cust"), 17, 486)
    told = await desk.provider.status(asked.call_id)
    assert told is not None
    assert told.reason in (None, Reason.CUSTOMER_BUSY)
    assert await desk.ends(asked) is Reason.CUSTOMER_BUSY


async def test_ready(stub: AriStub, url: str, desk: Follower) -> None:
    ready = desk.provider.ready
    assert (await ready(ADA)).ok
    stub.exchange.far_ends["agent7"] = "unregistered"
    assert (await ready(ADA)).reason == "not_registered"
    assert (await ready(AgentPhone(AgentId("bo")))).reason == "no_agent_phone"
    assert (await ready(AgentPhone(AgentId("bo"), extension="x@trunk"))).reason == "no_agent_phone"
    assert (await ready(AgentPhone(AgentId("bo"), number=PHONE_NUMBER))).reason == "no_agent_phone"
    stub.refuses_sockets = True
    await stub.drop_sockets()
    await desk.hears(LineLost)
    assert (await ready(ADA)).reason == "not_connected"
    assert dialled(stub) == []


@pytest.mark.parametrize(("user", "password"), [(USER, "wrong"), ("nobody", PASSWORD), (READS_ONLY, PASSWORD)])
async def test_who_may_not_dial_is_told_without_dialling(stub: AriStub, url: str, user: str, password: str) -> None:
    provider = provider_at(url, user=user, password=password)
    assert (await provider.ready(ADA)).reason == "not_allowed"
    await provider.aclose()


async def test_a_user_who_may_only_read_makes_no_call(stub: AriStub, url: str) -> None:
    async with followed(provider_at(url, user=READS_ONLY)) as desk:
        with pytest.raises(CallFailed, match=r"ari\.conf") as failed:
            await desk.starts(request())
        assert failed.value.raw_code == "403 Write access denied"


async def test_nobody_at_that_address() -> None:
    provider = provider_at("http://127.0.0.1:1")
    assert (await provider.ready(ADA)).reason == "not_connected"
    events = provider.events()
    assert isinstance(await anext(events), LineLost)
    await events.aclose()  # type: ignore[attr-defined]
    await provider.aclose()


async def test_many_calls_at_once(stub: AriStub, desk: Follower) -> None:
    asked = [request(agent=AgentPhone(AgentId(str(n)), extension=f"agent{n}"), call_id=uuid7()) for n in range(20)]
    await asyncio.gather(*(desk.starts(each) for each in asked))
    await asyncio.gather(*(desk.sees(each, S.IN_CALL) for each in asked))
    await asyncio.gather(*(desk.provider.hangup(each.call_id) for each in asked))
    await nothing_left(stub)
    assert len(stub.exchange.originated) == 40
