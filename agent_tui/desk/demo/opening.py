"""Opening the demo's desk: its history first, then its customers, for as long as it runs."""

import logging

from agent_tui.desk.auth import token_hash
from agent_tui.desk.demo.live import Performance
from agent_tui.desk.demo.seeding import Cast
from agent_tui.desk.desk import Desk
from agent_tui.desk.logs import say
from agent_tui.desk.service import Actor
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.net import Net


async def perform(desk: Desk, url: str, cast: Cast) -> None:
    """Let the customers of `cast` live on the running desk at `url`, until cancelled."""

    async def visitor_of(token: str) -> Actor | None:
        return await desk.service.visitor_by_token(token_hash(token))

    transport = Net(always_at(url, ""))
    performance = Performance(
        desk.service,
        transport=transport,
        ticket=desk.auth.tickets.issue,
        watched=lambda: any(desk.readers.staff),
    )
    try:
        await performance.run(cast, visitor_of)
    except Exception:
        # The desk itself goes on: what is written by hand still works.
        say("the demo's customers stopped", level=logging.ERROR)
        raise
    finally:
        await transport.aclose()
