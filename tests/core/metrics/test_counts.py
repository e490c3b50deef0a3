"""Figures: what each one counts, exactly; incremental equals recomputed; days without hours; clocks that go back."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.core.hours import Hours, parse_hours
from agent_tui.core.metrics import case as m
from agent_tui.core.metrics.counts import (
    Counts,
    Moment,
    add,
    by_channel,
    counts_of,
    figures_of,
    overdue_of,
    stage_rows,
    summed,
)
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.metrics.ledger import Ledger
from agent_tui.core.metrics.study import CHANNEL_SHARE, STAGE_SHARE
from agent_tui.core.open_time import DAY_MS, open_time
from agent_tui.model.figures import Figure, StageRow, Value
from agent_tui.model.words import Outcome, Stage

NOON = 1_764_072_000_000
"""Tuesday 25 November 2025, 12:00 in UTC."""
WEEK = parse_hours('time_zone = "UTC"\n[week]\ntue = ["09:00-12:00", "13:00-17:00"]\nwed = ["09:00-17:00"]')
NEVER = parse_hours('time_zone = "UTC"\n[week]\nmon = []')


def always(since: int, until: int) -> int:
    return max(0, until - since)


def record(**more: Any) -> m.Record:
    values: dict[str, Any] = {
        "revision": 1, "began_ms": NOON, "stage": Stage.MID, "stage_set": False, "outcome": Outcome.UNKNOWN,
        "channel": "web chat", "ended": False,
    }  # fmt: skip
    return m.Record(**{**values, **more})


def counted(*facts: m.Fact) -> Counts:
    return counts_of(m.case_of(facts), always)


def test_every_figure_has_its_definition() -> None:
    assert set(DEFINITIONS) == set(Figure)
    assert len({definition.title for definition in DEFINITIONS.values()}) == len(Figure)
    assert all(definition.text.endswith(".") for definition in DEFINITIONS.values())


def test_the_studies_figures_are_as_they_were_published() -> None:
    assert list(STAGE_SHARE.values()) == [29, 39, 32, 32, 18, 39]
    assert sum(STAGE_SHARE.values()) > 100
    assert [share.consumers_choose for share in CHANNEL_SHARE] == [41, 32, 23, 3, 1]
    assert [share.organisations_believe for share in CHANNEL_SHARE] == [35, 42, 14, 9, None]


@pytest.mark.parametrize(
    ("facts", "abandoned", "level", "average"),
    [
        ([record()], Value(0, 1), Value(None), Value(None)),
        ([record(), m.AgentWrote(NOON + 40_000, "ada")], Value(0, 1), Value(1, 1), Value(40_000, 1)),
        ([record(), m.AgentWrote(NOON + 40_001, "ada")], Value(0, 1), Value(0, 1), Value(40_001, 1)),
        ([record(ended=True)], Value(1, 1), Value(0, 1), Value(None)),
        ([record(ended=True, outcome=Outcome.SPAM)], Value(None), Value(None), Value(None)),
        ([record(outcome=Outcome.SPAM), m.AgentWrote(NOON, "ada")], Value(None), Value(None), Value(None)),
        # the desk's clock was put back between the two lines: nobody waited less than nothing
        ([record(), m.AgentWrote(NOON - 3_600_000, "ada")], Value(0, 1), Value(1, 1), Value(0, 1)),
        ([m.AgentWrote(NOON, "ada")], Value(None), Value(None), Value(None)),
    ],
)
def test_waits(facts: list[m.Fact], abandoned: Value, level: Value, average: Value) -> None:
    figures = figures_of(counted(*facts))
    assert figures[Figure.ABANDONED] == abandoned
    assert figures[Figure.SERVICE_LEVEL] == level
    assert figures[Figure.FIRST_ANSWER] == average


def test_one_that_still_waits_counts_once_its_time_is_over() -> None:
    ledger = Ledger(NOON - DAY_MS, always)
    ledger.hear(1, [record()])
    assert ledger.overdue(NOON + 40_000) == 0
    assert ledger.overdue(NOON + 40_001) == 1
    assert figures_of(ledger.counts, Moment(overdue=1))[Figure.SERVICE_LEVEL] == Value(0, 1)
    ledger.hear(1, [m.AgentWrote(NOON + 50_000, "ada")])
    assert ledger.overdue(NOON + 60_000) == 0
    assert figures_of(ledger.counts, Moment())[Figure.SERVICE_LEVEL] == Value(0, 1)


@pytest.mark.parametrize(
    ("facts", "after_ms", "counts"),
    [
        ([record()], 40_000, {}),
        ([record()], 40_001, {"due": 1, "late": 1}),
        ([record(), m.AgentWrote(NOON + 1, "ada")], 90_000, {}),
        ([record(ended=True)], 90_000, {}),
        ([record(outcome=Outcome.SPAM)], 90_000, {}),
        ([m.Said(1, "yes")], 90_000, {}),
    ],
)
def test_a_report_counts_one_that_still_waits_like_the_board(
    facts: list[m.Fact], after_ms: int, counts: Counts
) -> None:
    assert overdue_of(m.case_of(facts), NOON + after_ms, always) == counts


def test_calls_proof_answers_outcomes_and_channels() -> None:
    facts: list[m.Fact] = [
        record(ended=True, outcome=Outcome.BOUGHT, stage=Stage.CLOSING, stage_set=True, channel="app"),
        m.Call("a", offered=True),
        m.Call("a", asked=True),
        m.Call("a", made=True),
        m.Call("b", made=True, reached=True),
        m.Proof("p", used=True),
        m.Proof("p", used=True),
        m.Proof("q", used=False),
        m.Said(9, "no"),
        m.Said(12, "yes"),
    ]
    figures = figures_of(counted(*facts))
    assert figures[Figure.CALLS_WANTED] == figures[Figure.CALLS_OFFERED] == Value(1)
    assert figures[Figure.CALLS_MADE] == Value(2)
    assert figures[Figure.CALLS_REACHED] == Value(1, 2)
    assert (figures[Figure.PROOF_USED], figures[Figure.PROOF_REFUSED]) == (Value(1), Value(1))
    assert (figures[Figure.SAID_YES], figures[Figure.SAID_NO]) == (Value(1, 1), Value(0, 1))
    rows = {row.stage: row for row in stage_rows(counted(*facts))}
    assert rows[Stage.CLOSING] == StageRow(Stage.CLOSING, set=1, called=1, resolved=1, bought=1)
    assert rows[Stage.MID] == StageRow(Stage.MID)
    assert by_channel(counted(*facts)) == {"app": 1}
    assert {row.stage: row.unknown for row in stage_rows(counted(record(ended=True)))}[Stage.MID] == 1


def test_only_open_time_counts() -> None:
    open_ms = open_time(WEEK, NOON - 8 * DAY_MS, NOON + 8 * DAY_MS)
    # closed from 12:00 to 13:00: a line of 11:59:50, answered at 13:00:20, waited 30 s
    case = m.case_of([record(began_ms=NOON - 10_000), m.AgentWrote(NOON + 3_620_000, "ada")])
    assert counts_of(case, open_ms)["answer_ms"] == 30_000
    assert counts_of(case, open_ms)["within"] == 1


def test_a_day_without_open_hours() -> None:
    open_ms = open_time(NEVER, NOON - DAY_MS, NOON + DAY_MS)
    counts = counts_of(m.case_of([record(), m.AgentWrote(NOON + 3_600_000, "ada")]), open_ms)
    assert figures_of(counts)[Figure.FIRST_ANSWER] == Value(0, 1)
    assert figures_of(counts)[Figure.SERVICE_LEVEL] == Value(1, 1)
    ledger = Ledger(NOON - DAY_MS, open_ms)
    ledger.hear(1, [record()])
    assert ledger.overdue(NOON + DAY_MS) == 0
    assert figures_of({}, Moment())[Figure.LONGEST_WAIT] == Value(None)


@given(st.integers(NOON - 9 * DAY_MS, NOON + 9 * DAY_MS), st.integers(NOON - 9 * DAY_MS, NOON + 9 * DAY_MS))
def test_open_time_is_what_the_hours_say(since: int, until: int) -> None:
    for hours in (WEEK, NEVER, Hours()):
        quick = open_time(hours, NOON - 10 * DAY_MS, NOON + 10 * DAY_MS)
        assert quick(since, until) == hours.open_ms_between(since, until)


# --- incremental equals recomputed ---

_times = st.integers(NOON - 2 * DAY_MS, NOON + 2 * DAY_MS)
_records = st.builds(
    m.Record,
    revision=st.integers(1, 5),
    began_ms=_times,
    stage=st.sampled_from(Stage),
    stage_set=st.booleans(),
    outcome=st.sampled_from(Outcome),
    channel=st.sampled_from(["web chat", "app"]),
    ended=st.booleans(),
    owner=st.sampled_from(["", "ada", "bob"]),
)
_facts = st.one_of(
    _records,
    st.builds(m.AgentWrote, _times, st.sampled_from(["ada", "bob"])),
    st.builds(m.Said, st.integers(1, 9), st.sampled_from(["yes", "partly", "no"])),
    st.builds(m.Call, st.sampled_from("abc"), *[st.booleans()] * 4),
    st.builds(m.Proof, st.sampled_from("pqr"), st.booleans()),
)
_heard = st.lists(st.tuples(st.integers(1, 4), _facts), max_size=40)


def recomputed(heard: Sequence[tuple[int, m.Fact]], since: int, open_ms: Any) -> Counts:
    cases = [m.case_of([fact for number, fact in heard if number == one]) for one in {number for number, _ in heard}]
    return summed([case for case in cases if case.began_ms is not None and case.began_ms >= since], open_ms)


@settings(max_examples=200)
@given(_heard, st.randoms(use_true_random=False), st.sampled_from([WEEK, NEVER, Hours()]))
def test_incremental_equals_recomputed_in_any_order_and_twice(
    heard: list[tuple[int, m.Fact]], random: Any, hours: Hours
) -> None:
    open_ms = open_time(hours, NOON - 4 * DAY_MS, NOON + 4 * DAY_MS)
    expected = recomputed(heard, NOON - DAY_MS, open_ms)
    shuffled = [*heard, *random.sample(heard, len(heard) // 2)]
    random.shuffle(shuffled)
    ledger = Ledger(NOON - DAY_MS, open_ms)
    for number, fact in shuffled:
        ledger.hear(number, [fact])
    assert ledger.counts == expected
    assert all(count > 0 for count in ledger.counts.values())
    # a new day: what goes on and what began in it is kept
    later = ledger.begins(NOON, open_ms)
    assert later.counts == recomputed(heard, NOON, open_ms)
    now = NOON + 3 * DAY_MS
    assert figures_of(ledger.counts, Moment(overdue=ledger.overdue(now))) == figures_of(
        expected, Moment(overdue=ledger.overdue(now))
    )


@given(_heard, st.integers(NOON - DAY_MS, NOON + DAY_MS))
def test_parts_of_a_period_add_up(heard: list[tuple[int, m.Fact]], cut: int) -> None:
    cases = [m.case_of([fact for number, fact in heard if number == one]) for one in {number for number, _ in heard}]
    total: Counts = {}
    add(total, summed([case for case in cases if case.began_ms is not None and case.began_ms < cut], always))
    add(total, summed([case for case in cases if case.began_ms is not None and case.began_ms >= cut], always))
    assert total == summed(cases, always)


def test_a_trend_is_worked_out_of_the_cases() -> None:
    ledger = Ledger(NOON - DAY_MS, always)
    minute = 60_000
    ledger.hear(1, [record(began_ms=NOON - 25 * minute), m.AgentWrote(NOON - 5 * minute, "ada")])
    ledger.hear(2, [record(began_ms=NOON - 4 * minute)])
    ledger.hear(3, [record(began_ms=NOON - 3 * minute, ended=True)])
    ledger.hear(4, [record(began_ms=NOON - 10 * DAY_MS)])
    trend = ledger.trend(NOON, 10 * minute, 3)
    assert trend.waiting == (2, 2, 2)
    assert trend.begun == (1, 0, 2)
    assert trend.first_answer_ms == (None, None, 20 * minute)
