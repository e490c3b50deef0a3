"""The desk's figures: a real desk in a process of its own, under a load that comes from another."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tests.bench.desk_load import Standing, Step
from tests.bench.figures import DESK_RATES
from tests.bench.measures import Figures, Sizes, quantile
from tests.bench.period import period
from tests.bench.process_stat import pss_bytes
from tests.bench.wall_feed import wall_feed
from tests.desk_process import DeskProcess, running_desk

KNEE_SECONDS = 0.060
"""The knee: the highest rate that is acked in full with a p99 within this."""
_IN_FULL = 0.98
_MS = 1000.0
_KIB = 1024
_ROOT = Path(__file__).resolve().parents[2]

# Limits that guard a desk against one address are lifted openly: here, all visitors are at one address.
_SETTINGS = {
    "AGENT_TUI_DESK_SOCKETS_PER_VISITOR": "100",
    "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "100000.0",
    "AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "100000",
    "AGENT_TUI_DESK_LIMITS_CONVERSATIONS_PER_ADDRESS_MINUTE": "1000000",
    "AGENT_TUI_DESK_LIMITS_SOCKETS_PER_ADDRESS": "100000",
}


@contextmanager
def desk() -> Iterator[DeskProcess]:
    """A desk on loopback with a home of its own on the disk; ended with the ``with`` block."""
    with TemporaryDirectory(prefix="bench-desk-") as folder, running_desk(Path(folder) / "home", env=_SETTINGS) as run:
        yield run


def durable(sizes: Sizes) -> Figures:
    """Messages acked by the desk at one rate after another, two agents reading along, until it falls behind."""
    figures: Figures = {}
    with desk() as running:
        command = _load(
            running, "write", "--token", running.token("Ada", "agent"), "--seconds", str(sizes.desk_seconds)
        )
        rates = [str(rate) for rate in DESK_RATES[: sizes.desk_rates]]
        knee = 0.0
        with subprocess.Popen([*command, "--rates", *rates], stdout=subprocess.PIPE, cwd=_ROOT) as load:
            assert load.stdout is not None
            for line in load.stdout:
                step = msgspec.json.decode(line, type=Step)
                if step.refused:
                    raise RuntimeError(f"The desk refused {len(step.refused)} messages: {step.refused[0]}")
                if any(read != step.stored for read in step.read):
                    raise RuntimeError(f"The desk acked {step.stored} messages; its readers got {step.read}.")
                name = f"desk-{step.offered:.0f}"
                tail = quantile(step.times, 0.99)
                figures |= {
                    f"{name}-acked": step.acked,
                    f"{name}-p50": quantile(step.times, 0.5) * _MS,
                    f"{name}-p99": tail * _MS,
                }
                if step.acked >= _IN_FULL * step.offered and tail <= KNEE_SECONDS:
                    knee = step.offered
            if load.wait():
                raise RuntimeError("The load generator failed; its complaint is above.")
        figures["desk-knee"] = knee
    return figures


def sockets(sizes: Sizes) -> Figures:
    """What one idle visitor's socket takes of the desk's memory."""
    with desk() as running:
        time.sleep(1.0)
        before = pss_bytes(running.pid)
        command = _load(running, "idle", "--count", str(sizes.sockets))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT) as load:
            assert load.stdout is not None
            assert load.stdin is not None
            standing = msgspec.json.decode(load.stdout.readline(), type=Standing)
            time.sleep(2.0)
            grown = pss_bytes(running.pid) - before
            load.stdin.close()
            load.wait(30)
    return {"desk-socket": grown / _KIB / standing.sockets}


SCENARIOS: dict[str, Callable[[Sizes], Figures]] = {
    "durable": durable,
    "wall-feed": wall_feed,
    "period": period,
    "sockets": sockets,
}


def _load(running: DeskProcess, kind: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench.desk_load", kind, "--url", running.url, *options]
