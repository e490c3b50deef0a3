"""The own desk: found, started once by however many ask, replaced when it died, stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_tui.core.state import LinkState
from agent_tui.model.words import Role
from agent_tui.ports.errors import Unreachable
from agent_tui.runtime import own_desk
from agent_tui.runtime.account import Account
from agent_tui.runtime.connecting import account_at
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.own_desk import OwnDesk, announced, stop


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    monkeypatch.setattr(own_desk, "_port", lambda: 0)
    home = tmp_path / "desk"
    yield home
    said = announced(home)
    if said is not None:
        await stop(home)


async def becomes(account: Account, *, live: bool) -> None:
    while (account.state.link.state is LinkState.LIVE) is not live:
        await asyncio.sleep(0.01)


async def test_started_once_found_again_and_stopped(home: Path) -> None:
    desks = [OwnDesk(home) for _ in range(3)]
    places = await asyncio.gather(*(desk.find() for desk in desks))
    assert len({place.url for place in places}) == 1
    assert len({place.token for place in places}) == 3
    assert desks[0].signed_in is not None
    assert desks[0].signed_in.you.role is Role.ADMIN
    watcher = OwnDesk(home, Role.SUPERVISOR, may_start=False)
    await watcher.find()
    assert watcher.signed_in is not None
    assert watcher.signed_in.you.role is Role.SUPERVISOR
    assert await stop(home) is True
    assert announced(home) is None
    assert await stop(home) is False
    with pytest.raises(Unreachable, match="agent-tui --own"):
        await watcher.find()


async def test_a_desk_that_died_is_replaced_and_its_consoles_come_back(home: Path) -> None:
    account = account_at("own", OwnDesk(home).find, None)
    account._link.back_off = BackOff(lambda: 0.1)
    work = asyncio.ensure_future(account.run())
    try:
        async with asyncio.timeout(30):
            await becomes(account, live=True)
            first = announced(home)
            assert first is not None
            os.kill(first.pid, signal.SIGKILL)
            await becomes(account, live=False)
            await becomes(account, live=True)
        second = announced(home)
        assert second is not None
        assert second.pid != first.pid
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await account.close()


async def test_a_desk_that_cannot_start_says_why(home: Path) -> None:
    command = [sys.executable, "-c", "print('The disk is full.'); raise SystemExit(1)"]
    with pytest.raises(Unreachable, match="could not be started: The disk is full"):
        await OwnDesk(home, command=command).find()
