"""Alive, and can it write: asked by whoever watches the machine."""

import os
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import text

from agent_tui import __version__
from agent_tui.desk.store import Store, Transaction, schema
from agent_tui.protocol.errors import Refusal
from agent_tui.protocol.requests import Health

_GOOD_FOR_SECONDS: Final = 5.0
_FULL_FOR_SECONDS: Final = 10.0
_LEAST_FREE_BYTES: Final = 1024 * 1024
_MARK: Final = "health_checked"
_FULL = "The disk is full: everything can be read, nothing is kept until there is room again."


class HealthCheck:
    """Tries to read and to write, at most every few seconds however often it is asked."""

    def __init__(self, store: Store, refused_as_full: Callable[[], int]) -> None:
        """`refused_as_full`: how many wishes were refused so far because the disk was full."""
        self._store = store
        self._refused_as_full = refused_as_full
        self._refused = 0
        self._full_since = -_FULL_FOR_SECONDS
        self._last: Health | None = None
        self._checked = 0.0

    async def check(self, warning: str = "") -> Health:
        """How the desk is. `warning`: what its admin should know although all works."""
        now = time.monotonic()
        if self._refused != self._refused_as_full():
            # a small write may find room where a message did not
            self._refused = self._refused_as_full()
            self._full_since = now
            self._last = None
        if self._last is None or now - self._checked > _GOOD_FOR_SECONDS:
            self._checked = now
            self._last = await self._try()
        health = self._last
        if warning and not health.detail:
            return Health(health.ok, health.epoch, health.version, health.readable, health.writable, warning)
        return health

    async def _try(self) -> Health:
        readable = writable = True
        detail = ""
        try:
            await self._store.read(lambda c: c.execute(text("SELECT 1")).scalar_one())
        except Exception as error:
            readable, detail = False, f"The database cannot be read ({type(error).__name__})."
        try:
            await self._store.write(_touch)
        except Refusal as refusal:
            writable, detail = False, refusal.answer.detail
        except Exception as error:
            writable, detail = False, f"The database cannot be written ({type(error).__name__})."
        if writable and (time.monotonic() - self._full_since < _FULL_FOR_SECONDS or self._free() < _LEAST_FREE_BYTES):
            writable, detail = False, _FULL
        return Health(readable and writable, self._store.epoch, __version__, readable, writable, detail)

    def _free(self) -> int:
        disk = os.statvfs(self._store.folder)
        return disk.f_bavail * disk.f_frsize


def _touch(tx: Transaction) -> None:
    tx.execute(schema.meta.delete().where(schema.meta.c.name == _MARK))
    tx.execute(schema.meta.insert(), {"name": _MARK, "value": str(time.time_ns() // 1_000_000)})
