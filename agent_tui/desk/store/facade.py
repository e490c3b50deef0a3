"""The store as the rest of the desk sees it: write, read, and hear what became true."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from agent_tui.desk.store.events import StoredEvent
from agent_tui.desk.store.transaction import Transaction

T = TypeVar("T")


class StoreSettings(Struct, frozen=True):
    """How the store works; the defaults are the desk's."""

    read_threads: int = 2
    group_limit: int = 512
    """Most operations in one commit."""
    max_page_count: int = 0
    """Largest size of the database in pages; 0: as large as the disk allows."""


class Store:
    """One database in a folder, one writer. Made with `Store.open`."""

    epoch: str
    """Changes when a restored database is behind what readers were told before: then no cursor is good any more."""

    @classmethod
    def open(cls, folder: Path, settings: StoreSettings = StoreSettings()) -> "Store":
        """Migrate, check and open. Raises `StoreError` with a sentence: damaged, from a newer desk, not writable."""
        raise NotImplementedError

    def close(self) -> None:
        """Commit what is queued, then end. Later writes are refused as `stopping`."""
        raise NotImplementedError

    def subscribe(self, hear: Callable[[Sequence[StoredEvent]], None]) -> None:
        """`hear` is called in the event loop once for each commit, after the writers' answers are on their way."""
        raise NotImplementedError

    def write(self, operation: Callable[[Transaction], T], key: tuple[str, str] | None = None) -> "asyncio.Future[T]":
        """Run `operation` in the writer's thread; done once it is on disk. Raises `Refusal` as the operation does.

        `key` (author, cid): what the operation will look up with `Transaction.stored`, fetched for a whole group at once.
        """
        raise NotImplementedError

    def write_now(self, operation: Callable[[Transaction], T]) -> T:
        """The same, waiting here: for start-up, commands without a loop, and tests."""
        raise NotImplementedError

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` on a read-only SQLAlchemy connection, in one snapshot, in a reader's thread."""
        raise NotImplementedError

    def read_now(self, query: Callable[[Connection], T]) -> T:
        """The same, waiting here."""
        raise NotImplementedError
