"""An account on a scripted backend, with clock and ids given: for tests of screens and of what lies under them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agent_tui.core.state import LinkState
from agent_tui.runtime.account import Account
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.account_file import AccountFile
from tests.scripted_backend import ScriptedAnswering, ScriptedDesk, ScriptedWatching

NOON_MS = 1_795_348_800_000
"""2026-11-22 12:00 UTC: when every scripted test takes place, unless it moves the clock."""


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.ms = now_ms

    def __call__(self) -> int:
        return self.ms

    def pass_ms(self, passed: int) -> None:
        """Time goes on."""
        self.ms += passed


class Cids:
    """cid-000001, cid-000002 …: as ordered as UUIDv7, and the same in every run."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, _after: str) -> str:
        self.made += 1
        return f"cid-{self.made:06}"


def account_of(
    desk: ScriptedDesk,
    *,
    watch_only: bool = False,
    folder: Path | None = None,
    cids: Cids | None = None,
    library: Shelving | None = None,
) -> Account:
    """An account on this backend; it does nothing until its `run` is started. `folder` None: kept in memory."""
    return Account(
        "acme",
        ScriptedWatching(desk),
        None if watch_only else ScriptedAnswering(desk),
        AccountFile(folder),
        now_ms=desk.now_ms,
        new_cid=cids or Cids(),
        back_off=BackOff(lambda: 0.0),
        library=library,
    )


async def settled(account: Account) -> None:
    """Wait until nothing is queued, on its way or being read."""
    async with asyncio.timeout(10):
        quiet_turns = 0
        while quiet_turns < 3:
            quiet_turns = quiet_turns + 1 if account.idle else 0
            await asyncio.sleep(0)


async def live(account: Account) -> None:
    """Wait until the line is up and all is taken in."""
    async with asyncio.timeout(10):
        while account.state.link.state is not LinkState.LIVE:
            await asyncio.sleep(0)
    await settled(account)


@asynccontextmanager
async def running(account: Account) -> AsyncIterator[Account]:
    """The account runs while this lasts; it is live and settled at the start, and closed at the end."""
    work = asyncio.ensure_future(account.run())
    try:
        await live(account)
        yield account
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await account.close()
