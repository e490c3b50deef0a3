"""A real desk in a process of its own, on a free port, with a home of its own: start, sign in, kill, restart."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

READY_SECONDS = 30.0
END_SECONDS = 15.0


class DeskDied(Exception):
    """The desk ended instead of getting ready; the text is what it said."""


class DeskProcess:
    """One desk. `start` it again after `kill` or `stop`: home and port stay the same."""

    def __init__(self, home: Path, *, env: Mapping[str, str] | None = None, arguments: tuple[str, ...] = ()) -> None:
        """`env`: settings such as `AGENT_TUI_DESK_LIMITS_VISITOR_BURST`; `arguments`: more of the command line."""
        self.home = home
        self.log = home.parent / f"{home.name}.log"
        self.url = ""
        self.socket_url = ""
        self.ready: dict[str, Any] = {}
        self._env = dict(env or {})
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running process."""
        assert self._process is not None
        return self._process.pid

    def start(self, **env: str) -> "DeskProcess":
        """Start and wait until it says it is ready. Raises `DeskDied`."""
        listen = self.url.rpartition("//")[2] or "127.0.0.1:0"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "agent_tui.desk", "--home", str(self.home), "--listen", listen, "--json"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *self._arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self._env, **env},
            )
        self.ready = json.loads(self._first_line())
        self.url, self.socket_url = self.ready["url"], self.ready["socket"]
        return self

    def _first_line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        deadline = time.monotonic() + READY_SECONDS
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self.kill()
                    raise DeskDied(f"not ready in {READY_SECONDS} s: {self.said()}")
                got = os.read(self._process.stdout.fileno(), 65536)
                if not got:
                    self._process.wait(END_SECONDS)
                    raise DeskDied(self.said())
                line += got
        return line

    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def kill(self) -> None:
        """SIGKILL, as the power cut does it."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and wait for the orderly end; the exit code."""
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Wait for it to end by itself; the exit code."""
        assert self._process is not None
        return self._process.wait(END_SECONDS)

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_SECONDS)
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()

    @property
    def secret(self) -> str:
        """The secret of this start."""
        return (self.home / "desk.secret").read_text(encoding="utf-8")

    def token(self, name: str = "", role: str = "admin", device: str = "test") -> str:
        """A staff token; an agent of this name is made if there is none. Without a name: the desk's own admin."""
        said = {"secret": self.secret, "role": role, "name": name, "device": device}
        return str(self.post("/v1/local", said)["token"])

    def visitor(self, **said: str) -> tuple[str, str]:
        """A new visitor: token and id."""
        made = self.post("/v1/visitors", said)
        return made["token"], made["visitor"]

    def ticket(self, visitor_token: str, **page: str) -> str:
        """The key to one socket of this visitor."""
        return str(self.post("/v1/ticket", page, visitor_token)["ticket"])

    def get(self, path: str, token: str = "") -> Any:
        """The JSON answer. Raises `urllib.error.HTTPError`."""
        return self.ask("GET", path, None, token)[1]

    def post(self, path: str, body: Any, token: str = "") -> Any:
        """The JSON answer. Raises `urllib.error.HTTPError`."""
        return self.ask("POST", path, body, token)[1]

    def ask(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> tuple[int, Any]:
        """Status and JSON answer. Raises `urllib.error.HTTPError` beyond 399."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request, timeout=20) as answer:
            raw = answer.read()
            return answer.status, json.loads(raw) if "json" in answer.headers.get("content-type", "") else raw

    def refusal(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> tuple[int, Any]:
        """Status and `ErrorAnswer` of a request that has to be refused."""
        try:
            status, answer = self.ask(method, path, body, token, **headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        raise AssertionError(f"{method} {path} was answered {status}: {answer}")


@contextlib.contextmanager
def running_desk(
    home: Path, *, env: Mapping[str, str] | None = None, arguments: tuple[str, ...] = ()
) -> Iterator[DeskProcess]:
    """A started desk that is gone afterwards, whatever happens."""
    desk = DeskProcess(home, env=env, arguments=arguments)
    try:
        yield desk.start()
    finally:
        desk.kill()
