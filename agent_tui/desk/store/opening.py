"""Opening a database: is it sound, is it ours, is it of this version, and is it the one readers know?"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent_tui.desk.store.schema import REVISION
from agent_tui.desk.store.sidefile import SideFile

DATABASE = "desk.db"
SIDE_FILE = "desk.told"

_BUSY_MS = 5_000


class StoreError(Exception):
    """The database cannot be used; the text says why, what is safe, and what to do."""


def connect(path: Path, max_page_count: int) -> sqlite3.Connection:
    """The writing connection: autocommit, WAL, every commit on the disk before it returns."""
    driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -32768",
    ):
        driver.execute(f"PRAGMA {pragma}").fetchall()
    if max_page_count:
        driver.execute(f"PRAGMA max_page_count = {max_page_count}").fetchall()
    return driver


def connect_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, by two independent means."""
    driver = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    driver.execute(f"PRAGMA busy_timeout = {_BUSY_MS}").fetchall()
    driver.execute("PRAGMA query_only = ON").fetchall()
    return driver


def prepare(path: Path, now_ms: Callable[[], int]) -> None:
    """Check the database at `path` and bring it to this version, or build a new one. Raises `StoreError`."""
    is_new = not path.exists() or path.stat().st_size == 0
    try:
        driver = connect(path, 0)
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from None
    try:
        if not is_new:
            _check(driver, path)
        found = _revision(driver)
        if found != REVISION:
            _migrate(driver, path, found, now_ms())
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from None
    finally:
        driver.close()


def _check(driver: sqlite3.Connection, path: Path) -> None:
    problems = [str(row[0]) for row in driver.execute("PRAGMA quick_check(3)")]
    if problems != ["ok"]:
        raise _damaged(path, "; ".join(problems))


def _damaged(path: Path, problem: str) -> StoreError:
    return StoreError(
        f"The database {path} is damaged ({problem}). Nothing was changed."
        " Keep a copy of the folder, then put back the newest backup."
    )


def _revision(driver: sqlite3.Connection) -> str | None:
    tables = {row[0] for row in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "alembic_version" not in tables:
        return None
    found = driver.execute("SELECT version_num FROM alembic_version").fetchone()
    return found[0] if found else None


def _migrate(driver: sqlite3.Connection, path: Path, found: str | None, now_ms: int) -> None:
    from agent_tui.desk.store.migrating import known_revisions, upgrade  # alembic is slow to load, and seldom needed

    if found is not None:
        if found not in known_revisions():
            raise StoreError(
                f"The database {path} was written by a newer desk (version {found}; this one knows {REVISION})."
                " Nothing was changed. Start the newer agent-tui, or put back a backup made by this version."
            )
        back_up(driver, path.with_name(f"desk-before-{REVISION}-{now_ms}.db"))
    upgrade(path)


def back_up(driver: sqlite3.Connection, target: Path) -> None:
    """A copy that was read back and found sound, before anything is changed."""
    copy = sqlite3.connect(target)
    try:
        driver.backup(copy)
        problems = [row[0] for row in copy.execute("PRAGMA quick_check")]
    finally:
        copy.close()
    if problems != ["ok"]:
        raise StoreError(f"The backup {target} could not be made soundly; the database was not changed.")


def _count_on_from(driver: sqlite3.Connection, table: str, highest: int) -> None:
    """Ids that readers were told of, and that were lost, are not used again."""
    driver.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    driver.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, highest))


def settle_epoch(driver: sqlite3.Connection, side: SideFile, new_epoch: Callable[[], str]) -> str:
    """The epoch readers' cursors belong to; a new one where the database is not the one they were told about."""
    stored: dict[str, Any] = dict(driver.execute("SELECT name, value FROM meta"))
    (highest,) = driver.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'").fetchone()
    told = side.read()
    epoch = str(stored.get("epoch", ""))
    if not epoch or told is None or told.epoch != epoch or told.highest > highest:
        epoch = new_epoch()
        highest = max(highest, told.highest if told else 0)
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(
            "INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (epoch,)
        )
        _count_on_from(driver, "event", highest)
        if told is not None:
            # Each conversation began with an event, so none that was lost had a higher number. A line that an agent
            # wrote in one of them must not go to the next customer who is given its number.
            _count_on_from(driver, "conversation", highest)
        driver.execute("COMMIT")
    side.write(epoch, highest, durable=True)
    return epoch
