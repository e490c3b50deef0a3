"""The views of the monitor, in the order of their keys."""

from enum import StrEnum
from typing import Final

Keys = tuple[tuple[str, str], ...]


class View(StrEnum):
    """One of them is shown; a conversation opens above it. The value ends the id of the action that shows it."""

    WALL = "wall"
    BOARD = "board"
    STAGES = "stages"
    FLAGS = "flags"
    REPLAY = "replay"

    def name_shown(self, width: int) -> str:
        """As the row of views has it; the value alone where the row is narrow."""
        return _TITLES.get(self, self.value) if width >= _ROOMY else self.value

    @property
    def keys(self) -> Keys:
        """The footer's keys there: action and, where the table's own word is not the best, a label."""
        return _KEYS[self]


_ROOMY: Final = 90
_TITLES: Final = {View.STAGES: "stages and channels", View.FLAGS: "flags and alerts"}
_KEYS: Final[dict[View, Keys]] = {
    View.WALL: (
        ("monitor.open", ""),
        ("monitor.next_alert", ""),
        ("monitor.acknowledge", ""),
        ("monitor.freeze", ""),
        ("monitor.sort", ""),
        ("monitor.pin", "pin"),
        ("monitor.copy", ""),
        ("monitor.more", "more"),
        ("monitor.fewer", "fewer"),
    ),
    View.BOARD: (("monitor.open", "those behind it"), ("monitor.definition", ""), ("monitor.wall", "the wall")),
    View.STAGES: (("monitor.definition", "definitions"), ("monitor.wall", "the wall")),
    View.FLAGS: (("monitor.open", ""), ("monitor.acknowledge", ""), ("monitor.copy", ""), ("monitor.wall", "the wall")),
    View.REPLAY: (
        ("monitor.freeze", "pause"),
        ("monitor.step_back", "before"),
        ("monitor.step_on", "next"),
        ("monitor.slower", "slower"),
        ("monitor.faster", "faster"),
        ("monitor.replay", "time"),
        ("monitor.back", "leave"),
    ),
}
