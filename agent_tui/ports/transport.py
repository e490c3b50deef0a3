"""What carries an adapter's bytes. Made in one place of the runtime and handed in, guarded where it has to be."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from agent_tui.ports.errors import Unreachable
from agent_tui.ports.events import Heard, Quiet


class HttpAnswer(Struct, frozen=True):
    """An answer of any status; its body is foreign."""

    status: int
    body: bytes


class SocketEnded(Unreachable):
    """The socket was closed from the other side (`code`: RFC 6455, 7.4) or lost (`code` 1006)."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class HandshakeRefused(Unreachable):
    """The other side answered the opening handshake with an HTTP status instead."""

    def __init__(self, sentence: str, answer: HttpAnswer) -> None:
        super().__init__(sentence)
        self.answer = answer


class Socket(Protocol):
    """One WebSocket connection."""

    async def send(self, frame: bytes) -> None:
        """Send one text frame. Raises `SocketEnded`."""
        ...

    async def receive(self) -> bytes | Heard | Quiet:
        """The next frame, or how alive the connection is. Raises `SocketEnded`."""
        ...

    async def aclose(self) -> None:
        """Close it, in at most two seconds."""
        ...


class Transport(Protocol):
    """HTTP requests and sockets to one backend, signed in."""

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        """Ask once. Raises `Unreachable`; an answer of any status is returned."""
        ...

    async def socket(self, path: str) -> Socket:
        """Connect. Raises `Unreachable` or its `HandshakeRefused`."""
        ...

    async def aclose(self) -> None:
        """Let go of everything."""
        ...
