"""The labelled excerpts, and conversations in a few words."""

from pathlib import Path
from typing import Final

from agent_tui.core.signals.seeing import SaidLine
from agent_tui.model.ids import OrderKey

FOLDER: Final = Path(__file__).with_name("data") / "signals"
TUNED: Final = (FOLDER / "english.toml", FOLDER / "dutch.toml")
"""What the rules may be tuned on."""
HELD_OUT: Final = FOLDER / "held-out.toml"
"""What they may not be tuned on: look at its figures only."""


def spoken(*lines: str) -> list[SaidLine]:
    """`a: …` is an agent's, everything else the customer's."""
    return [
        SaidLine(OrderKey(number), not line.startswith("a: "), line.removeprefix("a: "))
        for number, line in enumerate(lines, start=1)
    ]
