"""The bench runs and counts right. How fast anything is, is `make bench`'s to say, never a test's."""

from __future__ import annotations

import os

import msgspec
import pytest

from tests.bench import desk_measures, feed
from tests.bench.__main__ import main
from tests.bench.feed_control import Feed
from tests.bench.figures import CONSOLE, DESK, PARTS, Bound, Goal
from tests.bench.measures import FULL, SCENARIOS, Sizes, arrival, flood, history, quantile
from tests.bench.phone import phone
from tests.bench.process_stat import cpu_seconds, pss_bytes
from tests.bench.programs import CONSOLE_PROGRAM, FLOOR, Program
from tests.bench.proof import proof
from tests.bench.report import Report
from tests.bench.signals import signals
from tests.bench.wall import wall

TINY = Sizes(
    snippets=60,
    starts=1,
    keys=5,
    arrivals=3,
    load_seconds=0.2,
    floods=1,
    history=2_000,
    switches=2,
    pages=3,
    idle_seconds=0.2,
    desk_seconds=0.3,
    desk_rates=1,
    sockets=30,
    wall_conversations=12,
    alerts=1,
)


def test_a_quantile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(200, 0, -1)]
    assert [quantile(values, share) for share in (0.5, 0.95, 0.99)] == [100.0, 190.0, 198.0]
    assert quantile([7.0], 0.99) == 7.0


@pytest.mark.parametrize(
    ("goal", "measured", "floor", "reached"),
    [
        (Goal(Bound.TIMES_FLOOR, 1.25), 125.0, 100.0, True),
        (Goal(Bound.TIMES_FLOOR, 1.25), 126.0, 100.0, False),
        (Goal(Bound.TIMES_FLOOR, 1.25), 1.0, None, None),
        (Goal(Bound.AT_MOST, 10), 10.1, None, False),
        (Goal(Bound.AT_LEAST, 10), 10.1, 1.0, True),
        (Goal(), 10.1, 1.0, None),
    ],
)
def test_a_goal_is_held_against_the_floor_or_a_number(
    goal: Goal, measured: float, floor: float | None, reached: bool | None
) -> None:
    assert goal.reached(measured, floor) is reached


def test_every_figure_has_its_scenario_and_a_name_of_its_own() -> None:
    names = [figure.name for figure in (*CONSOLE, *DESK, *PARTS)]
    assert len(set(names)) == len(names)
    assert {figure.scenario for figure in DESK} == set(desk_measures.SCENARIOS)
    assert {figure.scenario for figure in CONSOLE} == set(SCENARIOS)
    made = set(signals(TINY)) | set(wall(TINY)) | set(proof(TINY)) | set(phone(TINY))
    assert {figure.name for figure in PARTS} == made


def test_every_message_of_the_feed_is_found_by_its_marker() -> None:
    match = feed.MARKER.match(feed.entry(2, 99_999, 10**12, 100_000).body.encode())
    assert match is not None
    assert (int(match[1]), int(match[2])) == (2, 99_999)
    assert FULL.history <= 10**6


def test_the_feeder_says_what_it_sent_and_ends_with_its_harness() -> None:
    with Feed(20) as feeder:
        sent = feeder.send(1, 5, batch=2)
        assert [(push.conversation, push.first, push.count) for push in sent] == [(1, 20, 2), (1, 22, 2), (1, 24, 1)]
        pid = feeder.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("program", [FLOOR, CONSOLE_PROGRAM], ids=lambda program: program.name)
def test_arrivals_are_seen_on_the_terminal(program: Program) -> None:
    arrivals = arrival(program, TINY)
    assert 0 < arrivals["arrival-idle-p50"] <= arrivals["arrival-idle-p99"]
    assert 0 <= arrivals["arrival-load-unpainted"] <= 100


def test_a_flood_and_a_long_history_are_seen_through() -> None:
    flooded = flood(CONSOLE_PROGRAM, TINY)
    assert flooded["flood"] > 0
    assert flooded["memory-start"] > 5
    long = history(CONSOLE_PROGRAM, TINY)
    assert 0 < long["switch-p50"] <= long["switch-p99"]
    assert long["page-up-p95"] > 0


def test_the_desk_acks_and_pushes_what_the_load_writes() -> None:
    figures = desk_measures.durable(TINY)
    assert figures["desk-500-acked"] > 0
    assert 0 < figures["desk-500-p50"] <= figures["desk-500-p99"]
    assert desk_measures.sockets(TINY)["desk-socket"] > 0


def test_the_kernel_is_asked_about_the_right_process() -> None:
    assert pss_bytes(os.getpid()) > 1024 * 1024
    assert cpu_seconds(os.getpid()) > 0


def test_one_figure_can_be_asked_for_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--json", "--only", "floor", "first-paint"]) == 0
    result = msgspec.json.decode(capsys.readouterr().out, type=Report)
    assert [row.name for row in result.rows] == ["first-paint"]
    assert result.rows[0].floor is not None
    assert result.rows[0].floor > 0


def test_an_unknown_figure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing-like-it"]) == 2
    assert "nothing-like-it" in capsys.readouterr().err
