"""How many tiles fit: 6 to 24 by the size of the terminal, fewer where even six do not."""

from typing import Final, NamedTuple

MOST: Final = 24
_WIDTH: Final = 38
"""Cells a tile has at least where it is up to us."""
_ROWS: Final = 7
_FEW: Final = 6
_FEWEST_CELLS: Final = 28
_FEWEST_ROWS: Final = 3


class Grid(NamedTuple):
    """Tiles in columns and rows, each with the gap behind it."""

    columns: int
    rows: int
    width: int
    height: int

    @property
    def tiles(self) -> int:
        """Tiles in all."""
        return self.columns * self.rows


def grid(width: int, height: int, wanted: int = 0, needed: int = MOST) -> Grid:
    """The grid for this room.

    `wanted`: so many tiles, or the nearest number that can be laid out. `needed`: more than these would stay empty, so
    the rows are higher instead.
    """
    if wanted:
        return min(layouts(width, height), key=lambda found: (abs(found.tiles - wanted), -found.height))
    columns = max(1, min(width // _WIDTH, 4))
    rows = max(1, height // _ROWS)
    if columns * rows < _FEW:
        rows = max(rows, min(height // (_ROWS - 1), -(-_FEW // columns)))
    enough = max(-(-needed // columns), -(-_FEW // columns))
    return _laid(width, height, columns, max(1, min(rows, MOST // columns, enough)))


def layouts(width: int, height: int) -> list[Grid]:
    """Every number of tiles that can be laid out, each in its best way, fewest first."""
    best: dict[int, Grid] = {}
    for columns in range(1, max(1, width // _FEWEST_CELLS) + 1):
        for rows in range(1, max(1, height // _FEWEST_ROWS) + 1):
            found = _laid(width, height, columns, rows)
            if found.tiles > MOST:
                break
            known = best.get(found.tiles)
            if known is None or _looks(found) < _looks(known):
                best[found.tiles] = found
    return [best[count] for count in sorted(best)]


def other(width: int, height: int, count: int, step: int) -> int:
    """The next larger number of tiles than `count`, or the next smaller one; the ends are ends."""
    counts = [found.tiles for found in layouts(width, height)]
    beyond = [one for one in counts if (one - count) * step > 0]
    return (min(beyond) if step > 0 else max(beyond)) if beyond else count


def _laid(width: int, height: int, columns: int, rows: int) -> Grid:
    return Grid(columns, rows, max(1, width // columns), max(1, height // rows))


def _looks(found: Grid) -> float:
    """How far a tile is from the shape that reads best, five times as wide as it is high."""
    return abs(found.width / found.height - 5.5)
