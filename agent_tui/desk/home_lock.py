"""One process at a time has a desk's home open: the lock that a running desk, or a command without one, holds."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LOCK_FILE: Final = "desk.lock"


class HomeTaken(Exception):
    """Another process has this home open; the text says what to do."""


@contextlib.contextmanager
def home_locked(home: Path) -> Iterator[None]:
    """Hold the lock as long as this lasts; it goes with the process, however that ends. Raises `HomeTaken`."""
    descriptor = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise HomeTaken(f"A desk is running already in {home}. Use it, or end it with `agent-tui stop`.") from None
        yield
    finally:
        os.close(descriptor)
