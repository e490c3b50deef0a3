"""What the inbox, the tabs and the status line show of the state."""

import pytest

from agent_tui.core import select
from agent_tui.core.attention import Urgency
from agent_tui.core.select import Shown
from agent_tui.core.state import LinkState, State
from agent_tui.model.words import Availability
from tests.account_of import Clock
from tests.ui.people import ANA, DONE, JANE, LEA, MEI, OMAR, PIET, RUBENS, TOM, a_busy_desk

CLOCK = Clock()


@pytest.fixture
def state() -> State:
    desk = a_busy_desk(CLOCK)
    known = State(me=desk.me)
    known.conversations = dict(desk.conversations)
    known.agents = dict(desk.agents)
    return known


def refs(sections: tuple[select.Section, ...]) -> dict[str, list[str]]:
    return {section.title: [row.ref for row in section.rows] for section in sections}


def test_the_desk_is_who_waits_who_is_mine_who_sleeps(state: State) -> None:
    assert refs(select.inbox(state, CLOCK())) == {
        "WAITING": [ANA, TOM, LEA],
        "MINE": [PIET, OMAR, JANE],
        "SNOOZED": [MEI],
    }


def test_all_shows_colleagues_and_what_is_resolved_too(state: State) -> None:
    everything = refs(select.inbox(state, CLOCK(), shown=Shown.ALL))
    assert everything["WITH COLLEAGUES"] == [RUBENS]
    assert everything["RESOLVED"] == [DONE]
    assert sum(len(rows) for rows in everything.values()) == len(state.conversations)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("jane", [JANE]), ("c3", [OMAR]), ("proefperiode", [LEA]), ("SUPPORT binnen", [OMAR]), ("zzz", [])],
)
def test_a_filter_looks_at_name_number_stage_and_newest_line(state: State, wanted: str, found: list[str]) -> None:
    rows = [ref for members in refs(select.inbox(state, CLOCK(), wanted=wanted)).values() for ref in members]
    assert rows == found


def test_the_order_does_not_change_while_one_looks(state: State) -> None:
    before = refs(select.inbox(state, CLOCK()))
    assert refs(select.inbox(state, CLOCK() + 3_600_000)) == before


def test_a_row_says_how_long_and_how_late(state: State) -> None:
    rows = {row.ref: row for section in select.inbox(state, CLOCK()) for row in section.rows}
    assert (rows[ANA].clock, rows[ANA].urgency, rows[ANA].stage) == ("2:05", Urgency.LATE, "awareness?")
    assert (rows[TOM].clock, rows[TOM].urgency, rows[TOM].stage) == ("1:10", Urgency.SOON, "support")
    assert (rows[PIET].clock, rows[PIET].urgency) == ("", Urgency.NOBODY_WAITS)
    assert rows[LEA].name == "c6 Visitor"
    assert rows[OMAR].mark == select.WANTS_CALL


def test_tabs_say_draft_call_and_clock_in_the_order_given(state: State) -> None:
    tabs = select.tabs(state, [OMAR, PIET], CLOCK(), drafts={PIET})
    assert [tab.ref for tab in tabs] == [OMAR, PIET]
    assert (tabs[0].clock, tabs[0].wants_call, tabs[0].draft) == ("4:10", True, False)
    assert (tabs[1].clock, tabs[1].draft) == ("", True)


def test_the_queue_counts_who_nobody_has(state: State) -> None:
    assert select.queue(state, CLOCK()) == (3, "2:05")
    assert select.queue(State(), CLOCK()) == (0, "")


def test_people_who_are_present_come_first_and_supervisors_take_no_chats(state: State) -> None:
    names = [(agent.name, agent.availability) for agent in select.colleagues(state)]
    assert names == [("Ruben", Availability.AVAILABLE), ("Noor", Availability.BREAK), ("Zoë", Availability.AWAY)]


def test_the_link_is_a_shape_and_a_word(state: State) -> None:
    state.link.state = LinkState.RECONNECTING
    state.link.retry_at_ms = CLOCK() + 3_200
    assert select.link_words(state, CLOCK()) == ("○", "reconnecting, next try in 4 s")
    state.link.state = LinkState.LIVE
    assert select.link_words(state, CLOCK()) == ("●", "live")
