"""Runs `agent-tui` as a script does: a process of its own, no terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from agent_tui.config.paths import find_paths
from tests.desk_process import DeskProcess, running_desk

AGENT_TUI = (sys.executable, "-m", "agent_tui")
ENDS_WITHIN_S = 60.0


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """What it printed, as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**changes: str) -> dict[str, str]:
    """The test's own environment, and no keyring of the developer's."""
    kept = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    return {**kept, "DBUS_SESSION_BUS_ADDRESS": "disabled:", **changes}


def agent_tui(*arguments: str, given: str = "", **env: str) -> Ended:
    """Run it to its end."""
    done = subprocess.run(
        [*AGENT_TUI, *arguments],
        input=given,
        capture_output=True,
        text=True,
        env=environment(**env),
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def desk_of(home: Path) -> Iterator[DeskProcess]:
    """The own desk of this home, running."""
    with running_desk(find_paths(home).desk) as desk:
        yield desk


def code_of(ended: Ended) -> str:
    """The invite's code in what `invite --json` printed."""
    assert ended.code == 0, ended.err
    return str(ended.lines[0]["code"])
