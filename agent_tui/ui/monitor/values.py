"""Figures over time as people read them, and as thresholds compare them."""

from collections.abc import Mapping, Sequence
from typing import Final

from agent_tui.core.attention import wait_ms
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.monitor.state import MonitorState
from agent_tui.model.figures import Figure, Unit, Value

_BARS: Final = "▁▂▃▄▅▆▇█"
_NONE: Final = Value(None)


def spark(values: Sequence[int | None], width: int) -> str:
    """The newest `width` values as bars from nothing to the largest; a blank where there is none."""
    shown = values[-width:] if width > 0 else ()
    most = max((value for value in shown if value is not None), default=0)
    return "".join(" " if value is None else _bar(value, most) for value in shown)


def _bar(value: int, most: int) -> str:
    return _BARS[round(value / most * (len(_BARS) - 1))] if most > 0 else _BARS[0]


def metric_values(state: MonitorState, now_ms: int) -> Mapping[str, float | None]:
    """What the rules of the alert file compare: counts, milliseconds, shares from 0 to 1.

    The longest wait is that of this very moment: the board's own is of when it was made.
    """
    board = state.board
    values: dict[str, float | None] = {}
    for figure, definition in DEFINITIONS.items():
        value = board.figures.get(figure, _NONE) if board else _NONE
        share = definition.unit is Unit.SHARE
        values[figure.value] = (
            None if value.value is None else value.value / value.of if share and value.of else value.value
        )
    waits = [wait_ms(tile.conversation, now_ms, state.known.closed) for tile in state.tiles.values()]
    longest = max((wait for wait in waits if wait is not None), default=None)
    if longest is not None:
        values[Figure.LONGEST_WAIT.value] = longest
    return values
