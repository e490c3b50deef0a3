"""What the console costs whatever the machine's mood: modules before its first paint, bytes and rows a message."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import feed
from tests.bench.programs import CONSOLE_PROGRAM, Run, at_work
from tests.pty_runner import PtyProgram
from tests.walls.test_cold_start import NOT_BEFORE_THE_FIRST_PAINT

MOST_BYTES = 10 * 1024
ROWS_BESIDE_THE_TRANSCRIPT = 4
HISTORY = 60
"""Messages: more than a screen holds."""

# The real command and the real app; `on_ready` is what Textual calls when the first frame is out.
UP_TO_THE_FIRST_PAINT = """
import os, sys
from agent_tui.cli import main
from agent_tui.ui.app import ConsoleApp

def painted(self):
    with open(os.environ["LOADED"], "w") as file:
        file.write(" ".join(name.partition(".")[0] for name in list(sys.modules)))
    self.exit()

ConsoleApp.on_ready = painted
sys.argv = ["agent-tui", "--desk", "http://127.0.0.1:1"]
main()
"""


def test_a_real_start_up_to_its_first_paint_loads_nothing_that_can_wait(tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    env = {"AGENT_TUI_HOME": str(tmp_path / "home"), "AGENT_TUI_TOKEN": "token", "LOADED": str(loaded)}
    with PtyProgram([sys.executable, "-c", UP_TO_THE_FIRST_PAINT], env=env) as console:
        console.wait_for("agent-tui", timeout=30)
        console.wait_exit(timeout=30)
    names = set(loaded.read_text().split())
    assert {"agent_tui", "textual"} <= names
    assert names & NOT_BEFORE_THE_FIRST_PAINT == set()


@pytest.fixture(scope="module")
def following() -> Iterator[Run]:
    """The console at 120×36 with a full transcript that follows, and the focus in the composer."""
    with at_work(CONSOLE_PROGRAM, HISTORY) as run:
        yield run


def arrived(run: Run) -> bytes:
    """All that comes to the terminal for one message, until it is still."""
    run.terminal.wait_quiet(0.3)
    since = run.terminal.mark()
    (sent,) = run.feeder.send(feed.LARGE[0])
    run.terminal.wait_for(feed.marker(sent.conversation, sent.first), since=since, timeout=30)
    run.terminal.wait_quiet(0.3)
    return run.terminal.output(since)


def test_one_message_is_at_most_ten_kilobytes_to_the_terminal(following: Run) -> None:
    assert max(len(arrived(following)) for _ in range(3)) <= MOST_BYTES


def test_one_message_repaints_the_transcript_and_little_beside_it(following: Run) -> None:
    rows = following.terminal.screen().rows
    header = next(y for y, row in enumerate(rows) if " c1 " in row)
    composer = next(y for y, row in enumerate(rows) if " TO " in row)
    painted = {int(y) for y in re.findall(rb"\x1b\[(\d+);\d+H", arrived(following))}
    assert len(painted) <= composer - header - 1 + ROWS_BESIDE_THE_TRANSCRIPT
