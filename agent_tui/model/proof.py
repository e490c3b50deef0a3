"""Proof in a message: which stretches of its text came from which snippet."""

from msgspec import Struct


class Proof(Struct, frozen=True, gc=False):
    """A snippet in a text, as it was when it was put there. `start` and `end`: where, in code points.

    Both are 0 where nobody put it in: its words were recognised.
    """

    snippet: str
    """Its id."""
    revision: int
    language: str
    start: int = 0
    end: int = 0
