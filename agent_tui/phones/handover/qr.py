"""A QR code in half blocks, for the camera of the agent's telephone."""

from collections.abc import Sequence
from typing import Final

BORDER: Final = 2
"""Light modules around it; without any no camera finds the code."""
_CELLS: Final = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""Upper and lower module of a cell; true is light."""


def qr_rows(text: str) -> tuple[str, ...]:
    """The rows of the code, top first, each of `█▀▄` and spaces, in which a block is **light** and a space dark.

    Paint them with two colours of your own, light blocks on dark, never the theme's: on a light theme an inverted code
    comes out, which plain readers miss. A telephone link is 25 columns and 13 rows.
    """
    light = _bordered(_modules(text))
    return tuple(
        "".join(_CELLS[upper, lower] for upper, lower in zip(light[at], light[at + 1], strict=True))
        for at in range(0, len(light), 2)
    )


def _modules(text: str) -> Sequence[Sequence[int]]:
    import segno

    # Never Micro: telephones don't read it. Level L keeps it small; a screen has no stains.
    code = segno.make(text, error="l", micro=False, boost_error=False)
    return tuple(tuple(row) for row in code.matrix)


def _bordered(modules: Sequence[Sequence[int]]) -> list[list[bool]]:
    """True for light, a border around it, and one more light row where the number of rows is odd."""
    width = len(modules) + 2 * BORDER
    light = [[True] * width for _ in range(BORDER)]
    light += [[True] * BORDER + [not module for module in row] + [True] * BORDER for row in modules]
    light += [[True] * width for _ in range(BORDER + width % 2)]
    return light
