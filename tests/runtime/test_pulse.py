"""The pulse, on a clock of the test's; and half-open connections on the real one, speeded up."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from agent_tui.ports.events import Heard, Quiet
from agent_tui.ports.transport import SocketEnded
from agent_tui.runtime import pulse
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.net import Net
from agent_tui.runtime.pulse import Beat, Pulse


def beats(until: int, heard: dict[int, str]) -> list[tuple[int, Beat]]:
    """Every beat of a connection that is looked at as often as it asks for."""
    line = Pulse(0.0)
    found: list[tuple[int, Beat]] = []
    now = 0.0
    while now <= until:
        beat = line.look(now)
        if beat is not Beat.NOTHING:
            found.append((round(now), beat))
        arrivals = [moment for moment in heard if moment > now and moment <= line.next_look()]
        now = min(arrivals) if arrivals else max(line.next_look(), now + 0.001)
        if arrivals:
            line.heard(now)
        if beat is Beat.DEAD:
            break
    return found


def test_a_silent_line_is_pinged_then_called_quiet_then_dead_within_22_seconds() -> None:
    assert beats(60, {}) == [(10, Beat.PING), (12, Beat.QUIET), (20, Beat.DEAD)]


def test_a_pong_keeps_it_alive() -> None:
    assert beats(30, {11: "pong", 22: "pong"}) == [
        (10, Beat.PING),
        (11, Beat.HEARD),
        (21, Beat.PING),
        (22, Beat.HEARD),
    ]


def test_a_busy_line_is_never_pinged_and_told_of_once_a_second() -> None:
    line = Pulse(0.0)
    told = 0
    for tenth in range(1, 101):
        line.heard(tenth / 10)
        beat = line.look(tenth / 10)
        assert beat in (Beat.NOTHING, Beat.HEARD)
        told += beat is Beat.HEARD
    assert told == 10


@contextlib.asynccontextmanager
async def black_hole() -> AsyncIterator[tuple[int, asyncio.Event]]:
    """A server that answers the handshake, and reads nothing more and says nothing more once the event is set."""
    from websockets.asyncio.server import ServerConnection, serve

    swallow = asyncio.Event()
    over = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        await connection.send("hello")
        await swallow.wait()
        connection.transport.pause_reading()
        await over.wait()

    server = await serve(handler, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1)
    try:
        yield server.sockets[0].getsockname()[1], swallow
    finally:
        over.set()
        server.close(close_connections=True)


async def test_a_half_open_connection_is_called_quiet_and_then_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("PING_AFTER_S", 0.3), ("QUIET_AFTER_S", 0.5), ("PONG_WITHIN_S", 0.6)):
        monkeypatch.setattr(pulse, name, seconds)
    async with black_hole() as (port, swallow):
        net = Net(always_at(f"http://127.0.0.1:{port}", "token"))
        socket = await net.socket("/v1/socket")
        assert await socket.receive() == b"hello"
        heard: list[object] = []

        async def listen() -> None:
            while True:
                heard.append(await socket.receive())

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.5):
                await listen()
        # alive: it has answered every ping
        assert all(isinstance(fact, Heard) for fact in heard)
        heard.clear()
        swallow.set()
        with pytest.raises(SocketEnded, match="dead"):
            async with asyncio.timeout(10):
                await listen()
        assert isinstance(heard[-1], Quiet)
        await socket.aclose()
        await net.aclose()
