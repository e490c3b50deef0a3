"""A TCP proxy on loopback that does to a connection what networks do: cuts it, delays it, swallows one direction."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Proxy:
    """Between a client and a server. Every connection made through it shares its weather."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._target = (parts.hostname, parts.port)
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self.url = ""
        self.closed = False
        """Nobody is let through."""
        self.delay_s: Callable[[], float] = lambda: 0.0
        """How long each chunk is held back, in either direction."""
        self.swallow_answers = False
        """What the server sends goes nowhere; what the client sends still arrives."""
        self.connections = 0

    def cut(self) -> None:
        """Every connection through it is reset."""
        for pair in list(self._pairs):
            for writer in pair:
                writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self.closed:
            writer.transport.abort()
            return
        try:
            inner_reader, inner_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        pair = (writer, inner_writer)
        self._pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump(reader, inner_writer, answers=False))
                tasks.create_task(self._pump(inner_reader, writer, answers=True))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._pairs.discard(pair)
            for end in pair:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        while chunk := await reader.read(65536):
            delay = self.delay_s()
            if delay:
                await asyncio.sleep(delay)
            if answers and self.swallow_answers:
                continue
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError

    def weather(self, chance: random.Random) -> None:
        """Something else than before, by chance: a cut, slowness, silence, nobody home, or all is well."""
        self.closed = self.swallow_answers = False
        self.delay_s = lambda: 0.0
        match chance.randrange(6):
            case 0:
                self.cut()
            case 1:
                longest = chance.uniform(0.001, 0.05)
                self.delay_s = lambda: chance.uniform(0, longest)
            case 2:
                self.swallow_answers = True
            case 3:
                self.closed = True
                self.cut()
            case _:
                pass

    def clear_up(self) -> None:
        """All is well; connections that lost something on the way are cut, as their ends would in time."""
        self.closed = self.swallow_answers = False
        self.delay_s = lambda: 0.0
        self.cut()


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of `url`, at a free port."""
    proxy = Proxy(url)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        proxy.closed = True
        proxy.cut()
        server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await server.wait_closed()
