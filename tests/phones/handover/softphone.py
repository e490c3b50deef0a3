"""Debian's `baresip` on loopback: a telephone that answers by itself, and the folder of one that dials."""

import json
import socket
import subprocess
import time
import wave
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.required import require

READY_SECONDS = 20.0
_RATE = 8000
_CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{port}
audio_player aufile,{folder}/heard.wav
audio_source aufile,{folder}/says.wav
audio_alert aufile,{folder}/heard.wav
audio_srate 8000
audio_channels 1
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


def program() -> str:
    """Where it is; the test skips, with how to install it, where it isn't."""
    return require("baresip", "sudo apt install baresip")


def free_ports(count: int) -> list[int]:
    """Ports that are free now, each with the next one: a telephone takes that too, for TLS."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            first, second, third = (held.enter_context(socket.socket(type=kind)) for kind in _KINDS)
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port))
                third.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            found.append(port)
    return found


_KINDS = (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_STREAM)


def folder_of(folder: Path, user: str, port: int, control: int, seconds: int = 60) -> Path:
    """A telephone's settings: who it is, where it listens, and a minute of silence to say."""
    folder.mkdir()
    (folder / "config").write_text(_CONFIG.format(port=port, control=control, folder=folder))
    account = f"<sip:{user}@127.0.0.1:{port};transport=udp>;regint=0;answermode=auto;audio_codecs=pcmu/8000/1\n"
    (folder / "accounts").write_text(account)
    (folder / "contacts").write_text("")
    with wave.open(str(folder / "says.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(bytes(2 * _RATE * seconds))
    return folder


class Control:
    """What a running telephone tells on its control port: netstrings of JSON."""

    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._kept = b""

    def event(self, kind: str) -> dict[str, Any]:
        """The next event of this kind."""
        until = time.monotonic() + READY_SECONDS
        while (told := self._next(until)).get("type") != kind:
            continue
        return told

    def _next(self, until: float) -> dict[str, Any]:
        while True:
            length, colon, rest = self._kept.partition(b":")
            if colon and len(rest) > int(length):
                self._kept = rest[int(length) + 1 :]
                told: dict[str, Any] = json.loads(rest[: int(length)])
                return told
            self._socket.settimeout(max(0.1, until - time.monotonic()))
            got = self._socket.recv(65536)
            if not got:
                raise AssertionError("the telephone is gone")
            self._kept += got

    def close(self) -> None:
        self._socket.close()


@contextmanager
def answering(folder: Path, control: int) -> Iterator[Control]:
    """A telephone that picks up by itself."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program(), "-4", "-n", "127.0.0.1", "-f", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            told = Control(control)
            try:
                yield told
            finally:
                told.close()
        finally:
            process.terminate()
            process.wait(10)


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
