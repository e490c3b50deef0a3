"""The demo's desk, a process of its own: it begins with its folder and takes it along when it ends.

`python -m agent_tui.cli.demo.desk NAME`, started by `agent-tui demo`.
"""

import asyncio
import sys
import time

from agent_tui.cli.demo import folder as demo_folder
from agent_tui.desk.home_lock import HomeTaken, home_locked
from agent_tui.desk.serve import ServeOptions, serve

ENDS_AFTER_MS = 30_000
"""So long after the last console on it has gone."""
_JUST_BEGUN_S = 60.0


def main(name: str) -> int:
    """Run the demo called `name` until nobody watches it any more."""
    for other in demo_folder.names():
        _remove_if_dead(other)
    paths = demo_folder.make(name)
    try:
        return asyncio.run(
            serve(
                ServeOptions(
                    home=paths.desk,
                    listen="127.0.0.1:0",
                    json=True,
                    demo=True,
                    ends_with_last_staff_ms=ENDS_AFTER_MS,
                    invite_first_admin=False,
                )
            )
        )
    finally:
        demo_folder.remove(name)


def _remove_if_dead(name: str) -> None:
    """What a demo that was killed left behind. One that has just begun may not hold its lock yet."""
    if time.time() - demo_folder.begun_at(name) < _JUST_BEGUN_S:
        return
    try:
        with home_locked(demo_folder.paths_of(name).desk):
            demo_folder.remove(name)
    except (HomeTaken, OSError):
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
