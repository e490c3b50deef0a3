"""Many rows in few statements.

Python's sqlite3 gives up the interpreter's lock around every statement and has to get it back from a busy event loop.
So a group of messages is written, and its keys looked up, in a handful of statements, however many they are.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

_LARGE = (128, 64)
_EXACT = 32
"""Up to this many rows are one statement; more of them are one for each large size and one for the rest, or two."""


class BulkStatement:
    """A statement with a `VALUES` list of any length. Few different texts, so that every one of them stays prepared."""

    def __init__(self, before: str, columns: int, after: str = "") -> None:
        row = f"({','.join('?' * columns)})"
        sizes = (*_LARGE, *range(_EXACT, 0, -1))
        self._texts = {size: f"{before} VALUES {','.join([row] * size)} {after}" for size in sizes}

    def run(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Run over all rows, in their order; what the statements return, if they are queries."""
        found: list[tuple[Any, ...]] = []
        start = 0
        while start < len(rows):
            size = _largest(len(rows) - start)
            values = [value for row in rows[start : start + size] for value in row]
            found += connection.execute(self._texts[size], values).fetchall()
            start += size
        return found


def _largest(left: int) -> int:
    """How many of the rows that are left go into the next statement."""
    return next((size for size in _LARGE if size <= left), min(left, _EXACT))


def upsert(table: str, columns: Sequence[str], *key: str) -> BulkStatement:
    """Insert rows, or replace all columns of those that exist."""
    names = ",".join(f'"{name}"' for name in columns)
    keys = ",".join(f'"{name}"' for name in key)
    news = ",".join(f'"{name}"=excluded."{name}"' for name in columns if name not in key)
    return BulkStatement(f'INSERT INTO "{table}" ({names})', len(columns), f"ON CONFLICT ({keys}) DO UPDATE SET {news}")


def insert(table: str, columns: Sequence[str]) -> BulkStatement:
    """Insert rows."""
    names = ",".join(f'"{name}"' for name in columns)
    return BulkStatement(f'INSERT INTO "{table}" ({names})', len(columns))
