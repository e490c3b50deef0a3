"""The WebSocket connection under a socket: uvicorn's, and a way to cut it from inside the application.

Closing in an orderly way waits until the peer has taken what is buffered for it. A reader that has stopped reading
never does, so its connection has to be aborted.
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

ABORT = "agent_tui.abort"
"""Key in the ASGI scope's `state` of a `Callable[[], None]` that cuts the connection at once."""

_WRITE_BUFFER_BYTES = 64 * 1024
_CLOSE_TIMEOUT_SECONDS = 2.0


class DeskConnection(WebSocketsSansIOProtocol):
    """One WebSocket connection that its socket task can abort."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, ABORT: self._abort}, _loop)
        self.close_timeout = _CLOSE_TIMEOUT_SECONDS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)

    def keepalive_timeout(self) -> None:
        """Without a sign of life nobody takes what is buffered either: cut instead of waiting for it."""
        super().keepalive_timeout()
        self._abort()

    def _abort(self) -> None:
        self.transport.abort()
