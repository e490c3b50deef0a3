"""What 20 monitors cost the desk: 1,000 open conversations, 50 agents, 100 messages a second, with and without them.

Also the load itself, as programs: ``python -m tests.bench.wall_feed write|watch --url URL --token TOKEN …``.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from websockets.asyncio.client import ClientConnection, connect

from agent_tui.model.ids import uuid7
from agent_tui.protocol.commands import Hello, Send, Watch
from agent_tui.protocol.frames import encode_command
from tests.bench.filled_desk import MESSAGES_EACH, fill
from tests.bench.measures import Figures, Sizes
from tests.bench.process_stat import cpu_seconds
from tests.desk_process import DeskProcess, running_desk

MESSAGES_A_SECOND = 100
MONITORS = 20
AGENTS = 50
_TILES = 12
_ROOT = Path(__file__).resolve().parents[2]


def wall_feed(sizes: Sizes) -> Figures:
    """The desk's time on a processor with monitors, less the same without them, in turns."""
    return {
        "wall-feed": _cost(sizes, 1_000, MONITORS),
        "wall-feed-5000": _cost(sizes, 5_000, MONITORS),
    }


def _cost(sizes: Sizes, conversations: int, monitors: int) -> float:
    conversations = min(conversations, sizes.history)
    with TemporaryDirectory(prefix="bench-wall-") as folder:
        home = Path(folder) / "home"
        fill(home, conversations=conversations, agents=AGENTS, days=1, still_open=True)
        with running_desk(home) as desk:
            token = desk.token("Ada", "agent")
            with _program("write", desk, token, conversations):
                spent = {False: 0.0, True: 0.0}
                for watched in (False, True, False, True):
                    spent[watched] += _spent(sizes, desk, conversations, monitors if watched else 0)
    return 100 * (spent[True] - spent[False]) / 2


def _spent(sizes: Sizes, desk: DeskProcess, conversations: int, monitors: int) -> float:
    """Cores' worth of time of the desk."""
    with _program("watch", desk, desk.token("Vera", "supervisor"), conversations, monitors):
        before, began = cpu_seconds(desk.pid), time.perf_counter()
        time.sleep(sizes.load_seconds)
        return (cpu_seconds(desk.pid) - before) / (time.perf_counter() - began)


@contextmanager
def _program(kind: str, desk: DeskProcess, token: str, conversations: int, count: int = 1) -> Iterator[None]:
    """A load from a process of its own, once it says that it runs."""
    command = [
        sys.executable, "-m", "tests.bench.wall_feed", kind, "--url", desk.socket_url, "--token", token,
        "--conversations", str(conversations), "--count", str(count),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT) as load:
        assert load.stdin is not None
        assert load.stdout is not None
        if load.stdout.readline() != b"ready\n":
            raise RuntimeError(f"The load `{kind}` did not begin.")
        try:
            yield
        finally:
            load.stdin.close()
            load.wait(30)


# --- the load ---


async def _socket(options: argparse.Namespace, *, wall: bool) -> ClientConnection:
    socket = await connect(
        f"{options.url}",
        additional_headers={"Authorization": f"Bearer {options.token}"},
        compression=None,
        proxy=None,
        max_size=8 * 1024 * 1024,
    )
    await socket.send(encode_command(Hello(1, client="bench", wall=wall)).decode())
    return socket


async def _write(options: argparse.Namespace) -> None:
    """One agent's socket, on which 100 lines a second go out to conversations all over the desk."""
    socket = await _socket(options, wall=False)
    reading = asyncio.create_task(_drop(socket))
    chance, number = random.Random(7), 2
    begun = time.perf_counter()
    while True:
        number += 1
        last = 10 * MESSAGES_EACH * 1_000
        command = Send(
            number,
            conversation=chance.randint(1, options.conversations),
            cid=uuid7(),
            kind="public",
            body="That was sent this morning; you should have it by now. Is there anything else?",
            seen_seq=last,
            draft_seq=last,
        )
        await socket.send(encode_command(command).decode())
        await asyncio.sleep(max(0.0, begun + (number - 2) / MESSAGES_A_SECOND - time.perf_counter()))
        if reading.done():
            raise RuntimeError("The desk hung up.")


async def _watch(options: argparse.Namespace) -> None:
    """Monitors, each with a dozen tiles of its own on the screen."""
    chance = random.Random(11)
    for _ in range(options.count):
        socket = await _socket(options, wall=True)
        most = options.conversations
        tiles = tuple(sorted(chance.sample(range(1, most + 1), min(_TILES, most))))
        await socket.send(encode_command(Watch(2, tiles=tiles)).decode())
        fed = asyncio.Event()
        _TASKS.append(asyncio.create_task(_drop(socket, fed)))
        await fed.wait()


_TASKS: list[asyncio.Task[None]] = []


async def _drop(socket: ClientConnection, fed: asyncio.Event | None = None) -> None:
    """Read on; `fed` once all there is was told, and then tiles and lines that changed."""
    wanted = ['"e":"complete"', '"e":"tile"', '"e":"lines"']
    async for frame in socket:
        while fed is not None and wanted and wanted[0] in str(frame):
            del wanted[0]
        if fed is not None and not wanted:
            fed.set()


async def _run(options: argparse.Namespace) -> None:
    working = asyncio.ensure_future(_write(options) if options.kind == "write" else _watch(options))
    if options.kind == "watch":
        await working
    else:
        await asyncio.sleep(1.0)
    print("ready", flush=True)
    closed = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait([closed, *([] if working.done() else [working])], return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        working.result()
    working.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["write", "watch"])
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--conversations", type=int, required=True)
    parser.add_argument("--count", type=int, default=1)
    asyncio.run(_run(parser.parse_args()))
