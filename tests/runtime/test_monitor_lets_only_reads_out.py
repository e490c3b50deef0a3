"""The outbound log of a monitor: everything it can be asked for is asked, and what leaves is GET, hello and watch."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from agent_tui.backends.desk import plugin
from agent_tui.model.figures import Figure
from agent_tui.model.ids import ConversationRef
from agent_tui.ports.backend import View
from agent_tui.ports.errors import Forbidden
from agent_tui.ports.transport import HttpAnswer, Socket, Transport
from agent_tui.ports.wall import Overseeing
from agent_tui.protocol import commands as c
from agent_tui.protocol.frames import encode_command
from agent_tui.protocol.table import COMMANDS, ROUTES
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.guard import ReadOnlyTransport
from agent_tui.runtime.monitor import Monitor
from agent_tui.runtime.net import Net
from tests.desk.conftest import ROOMY, staff_of, visitor_of
from tests.desk.test_desk_roles import VALUES
from tests.desk_process import running_desk


class Logged:
    """A transport that writes down what leaves through it."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.requests: list[tuple[str, str]] = []
        self.frames: list[dict[str, Any]] = []

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        self.requests.append((method, path))
        assert body is None
        return await self._inner.request(method, path, query)

    async def socket(self, path: str) -> Socket:
        return _LoggedSocket(await self._inner.socket(path), self.frames)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _LoggedSocket:
    def __init__(self, inner: Socket, frames: list[dict[str, Any]]) -> None:
        self._inner = inner
        self._frames = frames

    async def send(self, frame: bytes) -> None:
        self._frames.append(msgspec.json.decode(frame))
        await self._inner.send(frame)

    async def receive(self) -> Any:
        return await self._inner.receive()

    async def aclose(self) -> None:
        await self._inner.aclose()


async def test_everything_a_monitor_can_do_is_a_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_desk(tmp_path_factory.mktemp("log") / "home", env=ROOMY) as desk:
        async with staff_of(desk) as ada, visitor_of(desk) as jane:
            await jane.say("hello there")
            number = (await ada.sees("hello there"))["conversation"]
            await ada.ask(c.Claim, conversation=number)
            await ada.send(number, "hi")
            log = Logged(Net(always_at(desk.url, desk.token("Vera", "supervisor"))))
            overseeing = plugin.overseeing(ReadOnlyTransport(log, plugin.only_looks), wall_ms)
            monitor = Monitor("Vera", overseeing, now_ms=wall_ms)
            running = asyncio.ensure_future(monitor.run())
            async with asyncio.timeout(15):
                while not monitor.state.complete:
                    await asyncio.sleep(0.05)
            await _everything(monitor, overseeing, ConversationRef(str(number)))
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await monitor.close()
    assert {method for method, _ in log.requests} == {"GET"}
    reads = {row.path.split("{")[0] for row in ROUTES if not row.writes}
    assert all(any(path.startswith(read) for read in reads) for _, path in log.requests)
    assert {frame["do"] for frame in log.frames} == {"hello", "watch", "subscribe"}
    assert log.frames[0]["wall"] is True


async def _everything(monitor: Monitor, overseeing: Overseeing, ref: ConversationRef) -> None:
    """Every method there is, on both."""
    await monitor.look_at((ref,), (ref,))
    await monitor.older(ref)
    await monitor.get(ref)
    await monitor.list(View.ALL)
    await monitor.search("hello")
    await monitor.earlier(ref)
    await monitor.board()
    await monitor.behind(Figure.OPEN)
    await monitor.sample()
    await monitor.replay(0, wall_ms())
    await monitor.unmasked(ref)
    await overseeing.probe()
    await overseeing.history(ref)
    await overseeing.subscribe((ref,))
    await overseeing.hours()
    await overseeing.desk_name()
    await overseeing.report(0, wall_ms())
    await overseeing.watched()
    async for _ in overseeing.resync({}):
        pass
    monitor.reconnect_now()
    await asyncio.sleep(0)


@pytest.mark.parametrize("row", [row for row in COMMANDS if row.writes], ids=lambda row: row.name)
async def test_no_command_that_writes_gets_through_the_transport(row: Any) -> None:
    class Nobody:
        async def send(self, frame: bytes) -> None:
            raise AssertionError(f"it left: {frame!r}")

    class Nowhere:
        async def socket(self, path: str) -> Any:
            return Nobody()

    guarded: Any = ReadOnlyTransport(Nowhere(), plugin.only_looks)  # type: ignore[arg-type]
    socket = await guarded.socket("/v1/socket")
    fields = dict(VALUES.get(row.request, {}))
    if "conversation" in row.request.__struct_fields__:
        fields["conversation"] = 1
    with pytest.raises(Forbidden, match="only watched"):
        await socket.send(encode_command(row.request(1, **fields)))
