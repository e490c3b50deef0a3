"""Figures in large type, to be read from across the room."""

from typing import Final

_ROWS: Final = 3
_GLYPHS: Final[dict[str, tuple[str, str, str]]] = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ":": (" ", "▀", "▀"),
    "–": ("  ", "▀▀", "  "),
    "%": ("▀ █", " █ ", "█ ▄"),
    "h": ("█  ", "█▀█", "▀ ▀"),
    "d": ("  █", "█▀█", "▀▀▀"),
}


def big(text: str) -> tuple[str, ...]:
    """The text in three rows; what has no large shape is left out."""
    glyphs = [_GLYPHS[character] for character in text if character in _GLYPHS]
    return tuple(" ".join(glyph[row] for glyph in glyphs) for row in range(_ROWS))
