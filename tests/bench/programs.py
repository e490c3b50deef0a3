"""The programs under test, each as a record of how it is started, known to be ready, and driven."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import feed
from tests.bench.feed_control import Feed
from tests.pty_runner import PtyProgram

COLUMNS, ROWS = 120, 36
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Program:
    """``first_paint``: text that only its first whole frame holds. ``to_large``: the keys that show large conversation
    1, with the focus in its composer; None where it comes up so. ``show``: the keys for large conversation 1 and 2.
    """

    name: str
    argv: Callable[[Feed], list[str]]
    env: Mapping[str, str]
    first_paint: str
    show: tuple[bytes, bytes]
    page_up: bytes
    to_large: Callable[[PtyProgram], None] | None = None


FLOOR = Program(
    name="floor",
    argv=lambda feeder: [
        sys.executable,
        "-m",
        "tests.bench.floor_app",
        f"ws://127.0.0.1:{feeder.port}/v1/socket?floor",
    ],
    env={},
    first_paint="floor ready",
    show=(b"\x1bOQ", b"\x1bOR"),
    page_up=b"\x1b[5~",
)


CONSOLE_PROGRAM = Program(
    name="console",
    argv=lambda feeder: [sys.executable, "-m", "agent_tui", "--desk", feeder.url, "open", "c1"],
    env={},
    first_paint="agent-tui",
    show=(b"\x0f1", b"\x0f2"),
    page_up=b"\x1b[5~",
)


@dataclass(frozen=True)
class Run:
    """A program on its terminal, fed by a feeder."""

    program: Program
    feeder: Feed
    terminal: PtyProgram


@contextmanager
def started(program: Program, feeder: Feed) -> Iterator[PtyProgram]:
    """The program on a terminal, not waited for, with a home of its own."""
    with TemporaryDirectory(prefix="bench-home-") as home:
        env = {"AGENT_TUI_HOME": home, "AGENT_TUI_TOKEN": "bench", **program.env}
        with PtyProgram(program.argv(feeder), env=env, cwd=_ROOT, columns=COLUMNS, rows=ROWS) as terminal:
            yield terminal


@contextmanager
def at_work(program: Program, history: int) -> Iterator[Run]:
    """The program with large conversation 1 on its screen, to its last message, and the focus in the composer."""
    with Feed(history) as feeder, started(program, feeder) as terminal:
        terminal.wait_for(program.first_paint, timeout=30)
        feeder.wait_for_reader()
        if program.to_large is not None:
            program.to_large(terminal)
        terminal.wait_for(feed.marker(1, history - 1), timeout=60)
        terminal.wait_quiet(0.3)
        yield Run(program, feeder, terminal)
