"""Python's garbage collector keeps out of the way of typing.

A full collection stops everything for 40 ms and more in a console that holds many messages: the slowest keys of all.
They are put off until little is going on; the short ones stay as they are.
"""

import gc
from typing import Any, Final

from textual.app import App

LOOK_SECONDS: Final = 2.0
_NEVER_BY_ITSELF: Final = 1_000_000
_QUIET: Final = 1
"""So many short collections between two looks, each after 700 new objects, are as good as none."""
_WORTH_IT: Final = 3
"""Middle collections since the last full one: fewer leave nothing behind that is worth looking for."""
_TOO_MANY: Final = 600
"""By then some four million objects were made: it is done even while somebody types."""


class QuietCollector:
    """Decides when a full collection is due; `look` is called now and then."""

    def __init__(self) -> None:
        self._short_before = _short_collections()

    def look(self) -> bool:
        """Collect if it is quiet enough or was put off for too long; whether it did."""
        short, before = _short_collections(), self._short_before
        self._short_before = short
        waiting = gc.get_count()[2]
        if waiting < _WORTH_IT or (short - before > _QUIET and waiting < _TOO_MANY):
            return False
        gc.collect()
        return True


def collect_when_quiet(app: App[Any]) -> None:
    """From now on full collections wait for quiet. Call it when all is loaded: what is there then stays for good and
    is not looked at again.
    """
    gc.freeze()
    gc.enable()
    short, middle, _ = gc.get_threshold()
    gc.set_threshold(short, middle, _NEVER_BY_ITSELF)
    collector = QuietCollector()
    app.set_interval(LOOK_SECONDS, collector.look)


def _short_collections() -> int:
    return int(gc.get_stats()[0]["collections"])
