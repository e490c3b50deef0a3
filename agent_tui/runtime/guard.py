"""Read-only by construction: a transport that lets nothing out but reads, whatever is asked of it."""

from collections.abc import Callable, Mapping
from typing import Final

from agent_tui.ports.errors import Forbidden
from agent_tui.ports.events import Heard, Quiet
from agent_tui.ports.transport import HttpAnswer, Socket, Transport

READING: Final = frozenset({"GET", "HEAD"})
STOPPED: Final = "This was stopped before it left: here is only watched, and that would have changed something."


class ReadOnlyTransport:
    """Refuses every HTTP method but GET and HEAD, and every socket frame that is not on the backend's short list."""

    def __init__(self, inner: Transport, only_looks: Callable[[bytes], bool]) -> None:
        self._inner = inner
        self._only_looks = only_looks

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        """A read. Raises `Forbidden` for anything else, before a byte leaves."""
        if method not in READING or body is not None:
            raise Forbidden(STOPPED)
        return await self._inner.request(method, path, query)

    async def socket(self, path: str) -> Socket:
        """A socket that is guarded too."""
        return _ReadOnlySocket(await self._inner.socket(path), self._only_looks)

    async def aclose(self) -> None:
        """Let go of everything."""
        await self._inner.aclose()


class _ReadOnlySocket:
    def __init__(self, inner: Socket, only_looks: Callable[[bytes], bool]) -> None:
        self._inner = inner
        self._only_looks = only_looks

    async def send(self, frame: bytes) -> None:
        if not self._only_looks(frame):
            raise Forbidden(STOPPED)
        await self._inner.send(frame)

    async def receive(self) -> bytes | Heard | Quiet:
        return await self._inner.receive()

    async def aclose(self) -> None:
        await self._inner.aclose()
