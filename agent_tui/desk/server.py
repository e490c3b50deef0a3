"""uvicorn as the desk uses it: our connection under the sockets, a planned end that lets readers finish."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from agent_tui.desk.connection import DeskConnection
from agent_tui.desk.desk import Desk
from agent_tui.desk.listening import Listening
from agent_tui.desk.reader import Ending
from agent_tui.desk.settings import DeskSettings
from agent_tui.protocol.errors import CLOSE_CODES, Code
from agent_tui.protocol.frames import encode_event
from agent_tui.protocol.pushes import Closing

_MOST_HEADER_BYTES: Final = 32 * 1024
_POLL_SECONDS: Final = 0.02


def server_config(application: ASGIApp, settings: DeskSettings, listening: Listening) -> uvicorn.Config:
    """Everything that differs from uvicorn's defaults, which are made for trusted networks."""
    return uvicorn.Config(
        application,
        http="h11",
        ws=DeskConnection,
        ws_max_size=settings.limits.frame_bytes,
        ws_ping_interval=settings.ping_ms / 1000,
        ws_ping_timeout=settings.ping_ms / 1000,
        ws_per_message_deflate=False,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(listening.behind_proxy),
        forwarded_allow_ips=[listening.behind_proxy] if listening.behind_proxy else [],
        limit_concurrency=settings.connections,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=max(1, settings.drain_ms // 1000),
        h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
    )


class DeskServer(uvicorn.Server):
    """A server that says when it is ready, and drains before it ends."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk
        self.on_ready: Callable[[], None] = lambda: None

    def stop(self) -> None:
        """End in order: called by a signal, the stop route, or the demo's last console."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the loop's; uvicorn would raise them again after a clean end, and make it look like a crash."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in, tell everybody, finish what was asked, close."""
        for server in self.servers:
            server.close()
        await self._drain()
        await super().shutdown(sockets)

    async def _drain(self) -> None:
        desk = self._desk
        desk.stopping = True
        desk.presence.stopping = True
        sentence = "The desk is being restarted. Nothing is lost; this goes on in a moment."
        closing = encode_event(Closing(desk.settings.retry_after_ms, sentence))
        for reader in desk.readers.everybody:
            reader.now(closing)
        deadline = asyncio.get_running_loop().time() + desk.settings.drain_ms / 1000
        while desk.busy and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_POLL_SECONDS)
        for reader in desk.readers.everybody:
            reader.end(Ending(CLOSE_CODES[Code.STOPPING], "restarting"))
        while desk.readers.everybody and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_POLL_SECONDS)
        for reader in desk.readers.everybody:
            reader.cut()
