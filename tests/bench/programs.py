"""The programs under test, each as a record of how it is started, known to be ready, and driven."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_tui.model.ids import ConversationRef
from agent_tui.storage.account_file import FILE_NAME, AccountFile
from agent_tui.storage.layout import Layout, LayoutFile
from tests.bench import feed
from tests.bench.feed_control import Feed
from tests.pty_runner import PtyProgram

COLUMNS, ROWS = 120, 36
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Program:
    """A program that comes up with large conversation 1 on its screen.

    ``first_paint``: text that its first whole frame holds. ``write`` and ``move``: put the focus into the composer and
    into the transcript. ``show``: the keys from either large conversation to number 1, and to number 2. ``prepare``:
    brings a home into the state that it starts from.
    """

    name: str
    argv: Callable[[Feed], list[str]]
    first_paint: str
    show: tuple[bytes, bytes]
    page_up: bytes
    write: Callable[[PtyProgram], None] = lambda terminal: None
    move: Callable[[PtyProgram], None] = lambda terminal: None
    prepare: Callable[[Feed, Path], None] = lambda feeder, home: None


@dataclass(frozen=True)
class Run:
    """A program on its terminal, fed by a feeder."""

    program: Program
    feeder: Feed
    terminal: PtyProgram


@contextmanager
def prepared(program: Program, feeder: Feed) -> Iterator[Path]:
    """A home of its own for the program."""
    with TemporaryDirectory(prefix="bench-home-") as folder:
        program.prepare(feeder, Path(folder))
        yield Path(folder)


def started(program: Program, feeder: Feed, home: Path) -> PtyProgram:
    """The program on a terminal, not waited for. To be closed."""
    return _on_terminal(program.argv(feeder), home)


@contextmanager
def at_work(program: Program, history: int) -> Iterator[Run]:
    """The program with large conversation 1 on its screen, to its last message, and the focus in the composer."""
    with Feed(history) as feeder, prepared(program, feeder) as home, started(program, feeder, home) as terminal:
        terminal.wait_for(program.first_paint, timeout=30)
        feeder.wait_for_reader()
        terminal.wait_for(feed.marker(1, history - 1), timeout=60)
        terminal.wait_quiet(0.3)
        program.write(terminal)
        terminal.wait_quiet(0.3)
        yield Run(program, feeder, terminal)


def _on_terminal(argv: list[str], home: Path) -> PtyProgram:
    # An installed program has its modules compiled: a developer's wish not to keep them would be paid at each start.
    env = {"AGENT_TUI_HOME": str(home), "AGENT_TUI_TOKEN": "bench", "PYTHONDONTWRITEBYTECODE": None}
    return PtyProgram(argv, env=env, cwd=_ROOT, columns=COLUMNS, rows=ROWS)


def _twelve_tabs(feeder: Feed, home: Path) -> None:
    """One start makes the account's file; in it, a tab for each of the agent's own conversations."""
    with _on_terminal(_console(feeder), home) as terminal:
        terminal.wait_for(feed.customer_name(feed.LARGE[0]), timeout=30)
    (file,) = home.rglob(FILE_NAME)
    account = AccountFile(file.parent)
    tabs = tuple(ConversationRef(str(number)) for number in feed.MINE)
    LayoutFile(account).save(Layout(tabs, tabs[0]))
    account.close()


def _console(feeder: Feed) -> list[str]:
    return [sys.executable, "-m", "agent_tui", "--desk", feeder.url]


def _to_composer(terminal: PtyProgram) -> None:
    terminal.write("i")
    terminal.wait_screen("Esc moving")


def _to_transcript(terminal: PtyProgram) -> None:
    terminal.write(b"\x1b")
    terminal.wait_screen("i reply")


FLOOR = Program(
    name="floor",
    argv=lambda feeder: [
        sys.executable,
        "-m",
        "tests.bench.floor_app",
        f"ws://127.0.0.1:{feeder.port}/v1/socket?floor",
    ],
    first_paint="floor ready",
    show=(b"\x1bOQ", b"\x1bOR"),
    page_up=b"\x1b[5~",
)

CONSOLE_PROGRAM = Program(
    name="console",
    argv=_console,
    first_paint="agent-tui",
    show=(b"\x10", b"\x0e"),
    page_up=b"\x1b[5~",
    write=_to_composer,
    move=_to_transcript,
    prepare=_twelve_tabs,
)
