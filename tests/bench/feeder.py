"""The feeder: a process that speaks the desk's protocol and sends messages when the harness says so.

Its answers come without a store behind them, so what is measured is the program that reads them. Orders are JSON
lines on standard input, answered one for one on standard output; the first line out says the port.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Literal

import msgspec
import uvicorn

from tests.bench.feed_desk import FeedDesk


class Order(msgspec.Struct):
    """``send``: ``count`` messages, in turn over ``conversations``, ``batch`` a push; ``rate`` messages/s, 0: at once.
    ``stop``: end a send early. ``readers``: answer when a reader has signed in.
    """

    do: Literal["send", "stop", "readers"]
    conversations: list[int] = []
    count: int = 1
    rate: float = 0
    batch: int = 1


class Sent(msgspec.Struct, array_like=True):
    """One push: its messages, and the ``time.perf_counter()`` just before it went to the socket."""

    conversation: int
    first: int
    count: int
    at: float


class Answer(msgspec.Struct):
    sent: list[Sent] = []


class Ready(msgspec.Struct):
    port: int


class Feeder:
    def __init__(self, desk: FeedDesk) -> None:
        self._desk = desk
        self._stop = asyncio.Event()

    async def carry_out(self, order: Order) -> Answer:
        if order.do == "readers":
            await self._desk.somebody_reads.wait()
            return Answer()
        self._stop.clear()
        return Answer(await self._send(order))

    def stop(self) -> None:
        self._stop.set()

    async def _send(self, order: Order) -> list[Sent]:
        sent: list[Sent] = []
        start = time.perf_counter()
        for turn in range(0, order.count, order.batch):
            if order.rate:
                await self._sleep_until(start + turn / order.rate)
            if self._stop.is_set():
                break
            conversation = order.conversations[(turn // order.batch) % len(order.conversations)]
            count = min(order.batch, order.count - turn)
            first = self._desk.stored[conversation]
            at = time.perf_counter()
            await self._desk.push(conversation, count)
            sent.append(Sent(conversation, first, count, at))
        return sent

    async def _sleep_until(self, moment: float) -> None:
        delay = moment - time.perf_counter()
        if delay > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), delay)
            except TimeoutError:
                return


async def main(history: int) -> None:
    desk = FeedDesk(history)
    config = uvicorn.Config(
        desk.app(), port=0, log_level="warning", ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    say(Ready(server.servers[0].sockets[0].getsockname()[1]))

    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    feeder = Feeder(desk)
    decode = msgspec.json.Decoder(Order).decode
    running: set[asyncio.Task[None]] = set()
    # The end of the harness closes the pipe, and with it ends the feeder: nothing is left behind.
    while line := await orders.readline():
        order = decode(line)
        if order.do == "stop":
            feeder.stop()
            continue
        task = asyncio.create_task(answer(feeder, order))
        running.add(task)
        task.add_done_callback(running.discard)
    server.should_exit = server.force_exit = True
    await serving


async def answer(feeder: Feeder, order: Order) -> None:
    say(await feeder.carry_out(order))


def say(word: msgspec.Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


def argv(history: int) -> Sequence[str]:
    """How to start a feeder whose two large conversations have ``history`` messages each."""
    return (sys.executable, "-m", "tests.bench.feeder", str(history))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
