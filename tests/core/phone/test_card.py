"""The call card, case by case: what it says, which keys go on, whether it counts down, whether it takes the focus."""

from typing import Any

import msgspec
import pytest

from agent_tui.core.phone.card import card, counts_down
from agent_tui.core.phone.card_parts import PHONE, Candidate, CardView, Does, Hand, Known, Tone
from agent_tui.core.phone.card_stops import KEYS
from agent_tui.core.phone.reasons import MEANING
from agent_tui.core.phone.states import NEXT
from agent_tui.model.call import Call, CallId, CallKind, CallState, LineKind, Number, Reason
from agent_tui.model.ids import AgentId, ConversationRef
from agent_tui.model.telephone import CallChecks, CallWay, Stop
from agent_tui.model.text import SafeText
from agent_tui.protocol.call_stops import CALL_STOPS, Pass

NOW = 1_795_348_800_000
NUMBER = Number("+31612345678", "", "NL", LineKind.MOBILE, SafeText("+31 6 12345678"))
COMPANY = Number("+31201234567", "", "NL", LineKind.FIXED, SafeText("+31 20 123 4567"))
ASTERISK = CallWay("asterisk", SafeText("Asterisk"))
OWN_PHONE = CallWay("handover", SafeText("your own phone"), in_console=True, tracked=False, cancel=False, hangup=False)
ONE = Candidate("+31612345678", SafeText("+31 6 12345678"), SafeText("left as contact, typed"))
OTHER = Candidate("+31687654321", SafeText("+31 6 87654321"), SafeText("“bel 0687654321”"))


def checks(*stops: Stop, **more: Any) -> CallChecks:
    given: dict[str, Any] = {"number": NUMBER, "their_time": SafeText("14:32"), "caller_id": COMPANY, "present": True}
    return CallChecks(stops=stops, ways=(ASTERISK, OWN_PHONE), **{**given, **more})


def known(**more: Any) -> Known:
    given: dict[str, Any] = {
        "name": SafeText("Jane"), "now_ms": NOW, "numbers": (ONE,), "checks": checks(), "ways": (ASTERISK, OWN_PHONE),
    }  # fmt: skip
    return Known(**{**given, **more})


def call(state: CallState, **more: Any) -> Call:
    given: dict[str, Any] = {
        "id": CallId("c"), "ref": ConversationRef("1"), "kind": CallKind.CALL, "revision": 1, "state": state,
        "since_ms": NOW - 4_000, "heard_ms": NOW, "requested_ms": NOW - 9_000, "dialled_ms": NOW - 8_000,
        "agent": AgentId("ada"), "agent_name": SafeText("Ada"), "number": NUMBER, "last4": "5678",
        "provider": "asterisk", "code": "4821",
    }  # fmt: skip
    return Call(**{**given, **more})


def ended(reason: Reason, **more: Any) -> Call:
    return call(CallState.ENDED, reason=reason, ended_ms=NOW, **more)


def stop(code: str, **more: Any) -> Stop:
    return Stop(code, SafeText(f"The sentence of {code}."), **more)


def text(view: CardView) -> str:
    return "\n".join(row.text for row in view.rows)


def does(view: CardView) -> dict[str, Does]:
    return {key.key: key.does for key in view.keys}


def test_it_paints_before_anything_is_known() -> None:
    view = card(known(numbers=None, checks=None), Hand())
    assert "Checking" in text(view)
    assert not view.asks
    assert does(view) == {"escape": Does.LEAVE}
    assert not counts_down(known(numbers=None, checks=None), Hand())


def test_all_green_counts_down_and_says_whom_from_which_number_and_how_it_is_undone() -> None:
    assert counts_down(known(), Hand())
    view = card(known(), Hand(counting_ms=4_100))
    assert "Calling +31 6 12345678 in 5" in text(view)
    assert "14:32 there" in text(view)
    assert "from +31 20 123 4567 by Asterisk" in text(view)
    assert does(view) == {PHONE: Does.CALL_NOW, "escape": Does.UNDO}
    assert view.counts
    assert not view.asks, "the composer keeps the focus, and no letter is the card's"
    assert not counts_down(known(), Hand(counting_ms=4_100)), "it runs already"


@pytest.mark.parametrize(("left_ms", "said"), [(5_000, "5"), (4_001, "5"), (4_000, "4"), (100, "1"), (0, "1")])
def test_seconds_are_rounded_up(left_ms: int, said: str) -> None:
    assert f"in {said}" in text(card(known(), Hand(counting_ms=left_ms)))


def test_where_the_team_wants_a_second_press_no_clock_runs() -> None:
    assert not counts_down(known(countdown_ms=None), Hand())
    view = card(known(countdown_ms=None), Hand())
    assert view.key(PHONE) is not None
    assert view.key(PHONE).does is Does.CALL_NOW  # type: ignore[union-attr]


def test_a_simulated_provider_says_so_on_its_face() -> None:
    simulated = msgspec.structs.replace(ASTERISK, title=SafeText("Simulated calls"), simulated=True)
    for state in (CallState.DIALLING_AGENT, CallState.IN_CALL):
        assert "SIMULATED" in text(card(known(ways=(simulated,), call=call(state)), Hand()))
    assert "SIMULATED" in text(card(known(ways=(simulated,)), Hand(counting_ms=5_000)))


def test_a_number_only_in_the_chat_is_proposed_with_its_line() -> None:
    assert "bel 0687654321" in text(card(known(numbers=(OTHER,)), Hand(counting_ms=5_000)))


def test_of_a_long_line_the_beginning_is_enough() -> None:
    long = msgspec.structs.replace(OTHER, source=SafeText("“could you please call me on 0687654321, it is urgent”"))
    view = card(known(numbers=(long,)), Hand(counting_ms=5_000))
    assert "“could you please call me on 068765432…” · 14:32 there" in text(view)


def test_two_numbers_are_a_list_and_nothing_counts_until_one_is_chosen() -> None:
    two = known(numbers=(OTHER, ONE), checks=None)
    assert not counts_down(two, Hand())
    view = card(two, Hand())
    assert view.asks
    assert [row.here for row in view.rows[1:]] == [True, False]
    assert does(view) == {
        "1": Does.CHOOSE, "2": Does.CHOOSE, "tab": Does.NEXT, "enter": Does.CHOOSE, "e": Does.TYPE,
        "escape": Does.LEAVE,
    }  # fmt: skip
    second = card(two, Hand(at=1)).key("enter")
    assert second is not None
    assert second.at == 1
    assert counts_down(known(numbers=(OTHER, ONE)), Hand(chosen=ONE.number))


@pytest.mark.parametrize("code", CALL_STOPS)
def test_every_stop_says_its_sentence_asks_and_never_counts(code: str) -> None:
    stopped = known(checks=checks(stop(code, passable=CALL_STOPS[code] is Pass.AGENT)))
    view = card(stopped, Hand())
    assert f"The sentence of {code}." in text(view)
    assert view.asks
    assert does(view)["escape"] is Does.LEAVE
    assert not counts_down(stopped, Hand())


def test_planning_says_when_by_the_customers_own_clock() -> None:
    late = checks(stop("outside_hours"), next_hours_ms=1_795_424_400_000, zone=SafeText("Europe/Amsterdam"))
    key = card(known(checks=late), Hand()).key("s")
    assert key is not None
    assert key.words == "plan it for Mon 10:00 there"
    nowhere = msgspec.structs.replace(late, zone=SafeText("Nowhere/At all"))
    key = card(known(checks=nowhere), Hand()).key("s")
    assert key is not None
    assert key.words == "plan it for their next hours"


@pytest.mark.parametrize("code", CALL_STOPS)
def test_only_a_stop_that_may_be_passed_offers_to_pass_it(code: str) -> None:
    for passable in (True, False):
        keys = does(card(known(checks=checks(stop(code, passable=passable))), Hand()))
        assert (Does.GO_ON in keys.values()) == passable


def test_the_table_knows_every_stop_of_the_protocol() -> None:
    assert KEYS.keys() == CALL_STOPS.keys()


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("no_number", {"a": Does.ASK, "e": Does.TYPE}),
        ("too_short", {"e": Does.TYPE, "a": Does.ASK}),
        ("premium", {"e": Does.TYPE, "a": Does.ASK}),
        ("do_not_call", {"e": Does.TYPE}),
        ("no_consent", {"a": Does.ASK}),
        ("outside_hours", {"s": Does.SCHEDULE}),
        ("customer_away", {"q": Does.QUEUE}),
        ("provider_not_ready", {"h": Does.HAND_OVER, "q": Does.QUEUE, "r": Does.CHECK_AGAIN}),
        ("number_limit", {"q": Does.QUEUE, "e": Does.TYPE}),
    ],
)
def test_each_stop_has_the_keys_that_go_on(code: str, keys: dict[str, Does]) -> None:
    assert does(card(known(checks=checks(stop(code))), Hand())) == {**keys, "escape": Does.LEAVE}


def test_what_was_passed_is_passed_and_the_next_stop_is_shown() -> None:
    both = known(checks=checks(stop("not_assigned", passable=True), stop("customer_away", passable=True)))
    assert "not_assigned" in text(card(both, Hand()))
    assert "customer_away" in text(card(both, Hand(passed=frozenset({"not_assigned"}))))
    assert counts_down(both, Hand(passed=frozenset({"not_assigned", "customer_away"})))


def test_a_refused_number_is_shown_as_it_was_typed_or_found() -> None:
    refused = checks(stop("premium"), number=None)
    assert "0906 1234 · typed by you" in text(card(known(checks=refused), Hand(chosen="0906 1234")))
    assert ONE.shown in text(card(known(checks=refused), Hand()))
    hostile = text(card(known(checks=refused), Hand(chosen="0906\x1b[2J 1234\u202e")))
    assert "\x1b" not in hostile
    assert "\u202e" not in hostile


def test_who_is_not_to_be_called_is_said_since_when() -> None:
    listed = checks(stop("do_not_call", at_ms=NOW), number=None, zone=SafeText("Europe/Amsterdam"))
    view = card(known(checks=listed), Hand())
    assert "Since 22 November 2026." in text(view)
    assert view.rows[-1].tone is Tone.BAD


def test_a_colleagues_chat_is_said_to_be_theirs() -> None:
    assert "This chat is Ruben's" in text(card(known(owner=SafeText("Ruben")), Hand(counting_ms=5_000)))
    assert "This chat is" not in text(card(known(), Hand(counting_ms=5_000)))


def test_in_a_call_the_keys_for_the_others_and_for_what_to_know_are_named() -> None:
    meanwhile = known(call=call(CallState.IN_CALL), packet_key="^O p", others_key="^O h")
    assert card(meanwhile, Hand()).hints == (("^O p", "what to know"),)
    waits = msgspec.structs.replace(meanwhile, others_wait=2)
    assert card(waits, Hand()).hints[0] == ("^O h", "2 others wait")
    assert card(msgspec.structs.replace(waits, others_wait=1), Hand()).hints[0].words == "1 other waits"
    assert card(known(call=call(CallState.IN_CALL)), Hand()).hints == (), "a key that a keymap took away isn't named"


def test_an_unregistered_phone_offers_the_own_one_and_falls_back_to_nothing_by_itself() -> None:
    stopped = checks(stop("provider_not_ready"))
    assert not counts_down(known(checks=stopped), Hand())
    handed = Hand(way="handover", passed=frozenset({"provider_not_ready"}))
    assert counts_down(known(checks=stopped), handed)
    view = card(known(checks=stopped), msgspec.structs.replace(handed, counting_ms=5_000))
    assert "Handing over" in text(view)
    assert "your own number will show" in text(view)
    no_own_phone = known(ways=(ASTERISK,), checks=stopped)
    assert "h" not in does(card(no_own_phone, Hand()))


def test_a_way_that_is_not_ready_is_said_with_what_to_do_also_where_the_checks_forgot_it() -> None:
    deaf = msgspec.structs.replace(ASTERISK, ready=False, hint=SafeText("The desk has no secret for it."))
    stopped = known(ways=(deaf, OWN_PHONE))
    assert not counts_down(stopped, Hand())
    assert "The desk has no secret for it." in text(card(stopped, Hand()))
    assert counts_down(stopped, Hand(way="handover"))


def test_who_was_asked_is_waited_for_and_not_asked_again() -> None:
    for asked in (Hand(asked_ms=NOW), Hand()):
        offered = checks(stop("no_consent"), offered_ms=None if asked.asked_ms else NOW)
        view = card(known(checks=offered), asked)
        assert "0:00 ago, waiting for the answer. Nothing is dialled by itself." in text(view)
        assert "The sentence" not in text(view), "what was missing is no news any more"
        assert "a" not in does(view)
        assert does(view)["tab"] is Does.WRITE


def test_a_no_is_said_and_not_waited_for() -> None:
    view = card(known(checks=checks(stop("no_number"))), Hand(said_no=True))
    assert "They said no" in text(view)
    assert "The sentence" not in text(view), "to ask them first would be asking twice"
    assert "a" not in does(view)
    assert "waiting" not in text(view)
    assert does(view)["e"] is Does.TYPE


def test_a_number_that_comes_while_the_card_waits_is_offered_and_never_dialled_by_itself() -> None:
    came = Hand(came_late=True)
    assert not counts_down(known(), came)
    view = card(known(), came)
    assert "Nothing is dialled by itself" in text(view)
    assert does(view)[PHONE] is Does.COUNT
    assert counts_down(known(), msgspec.structs.replace(came, came_late=False))


def test_without_a_connection_nothing_counts() -> None:
    down = known(connected=False)
    assert not counts_down(down, Hand())
    assert "nothing was dialled" in text(card(down, Hand()))


def test_a_refusal_of_the_desk_is_said_in_its_words() -> None:
    view = card(known(), Hand(problem="This chat has had its three calls today."))
    assert "three calls today" in text(view)
    assert not counts_down(known(), Hand(problem="x"))


def test_a_call_elsewhere_is_shown_and_the_key_goes_to_it() -> None:
    view = card(known(elsewhere=call(CallState.IN_CALL), elsewhere_name=SafeText("Piet")), Hand())
    assert "You are in a call with Piet: 0:04." in text(view)
    assert does(view)[PHONE] is Does.GO_TO_CALL


def test_a_colleagues_call_in_this_chat_is_shown_and_cannot_be_touched() -> None:
    theirs = call(CallState.DIALLING_CUSTOMER, agent_name=SafeText("Ruben"))
    view = card(known(call=theirs, mine=False), Hand())
    assert "Ruben is calling Jane: 0:04." in text(view)
    assert set(does(view).values()) == {Does.LEAVE}


def test_a_callback_that_waits_in_the_queue_is_no_reason_not_to_call() -> None:
    waiting = call(CallState.QUEUED, agent=None, dialled_ms=None)
    assert counts_down(known(call=waiting, mine=False), Hand())


@pytest.mark.parametrize(
    ("state", "said", "key"),
    [
        (CallState.DIALLING_AGENT, "Your phone rings 0:04", Does.CANCEL),
        (CallState.AGENT_ANSWERED, "You're on. Ringing Jane", Does.CANCEL),
        (CallState.DIALLING_CUSTOMER, "You're on. Ringing Jane … 0:04", Does.CANCEL),
        (CallState.IN_CALL, "In call 0:04", Does.HANG_UP),
    ],
)
def test_a_call_that_goes_on(state: CallState, said: str, key: Does) -> None:
    going = known(call=call(state), last_lines=(SafeText("Could I see what they say?"),))
    view = card(going, Hand(started=True))
    assert said in text(view)
    assert "4821" in text(view)
    assert "Could I see what they say?" in text(view)
    assert does(view)["x"] is key
    assert not view.asks, "the chat stays live: the composer keeps the focus"
    assert not view.counts


@pytest.mark.parametrize("lost", [{"connected": False}, {"call": call(CallState.IN_CALL, connected=False)}])
def test_a_lost_connection_in_a_call_is_said_and_the_call_goes_on(lost: dict[str, Any]) -> None:
    view = card(known(**{"call": call(CallState.IN_CALL), **lost}), Hand())
    assert "not connected, call continues" in text(view)
    assert view.rows[0].tone is Tone.WARN


def test_a_handed_over_number_asks_how_it_went_and_never_says_in_call() -> None:
    view = card(known(call=call(CallState.HANDED_OVER, provider="handover")), Hand())
    assert "in call" not in f"{text(view)} {view.brief}".lower()
    assert view.asks
    assert view.qr == "tel:+31612345678"
    assert [key.does for key in view.keys[:3]] == [Does.SPOKE, Does.NO_ANSWER, Does.WRONG_NUMBER]
    assert does(view)["escape"] is Does.NOT_CALLED


@pytest.mark.parametrize("reason", [reason for reason in MEANING if reason is not Reason.CANCELLED])
def test_every_end_is_said_in_its_own_sentence_with_a_key_for_what_comes_next(reason: Reason) -> None:
    view = card(known(call=ended(reason)), Hand())
    assert MEANING[reason].sentence in text(view)
    assert view.asks
    assert does(view)["escape"] is Does.LEAVE


def test_after_talking_one_key_says_how_it_went_and_what_was_said_is_shown() -> None:
    over = ended(Reason.CUSTOMER_HUNG_UP, answered_ms=NOW - 401_000)
    view = card(known(call=over), Hand())
    assert "Ended after 6:41. The customer hung up." in text(view)
    assert does(view)["1"] is Does.SPOKE
    assert "n" not in does(view), "a note is kept with an answer, and there is none yet"
    kept = card(known(call=msgspec.structs.replace(over, result="spoke")), Hand())
    assert "Kept: spoke." in text(kept)
    assert does(kept)["n"] is Does.NOTE
    assert "1" not in does(kept)


def test_who_declined_is_not_called_again_by_the_same_key() -> None:
    assert PHONE not in does(card(known(call=ended(Reason.CUSTOMER_REJECTED)), Hand()))
    assert does(card(known(call=ended(Reason.CUSTOMER_BUSY)), Hand()))[PHONE] is Does.CHECK_AGAIN


def test_every_state_of_the_machine_has_a_card() -> None:
    for state in NEXT:
        view = card(known(call=call(state, reason=Reason.LOST if state is CallState.ENDED else None)), Hand())
        assert view.brief
        assert "\n" not in view.brief
