"""A desk that is not running, opened under its lock for one command: the same handlers, without a server."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request

from agent_tui.desk.asked import Asked
from agent_tui.desk.desk import Desk
from agent_tui.desk.home_lock import home_locked
from agent_tui.desk.routes import HANDLERS
from agent_tui.desk.service import Actor, Service
from agent_tui.desk.settings import load_settings
from agent_tui.desk.store import Store, StoreSettings, accounts
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol.table import ROUTE

AskAtRest = Callable[[str, Struct | None, Mapping[str, Any], Mapping[str, int]], Awaitable[Any]]


@asynccontextmanager
async def desk_at_rest(home: Path, own_name: str) -> AsyncIterator[AskAtRest]:
    """Ask routes of the table as the desk's own admin: who may read the home may do everything with it.

    Raises `HomeTaken` where a desk runs, `StoreError`, `SettingsError`; a handler's `Refusal` comes through.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = load_settings(home, os.environ)
    with home_locked(home):
        store = Store.open(home, StoreSettings(max_page_count=settings.max_page_count))
        try:
            service = Service(store, settings, now_ms=_wall_ms, new_id=uuid7)
            desk = Desk(store, service, settings, now_ms=_wall_ms, own_name=own_name)
            admin = await _own_admin(store, own_name)

            async def ask(route: str, body: Struct | None, query: Mapping[str, Any], path: Mapping[str, int]) -> Any:
                row = ROUTE[route]
                scope = {
                    "type": "http",
                    "method": row.method,
                    "path": row.path.format(**path),
                    "path_params": path,
                    "headers": [],
                    "query_string": urlencode(query).encode(),
                }
                return await HANDLERS[route](Asked(desk, admin, Request(scope), body, ""))

            try:
                yield ask
            finally:
                await service.library.end()
        finally:
            store.close()


async def _own_admin(store: Store, own_name: str) -> Actor:
    """Nobody is made: a desk without an admin shall still say so, and invite its first one, when it is served."""
    known = await store.read(accounts.admins)
    row = await store.write(lambda tx: tx.agent(known[0])) if known else None
    return Actor(Role.ADMIN, row.id, row.name) if row is not None else Actor(Role.ADMIN, "", own_name)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
