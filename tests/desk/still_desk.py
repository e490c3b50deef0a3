"""A desk in this process, on a real port, whose clock and ids are the test's: run twice, it says the same."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from agent_tui.desk.desk import Desk
from agent_tui.desk.keeping import keep_house
from agent_tui.desk.listening import bind, listening_on
from agent_tui.desk.serve import _asgi
from agent_tui.desk.server import DeskServer, server_config
from agent_tui.desk.service import Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store, StoreSettings
from agent_tui.desk.store.rows import AgentRow
from agent_tui.model.words import Availability, Role
from tests.desk.people import START_MS, Clock


class StillDesk:
    """What a test needs of it."""

    def __init__(self, desk: Desk, url: str, clock: Clock) -> None:
        self.desk = desk
        self.url = url
        self.socket_url = f"{url.replace('http', 'ws', 1)}/v1/socket"
        self.clock = clock
        self._http = httpx.AsyncClient(base_url=url, trust_env=False)

    async def agent(self, name: str, role: Role) -> None:
        """An account whose id is its name."""
        away, available = Availability.AWAY.value, Availability.AVAILABLE.value
        row = AgentRow(name.lower(), name, role.value, available, away, START_MS, None, START_MS, None)
        await self.desk.store.write(lambda tx: tx.put_agent(row, START_MS))

    async def token(self, name: str, role: Role) -> str:
        """A token of one of them."""
        issued = await self.desk.auth.sign_in_locally(role, name, "test", "Admin")
        return issued.token

    async def ask(self, method: str, path: str, token: str = "", body: Any = None) -> httpx.Response:
        """An HTTP answer of any status."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self._http.request(method, path, headers=headers, json=body)

    async def aclose(self) -> None:
        await self._http.aclose()


@contextlib.asynccontextmanager
async def still_desk(home: Path, settings: DeskSettings | None = None) -> AsyncIterator[StillDesk]:
    """Up and running."""
    settings = settings or DeskSettings()
    clock, numbers = Clock(), itertools.count(1)
    store = Store.open(home, StoreSettings(now_ms=clock, new_epoch=lambda: "epoch"))
    service = Service(store, settings, now_ms=clock, new_id=lambda: f"id-{next(numbers)}")
    desk = Desk(store, service, settings, now_ms=clock, own_name="Admin")
    listening = listening_on("127.0.0.1:0", "", None, None)
    with bind(listening) as listener:
        url = listening.url(listener)
        desk.origins.add_own([url])
        await desk.start()
        server = DeskServer(server_config(_asgi(desk), settings, listening), desk)
        ready = asyncio.Event()
        server.on_ready = ready.set
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        house = asyncio.create_task(keep_house(desk, None))
        await ready.wait()
        still = StillDesk(desk, url, clock)
        try:
            yield still
        finally:
            await still.aclose()
            server.stop()
            await serving
            house.cancel()
            await service.stop()
            store.close()
