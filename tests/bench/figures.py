"""The table of figures: what each is called, which scenario measures it, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Bound(Enum):
    """What a goal is held against."""

    TIMES_FLOOR = "× floor"
    AT_MOST = "≤"
    AT_LEAST = "≥"
    NONE = ""


@dataclass(frozen=True)
class Goal:
    bound: Bound = Bound.NONE
    value: float = 0.0

    def reached(self, measured: float, floor: float | None) -> bool | None:
        """Whether ``measured`` reaches it; None where there is no goal, or no floor to hold it against."""
        if self.bound is Bound.AT_MOST:
            return measured <= self.value
        if self.bound is Bound.AT_LEAST:
            return measured >= self.value
        if self.bound is Bound.TIMES_FLOOR and floor:
            return measured <= self.value * floor
        return None

    def __str__(self) -> str:
        if self.bound is Bound.NONE:
            return ""
        if self.bound is Bound.TIMES_FLOOR:
            return f"≤ {self.value:g} × floor"
        return f"{self.bound.value} {self.value:,g}"


@dataclass(frozen=True)
class Figure:
    name: str
    scenario: str
    title: str
    unit: str
    goal: Goal = Goal()


def _floor(times: float) -> Goal:
    return Goal(Bound.TIMES_FLOOR, times)


def _most(value: float) -> Goal:
    return Goal(Bound.AT_MOST, value)


def _least(value: float) -> Goal:
    return Goal(Bound.AT_LEAST, value)


CONSOLE: tuple[Figure, ...] = (
    Figure("first-paint", "start", "start to first paint", "ms", _floor(1.25)),
    Figure("first-message", "start", "start to first message painted", "ms", _floor(1.4)),
    Figure("echo-idle-p50", "echo", "key to echo, idle, p50", "ms"),
    Figure("echo-idle-p95", "echo", "key to echo, idle, p95", "ms"),
    Figure("echo-idle-p99", "echo", "key to echo, idle, p99", "ms", _floor(0.4)),
    Figure("echo-shown-p50", "echo", "key to echo, 200 msg/s shown, p50", "ms"),
    Figure("echo-shown-p95", "echo", "key to echo, 200 msg/s shown, p95", "ms"),
    Figure("echo-shown-p99", "echo", "key to echo, 200 msg/s shown, p99", "ms", _floor(0.25)),
    Figure("echo-others-p50", "echo", "key to echo, 200 msg/s in 50 others, p50", "ms"),
    Figure("echo-others-p95", "echo", "key to echo, 200 msg/s in 50 others, p95", "ms"),
    Figure("echo-others-p99", "echo", "key to echo, 200 msg/s in 50 others, p99", "ms", _floor(0.5)),
    Figure("arrival-idle-p50", "arrival", "message from socket to pty, idle, p50", "ms"),
    Figure("arrival-idle-p99", "arrival", "message from socket to pty, idle, p99", "ms", _most(10)),
    Figure("arrival-load-p50", "arrival", "message from socket to pty, 200 msg/s, p50", "ms"),
    Figure("arrival-load-p99", "arrival", "message from socket to pty, 200 msg/s, p99", "ms", _most(60)),
    Figure("arrival-load-unpainted", "arrival", "scrolled past unpainted at 200 msg/s", "%"),
    Figure("flood", "flood", "20,000 messages at once, to the last painted", "msg/s", _least(10_000)),
    Figure("switch-p50", "history", "switch, 2 × 100,000 messages, p50", "ms", _most(7.5)),
    Figure("switch-p99", "history", "switch, 2 × 100,000 messages, p99", "ms", _most(20)),
    Figure("page-up-p50", "history", "page-up, p50", "ms"),
    Figure("page-up-p95", "history", "page-up, p95", "ms", _most(10)),
    Figure("memory-10k", "flood", "memory for each 10,000 messages held", "MiB", _most(4)),
    Figure("memory-start", "flood", "memory at start", "MiB", _most(45)),
    Figure("idle-cpu", "idle", "CPU idle", "% of a core", _most(0.6)),
)

DESK_RATES = (500, 1000, 2000, 3000, 4000, 5000, 6000)
"""Messages a second that are offered to the desk, one after the other."""
_TAILS = {2000: _most(20), 3000: _most(60)}


def _rate(rate: int) -> tuple[Figure, ...]:
    said = f"desk, {rate:,} msg/s written"
    return (
        Figure(
            f"desk-{rate}-acked",
            "durable",
            f"{said}: acked",
            "msg/s",
            _least(0.98 * rate) if rate in _TAILS else Goal(),
        ),
        Figure(f"desk-{rate}-p50", "durable", f"{said}: ack p50", "ms"),
        Figure(f"desk-{rate}-p99", "durable", f"{said}: ack p99", "ms", _TAILS.get(rate, Goal())),
    )


DESK: tuple[Figure, ...] = (
    *(figure for rate in DESK_RATES for figure in _rate(rate)),
    Figure("desk-knee", "durable", "desk, the knee: most at p99 ≤ 60 ms", "msg/s", _least(3000)),
    Figure("wall-feed", "wall-feed", "desk, 20 monitors: 1,000 open, 100 msg/s", "% of a core", _most(10)),
    Figure("wall-feed-5000", "wall-feed", "desk, 20 monitors: 5,000 open, 100 msg/s", "% of a core"),
    Figure("report", "period", "report over 1,000,000 messages, from start to page", "s", _most(5)),
    Figure("desk-socket", "sockets", "desk, memory for an idle socket", "KiB", _most(30)),
)

PARTS: tuple[Figure, ...] = (
    Figure("wall-cpu", "wall", "wall, 1,000 conversations, 100 msg/s: CPU", "% of a core", _most(35)),
    Figure("wall-echo-p50", "wall", "wall: key to echo, p50", "ms"),
    Figure("wall-echo-p99", "wall", "wall: key to echo, p99", "ms", _most(25)),
    Figure("wall-alert-p50", "wall", "wall: from a raised flag to the screen, p50", "ms"),
    Figure("wall-alert-max", "wall", "wall: from a raised flag to the screen, longest", "ms", _most(1000)),
    Figure("search-small-p50", "proof", "key to new list, 10,000 snippets, p50", "ms"),
    Figure("search-small-p95", "proof", "key to new list, 10,000 snippets, p95", "ms", _most(5)),
    Figure("search-large-p50", "proof", "key to new list, 100,000 snippets, p50", "ms"),
    Figure("search-large-p95", "proof", "key to new list, 100,000 snippets, p95", "ms", _most(16)),
    Figure("found-first", "proof", "search: the right one is first", "%", _least(90)),
    Figure("found-three", "proof", "search: it is in the first three", "%", _least(97)),
    Figure("found-first-bm25", "proof", "trigram BM25 on the same: first", "%"),
    Figure("found-three-bm25", "proof", "trigram BM25 on the same: in three", "%"),
    Figure("library-paint", "proof", "first paint with 10,000 snippets, to without", "times", _most(1.05)),
    Figure("library-keys-p99", "proof", "key to echo while 10,000 load, p99", "ms"),
    Figure("library-keys-max", "proof", "key to echo while 10,000 load, longest", "ms", _most(13)),
    Figure("library-keys-bare", "proof", "the longest of a start with nothing to load", "ms"),
    Figure("picker-open-p50", "proof", "F2 to the picker, 10,000 snippets, p50", "ms"),
    Figure("picker-open-over", "proof", "of it above a bare modal (the palette)", "ms", _most(16.7)),
    Figure("card-modal-p50", "phone", "an empty modal, key to paint, p50", "ms"),
    Figure("card-painted-p50", "phone", "F9 to the card painted, p50", "ms"),
    Figure("card-over-modal", "phone", "the card over an empty modal, p50", "ms", _most(1000 / 60)),
    Figure("card-checked-p50", "phone", "F9 to the checks shown, p50", "ms"),
    Figure("card-checked-p95", "phone", "F9 to the checks shown, p95", "ms", _most(60)),
    Figure("signals-first-p50", "signals", "signals of 200 unread messages, p50", "ms", _most(5)),
    Figure("signals-first-p95", "signals", "signals of 200 unread messages, p95", "ms"),
    Figure("signals-next-p95", "signals", "signals of 200, one new, p95", "ms", _most(5)),
)
"""Measured in the bench's own process: pure code, no program to start."""
