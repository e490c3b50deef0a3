"""A figure as people read it."""

from agent_tui.core.attention import clock
from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.model.figures import Figure, Unit, Value


def value_words(figure: Figure, value: Value) -> str:
    """A figure: `3`, `2:05`, `83 %  10 of 12`; a dash where it can't be said."""
    if value.value is None:
        return "–"
    unit = DEFINITIONS[figure].unit
    if unit is Unit.TIME:
        return clock(value.value)
    if unit is Unit.SHARE:
        return f"{round(100 * value.value / value.of)} %  {value.value} of {value.of}" if value.of else "–"
    return str(value.value)
