"""The WebSocket connection under a socket: uvicorn's, with ways to cut it and to send much at once.

Closing in an orderly way waits until the peer has taken what is buffered for it. A reader that has stopped reading
never does, so its connection has to be aborted.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState

CONNECTION = "agent_tui.connection"
"""Key in the ASGI scope's `state` of the `DeskConnection` itself."""

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
        super().__init__(config, server_state, {**app_state, CONNECTION: self}, _loop)
        self.close_timeout = _CLOSE_TIMEOUT_SECONDS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)

    def keepalive_timeout(self) -> None:
        """Without a sign of life nobody takes what is buffered either: cut instead of waiting for it."""
        super().keepalive_timeout()
        self.abort()

    async def send_texts(self, frames: Sequence[bytes]) -> None:
        """Send text frames in one write. Waits while the peer takes nothing; raises `ConnectionResetError` when gone.

        What `websocket.send` of ASGI does, without a system call and two conversions for each frame.
        """
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ConnectionResetError
        try:
            for frame in frames:
                self.conn.send_text(frame)
        except InvalidState:
            raise ConnectionResetError from None
        self.transport.write(b"".join(self.conn.data_to_send()))

    def abort(self) -> None:
        """Cut the connection at once."""
        self.transport.abort()
