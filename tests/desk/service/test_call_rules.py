"""What stands in the way of a call, checked by the desk: numbers, limits, consent, hours, the do-not-call list."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_tui.desk.service import Actor
from agent_tui.model.call import E164, BasisKind, CallState, Reason
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import call_records as cr
from agent_tui.protocol import commands as c
from agent_tui.protocol.call_stops import CALL_STOPS
from agent_tui.protocol.errors import Code, Refusal
from tests.desk.service.phones import NUMBER, PHONE, WORKDAY_NOON, PhoneDesk

MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[PhoneDesk]:
    made = PhoneDesk(tmp_path / "desk")
    await made.service.calls.start()
    yield made
    await made.service.calls.stop()
    made.store.close()


def request(conversation: int, **more: object) -> cc.RequestCall:
    asked = {"call": uuid7(), "number": NUMBER, "provider": "scripted", "basis_seq": 1, **more}
    return msgspec.convert({"id": 0, "do": "request_call", "conversation": conversation, **asked}, cc.RequestCall)


async def stops(desk: PhoneDesk, agent: Actor, conversation: int, **more: object) -> dict[str, bool]:
    """What stands in the way, and whether this agent may pass it."""
    asked = {"number": NUMBER, "basis_seq": 1, **more}
    command = msgspec.convert({"id": 0, "do": "check_call", "conversation": conversation, **asked}, cc.CheckCall)
    found: cr.CallChecks = await desk.does(agent, command)
    return {stop.code: stop.passable for stop in found.stops}


async def test_all_green_shows_everything_the_card_needs(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    found: cr.CallChecks = await desk.does(ada, cc.CheckCall(0, conversation=chat, number="06 12345678", basis_seq=1))
    assert found.stops == []
    assert found.number is not None
    assert (found.number.e164, found.number.shown) == (NUMBER, "+31 6 12345678")
    assert (found.their_time, found.zone, found.present) == ("12:00", "Europe/Amsterdam", True)
    assert found.basis is not None
    assert (found.basis.kind, found.basis.seq) == (BasisKind.CUSTOMER_REQUEST, 1)
    assert [(way.name, way.where, way.ready) for way in found.providers] == [
        ("scripted", "desk", True),
        ("handover", "console", True),
    ]
    assert await desk.codes(chat) == [f"please call me on {NUMBER}"]


@pytest.mark.parametrize(
    ("number", "stop"),
    [
        ("112", "emergency"), ("abc", "not_a_number"), ("1888", "too_short"), ("06 1234567890123", "too_long"),
        ("+881612345678", "no_country"), ("+25261123456", "country_not_allowed"), ("0900-1234", "premium"),
        ("06 1234567", "not_assigned"), ("0800 1234", "company_line"),
        ("\x1b[2J06-12345678;rm -rf /", "not_a_number"), ("+31612345678/+31687654321", "not_a_number"),
    ],
)  # fmt: skip
async def test_a_number_that_may_not_be_called_is_stopped_here_too(desk: PhoneDesk, number: str, stop: str) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.stopped(ada, stop, request(chat, number=number))
    refusals = [line for line in desk.call_audit() if line["event"] == "call.refused"]
    assert [line["stop"] for line in refusals] == [stop]
    assert desk.exchange.started == []


async def test_an_unassigned_number_is_called_by_who_looked(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    asked = await desk.requests(ada, chat, number="06 1234567", confirmed=("not_assigned",))
    await desk.dials(ada, asked)
    assert [it.number.e164 for it in desk.exchange.started] == ["+316123456" + "7"]
    assert desk.call_audit()[0]["policy"]["passed"] == ["not_assigned"]


async def test_three_calls_to_a_number_in_a_day_are_the_most_and_an_admin_may_more(desk: PhoneDesk) -> None:
    ada, boss = await desk.connected("Ada"), await desk.connected("Boss", Role.ADMIN)
    for _ in range(3):
        _, chat = await desk.customer()
        asked = await desk.requests(ada, chat)
        await desk.dials(ada, asked)
        await desk.says_exchange(asked.call.id, CallState.ENDED, Reason.CUSTOMER_BUSY)
    _, chat = await desk.customer()
    await desk.stopped(ada, "number_limit", request(chat, confirmed=("number_limit",)))
    asked = await desk.requests(boss, chat, confirmed=("number_limit",))
    await desk.does(boss, cc.CancelCall(0, call=asked.call.id))
    assert "number_limit" in desk.call_audit()[-2]["policy"]["passed"], "an override is written down"
    desk.clock.pass_by(24 * HOUR + 1)
    assert "number_limit" not in await stops(desk, ada, chat)


async def test_three_calls_in_a_conversation_are_the_most(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    for last in "123":
        asked = await desk.requests(ada, chat, number=f"+3161234560{last}")
        await desk.dials(ada, asked)
        await desk.says_exchange(asked.call.id, CallState.ENDED, Reason.CUSTOMER_BUSY)
    await desk.stopped(ada, "chat_limit", request(chat, number="+31612345604"))


async def test_an_agent_makes_no_more_than_so_many_calls_an_hour(tmp_path: Path) -> None:
    desk = PhoneDesk(tmp_path / "desk", msgspec.structs.replace(PHONE, calls_per_agent_an_hour=2))
    await desk.service.calls.start()
    ada, boss = await desk.connected("Ada"), await desk.connected("Boss", Role.ADMIN)
    for last in "12":
        _, chat = await desk.customer()
        asked = await desk.requests(ada, chat, number=f"+3161234560{last}")
        await desk.dials(ada, asked)
        await desk.says_exchange(asked.call.id, CallState.ENDED, Reason.CUSTOMER_BUSY)
    _, chat = await desk.customer()
    await desk.stopped(ada, "agent_limit", request(chat, number="+31612345603", confirmed=("agent_limit",)))
    assert "agent_limit" not in await stops(desk, boss, chat)
    await desk.service.calls.stop()
    desk.store.close()


async def test_undone_calls_count_for_no_limit(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    for _ in range(5):
        asked = await desk.requests(ada, chat)
        await desk.does(ada, cc.CancelCall(0, call=asked.call.id))
    assert await stops(desk, ada, chat) == {}


async def test_without_a_request_the_customer_is_asked_and_their_yes_is_the_ground(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    assert await stops(desk, ada, chat, basis_seq=0) == {"no_consent": False}
    await desk.stopped(ada, "no_consent", request(chat, basis_seq=0, confirmed=("no_consent",)))
    await desk.does(ada, cc.OfferCall(0, conversation=chat, number=NUMBER))
    assert (desk.seen[-1].state, desk.seen[-1].last4) == ("offered", "5678")
    again = await desk.does(ada, cc.OfferCall(0, conversation=chat, number=NUMBER))
    assert (await desk.codes(chat)).count("call_told") == 1, "asked once"
    assert again.seq == 2
    await desk.does(visitor, cc.AnswerOffer(0, yes=True))
    assert (await desk.record(chat)).wants_call
    asked = await desk.requests(ada, chat, basis_seq=0)
    assert asked.call.basis is not None
    assert asked.call.basis.kind is BasisKind.CUSTOMER_AGREED
    assert (await desk.transcript(chat))[asked.call.basis.seq - 1].system.code == "call_agreed"  # type: ignore[union-attr]
    await desk.dials(ada, asked)
    await desk.says_exchange(asked.call.id, CallState.DIALLING_CUSTOMER)
    assert not (await desk.record(chat)).wants_call


@pytest.mark.parametrize(("word", "agreed"), [("Yes", True), ("ja.", True), ("no", False), ("Nee!", False)])
async def test_a_line_that_is_only_yes_or_no_is_an_answer_too(desk: PhoneDesk, word: str, agreed: bool) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    await desk.says(visitor, word)
    assert "call_agreed" not in await desk.codes(chat), "nobody asked"
    await desk.does(ada, cc.OfferCall(0, conversation=chat, number=NUMBER))
    await desk.says(visitor, "yes but only if it is short")
    assert "call_agreed" not in await desk.codes(chat), "no plain yes"
    await desk.says(visitor, word)
    assert (await desk.codes(chat))[-1] == ("call_agreed" if agreed else "call_declined")
    assert ("no_consent" in await stops(desk, ada, chat, basis_seq=0)) is not agreed


async def test_a_no_takes_away_what_was_asked_before(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    assert await stops(desk, ada, chat) == {}
    desk.clock.pass_by(1000)
    await desk.does(ada, cc.OfferCall(0, conversation=chat, number=NUMBER))
    await desk.does(visitor, cc.AnswerOffer(0, yes=False))
    assert await stops(desk, ada, chat) == {"no_consent": False}


async def test_a_no_in_the_countdown_stops_the_call(desk: PhoneDesk) -> None:
    ada, bob = await desk.connected("Ada"), await desk.connected("Bob")
    visitor, chat = await desk.customer()
    await desk.does(bob, cc.OfferCall(0, conversation=chat, number=NUMBER))
    asked = await desk.requests(ada, chat)
    desk.clock.pass_by(1000)
    await desk.does(visitor, cc.AnswerOffer(0, yes=False))
    await desk.stopped(ada, "no_consent", cc.DialCall(0, call=asked.call.id))
    assert desk.exchange.started == []


async def test_policy_warn_lets_the_agent_say_that_they_agreed(tmp_path: Path) -> None:
    desk = PhoneDesk(tmp_path / "desk", msgspec.structs.replace(PHONE, consent="warn"))
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.stopped(ada, "consent_not_on_record", request(chat, basis_seq=0))
    asked = await desk.requests(ada, chat, basis_seq=0, confirmed=("consent_not_on_record",))
    assert asked.call.basis is not None
    assert asked.call.basis.kind is BasisKind.AGENT_SAYS
    desk.store.close()


async def test_what_proves_a_request_is_a_line_of_the_customer(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.sends(ada, chat, "shall I call?")
    await desk.refused(Code.BAD_VALUE, ada, request(chat, basis_seq=2))
    await desk.refused(Code.BAD_VALUE, ada, request(chat, basis_seq=99))


async def test_hours_are_the_customers_and_only_who_asked_just_now_is_called_late(desk: PhoneDesk) -> None:
    ada, boss = await desk.connected("Ada"), await desk.connected("Boss", Role.ADMIN)
    desk.clock.now = WORKDAY_NOON + 10 * HOUR + 40 * MINUTE  # 22:40
    _, chat = await desk.customer()
    assert await stops(desk, ada, chat) == {"outside_hours_asked": True}
    asked = await desk.requests(ada, chat, confirmed=("outside_hours_asked",))
    await desk.does(ada, cc.CancelCall(0, call=asked.call.id))
    desk.clock.pass_by(31 * MINUTE)
    assert await stops(desk, ada, chat) == {"outside_hours": False}
    await desk.stopped(ada, "outside_hours", request(chat, confirmed=("outside_hours",)))
    assert await stops(desk, boss, chat) == {"outside_hours": True}
    found: cr.CallChecks = await desk.does(ada, cc.CheckCall(0, conversation=chat, number=NUMBER, basis_seq=1))
    assert found.their_time == "23:11"
    assert found.next_hours == WORKDAY_NOON + 21 * HOUR, "tomorrow at nine"


async def test_a_desk_may_call_at_every_hour(tmp_path: Path) -> None:
    desk = PhoneDesk(tmp_path / "desk", msgspec.structs.replace(PHONE, hours="always"))
    ada = await desk.connected("Ada")
    desk.clock.now = WORKDAY_NOON + 10 * HOUR + 40 * MINUTE
    _, chat = await desk.customer()
    desk.clock.pass_by(31 * MINUTE)
    assert await stops(desk, ada, chat) == {}, "their hour is nobody's stop"
    assert (await desk.does(ada, cc.CheckCall(0, conversation=chat, number=NUMBER, basis_seq=1))).their_time == "23:11"
    desk.store.close()


async def test_a_customer_who_left_will_not_read_the_notice(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    await desk.service.visitor_left(visitor.id)
    assert await stops(desk, ada, chat) == {"customer_away": True}


async def test_never_again_beats_everything(desk: PhoneDesk) -> None:
    ada, boss = await desk.connected("Ada"), await desk.connected("Boss", Role.ADMIN)
    visitor, chat = await desk.customer()
    await desk.does(visitor, cc.AskCall(0, call=uuid7(), number=NUMBER))
    await desk.does(ada, cc.DoNotCall(0, conversation=chat, number="06-12345678", reason="asked us to stop"))
    assert (await desk.service.calls.page(view="open", conversation=None, after="", limit=9)).calls == []
    assert not (await desk.record(chat)).wants_call
    assert await stops(desk, boss, chat) == {"do_not_call": False}
    await desk.stopped(boss, "do_not_call", request(chat, confirmed=("do_not_call",)))
    ask = cc.AskCall(0, call=uuid7(), number="0031 6 12345678")
    await desk.stopped(visitor, "do_not_call", ask)
    lift = cc.DoNotCall(0, conversation=chat, number=NUMBER, on=False)
    await desk.refused(Code.NOT_ALLOWED, ada, lift)
    await desk.does(boss, lift)
    assert await stops(desk, ada, chat) == {}
    (line, *_) = [line for line in desk.call_audit() if line["event"] == "number.listed"]
    assert line["number"]["last4"] == "5678"


async def test_a_desk_without_a_telephone_says_so(tmp_path: Path) -> None:
    desk = PhoneDesk(tmp_path / "desk", msgspec.structs.replace(PHONE, region=""))
    ada = await desk.connected("Ada")
    visitor, chat = await desk.customer()
    assert await stops(desk, ada, chat) == {"phone_off": False}
    await desk.stopped(ada, "phone_off", request(chat))
    await desk.stopped(visitor, "phone_off", cc.AskCall(0, call=uuid7(), number=NUMBER))
    facts = await desk.service.calls.phone(ada)
    assert (facts.on, "phone.region" in facts.why) == (False, True)
    desk.store.close()


async def test_without_its_key_the_list_cannot_be_read_so_nobody_is_called(tmp_path: Path) -> None:
    desk = PhoneDesk(tmp_path / "desk")
    await desk.service.calls.start()
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.does(ada, cc.DoNotCall(0, conversation=chat, number=NUMBER))
    key = tmp_path / "desk" / "phone.key"
    kept = key.read_bytes()
    for key_is_back in (False, True):
        await desk.service.calls.stop()
        desk.store.close()
        if key_is_back:
            key.write_bytes(kept)
        else:
            key.unlink()
        desk = PhoneDesk(tmp_path / "desk")
        await desk.service.calls.start()
        other = {"do_not_call": False} if key_is_back else {"phone_off": False}
        assert (await stops(desk, ada, chat)).items() >= other.items()
        assert ("phone.key" in (await desk.service.calls.phone(ada)).why) is not key_is_back
    await desk.service.calls.stop()
    desk.store.close()


async def test_a_way_the_team_does_not_have_is_refused(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.stopped(ada, "no_provider", request(chat, provider="twilio"))


async def test_a_resolved_conversation_is_not_called(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    await desk.does(ada, c.Resolve(0, conversation=chat))
    await desk.stopped(ada, "resolved", request(chat))


async def test_the_number_is_deleted_after_its_time_and_still_found(desk: PhoneDesk) -> None:
    ada = await desk.connected("Ada")
    _, chat = await desk.customer()
    call = await desk.in_call(ada, chat)
    await desk.says_exchange(call, CallState.ENDED, Reason.CUSTOMER_HUNG_UP)
    desk.clock.pass_by(89 * 24 * HOUR)
    await desk.service.calls.sweep()
    assert (await desk.call(call)).number is not None
    desk.clock.pass_by(2 * 24 * HOUR)
    await desk.service.calls.sweep()
    old = await desk.call(call)
    assert (old.number, old.last4) == (None, "5678")
    assert desk.call_audit()[-1]["event"] == "number.deleted"
    found = await desk.service.calls.to_number("06 12345678", 9)
    assert [it.id for it in found.calls] == [call], "did we call this number? is still answered"


def test_every_stop_that_the_desk_names_is_in_the_table() -> None:
    from agent_tui.core.phone.numbers import Why
    from agent_tui.desk.service.calling import checks

    named = {*checks._SENTENCES, *(checks._STOP_OF.get(why, why.value) for why in Why)}
    assert named <= set(CALL_STOPS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60) | st.from_regex(r"[+0-9 ()#;,xX\x1b.-]{1,40}", fullmatch=True))
async def test_whatever_is_typed_only_digits_reach_a_provider(desk: PhoneDesk, text: str) -> None:
    boss = desk.store.write_now(lambda tx: tx.agent_named("Boss"))
    agent = Actor(Role.ADMIN, boss.id, "Boss") if boss else await desk.connected("Boss", Role.ADMIN)
    _, chat = await desk.customer()
    with contextlib.suppress(Refusal):
        asked = await desk.requests(agent, chat, number=text or "x", confirmed=tuple(CALL_STOPS))
        await desk.dials(agent, asked)
        await desk.does(agent, cc.HangUp(0, call=asked.call.id))
    assert all(E164.fullmatch(sent.number.e164) for sent in desk.exchange.started)
