"""Many rows in few statements.

Python's sqlite3 gives up the interpreter's lock around every statement and has to get it back from a busy event loop.
So a group of messages is written, and its keys looked up, in a handful of statements, however many they are.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

_SIZES = (128, 32, 8, 1)
"""Rows a statement: few different texts, so that every one of them stays prepared."""


class BulkStatement:
    """A statement with a `VALUES` list of any length, in chunks of a few fixed sizes."""

    def __init__(self, before: str, columns: int, after: str = "") -> None:
        row = f"({','.join('?' * columns)})"
        self._texts = [(size, f"{before} VALUES {','.join([row] * size)} {after}") for size in _SIZES]

    def run(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Run over all rows, in their order; what the statements return, if they are queries."""
        found: list[tuple[Any, ...]] = []
        start = 0
        for size, text in self._texts:
            while len(rows) - start >= size:
                values = [value for row in rows[start : start + size] for value in row]
                found += connection.execute(text, values).fetchall()
                start += size
        return found


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
