"""A small file beside the database that remembers how far readers were told, whatever becomes of the database.

A database restored from a backup is behind it: then events that readers know never happened, their cursors mean
nothing, and a new epoch begins.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

_LENGTH = 128
"""Always written whole and in place, so that a full disk cannot stop it."""


class Told(Struct, frozen=True):
    """The highest event readers may have been told of, and the epoch it belongs to."""

    epoch: str
    highest: int


class SideFile:
    """The file, held open. Written after each commit and before anybody is told of it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def read(self) -> Told | None:
        """What it says; None where it is new or cannot be made sense of."""
        raw = os.pread(self._descriptor, _LENGTH, 0)
        try:
            return msgspec.json.decode(raw, type=Told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def write(self, epoch: str, highest: int, *, durable: bool = False) -> None:
        """Say it. What is written survives the end of this process; with `durable` that of the machine too."""
        raw = msgspec.json.encode(Told(epoch, highest))
        os.pwrite(self._descriptor, raw.ljust(_LENGTH), 0)
        if durable:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
