"""What the kernel says of a process: memory and processor time."""

from __future__ import annotations

import os
import re
import resource
import time
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def pss_bytes(pid: int) -> int:
    """Proportional set size: its own pages, and its share of those it shares (proc(5), smaps_rollup)."""
    found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


def cpu_seconds(pid: int) -> float:
    """Time on a processor of all its threads, by the scheduler's nanoseconds: the 10 ms ticks are too coarse."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def machine() -> str:
    """This machine in one line."""
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return f"{os.cpu_count()} cores ({model[1].strip() if model else 'unknown'})"


class OtherWork:
    """What else ran on the machine while we measured: figures taken beside much of it say little."""

    def __init__(self) -> None:
        self._since, self._busy, self._own = time.perf_counter(), _busy_seconds(), _own_seconds()

    def cores(self) -> float:
        """Cores kept busy, on average since the start, by processes that are not ours; ended children of ours count
        as ours.
        """
        others = (_busy_seconds() - self._busy) - (_own_seconds() - self._own)
        return max(0.0, others / (time.perf_counter() - self._since))


def _busy_seconds() -> float:
    # proc(5), stat: user, nice, system, idle, iowait, irq, softirq, in ticks
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:8]
    user, nice, system, _idle, _waiting, irq, softirq = map(int, fields)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    kinds = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(kind.ru_utime + kind.ru_stime for kind in kinds)
