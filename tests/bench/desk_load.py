"""Load on a desk, from a process of its own: visitors who write in an open loop, or who only stand there.

``write``: every message has its moment, whether or not the desk has answered the ones before; its time runs from that
moment to its ack, so a desk that falls behind is seen to. Two agents read along. ``idle``: sockets that say nothing.
Results are JSON lines on standard output.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent_tui.model.ids import uuid7
from agent_tui.protocol import requests as r
from agent_tui.protocol.commands import Hello, Say
from agent_tui.protocol.frames import decode_server_frame, encode_command
from agent_tui.protocol.pushes import EntryAdded
from agent_tui.protocol.table import ROUTE, SOCKET_PATH
from tests.bench import feed

_WRITERS = 100
_READERS = 2
_WARM_SECONDS = 1.0
_DRAIN_SECONDS = 10.0
# A desk whose p99 is beyond this will not come up with a higher rate.
_HOPELESS_SECONDS = 1.0
_AT_ONCE = 20
_HELLO_ID = 1
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Step(msgspec.Struct):
    """One rate: what was asked for, what was acked within the step, seconds from a message's moment to its ack, the
    most by which the generator itself was late, and refusals.
    """

    offered: float
    acked: float
    times: list[float]
    late: float
    refused: list[str]
    read: list[int]
    """Customers' lines each reader has got so far, of the ``stored`` ones."""
    stored: int


class Standing(msgspec.Struct):
    """Idle sockets are open."""

    sockets: int


class Writer:
    """A visitor's socket and the moments of its messages that have no ack yet."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._next_id = _HELLO_ID + 1
        self._waiting: dict[int, float] = {}
        self.acked: list[tuple[float, float]] = []
        self.stored = 0
        self.refused: list[str] = []

    async def say(self, moment: float, body: str) -> None:
        number = self._next_id
        self._next_id += 1
        self._waiting[number] = moment
        await self._socket.send(encode_command(Say(id=number, cid=uuid7(), body=body)).decode())

    async def listen(self) -> None:
        async for frame in self._socket:
            at = time.perf_counter()
            answer = decode_server_frame(frame)
            if answer.re is None or answer.re == _HELLO_ID:
                continue
            moment = self._waiting.pop(answer.re)
            if answer.error is None:
                self.stored += 1
                self.acked.append((moment, at))
            else:
                self.refused.append(f"{answer.error.code}: {answer.error.detail}")

    @property
    def waiting(self) -> int:
        return len(self._waiting)


class Reader:
    """An agent's socket: counts the customers' lines it is pushed."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.entries = 0
        self._of_event = f'"e":"{EntryAdded.__struct_config__.tag}"'
        self._of_customer = '"kind":"customer"'

    async def listen(self) -> None:
        # Counted in the text: to decode each event here would take the desk's second core from it.
        async for frame in self._socket:
            text = frame if isinstance(frame, str) else frame.decode()
            self.entries += sum(self._of_customer in event for event in text.split(self._of_event)[1:])


class Poster:
    """One kept connection for HTTP posts. A general client costs more than the desk's own work, and 5,000 visitors
    make 10,000 posts.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: msgspec.Struct, token: str = "") -> bytes:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        data = msgspec.json.encode(body)
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{bearer}Content-Length: {len(data)}\r\n\r\n"
        self._writer.write(head.encode() + data)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(answer)
        content = await self._reader.readexactly(int(length[1]) if length else 0)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"The desk refused {path}: {content.decode()}")
        return content

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def visitors(url: str, count: int) -> list[ClientConnection]:
    """So many new browsers, each with its token, its ticket, its socket and its hello."""
    numbers = iter(range(count))

    async def make() -> list[ClientConnection]:
        poster = Poster(url)
        made = [await _visitor(poster, url) for _ in numbers]
        poster.close()
        return made

    return [socket for some in await asyncio.gather(*(make() for _ in range(_AT_ONCE))) for socket in some]


async def _visitor(poster: Poster, url: str) -> ClientConnection:
    made = await poster.post(ROUTE["new_visitor"].path, r.NewVisitor(language="en"))
    token = msgspec.json.decode(made, type=r.VisitorToken).token
    issued = await poster.post(ROUTE["ticket"].path, r.PageNow(), token)
    ticket = msgspec.json.decode(issued, type=r.Ticket).ticket
    return await _hello(url, Hello(id=_HELLO_ID, ticket=ticket), {})


async def agent(url: str, token: str) -> ClientConnection:
    return await _hello(url, Hello(id=_HELLO_ID), {"Authorization": f"Bearer {token}"})


async def _hello(url: str, hello: Hello, headers: dict[str, str]) -> ClientConnection:
    address = url.replace("http", "ws", 1) + SOCKET_PATH
    socket = await connect(
        address, additional_headers=headers, compression=None, max_size=None, ping_interval=None, proxy=None
    )
    await socket.send(encode_command(hello).decode())
    answer = decode_server_frame(await socket.recv())
    if answer.error is not None:
        raise RuntimeError(f"The desk refused hello: {answer.error.detail}")
    return socket


async def write(url: str, token: str, rates: Sequence[float], seconds: float) -> None:
    writers = [Writer(socket) for socket in await visitors(url, _WRITERS)]
    readers = [Reader(await agent(url, token)) for _ in range(_READERS)]
    parts: list[Writer | Reader] = [*writers, *readers]
    listening = [asyncio.create_task(part.listen()) for part in parts]
    # Every conversation begins before the clock runs.
    await _step(writers, _WRITERS / _WARM_SECONDS, _WARM_SECONDS)
    for rate in rates:
        await _step(writers, rate, _WARM_SECONDS)
        for writer in writers:
            writer.acked.clear()
        began = time.perf_counter()
        late = await _step(writers, rate, seconds)
        acked = [pair for writer in writers for pair in writer.acked]
        stored = sum(writer.stored for writer in writers)
        await _until(partial(_have_read, readers, stored))
        within = sum(at - began <= seconds for _, at in acked)
        _say(
            Step(
                rate,
                within / seconds,
                [at - moment for moment, at in acked],
                late,
                [sentence for writer in writers for sentence in writer.refused],
                [reader.entries for reader in readers],
                stored,
            )
        )
        if sum(at - moment > _HOPELESS_SECONDS for moment, at in acked) > len(acked) / 100:
            break
    for task in listening:
        task.cancel()


async def _step(writers: Sequence[Writer], rate: float, seconds: float) -> float:
    """Sends at ``rate`` for ``seconds``, waits for the acks, and returns the most it was late itself."""
    began = time.perf_counter()
    late = 0.0
    for turn in range(int(rate * seconds)):
        moment = began + turn / rate
        ahead = moment - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        elif turn % 32 == 0:
            await asyncio.sleep(0)
        late = max(late, time.perf_counter() - moment)
        await writers[turn % len(writers)].say(moment, feed.entry(1, turn % 1_000_000, 0, 0).body)
    await _until(lambda: not any(writer.waiting for writer in writers))
    return late


def _have_read(readers: Sequence[Reader], stored: int) -> bool:
    return all(reader.entries >= stored for reader in readers)


async def _until(true: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + _DRAIN_SECONDS
    while not true() and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)


async def idle(url: str, count: int) -> None:
    sockets = await visitors(url, count)
    draining = [asyncio.create_task(_drain(socket)) for socket in sockets]
    _say(Standing(len(sockets)))
    await asyncio.to_thread(sys.stdin.read)
    for task in draining:
        task.cancel()


async def _drain(socket: ClientConnection) -> None:
    try:
        async for _ in socket:
            pass
    except ConnectionClosed:
        return


def _say(word: msgspec.Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk_load")
    kinds = parser.add_subparsers(dest="kind", required=True)
    writing = kinds.add_parser("write")
    writing.add_argument("--url", required=True)
    writing.add_argument("--token", required=True)
    writing.add_argument("--seconds", type=float, required=True)
    writing.add_argument("--rates", type=float, nargs="+", required=True)
    standing = kinds.add_parser("idle")
    standing.add_argument("--url", required=True)
    standing.add_argument("--count", type=int, required=True)
    options = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.kind == "write":
        asyncio.run(write(options.url, options.token, options.rates, options.seconds))
    else:
        asyncio.run(idle(options.url, options.count))


if __name__ == "__main__":
    main()
