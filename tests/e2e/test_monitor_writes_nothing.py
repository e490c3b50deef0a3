"""The monitor on a real desk: every key, every palette command, in every view; nothing leaves but reads."""

import asyncio
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from agent_tui.backends.desk import plugin
from agent_tui.config.actions import ACTIONS
from agent_tui.config.monitor_actions import IN_MONITOR
from agent_tui.core.state import LinkState
from agent_tui.ports.transport import HttpAnswer, Socket
from agent_tui.protocol import commands as c
from agent_tui.protocol.frames import decode_command
from agent_tui.protocol.table import COMMAND_BY_TYPE
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.guard import ReadOnlyTransport
from agent_tui.runtime.monitor import Monitor
from agent_tui.runtime.net import Net
from agent_tui.ui.monitor.app import MonitorApp
from agent_tui.ui.monitor.options import KeptInMemory, MonitorOptions, OpenedMonitor
from agent_tui.ui.monitor.views import View
from agent_tui.ui.options import AppOptions
from agent_tui.ui.palette import rows_for
from tests.clients import StaffClient, VisitorClient
from tests.desk_process import DeskProcess, running_desk

READS = ("/behind", "/replay", "/standing", "/sample", "/entries")
LEAVES = frozenset({"app.quit"})


class Outbound:
    """A transport that writes down whatever the guard let through, and lets it go on."""

    def __init__(self, inner: Net) -> None:
        self._inner = inner
        self.requests: list[tuple[str, str, bytes | None]] = []
        self.frames: list[bytes] = []

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        self.requests.append((method, path, body))
        return await self._inner.request(method, path, query, body)

    async def socket(self, path: str) -> Socket:
        socket = await self._inner.socket(path)
        send, frames = socket.send, self.frames

        async def sent(frame: bytes) -> None:
            frames.append(frame)
            await send(frame)

        socket.send = sent  # type: ignore[method-assign]
        return socket

    async def aclose(self) -> None:
        await self._inner.aclose()


def visitor_of(desk: DeskProcess) -> VisitorClient:
    token, _ = desk.visitor(language="en")
    return VisitorClient(desk.socket_url, lambda: desk.ticket(token))


def everything(desk: DeskProcess, token: str) -> dict[str, Any]:
    """All that staff can read of the conversations and of each other, but for clocks."""
    inbox = desk.get("/v1/inbox", token)
    return {
        "conversations": inbox["conversations"],
        "agents": inbox["agents"],
        "entries": [desk.get(f"/v1/conversations/{n}/entries?limit=500", token)["entries"] for n in (1, 2, 3)],
    }


async def test_every_key_and_every_command_in_every_view_sends_only_reads(tmp_path: Path) -> None:
    with running_desk(tmp_path / "desk") as desk:
        admin, vera = desk.token(), desk.token("Vera", "supervisor")
        async with visitor_of(desk) as jane, visitor_of(desk) as piet, visitor_of(desk) as omar:
            for number, customer in enumerate((jane, piet, omar), start=1):
                await customer.say(f"Hello from number {number}: is anybody there?")
            async with StaffClient(desk.socket_url, desk.token("Ada", "agent")) as ada:
                await ada.ask(c.Claim, conversation=1, expect_owner="")
                await ada.ask(c.SetFlag, conversation=1, reason="asks for a lawyer")
                before = everything(desk, admin)
                outbound = await watch_everything(desk, vera)
                assert everything(desk, admin) == before
        said = {type(decode_command(frame)) for frame in outbound.frames}
        assert {method for method, _, _ in outbound.requests} == {"GET"}
        assert [body for _, _, body in outbound.requests if body is not None] == []
        assert said <= {c.Hello, c.Watch, c.Subscribe}
        assert c.Watch in said
        assert not any(COMMAND_BY_TYPE[kind].writes for kind in said)
        paths = " ".join(path for _, path, _ in outbound.requests)
        for read in READS:
            assert read in paths, "the walk came by everything that is read"


async def watch_everything(desk: DeskProcess, token: str) -> Outbound:
    """Press and choose all there is, in every view and in an open conversation. What went out comes back."""
    outbound = Outbound(Net(always_at(desk.url, token)))
    overseeing = plugin.overseeing(ReadOnlyTransport(outbound, plugin.only_looks), wall_ms)
    assert overseeing is not None
    monitor = Monitor("vera", overseeing, now_ms=wall_ms)

    async def open_monitor() -> OpenedMonitor:
        return OpenedMonitor(monitor)

    app = MonitorApp(MonitorOptions(AppOptions(zone=UTC), open_monitor, kept=KeptInMemory()))
    leaving = {key for action in (*ACTIONS, *IN_MONITOR) if action.id in LEAVES for key in action.keys}
    keys = {key for action in (*ACTIONS, *IN_MONITOR) for chord in action.keys for key in chord.split(" ")} - leaving
    async with app.run_test(size=(120, 34)) as pilot:
        async with asyncio.timeout(30):
            while monitor.state.known.link.state is not LinkState.LIVE or len(monitor.state.tiles) < 3:
                await pilot.pause(0.05)

        async def on_the_screen_again() -> None:
            while app.screen is not app.main:
                await pilot.press("escape")

        for view in View:
            app.main.show_view(view)
            for key in sorted(keys):
                await pilot.press(key)
                await on_the_screen_again()
        tile = next(iter(monitor.state.tiles))
        for key in sorted(keys - {"escape"}):
            app.main.show_view(View.WALL)
            app.main.open(tile)
            await pilot.press(key)
            await on_the_screen_again()
        app.main.show_view(View.WALL)
        for row in rows_for(app.keys, ""):
            if row.value not in LEAVES:
                await pilot.press("ctrl+k")
                app.screen.dismiss(row.value)
                await pilot.pause(0.02)
                await on_the_screen_again()
        app.main.show_view(View.BOARD)
        await pilot.press("g", "enter")
        await pilot.pause(0.2)
        await on_the_screen_again()
        for key in "hsy":
            await pilot.press("5", key)
            await pilot.pause(0.2)
            await on_the_screen_again()
        await pilot.press("5", "t", *"00:00-23:59", "enter")
        await on_the_screen_again()
        async with asyncio.timeout(30):
            while not all(any(read in path for _, path, _ in outbound.requests) for read in READS):
                await pilot.pause(0.05)
        assert app.is_running
    return outbound
