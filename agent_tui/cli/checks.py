"""What the doctor found: one line for each thing it looked at."""

from enum import StrEnum

from msgspec import Struct


class How(StrEnum):
    """How a thing is."""

    GOOD = "ok"
    NOTE = "note"
    """Works; worth knowing."""
    MEND = "mend"
    """Keeps something of the product from working."""


class Check(Struct, frozen=True):
    """One finding."""

    part: str
    what: str
    how: How
    says: str
    mend: str = ""
    """What to do or to type; empty where nothing has to be."""


def good(part: str, what: str, says: str) -> Check:
    """It is as it should be."""
    return Check(part, what, How.GOOD, says)


def note(part: str, what: str, says: str, mend: str = "") -> Check:
    """It works; this is what it means."""
    return Check(part, what, How.NOTE, says, mend)


def broken(part: str, what: str, says: str, mend: str) -> Check:
    """It has to be mended, and how."""
    return Check(part, what, How.MEND, says, mend)
