"""Load for a wall, from a process of its own: many customers who write at a rate, and agents who are there.

The first line on standard output says that all have come. A line on standard input, ``CONVERSATION REASON``, has an
agent raise a flag; it is answered with the ``time.perf_counter()`` just before that left. The end of the input ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time

from websockets.asyncio.client import ClientConnection

from agent_tui.protocol.commands import SetFlag
from agent_tui.protocol.frames import encode_command
from tests.bench import feed
from tests.bench.desk_load import Writer, agent, visitors

_IDS = itertools.count(100)


async def main(url: str, tokens: list[str], customers: int, rate: float) -> None:
    writers = [Writer(socket) for socket in await visitors(url, customers)]
    agents = [await agent(url, token) for token in tokens]
    tasks = [asyncio.create_task(writer.listen()) for writer in writers]
    tasks += [asyncio.create_task(_drain(socket)) for socket in agents]
    for number, writer in enumerate(writers):
        await writer.say(time.perf_counter(), f"{feed.customer_name(number)} asks something")
    while any(writer.waiting for writer in writers):
        await asyncio.sleep(0.05)
    tasks.append(asyncio.create_task(_write(writers, rate)))
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    _say("ready")
    while line := await orders.readline():
        conversation, reason = line.decode().split(maxsplit=1)
        command = encode_command(SetFlag(id=next(_IDS), conversation=int(conversation), reason=reason.strip()))
        at = time.perf_counter()
        await agents[0].send(command.decode())
        _say(repr(at))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _write(writers: list[Writer], rate: float) -> None:
    began = time.perf_counter()
    for number in itertools.count():
        moment = began + number / rate
        if (delay := moment - time.perf_counter()) > 0:
            await asyncio.sleep(delay)
        await writers[number % len(writers)].say(moment, f"line {number:07d} of the load, as long as lines are")


async def _drain(socket: ClientConnection) -> None:
    async for _ in socket:
        continue


def _say(word: str) -> None:
    print(word, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--tokens", nargs="+", required=True)
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    options = parser.parse_args()
    asyncio.run(main(options.url, options.tokens, options.customers, options.rate))
