"""From F9 to the painted card, and to the checks on it: on a real desk, beside an empty modal of the same console."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_tui.model.ids import uuid7
from agent_tui.protocol import call_commands as cc
from tests.bench.measures import Figures, Sizes, quantile
from tests.bench.programs import COLUMNS, ROWS
from tests.clients import VisitorClient
from tests.desk_process import DeskProcess, running_desk
from tests.pty_runner import PtyProgram

F9, ESC, CTRL_F = b"\x1b[20~", b"\x1b", b"\x06"
NUMBER = "+31612345678"
PHONE = {
    "AGENT_TUI_DESK_PHONE_REGION": "NL",
    "AGENT_TUI_DESK_PHONE_CALLER_ID": "+31201234567",
    # nothing is reserved: what is measured is the card, not the desk's disk
    "AGENT_TUI_DESK_PHONE_START": "confirm",
}
_APART_S = (0.45, 0.55)
"""The second press of a key counts after 400 ms."""
_MS = 1000.0


def phone(sizes: Sizes) -> Figures:
    """The card and the modal in turn, so that both see the machine in the same mood."""
    with TemporaryDirectory(prefix="bench-phone-") as folder:
        home = Path(folder)
        with running_desk(home / "desk", env=PHONE) as desk:
            asyncio.run(_a_customer(desk))
            token = desk.token("Ada", role="agent")
            with _console(desk, token, home / "console") as terminal:
                terminal.wait_for("1 waiting", timeout=30)
                terminal.write(b"\x1b[19~")
                terminal.wait_screen("TYPING", timeout=20)
                terminal.wait_quiet(0.5)
                return _measured(terminal, max(5, sizes.keys // 5))


def _measured(terminal: PtyProgram, count: int) -> Figures:
    modal, painted, checked = [], [], []
    for _ in range(count):
        modal.append(_until(terminal, CTRL_F, b"Find in this chat")[0])
        _leave(terminal)
        shown, found = _until(terminal, F9, b"CALL Visitor", b"12345678")
        painted.append(shown)
        checked.append(found)
        _leave(terminal)
    return {
        "card-modal-p50": quantile(modal, 0.5),
        "card-painted-p50": quantile(painted, 0.5),
        "card-over-modal": quantile(painted, 0.5) - quantile(modal, 0.5),
        "card-checked-p50": quantile(checked, 0.5),
        "card-checked-p95": quantile(checked, 0.95),
    }


def _until(terminal: PtyProgram, key: bytes, *texts: bytes) -> list[float]:
    since = terminal.mark()
    pressed = terminal.write(key)
    return [(terminal.wait_for(text, since=since).at - pressed) * _MS for text in texts]


def _leave(terminal: PtyProgram) -> None:
    terminal.wait_quiet(0.1)
    terminal.write(ESC)
    time.sleep(random.uniform(*_APART_S))


def _console(desk: DeskProcess, token: str, home: Path) -> PtyProgram:
    env = {"AGENT_TUI_HOME": str(home), "AGENT_TUI_TOKEN": token, "PYTHONDONTWRITEBYTECODE": None}
    argv = [sys.executable, "-m", "agent_tui", "--desk", desk.url]
    return PtyProgram(argv, env=env, columns=COLUMNS, rows=ROWS)


async def _a_customer(desk: DeskProcess) -> None:
    visitor, _ = desk.visitor()
    async with VisitorClient(desk.socket_url, lambda: desk.ticket(visitor, time_zone="Europe/Amsterdam")) as jane:
        await jane.say("Could you call me about order 7781?")
        await jane.ask(cc.AskCall, call=uuid7(), number=NUMBER)
