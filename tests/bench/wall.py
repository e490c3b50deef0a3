"""The wall's figures: the monitor on a terminal of 200x50 at a real desk with many conversations and much writing."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from agent_tui.model.words import Stage
from tests.bench.desk_measures import desk
from tests.bench.measures import Figures, Sizes, quantile
from tests.bench.process_stat import cpu_seconds
from tests.desk_process import DeskProcess
from tests.pty_runner import PtyProgram

_RATE = 100
_AGENTS = 50
_TILES = 24
# The alerts there are at the start take their places within this.
_SETTLING_S = 4.0
_MS = 1000.0
_ROOT = Path(__file__).resolve().parents[2]
# Keys that say different things in the last row, each in turn: the sentence is their echo.
_ECHOES = ((b"d", re.compile(rb"efinitions belong")), (b"e", re.compile(rb"onitor mode: read only")))
# What has waited for a second is late: all alerts there will be are there before anything is measured.
_LIMITS = {f"AGENT_TUI_WAIT_{stage.value.upper()}": "1" for stage in Stage}


def wall(sizes: Sizes) -> Figures:
    """CPU of the monitor, the time from a key to its echo, and from a raised flag to its words on the screen."""
    with desk() as running, _load(running, sizes.wall_conversations) as load, _monitor(running) as terminal:
        terminal.wait_screen(f"{min(_TILES, sizes.wall_conversations)} of {sizes.wall_conversations}", timeout=120)
        time.sleep(min(_SETTLING_S, sizes.load_seconds))
        used, since = cpu_seconds(terminal.pid), time.perf_counter()
        time.sleep(sizes.load_seconds)
        cpu = 100.0 * (cpu_seconds(terminal.pid) - used) / (time.perf_counter() - since)
        echoes = [_echo(terminal, turn) for turn in range(sizes.keys)]
        alerts = [_alert(terminal, load, turn, sizes.wall_conversations) for turn in range(sizes.alerts)]
    return {
        "wall-cpu": cpu,
        "wall-echo-p50": quantile(echoes, 0.5),
        "wall-echo-p99": quantile(echoes, 0.99),
        "wall-alert-p50": quantile(alerts, 0.5),
        "wall-alert-max": max(alerts),
    }


def _echo(terminal: PtyProgram, turn: int) -> float:
    key, words = _ECHOES[turn % len(_ECHOES)]
    time.sleep(random.uniform(0.030, 0.090))
    since = terminal.mark()
    pressed = terminal.write(key)
    return (terminal.wait_for(words, since=since, timeout=10).at - pressed) * _MS


def _alert(terminal: PtyProgram, load: subprocess.Popen[str], turn: int, conversations: int) -> float:
    # Only cells that change are painted: this one begins and ends with other letters than the one before it.
    edge = "pq"[turn % 2]
    reason = f"{edge}reason{turn:05d}{edge}"
    since = terminal.mark()
    stdin, stdout = _pipes(load)
    stdin.write(f"{1 + turn * 7 % conversations} {reason}\n")
    stdin.flush()
    raised = float(stdout.readline())
    seen = terminal.wait_for(re.compile(reason.encode()), since=since, timeout=20)
    time.sleep(random.uniform(0.2, 0.6))
    return (seen.at - raised) * _MS


@contextmanager
def _load(running: DeskProcess, conversations: int) -> Iterator[subprocess.Popen[str]]:
    tokens = [running.token(f"Agent {number}", "agent") for number in range(_AGENTS)]
    options = ["--url", running.url, "--customers", str(conversations), "--rate", str(_RATE), "--tokens", *tokens]
    command = [sys.executable, "-m", "tests.bench.wall_load", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT, text=True) as load:
        stdin, stdout = _pipes(load)
        if stdout.readline().strip() != "ready":
            raise RuntimeError("The wall's load generator failed; its complaint is above.")
        yield load
        stdin.close()
        load.wait(30)


def _pipes(load: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert load.stdin is not None
    assert load.stdout is not None
    return load.stdin, load.stdout


@contextmanager
def _monitor(running: DeskProcess) -> Iterator[PtyProgram]:
    token = running.token("Vera", "supervisor")
    with TemporaryDirectory(prefix="bench-home-") as home:
        env = {"AGENT_TUI_HOME": home, "AGENT_TUI_TOKEN": token, "PYTHONDONTWRITEBYTECODE": None, **_LIMITS}
        argv = [sys.executable, "-m", "agent_tui", "--desk", running.url, "monitor"]
        with PtyProgram(argv, env=env, cwd=_ROOT, columns=200, rows=50) as terminal:
            yield terminal
