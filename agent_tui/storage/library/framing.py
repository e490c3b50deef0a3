"""Files of frames: each a length and so many bytes. What a crash left half is no frame."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_LENGTH: Final = 4


def framed(packed: bytes) -> bytes:
    """One frame."""
    return len(packed).to_bytes(_LENGTH, "big") + packed


def frames_of(path: Path) -> Iterator[bytes]:
    """The frames of a file, as far as they are whole. Raises OSError."""
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            size = int.from_bytes(length, "big")
            frame = file.read(size)
            if len(frame) < size:
                return
            yield frame
