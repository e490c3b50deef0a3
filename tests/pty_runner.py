"""Runs a program on a real pseudo terminal, types into it, and says when each of its bytes came out.

Every test and measure that wants a terminal uses this one runner::

    with PtyProgram([sys.executable, "-m", "agent_tui"], env={"AGENT_TUI_HOME": home}) as console:
        console.wait_for("waiting")
        console.write(b"hello\\r")
        console.wait_screen(lambda screen: "hello" in screen.text)

From an asyncio test ``await console.seen("waiting")`` and ``await console.screen_shows(...)`` do the same without
blocking the loop. Times are ``time.perf_counter()`` seconds: on Linux they are comparable between processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
import uuid
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
from wcwidth import wcwidth

Pattern = str | bytes | re.Pattern[bytes]

_READ_BYTES = 65_536
_MARK = "PTY_RUNNER_ID"
# Set by a developer's shell or by CI, these would make two machines see two different programs.
_NOT_INHERITED = ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_FPS", "TMUX", "TMUX_PANE", "STY", "COLUMNS", "LINES")
# Device control strings (XTGETTCAP and friends): pyte would print their bodies as text.
_DCS = re.compile(rb"\x1bP.*?\x1b\\", re.DOTALL)
_KITTY_KEYS = re.compile(rb"\x1b\[[<>=][0-9;]*u")


class NotSeen(AssertionError):
    """The program did not show what was waited for in time; the message holds its last screen."""


@dataclass(frozen=True)
class Seen:
    """Where and when a pattern came out: ``at`` is the time of the read that completed it."""

    at: float
    start: int
    end: int
    text: bytes


@dataclass(frozen=True)
class Screen:
    """What a person would see: one string a row, padded to the width, and the cursor (column, row) from 0."""

    rows: tuple[str, ...]
    cursor: tuple[int, int]

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)


class PtyProgram:
    """One program on its own terminal of ``columns`` x ``rows``; use as a context manager, or call :meth:`close`.

    ``env`` is laid over this process's environment (a value of None removes the name); TERM is xterm-256color with
    true colour unless given. Raises OSError when the program cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        env: Mapping[str, str | None] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        columns: int = 120,
        rows: int = 36,
    ) -> None:
        self._mark = uuid.uuid4().hex
        self._output = bytearray()
        self._chunk_ends: list[int] = []
        self._chunk_times: list[float] = []
        self._changed = threading.Condition()
        self._ended = False
        self._closed = False
        self._pyte = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._pyte)
        self._fed = 0
        self._sizes: list[tuple[int, int, int]] = []
        self._screen_lock = threading.Lock()

        self._master, slave = os.openpty()
        self._set_size(columns, rows)
        self._wake_read, self._wake_write = os.pipe()
        try:
            self.started_at = time.perf_counter()
            self._process = subprocess.Popen(
                [os.fspath(word) for word in argv],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=cwd,
                env=_environment(env or {}, self._mark),
                start_new_session=True,
                # Safe beside threads: between fork and exec it makes one system call and takes no lock.
                preexec_fn=_take_terminal,
            )
        except BaseException:
            for descriptor in (self._master, self._wake_read, self._wake_write):
                os.close(descriptor)
            raise
        finally:
            os.close(slave)
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, name=f"pty-{self.pid}", daemon=True)
        self._reader.start()

    # -- typing ---------------------------------------------------------------------------------------------------

    def write(self, data: bytes | str) -> float:
        """Types ``data`` and returns the time just before its first byte went in."""
        payload = data.encode() if isinstance(data, str) else data
        before = time.perf_counter()
        while payload:
            payload = payload[os.write(self._master, payload) :]
        return before

    def resize(self, columns: int, rows: int) -> None:
        """Changes the window; the program is told with SIGWINCH as by a real terminal."""
        with self._changed:
            self._sizes.append((len(self._output), columns, rows))
        self._set_size(columns, rows)

    # -- reading --------------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """The number of bytes that have come out so far: give it as ``since`` to look only at what comes later."""
        with self._changed:
            return len(self._output)

    def output(self, since: int = 0) -> bytes:
        with self._changed:
            return bytes(self._output[since:])

    def time_of(self, offset: int) -> float:
        """When the byte at ``offset`` was read."""
        with self._changed:
            return self._chunk_times[bisect_right(self._chunk_ends, offset)]

    def wait_for(self, pattern: Pattern, *, since: int = 0, timeout: float = 10.0) -> Seen:
        """Waits until ``pattern`` is in the raw bytes after ``since``; raises :class:`NotSeen` at the timeout or when
        the program ends first. A pattern must be painted in one piece: no escape sequence inside it.
        """
        literal = pattern if isinstance(pattern, bytes) else pattern.encode() if isinstance(pattern, str) else None
        deadline = time.perf_counter() + timeout
        scanned = since
        with self._changed:
            while True:
                if literal is not None:
                    start = self._output.find(literal, scanned)
                    end = start + len(literal)
                    scanned = max(since, len(self._output) - len(literal) + 1)
                else:
                    assert isinstance(pattern, re.Pattern)
                    match = pattern.search(self._output, since)
                    start, end = match.span() if match else (-1, -1)
                    # A match object keeps the buffer exported, and an exported bytearray cannot grow.
                    del match
                if start >= 0:
                    at = self._chunk_times[bisect_right(self._chunk_ends, max(start, end - 1))]
                    return Seen(at, start, end, bytes(self._output[start:end]))
                remaining = deadline - time.perf_counter()
                if self._ended or remaining <= 0:
                    break
                self._changed.wait(remaining)
        raise NotSeen(self._complaint(f"{pattern!r} was not painted within {timeout} s"))

    def wait_screen(
        self, shows: Callable[[Screen], bool] | str, *, timeout: float = 10.0, settled: float = 0.0
    ) -> Screen:
        """Waits until the screen shows the text, or satisfies the function; with ``settled``, also until nothing
        came out for that many seconds. Raises :class:`NotSeen` at the timeout.
        """
        wanted = (lambda screen: shows in screen.text) if isinstance(shows, str) else shows
        deadline = time.perf_counter() + timeout
        while True:
            length = self.mark()
            screen = self.screen()
            quiet_for = self._quiet_for()
            if wanted(screen) and quiet_for >= settled:
                return screen
            remaining = deadline - time.perf_counter()
            if remaining <= 0 or (self._ended and self.mark() == length):
                raise NotSeen(self._complaint(f"the screen did not show {shows!r} within {timeout} s"))
            with self._changed:
                if len(self._output) == length:
                    self._changed.wait(min(remaining, max(0.01, settled - quiet_for) if settled else remaining))

    def wait_quiet(self, seconds: float, *, timeout: float = 10.0) -> None:
        """Waits until nothing came out for ``seconds``; raises :class:`NotSeen` if it never falls quiet."""
        # Not by way of the screen: to draw what a minute of load wrote takes longer than any quiet is waited for.
        deadline = time.perf_counter() + timeout
        while (quiet := self._quiet_for()) < seconds:
            remaining = deadline - time.perf_counter()
            if remaining <= 0:
                raise NotSeen(self._complaint(f"the terminal was never quiet for {seconds} s within {timeout} s"))
            time.sleep(min(remaining, seconds - quiet))

    async def seen(self, pattern: Pattern, *, since: int = 0, timeout: float = 10.0) -> Seen:
        return await asyncio.to_thread(self.wait_for, pattern, since=since, timeout=timeout)

    async def screen_shows(
        self, shows: Callable[[Screen], bool] | str, *, timeout: float = 10.0, settled: float = 0.0
    ) -> Screen:
        return await asyncio.to_thread(self.wait_screen, shows, timeout=timeout, settled=settled)

    def screen(self) -> Screen:
        """The screen as it is now."""
        with self._screen_lock:
            with self._changed:
                fresh = bytes(self._output[self._fed :])
                sizes, self._sizes = self._sizes, []
            for offset, columns, rows in sizes:
                before = max(0, offset - self._fed)
                self._feed(fresh[:before])
                fresh = fresh[before:]
                self._pyte.resize(rows, columns)
            self._feed(fresh)
            seen = tuple(_row(self._pyte.buffer[y], self._pyte.columns) for y in range(self._pyte.lines))
            return Screen(seen, (self._pyte.cursor.x, self._pyte.cursor.y))

    # -- ending ---------------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_exit(self, timeout: float = 10.0) -> int:
        """Waits for the program to end by itself and returns its exit code (negative: the signal that ended it)."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise NotSeen(self._complaint(f"the program did not end within {timeout} s")) from None
        self._reader.join(1.0)
        return code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends a signal to this program alone, not to what it started."""
        if self.running:
            os.kill(self.pid, number)

    def close(self, *, descendants: bool = True) -> None:
        """Ends the program and, unless told otherwise, all it started, also what detached itself (an own desk)."""
        if self._closed:
            return
        self._closed = True
        self.kill(signal.SIGKILL)
        self._process.wait()
        if descendants:
            for pid in _processes_marked(self._mark):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        os.write(self._wake_write, b"x")
        self._reader.join(2.0)
        for descriptor in (self._master, self._wake_read, self._wake_write):
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            try:
                data = os.read(self._master, _READ_BYTES) if self._master in ready else b""
            except OSError:  # EIO: the last process on the terminal has closed it
                data = b""
            now = time.perf_counter()
            with self._changed:
                if data:
                    self._output += data
                    self._chunk_ends.append(len(self._output))
                    self._chunk_times.append(now)
                else:
                    self._ended = True
                self._changed.notify_all()
            if not data:
                return

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _feed(self, data: bytes) -> None:
        self._fed += len(data)
        self._stream.feed(_KITTY_KEYS.sub(b"", _DCS.sub(b"", data)))

    def _quiet_for(self) -> float:
        with self._changed:
            last = self._chunk_times[-1] if self._chunk_times else self.started_at
        return time.perf_counter() - last

    def _complaint(self, sentence: str) -> str:
        state = "is running" if self.running else f"has ended with {self._process.returncode}"
        return f"{sentence}; the program {state}. Its screen:\n{self.screen().text}"


def _row(cells: Mapping[int, pyte.screens.Char], columns: int) -> str:
    """A row's text. A wide character's second cell is empty; so is the half of one that was overwritten, where
    pyte's own `display` fails.
    """
    text = []
    wide = False
    for x in range(columns):
        data = cells[x].data
        if data:
            text.append(data)
        elif not wide:
            text.append(" ")
        wide = bool(data) and wcwidth(data[0]) == 2
    return "".join(text)


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _environment(changes: Mapping[str, str | None], mark: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", _MARK: mark}
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment


def _processes_marked(mark: str) -> list[int]:
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found
