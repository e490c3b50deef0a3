"""What a desk looks after by itself, once a second: stalled readers, waiting visitors' news, a demo nobody watches."""

import asyncio
from typing import Final

from agent_tui.desk.desk import Desk
from agent_tui.desk.logs import say

_BEAT_SECONDS: Final = 1.0
_BEATS_A_NEWS: Final = 2
_FIRST_CONSOLE_MS: Final = 60_000
"""A demo's console may take this long to arrive."""


async def keep_house(desk: Desk, ends_with_last_staff_ms: int | None) -> None:
    """Run beside the server until it is cancelled."""
    began = last_seen = desk.clock()
    ever_seen = False
    beats = 0
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        beats += 1
        desk.readers.cut_stalled()
        await desk.presence.tell_again()
        await desk.watching.tell_alive()
        if beats % _BEATS_A_NEWS == 0:
            await desk.waiting_news.tell()
        now = desk.clock()
        if any(desk.readers.staff):
            ever_seen, last_seen = True, now
        if ends_with_last_staff_ms is None:
            continue
        patience = ends_with_last_staff_ms if ever_seen else max(ends_with_last_staff_ms, _FIRST_CONSOLE_MS)
        if now - max(began, last_seen) > patience / 1000:
            say("nobody is here any more: ending")
            desk.request_stop()
            return
