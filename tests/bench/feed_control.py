"""The harness's end of the feeder: starts it, gives it orders, reads its answers."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tests.bench.feeder import Answer, Order, Ready, Sent, argv

_ROOT = Path(__file__).resolve().parents[2]


class Feed:
    """A feeder process of its own, ended with the ``with`` block; one order at a time."""

    def __init__(self, history: int) -> None:
        self._process = subprocess.Popen(argv(history), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT)
        self.port = msgspec.json.decode(self._line(), type=Ready).port

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for_reader(self) -> None:
        self.start(Order("readers"))
        self.finish()

    def send(self, conversation: int, count: int = 1, *, batch: int = 1) -> list[Sent]:
        """Sends ``count`` messages at once, ``batch`` a push, and waits until the socket has them."""
        self.start(Order("send", [conversation], count, 0, batch))
        return self.finish()

    def start(self, order: Order) -> None:
        """Gives an order without waiting for its end; :meth:`finish` or :meth:`stop` collects the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()

    def finish(self) -> list[Sent]:
        return msgspec.json.decode(self._line(), type=Answer).sent

    def stop(self) -> list[Sent]:
        """Ends a send early; returns what it has sent."""
        self.start(Order("stop"))
        return self.finish()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The bench's feeder ended; its complaint is above.")
        return line
