"""The runner that every terminal test stands on."""

from __future__ import annotations

import re
import signal
import sys
import time

import pytest

from tests.pty_runner import NotSeen, PtyProgram

ECHO = "import sys\nprint('ready', flush=True)\nfor line in sys.stdin: print('got', line.strip()[::-1], flush=True)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_types_and_says_when_the_answer_came() -> None:
    with PtyProgram(python(ECHO)) as program:
        ready = program.wait_for("ready")
        assert ready.at > program.started_at
        since = program.mark()
        written = program.write("abc\r")
        answer = program.wait_for(b"got cba", since=since)
        assert written < answer.at <= time.perf_counter()
        assert program.time_of(answer.end - 1) == answer.at
        assert program.output()[answer.start : answer.end] == b"got cba"


def test_a_regular_expression_is_found_and_more_output_can_follow() -> None:
    with PtyProgram(python(ECHO)) as program:
        program.wait_for(re.compile(rb"re[a]dy"))
        program.write("1\r")
        assert program.wait_for(re.compile(rb"got \d")).text == b"got 1"


def test_what_never_comes_is_reported_with_the_screen() -> None:
    with PtyProgram(python(ECHO)) as program:
        program.wait_for("ready")
        with pytest.raises(NotSeen, match="(?s)is running.*ready"):
            program.wait_for("nothing like this", timeout=0.05)


def test_the_end_of_the_program_ends_the_wait() -> None:
    with PtyProgram(python("raise SystemExit(3)")) as program:
        with pytest.raises(NotSeen):
            program.wait_for("never", timeout=30)
        assert program.wait_exit() == 3


def test_the_window_has_the_size_asked_for_and_changes() -> None:
    code = (
        "import os, signal, time\n"
        "def say(*_): s = os.get_terminal_size(); print(f'size {s.columns}x{s.lines}.', flush=True)\n"
        "signal.signal(signal.SIGWINCH, say); say()\n"
        "time.sleep(30)"
    )
    with PtyProgram(python(code), columns=100, rows=30) as program:
        program.wait_for("size 100x30.")
        assert len(program.screen().rows) == 30
        program.resize(60, 15)
        program.wait_for("size 60x15.")
        screen = program.screen()
        assert (len(screen.rows), len(screen.rows[0])) == (15, 60)


def test_a_stock_textual_app_is_seen_as_a_person_sees_it() -> None:
    code = (
        "from textual.app import App\n"
        "from textual.widgets import TextArea\n"
        "class Small(App):\n"
        "    def compose(self):\n        yield TextArea(id='t')\n"
        "Small().run()"
    )
    with PtyProgram(python(code), env={"TEXTUAL_ANIMATIONS": "none"}, columns=60, rows=10) as program:
        program.wait_for("\x1b[?1049h")
        program.wait_screen(lambda screen: screen.text.strip() != "", settled=0.1)
        program.write("hallo")
        assert "hallo" in program.wait_screen("hallo").rows[1]
        program.write(b"\x11")
        assert program.wait_exit() == 0


async def test_an_asyncio_test_can_wait_too() -> None:
    with PtyProgram(python(ECHO)) as program:
        await program.seen("ready")
        program.write("abc\r")
        assert "got cba" in (await program.screen_shows("got cba")).text


@pytest.mark.parametrize("detached", [False, True])
def test_closing_ends_everything_the_program_started(detached: bool) -> None:
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen(['sleep', '60'], start_new_session={detached})\n"
        "print('child', child.pid, 'started', flush=True)\n"
        "time.sleep(60)"
    )
    with PtyProgram(python(code)) as program:
        child = int(program.wait_for(re.compile(rb"child \d+ started")).text.split()[1])
        assert _alive(child)
        program.kill(signal.SIGTERM)
        program.wait_exit()
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
