"""Words that search knows something about: a table that a team can edit."""

from msgspec import Struct


class WordTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of words."""

    stop: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    parts: dict[str, tuple[str, ...]] = {}
