"""The kinds of columns the tables are made of."""

from sqlalchemy import Column, Integer, Text


def words(name: str, default: str | None = None) -> Column[str]:
    """A text that is always there, perhaps empty."""
    return Column(name, Text, nullable=False, server_default=default)


def number(name: str, default: int | None = None) -> Column[int]:
    """A number that is always there."""
    return Column(name, Integer, nullable=False, server_default=None if default is None else str(default))


def maybe(name: str) -> Column[int]:
    """A number that may be missing."""
    return Column(name, Integer, nullable=True)
