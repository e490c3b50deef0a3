"""`kill -9` of a console with a full outbox: what was pressed and kept is sent once, in order, by the next one."""

import asyncio
import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent_tui.desk.store.opening import DATABASE
from tests.checker import History, check
from tests.desk_process import DeskProcess, running_desk
from tests.e2e.crowd import Customer, agent_at, lasting_token, moment, until

MESSAGES_A_LIFE = 50
CUSTOMERS = 4
FAST = {"AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "1000", "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "1000"}


class ConsoleLife:
    """One process of the console, from its start to its kill; all its lines are read."""

    def __init__(self, desk: DeskProcess, token: str, folder: Path, start: int, count: int) -> None:
        command = [sys.executable, "-m", "tests.e2e.console_process", desk.url, token, str(folder), "Ada"]
        # unbuffered: what is read ahead here would be lost to `communicate`
        self._process = subprocess.Popen([*command, str(start), str(count)], stdout=subprocess.PIPE, bufsize=0)
        self.said: list[list[Any]] = []

    async def first_press(self) -> None:
        """It is up, and Enter was pressed once."""
        await asyncio.to_thread(self._read_one)

    def _read_one(self) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line.endswith(b"\n"):
            self.said.append(json.loads(line))

    async def kill(self) -> None:
        """SIGKILL; then what it had said."""
        self._process.send_signal(signal.SIGKILL)
        await self.wait()

    async def wait(self) -> int:
        """Its end; a last line that was cut short is not counted."""
        try:
            out, _ = await asyncio.to_thread(self._process.communicate, timeout=120)
        finally:
            self._process.kill()
        self.said += [json.loads(line) for line in out.splitlines(keepends=True) if line.endswith(b"\n")]
        return self._process.returncode


@pytest.mark.parametrize(("kills", "seed"), [(6, 1), pytest.param(200, 2, marks=pytest.mark.torture)])
async def test_kill_console(tmp_path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    history = History()
    with running_desk(tmp_path / "desk", env=FAST) as desk:
        token = lasting_token(desk, "Ada")
        ada = desk.get("/v1/me", token)["you"]["id"]
        watcher = agent_at(desk, "Sven", tmp_path, history, watch_only=True)
        customers = [Customer(desk, history) for _ in range(CUSTOMERS)]
        for customer in customers:
            customer.say("hello")
        await until(lambda: len(watcher.account.state.conversations) == CUSTOMERS)
        refs = sorted(watcher.account.state.conversations)
        for ref in refs:
            await watcher.account.open(ref)
        kept: set[str] = set()
        pressed: set[str] = set()
        for life in range(kills + 1):
            last = life == kills
            console = ConsoleLife(
                desk, token, tmp_path / "acme", life * MESSAGES_A_LIFE, 0 if last else MESSAGES_A_LIFE
            )
            if last:
                assert await console.wait() == 0
                assert console.said[-1] == ["settled"]
            else:
                await console.first_press()
                for customer in customers:
                    customer.say(f"customer {life}")
                await asyncio.sleep(moment(chance))
                await console.kill()
            for what, *more in console.said:
                match what:
                    case "press":
                        history.send(ada, more[0], more[2])
                        pressed.add(more[0])
                    case "kept":
                        kept.add(more[0])
                    case "acked":
                        history.ack(ada, more[0], more[1])
                    case "refused":
                        pytest.fail(f"Enter was refused: {more[0]}")
        await until(lambda: not any(customer.lines for customer in customers))
        expected = {ref: desk.get(f"/v1/conversations/{ref}", desk.token())["last_seq"] for ref in refs}
        await until(lambda: all(watcher.transcript(ref)[-1][0] == expected[ref] for ref in refs))
        watcher.end()
        history.outbox[ada] = dict.fromkeys(kept, "sent")
        for task in [watcher.work, *(customer.work for customer in customers)]:
            task.cancel()
        await asyncio.gather(watcher.work, *(customer.work for customer in customers), return_exceptions=True)
        await watcher.account.close()
        for customer in customers:
            await customer.client.close()
        desk.stop()
    # at the kill, one message at most was pressed and not yet kept
    assert kept
    assert len(pressed - kept) <= kills
    assert check(tmp_path / "desk" / DATABASE, history) == []
