"""When an app under a pilot has come to rest: when its loop has nothing to do, however busy the machine is.

Textual's own measure is the process's time on the processor: it sleeps 20 ms or more for every key, a second where
anything runs beside the app, and takes an app that is kept from the processor for one that is idle.
"""

import asyncio
from typing import Any

import textual.app
import textual.pilot

SOON_S = 0.05
"""A timer that is due so soon is a part of what a key led to: a paint, a list drawn together with others."""
_TURNS = 3


async def until_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Until nothing is to be run now or soon, for some turns of the loop; `max_sleep` seconds at most."""
    loop: Any = asyncio.get_running_loop()
    until = loop.time() + max_sleep
    await asyncio.sleep(min_sleep)
    quiet = 0
    while quiet < _TURNS and loop.time() < until:
        await asyncio.sleep(0)
        soonest = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=float("inf"))
        ahead = soonest - loop.time()
        if loop._ready:
            quiet = 0
        elif ahead < SOON_S:
            quiet = 0
            await asyncio.sleep(max(0.0, ahead))
        else:
            quiet += 1


def measure_the_loop() -> None:
    """From now on, pilots wait so."""
    for module in (textual.app, textual.pilot):
        vars(module)["wait_for_idle"] = until_idle
