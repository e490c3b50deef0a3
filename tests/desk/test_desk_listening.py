"""Sockets that the desk accepts send at once: no small answer waits for the ack of the one before."""

from __future__ import annotations

import asyncio
import socket

from agent_tui.desk.listening import bind, listening_on


async def test_an_accepted_connection_does_not_wait_to_fill_a_segment() -> None:
    nagle_off: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        nagle_off.set_result(found)
        writer.close()

    with bind(listening_on("127.0.0.1:0", "", None, None)) as listener:
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await asyncio.wait_for(nagle_off, 5)
            writer.close()
