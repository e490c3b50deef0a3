"""The scenarios: each starts a program afresh, works with it, and returns its figures by name.

Every time is taken by the harness (before a write, after the read that held the answer) or by the feeder (just before
a push): never by the program under test.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench import feed
from tests.bench.feed_control import Feed
from tests.bench.feeder import Order, Sent
from tests.bench.process_stat import cpu_seconds, pss_bytes
from tests.bench.programs import Program, Run, at_work, prepared, started
from tests.pty_runner import NotSeen

Figures = dict[str, float]

_SHORT_HISTORY = 20
_LOAD_PER_SECOND = 200
_BACKGROUND = list(range(3, 53))
_FLOOD = 20_000
# What group commit makes of a flood: one push a commit.
_FLOOD_BATCH = 100
# Letters before the composer is emptied: they stay on its first line also between two side panes.
_LINE = 50
# Seconds from an echo to the next key: rolled keys follow within a frame or two, so some wait for its timer.
_TYPING = (0.015, 0.060)
_LOOKING = (0.030, 0.070)
# Longer than any console gathers arrivals into one frame.
_ALONE = (0.080, 0.160)
_MS = 1000.0
_MIB = 1024 * 1024
# Narrow letters nobody writes to a customer: each is typed once, so its first sight is its echo.
_LETTERS = [chr(code) for code in (*range(0x1401, 0x166D), *range(0x13A0, 0x13F0), *range(0x0400, 0x0460))]


@dataclass(frozen=True)
class Sizes:
    """How many samples a scenario takes."""

    starts: int = 7
    keys: int = 200
    arrivals: int = 120
    load_seconds: float = 6.0
    floods: int = 3
    history: int = 100_000
    switches: int = 200
    pages: int = 120
    idle_seconds: float = 20.0
    desk_seconds: float = 5.0
    desk_rates: int = 7
    """How many of the desk's rates are tried, from the lowest."""
    sockets: int = 5_000
    wall_conversations: int = 1_000
    snippets: int = 10_000
    """And ten times as many, where search alone is measured."""
    alerts: int = 40


FULL = Sizes()
QUICK = Sizes(
    snippets=500,
    starts=2,
    keys=20,
    arrivals=10,
    load_seconds=1.0,
    floods=1,
    history=5_000,
    switches=10,
    pages=10,
    idle_seconds=2.0,
    desk_seconds=1.0,
    desk_rates=2,
    sockets=200,
    wall_conversations=100,
    alerts=4,
)


def quantile(values: list[float], share: float) -> float:
    """The nearest-rank quantile: a value that was measured, never one between two."""
    return sorted(values)[max(1, math.ceil(len(values) * share - 1e-9)) - 1]


def start(program: Program, sizes: Sizes) -> Figures:
    """From the fork to the first frame, and to the first message of a conversation, with the desk up."""
    paints, messages = [], []
    with Feed(_SHORT_HISTORY) as feeder, prepared(program, feeder) as home:
        for attempt in range(sizes.starts + 1):
            with started(program, feeder, home) as terminal:
                painted = terminal.wait_for(program.first_paint, timeout=30)
                message = terminal.wait_for(feed.MARKER, timeout=30)
            if attempt:  # the first one warms the file cache
                paints.append((painted.at - terminal.started_at) * _MS)
                messages.append((message.at - terminal.started_at) * _MS)
    return {"first-paint": statistics.median(paints), "first-message": statistics.median(messages)}


def echo(program: Program, sizes: Sizes) -> Figures:
    """From a key to its letter on the terminal: at rest, and under 200 messages a second here and elsewhere."""
    with at_work(program, _SHORT_HISTORY) as run:
        letters = iter(_LETTERS)
        quiet = _echoes(run, letters, sizes.keys)
        shown = _under_load(run, feed.LARGE[:1], lambda: _echoes(run, letters, sizes.keys))
        others = _under_load(run, _BACKGROUND, lambda: _echoes(run, letters, sizes.keys))
    return _quantiles("echo-idle", quiet) | _quantiles("echo-shown", shown) | _quantiles("echo-others", others)


def arrival(program: Program, sizes: Sizes) -> Figures:
    """From the feeder's socket to the terminal: one message at a time, and at 200 a second."""
    with at_work(program, _SHORT_HISTORY) as run:
        single = []
        for _ in range(sizes.arrivals):
            since = run.terminal.mark()
            (sent,) = run.feeder.send(feed.LARGE[0])
            single.append((_painted(run, sent, since) - sent.at) * _MS)
            _pause(_ALONE)
        since = run.terminal.mark()
        count = int(_LOAD_PER_SECOND * sizes.load_seconds)
        run.feeder.start(Order("send", [feed.LARGE[0]], count, _LOAD_PER_SECOND))
        load = run.feeder.finish()
        _painted(run, load[-1], since)
        first_seen = _first_seen(run, since)
        times = [
            (first_seen[sent.first] - sent.at) * _MS for sent in load if sent.first in first_seen
        ]  # one that scrolled past within a frame was never painted
    return (
        _quantiles("arrival-idle", single)
        | _quantiles("arrival-load", times)
        | {"arrival-load-unpainted": 100.0 * (1 - len(times) / len(load))}
    )


def flood(program: Program, sizes: Sizes) -> Figures:
    """20,000 messages at once into the open conversation, until the last is painted; and what holding them takes."""
    with at_work(program, _SHORT_HISTORY) as run:
        time.sleep(1.0)
        at_start = pss_bytes(run.terminal.pid)
        rates = []
        for _ in range(sizes.floods):
            since = run.terminal.mark()
            sent = run.feeder.send(feed.LARGE[0], _FLOOD, batch=_FLOOD_BATCH)
            rates.append(_FLOOD / (_painted(run, sent[-1], since) - sent[0].at))
            run.terminal.wait_quiet(0.5)
        time.sleep(1.0)
        grown = pss_bytes(run.terminal.pid) - at_start
    return {
        "flood": statistics.median(rates),
        "memory-start": at_start / _MIB,
        "memory-10k": grown / _MIB / (sizes.floods * _FLOOD / 10_000),
    }


def history(program: Program, sizes: Sizes) -> Figures:
    """Two conversations of 100,000 messages: from one to the other, and a page up in one of them."""
    switches, pages = [], []
    with at_work(program, sizes.history) as run:
        for turn in range(sizes.switches + 4):
            shown = feed.LARGE[(turn + 1) % 2]
            since = run.terminal.mark()
            pressed = run.terminal.write(program.show[(turn + 1) % 2])
            seen = run.terminal.wait_for(feed.marker(shown, sizes.history - 1), since=since, timeout=60)
            if turn >= 4:  # the first visits fetch
                switches.append((seen.at - pressed) * _MS)
            _pause(_LOOKING)
        program.move(run.terminal)
        lowest = sizes.history - 1
        for _ in range(sizes.pages):
            since = run.terminal.mark()
            pressed = run.terminal.write(program.page_up)
            at, lowest = _above(run, since, lowest)
            pages.append((at - pressed) * _MS)
            _pause(_LOOKING)
    return _quantiles("switch", switches) | _quantiles("page-up", pages)


def idle(program: Program, sizes: Sizes) -> Figures:
    """The share of one core that a console takes which nobody touches."""
    with at_work(program, _SHORT_HISTORY) as run:
        time.sleep(2.0)
        before, since = cpu_seconds(run.terminal.pid), time.perf_counter()
        time.sleep(sizes.idle_seconds)
        used, passed = cpu_seconds(run.terminal.pid) - before, time.perf_counter() - since
    return {"idle-cpu": 100.0 * used / passed}


SCENARIOS: dict[str, Callable[[Program, Sizes], Figures]] = {
    "start": start,
    "echo": echo,
    "arrival": arrival,
    "flood": flood,
    "history": history,
    "idle": idle,
}


def _quantiles(name: str, values: list[float]) -> Figures:
    return {f"{name}-p{share}": quantile(values, share / 100) for share in (50, 95, 99)}


def _pause(gaps: tuple[float, float]) -> None:
    # Never in step with a frame timer: a fixed pause would measure one phase of it.
    time.sleep(random.uniform(*gaps))


def _echoes(run: Run, letters: Iterator[str], count: int) -> list[float]:
    times = []
    for turn in range(count):
        if turn and turn % _LINE == 0:
            _empty_composer(run)
        letter = next(letters)
        since = run.terminal.mark()
        pressed = run.terminal.write(letter)
        times.append((run.terminal.wait_for(letter, since=since).at - pressed) * _MS)
        _pause(_TYPING)
    _empty_composer(run)
    return times


def _empty_composer(run: Run) -> None:
    run.terminal.write(b"\x7f" * _LINE)
    time.sleep(0.4)


def _under_load(run: Run, conversations: tuple[int, ...] | list[int], work: Callable[[], list[float]]) -> list[float]:
    run.feeder.start(Order("send", list(conversations), 10**6, _LOAD_PER_SECOND))
    time.sleep(0.5)
    times = work()
    run.feeder.stop()
    run.terminal.wait_quiet(0.3)
    return times


def _painted(run: Run, sent: Sent, since: int) -> float:
    last = feed.marker(sent.conversation, sent.first + sent.count - 1)
    return run.terminal.wait_for(last, since=since, timeout=60).at


def _first_seen(run: Run, since: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for match in feed.MARKER.finditer(run.terminal.output(since)):
        index = int(match[2])
        if index not in found:
            found[index] = run.terminal.time_of(since + match.end() - 1)
    return found


def _above(run: Run, since: int, lowest: int) -> tuple[float, int]:
    """When a message older than ``lowest`` was painted, and the oldest one that then stood on the screen."""
    deadline = time.perf_counter() + 30
    position = since
    while time.perf_counter() < deadline:
        seen = run.terminal.wait_for(feed.MARKER, since=position, timeout=30)
        match = feed.MARKER.match(seen.text)
        assert match is not None
        position = seen.end
        if int(match[2]) < lowest:
            time.sleep(0.010)
            painted = feed.MARKER.findall(run.terminal.output(since))
            return seen.at, min(int(index) for _, index in painted)
    raise NotSeen("Page-up painted no older message.")
