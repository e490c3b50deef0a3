"""Alerts: what they are about, when they begin, and that an acknowledged one stays acknowledged only while it lasts."""

import msgspec
import pytest

from agent_tui.core.attention import LIMIT_MS
from agent_tui.core.monitor.alerts import Alert, AlertKind, Loud, nobody_available, of_tile, said
from agent_tui.core.monitor.thresholds import Threshold, evaluated
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import AgentId, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING, Agent, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.wall import Fact, FactKind, Tile
from agent_tui.model.words import Availability, Outcome, Role, Stage, State

NOW = 1_000_000


def tile(*facts: Fact, **fields: object) -> Tile:
    plain = Conversation(
        ref=ConversationRef("42"),
        label="c42",
        revision=1,
        state=State.OPEN,
        stage=Stage.CLOSING,
        stage_set=True,
        outcome=Outcome.UNKNOWN,
        customer=Customer("v42", SafeText("Ruben")),
        created_ms=0,
        last_key=OrderKey(3),
        last_ms=NOW - 10,
        last_preview=NOTHING,
    )
    return Tile(msgspec.structs.replace(plain, **fields), 1, facts)


def kinds(of: Tile) -> list[AlertKind]:
    return [alert.kind for alert in of_tile(of, NOW, LIMIT_MS)]


def test_nothing_wrong_is_no_alert() -> None:
    assert kinds(tile()) == []
    assert kinds(tile(waiting_since_ms=NOW - 39_999)) == []


def test_a_wait_past_the_limit_of_its_stage_is_one_from_the_first_line_on() -> None:
    (alert,) = of_tile(tile(waiting_since_ms=NOW - 40_000), NOW, LIMIT_MS)
    assert alert == Alert(AlertKind.LATE, ConversationRef("42"), NOW - 40_000, SafeText("limit 0:40"))
    assert said(alert, NOW) == "▲ waits too long 0:40: limit 0:40"
    assert said(alert, NOW, wait_shown=True) == "▲ waits too long: limit 0:40"


def test_time_in_which_we_are_closed_does_not_count() -> None:
    assert of_tile(tile(waiting_since_ms=NOW - 40_000), NOW, LIMIT_MS, closed=((NOW - 40_000, NOW),)) == ()


def test_what_an_agent_raised_comes_before_what_a_clock_found() -> None:
    facts = (
        Fact(FactKind.CALL_WANTED, NOW - 7),
        Fact(FactKind.SIGNAL, NOW - 5, what=SafeText("anger")),
        Fact(FactKind.FLAG, NOW - 1, SafeText("Ada"), SafeText("lawyer named")),
    )
    late = tile(*facts, waiting_since_ms=NOW - 90_000)
    assert kinds(late) == [AlertKind.FLAG, AlertKind.LATE, AlertKind.WANTS_CALL, AlertKind.SIGNAL]
    first = of_tile(late, NOW, LIMIT_MS)[0]
    assert said(first, NOW + 60_000) == "⚑ flag 1:00: lawyer named (Ada)"


def test_every_fact_of_the_desk_is_an_alert() -> None:
    assert len(kinds(tile(*(Fact(kind, NOW) for kind in FactKind)))) == len(FactKind)


def test_what_is_resolved_has_none() -> None:
    assert kinds(tile(Fact(FactKind.FLAG, NOW), state=State.RESOLVED)) == []


def test_the_same_trouble_later_is_another_alert() -> None:
    (one,) = of_tile(tile(waiting_since_ms=NOW - 50_000), NOW, LIMIT_MS)
    (same,) = of_tile(tile(waiting_since_ms=NOW - 50_000), NOW + 9_000, LIMIT_MS)
    (other,) = of_tile(tile(waiting_since_ms=NOW), NOW + 90_000, LIMIT_MS)
    assert one.key == same.key != other.key


def agent(name: str, availability: Availability, role: Role = Role.AGENT) -> Agent:
    return Agent(AgentId(name), SafeText(name), role, availability, NOW - 30_000)


@pytest.mark.parametrize(
    ("agents", "waiting", "open_now", "is_one"),
    [
        ([agent("ada", Availability.AWAY)], 1, True, True),
        ([agent("ada", Availability.AVAILABLE)], 1, True, False),
        ([agent("sam", Availability.AVAILABLE, Role.SUPERVISOR)], 1, True, True),
        ([agent("ada", Availability.AWAY)], 0, True, False),
        ([agent("ada", Availability.AWAY)], 1, False, False),
        ([], 2, True, True),
    ],
)
def test_nobody_is_available_while_somebody_waits_and_we_are_open(
    agents: list[Agent], waiting: int, open_now: bool, is_one: bool
) -> None:
    assert (nobody_available(agents, waiting, NOW, open_now=open_now) is not None) is is_one


TOO_MANY = Threshold("queue.waiting", 5, None, 30_000, Loud.BELL, "more than 5 waiting for 30 s")
TOO_FEW = Threshold("service.level", None, 0.8, 0, Loud.QUIET, "service level under 80 %")


def test_a_threshold_has_to_be_passed_for_as_long_as_the_rule_says() -> None:
    found, beyond = evaluated([TOO_MANY], {"queue.waiting": 6}, {}, NOW)
    assert found == ()
    found, beyond = evaluated([TOO_MANY], {"queue.waiting": 7}, beyond, NOW + 29_999)
    assert found == ()
    (alert,), beyond = evaluated([TOO_MANY], {"queue.waiting": 6}, beyond, NOW + 30_000)
    assert (alert.since_ms, alert.loud, alert.detail) == (NOW, Loud.BELL, "more than 5 waiting for 30 s")


def test_back_within_the_limit_it_begins_again() -> None:
    _, beyond = evaluated([TOO_MANY], {"queue.waiting": 6}, {}, NOW)
    _, beyond = evaluated([TOO_MANY], {"queue.waiting": 5}, beyond, NOW + 20_000)
    found, _ = evaluated([TOO_MANY], {"queue.waiting": 6}, beyond, NOW + 40_000)
    assert found == ()


def test_under_a_limit_is_a_threshold_too_and_what_nobody_knows_is_none() -> None:
    assert len(evaluated([TOO_FEW], {"service.level": 0.79}, {}, NOW)[0]) == 1
    assert evaluated([TOO_FEW], {"service.level": 0.8}, {}, NOW)[0] == ()
    assert evaluated([TOO_FEW], {"service.level": None}, {}, NOW)[0] == ()
    assert evaluated([TOO_FEW], {}, {}, NOW)[0] == ()


def test_a_clock_that_was_set_back_makes_no_rule_wait_longer() -> None:
    _, beyond = evaluated([TOO_MANY], {"queue.waiting": 6}, {}, NOW)
    _, beyond = evaluated([TOO_MANY], {"queue.waiting": 6}, beyond, NOW - 3_600_000)
    found, _ = evaluated([TOO_MANY], {"queue.waiting": 6}, beyond, NOW - 3_600_000 + 30_000)
    assert len(found) == 1
