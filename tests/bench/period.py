"""A report over 1,000,000 messages: the command as a person runs it, from its start to the page."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_tui.config.paths import find_paths
from tests.bench.filled_desk import MESSAGES_EACH, fill
from tests.bench.measures import Figures, Sizes
from tests.desk_process import running_desk

DAYS = 30


def period(sizes: Sizes) -> Figures:
    """Seconds of `agent-tui report --html` for a month; the desk runs already."""
    with TemporaryDirectory(prefix="bench-report-") as folder:
        home = Path(folder) / "home"
        desk = find_paths(home).desk
        fill(desk, conversations=10 * sizes.history // MESSAGES_EACH, agents=50, days=DAYS - 1, still_open=False)
        with running_desk(desk):
            first = f"{datetime.now(UTC) - timedelta(days=DAYS):%Y-%m-%d}"
            command = [sys.executable, "-m", "agent_tui", "--home", str(home), "report", "--from", first, "--html"]
            began = time.perf_counter()
            done = subprocess.run(command, capture_output=True, check=True, timeout=120)
            took = time.perf_counter() - began
        if f"{10 * sizes.history // 2:,} lines of customers".encode() not in done.stdout:
            raise RuntimeError("The report does not count what was filled in.")
    return {"report": took}
