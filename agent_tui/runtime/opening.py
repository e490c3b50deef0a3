"""Opening hours change while a console is open: read again when the backend said they would."""

import asyncio
from collections.abc import Callable
from typing import Final

from agent_tui.core.state import LinkState
from agent_tui.ports.backend import Watching
from agent_tui.ports.errors import PortError
from agent_tui.runtime.engine import Engine

LOOK_EVERY_S: Final = 15.0


async def follow_hours(watching: Watching, engine: Engine, now_ms: Callable[[], int]) -> None:
    """A resync of nothing but the records, each time the hours in the state have run out; forever."""
    state = engine.state
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        changes_at_ms = state.hours.changes_at_ms if state.hours else None
        if changes_at_ms is None or now_ms() < changes_at_ms or state.link.state is not LinkState.LIVE:
            continue
        try:
            async for event in watching.resync({}):
                await engine.offer(event)
        except PortError:
            continue
