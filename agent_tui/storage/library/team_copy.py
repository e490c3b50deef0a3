"""The last good copy of the team's library, in an account's folder: it serves while the backend can't be asked.

Pages are appended as they come, so that no large file is written beside the typing; a process of its own puts them
together when the shelf is built. A small file beside says which version that is, and from when.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from agent_tui.model.gate import Policy
from agent_tui.model.snippet import Placed
from agent_tui.model.text import SafeText
from agent_tui.model.word_table import WordTable
from agent_tui.ports.library import TeamPage
from agent_tui.storage.library.framing import framed, frames_of

COPY_FILE: Final = "team-library.copy"
LIBRARY_CACHE: Final = "library.cache"
"""In the same folder: what was read of all layers for this account."""
_HEAD: Final = "team-library.json"
_LOCK: Final = "team-library.lock"
MOST_FRAMES: Final = 500
"""A copy of more pages than this is read whole when it is next changed."""
_PAGE: Final = msgspec.msgpack.Decoder(TeamPage)


class Head(Struct, frozen=True):
    """What a console has to know before the copy itself is read."""

    version: str
    heard_ms: int
    """When it was last what the backend has."""
    policy: Policy = Policy()
    withdrawn: dict[str, date] = {}
    problems: tuple[SafeText, ...] = ()
    frames: int = 0


class Copied(Struct):
    """What the copy holds."""

    placed: dict[str, Placed] = {}
    withdrawn: dict[str, date] = {}
    words: tuple[WordTable, ...] = ()
    problems: tuple[SafeText, ...] = ()


def read_copy(path: Path) -> Copied:
    """Put the pages together; what can't be read any more is left out, with all that follows it."""
    found = Copied({})
    try:
        for frame in frames_of(path):
            page = _PAGE.decode(frame)
            found.placed.update((placed.snippet.id, placed) for placed in page.placed)
            for identifier in page.gone:
                found.placed.pop(identifier, None)
            found.withdrawn = dict(page.withdrawn)
            if not page.next:
                found.words, found.problems = page.words, page.problems
    except (OSError, msgspec.MsgspecError):
        pass
    return found


class TeamCopy:
    """The copy of one account; its consoles share it, and one of them writes at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / COPY_FILE
        """What stands for the team's layer among the folders of a library; not there before something came."""
        self._head = folder / _HEAD
        self._lock = folder / _LOCK

    def head(self) -> Head | None:
        """What was kept last."""
        try:
            return msgspec.json.decode(self._head.read_bytes(), type=Head)
        except (OSError, msgspec.MsgspecError):
            return None

    def forget(self) -> None:
        """Nothing of the team's library stays here."""
        for path in (self._head, self.path):
            path.unlink(missing_ok=True)

    @contextmanager
    def writing(self, have: str) -> Iterator["Writing | None"]:
        """Keep an answer to what was asked with `have`, page by page. None where another console is writing."""
        head = self.head()
        # who only ever gives commands on this account has no folder of it yet
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self._lock) as mine:
            if not mine:
                yield None
                return
            writing = Writing(self.path, self._head, have, head)
            try:
                yield writing
            finally:
                writing.drop()

    def still_good(self, now_ms: int) -> None:
        """The backend said just now that this is what it has. Raises OSError."""
        head = self.head()
        if head is not None:
            _write(self._head, msgspec.json.encode(msgspec.structs.replace(head, heard_ms=now_ms)))


class Writing:
    """One answer on its way to the disk. It counts when its last page is in."""

    def __init__(self, path: Path, head_path: Path, have: str, head: Head | None) -> None:
        self._path = path
        self._head_path = head_path
        self._have = have
        self._kept = head
        self._whole = False
        self._count = 0
        self._draft = path.with_name(f"{path.name}.{os.getpid()}")

    def add(self, page: TeamPage, now_ms: int) -> None:
        """A page; with the last one the copy is what the backend has. Raises OSError."""
        whole = self._whole or page.whole
        follows = self._kept is not None and self._kept.version == self._have
        if not whole and not follows:
            return  # what another console kept meanwhile is not what this was asked with
        if page.whole and not self._whole:
            self._whole = True
            self._draft.unlink(missing_ok=True)
        frame = framed(msgspec.msgpack.encode(page))
        with open(self._draft if whole else self._path, "ab", opener=_private) as file:
            file.write(frame)
        self._count += 1
        if page.next:
            return
        if whole:
            self._draft.replace(self._path)
        before = 0 if whole or self._kept is None else self._kept.frames
        head = Head(page.version, now_ms, page.policy, dict(page.withdrawn), page.problems, before + self._count)
        _write(self._head_path, msgspec.json.encode(head))

    def drop(self) -> None:
        """What did not come to its end is left out."""
        self._draft.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _write(path: Path, raw: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(draft, "wb", opener=_private) as file:
        file.write(raw)
    draft.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
