"""The desk of one's own on this machine: found by its file, started detached where none runs, stopped on request."""

import asyncio
import contextlib
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.model.text import clean
from agent_tui.model.words import Role
from agent_tui.ports.errors import PortError, Refused, Unreachable
from agent_tui.ports.transport import HttpAnswer
from agent_tui.protocol.requests import LocalSignIn, SignedIn
from agent_tui.protocol.table import ROUTE
from agent_tui.runtime.net import Net, Place

DESK_FILE: Final = "desk.json"
SECRET_FILE: Final = "desk.secret"  # noqa: S105  (a file's name)
START_LOCK: Final = "desk.start.lock"
LOG_FILE: Final = "desk.log"
USUAL_PORT: Final = 8700
READY_WITHIN_S: Final = 20.0
ENDED_WITHIN_S: Final = 15.0
_LOOK_EVERY_S: Final = 0.05


class Announced(Struct, frozen=True):
    """What a running desk says of itself in `desk.json`."""

    url: str
    pid: int
    epoch: str
    protocol: int


def announced(home: Path) -> Announced | None:
    """The desk that says it runs in `home`; it may have died since."""
    try:
        return msgspec.json.decode((home / DESK_FILE).read_bytes(), type=Announced)
    except (OSError, msgspec.MsgspecError):
        return None


def runs(home: Path) -> bool:
    """Whether the process is there that said of itself that it is the desk of `home`."""
    said = announced(home)
    return said is not None and _runs(said.pid)


async def sign_in(home: Path, role: Role, name: str = "", device: str = "this machine") -> SignedIn | None:
    """A token from the desk that runs in `home`, by the secret of its start; None where none answers.

    `name` empty: the desk's own admin. Raises `Refused` where the desk says no.
    """
    said = announced(home)
    try:
        secret = (home / SECRET_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    if said is None:
        return None
    body = msgspec.json.encode(LocalSignIn(secret, role, name, device))
    answer = await _ask(Place(said.url, ""), "local_sign_in", body)
    if answer is None or answer.status in (401, 503):
        return None  # another program has that port now, or the desk is ending
    if answer.status != 200:
        raise Refused(
            f"The own desk at {said.url} refused to sign you in (HTTP {answer.status}): see {home / LOG_FILE}."
        )
    try:
        return msgspec.json.decode(answer.body, type=SignedIn)
    except msgspec.MsgspecError:
        return None


class OwnDesk:
    """Finds the desk of `home`, or starts it. `find` is what `connecting.account_at` asks for."""

    def __init__(
        self,
        home: Path,
        role: Role = Role.ADMIN,
        name: str = "",
        *,
        command: Sequence[str] | None = None,
        may_start: bool = True,
        own_name: str = "",
    ) -> None:
        """`command`: how to start it, where not the usual way; it has to serve `home`.

        `own_name`: what its own admin is called where there is none yet; empty: as the system's user.
        """
        self._own_name = own_name
        self._home = home
        self._role = role
        self._name = name
        self._command = command
        self._may_start = may_start
        self.signed_in: SignedIn | None = None

    async def find(self, _again: bool = False) -> Place:
        """Where it is, with a token of its present start; started if need be. Raises `Unreachable` or `Refused`."""
        signed_in = await self._sign_in() or await self._start()
        self.signed_in = signed_in
        said = announced(self._home)
        if said is None:
            raise Unreachable("The own desk has just ended: it is started again by itself.")
        return Place(said.url, signed_in.token)

    async def _sign_in(self) -> SignedIn | None:
        return await sign_in(self._home, self._role, self._name)

    async def _start(self) -> SignedIn:
        if not self._may_start:
            raise Unreachable("No desk of your own is running on this machine: `agent-tui --own` starts it.")
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with _alone(self._home / START_LOCK):
            # whoever held the lock before may have started it
            signed_in = await self._sign_in()
            if signed_in is not None:
                return signed_in
            process = self._spawn()
            try:
                async with asyncio.timeout(READY_WITHIN_S):
                    while (signed_in := await self._sign_in()) is None:
                        if process.poll() is not None:
                            raise Unreachable(f"The own desk could not be started: {self._last_words()}")
                        await asyncio.sleep(_LOOK_EVERY_S)
            except TimeoutError:
                process.kill()
                process.wait()
                raise Unreachable(
                    f"The own desk did not get ready in {READY_WITHIN_S:.0f} s: see {self._home / LOG_FILE}."
                ) from None
            return signed_in

    def _spawn(self) -> "subprocess.Popen[bytes]":
        for stale in (DESK_FILE, SECRET_FILE):
            (self._home / stale).unlink(missing_ok=True)
        command = self._command or [
            *(sys.executable, "-m", "agent_tui.desk", "--home", str(self._home), "--json"),
            *("--listen", f"127.0.0.1:{_port()}", "--own-name", self._own_name),
        ]
        log = os.open(self._home / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            # a session of its own: it outlives this console, its terminal and its signals
            return subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        finally:
            os.close(log)

    def _last_words(self) -> str:
        try:
            lines = (self._home / LOG_FILE).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return clean(lines[-1], limit=300, multiline=False) if lines else "it said nothing."


async def stop(home: Path) -> bool:
    """End the desk that runs in `home`, in order. False where none runs. Raises `Unreachable` if it does not end."""
    said = announced(home)
    signed_in = await sign_in(home, Role.ADMIN)
    if said is None or signed_in is None:
        return False
    await _ask(Place(said.url, signed_in.token), "stop", b"{}")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ENDED_WITHIN_S):
            while announced(home) is not None and _runs(said.pid):
                await asyncio.sleep(_LOOK_EVERY_S)
            return True
    raise Unreachable(f"The own desk (process {said.pid}) was told to stop and still runs: see {home / LOG_FILE}.")


async def _ask(place: Place, route: str, body: bytes) -> HttpAnswer | None:
    """One request; None where nobody answers."""

    async def find(_again: bool) -> Place:
        return place

    net = Net(find)
    try:
        return await net.request(ROUTE[route].method, ROUTE[route].path, body=body)
    except PortError:
        return None
    finally:
        await net.aclose()


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """One console at a time starts a desk. The lock ends with its process, whatever becomes of it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_LOOK_EVERY_S)
        yield
    finally:
        os.close(handle)


def _port() -> int:
    """The usual port, so that the chat page keeps its address; any other where that one is taken."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Ended, and its parent (this process, where it started the desk) has not asked how."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return False
