"""The one file of an account on this machine: outbox, drafts, layout. SQLite, so that it outlives `kill -9`."""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

FILE_NAME: Final = "account.sqlite"
CONSOLES: Final = "consoles"
VERSION: Final = 2

_SCHEMA: Final = """
CREATE TABLE outbox (
    cid TEXT PRIMARY KEY, ref TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, written_ms INTEGER NOT NULL,
    seen INTEGER NOT NULL, draft_begun INTEGER NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL,
    owner_then TEXT NOT NULL, resolved_then INTEGER NOT NULL, attempted INTEGER NOT NULL, console TEXT NOT NULL,
    proof BLOB NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE draft (
    ref TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, begun INTEGER NOT NULL,
    proof BLOB NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE reading (ref TEXT PRIMARY KEY, up_to INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE layout (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE stopped (report TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""
_FROM_1: Final = """
ALTER TABLE outbox ADD COLUMN proof BLOB NOT NULL DEFAULT '[]';
ALTER TABLE draft ADD COLUMN proof BLOB NOT NULL DEFAULT '[]';
CREATE TABLE stopped (report TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""
"""The first version knew no proof."""


class NotWritable(Exception):
    """The account's file can't be read or written. `str` is a sentence for people."""


class AccountFile:
    """An open account file. Several consoles of one account may have it open; each row of the outbox is one's own.

    A console holds the lock of `consoles/ID` as long as it lives: whoever can take that lock knows that its rows are
    orphans. The clock has no part in it, so a jump of the clock can't make two consoles send one row.
    """

    def __init__(self, folder: Path | None, *, refusal: str = "") -> None:
        """`folder` None keeps everything in memory; with a `refusal` nothing is kept at all, and writing says so.

        Raises NotWritable.
        """
        self.console = uuid4().hex
        self._folder = folder
        self._refusal = refusal
        self._lock: int | None = None
        try:
            self.database = self._open()
        except (OSError, sqlite3.Error) as error:
            raise NotWritable(
                f"The account's file in {folder} can't be opened ({error}): you can read, but nothing can be sent or"
                " kept until that is mended and agent-tui is started again."
            ) from None

    def _open(self) -> sqlite3.Connection:
        if self._folder is not None:
            consoles = self._folder / CONSOLES
            consoles.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(consoles / self.console)
            path = self._folder / FILE_NAME
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        database = sqlite3.connect(str(path) if self._folder else ":memory:", isolation_level=None, timeout=2)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        if _version(database) != VERSION:
            _bring_up(database)
        return database

    @classmethod
    def open_or_refuse(cls, folder: Path | None) -> "AccountFile":
        """The file, or where it can't be opened one that keeps nothing and says why: reading goes on without it."""
        try:
            return cls(folder)
        except NotWritable as error:
            return cls(None, refusal=str(error))

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when this ends. Raises NotWritable, and then nothing of it is kept."""
        if self._refusal:
            raise NotWritable(self._refusal)
        try:
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield self.database
            except BaseException:
                self.database.execute("ROLLBACK")
                raise
            self.database.execute("COMMIT")
        except sqlite3.Error as error:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
            raise NotWritable(
                f"The outbox can't be written ({error}): nothing was sent and your text is kept. Free some disk space,"
                " or check the folder's rights, then send again."
            ) from None

    def orphaned_consoles(self) -> list[str]:
        """Consoles that have rows in the outbox and are dead; the caller adopts their rows."""
        rows = self.database.execute("SELECT DISTINCT console FROM outbox WHERE console<>?", (self.console,))
        return [console for (console,) in rows.fetchall() if self._is_dead(console)]

    def _is_dead(self, console: str) -> bool:
        if self._folder is None:
            return True
        path = self._folder / CONSOLES / console
        try:
            lock = _locked(path)
        except OSError:
            return False
        path.unlink(missing_ok=True)
        os.close(lock)
        return True

    def close(self) -> None:
        """Let go of the file and of the console's lock."""
        self.database.close()
        if self._lock is not None and self._folder is not None:
            (self._folder / CONSOLES / self.console).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None


def _locked(path: Path) -> int:
    """An open file with an exclusive lock; raises BlockingIOError where a living process has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _bring_up(database: sqlite3.Connection) -> None:
    """Make the tables, or add what an older file lacks; in one step, for another console may be doing the same."""
    database.execute("BEGIN IMMEDIATE")
    try:
        found = _version(database)
        if found > VERSION:
            raise sqlite3.DatabaseError("a newer agent-tui wrote it")
        for statement in {0: _SCHEMA, 1: _FROM_1}.get(found, "").split(";"):
            database.execute(statement)
        database.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
