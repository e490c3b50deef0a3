"""The store as the rest of the desk sees it: write, read, and hear what became true."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import QueuePool

from agent_tui.desk.store.events import StoredEvent
from agent_tui.desk.store.opening import DATABASE, SIDE_FILE, connect, connect_reading, prepare, settle_epoch
from agent_tui.desk.store.sidefile import SideFile
from agent_tui.desk.store.transaction import Key, Transaction
from agent_tui.desk.store.writer import Job, Writer, stopping
from agent_tui.model.ids import uuid7

T = TypeVar("T")


def wall_ms() -> int:
    """Now, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class StoreSettings(Struct, frozen=True):
    """How the store works; the defaults are the desk's."""

    read_threads: int = 2
    group_limit: int = 512
    """Most operations in one commit."""
    max_page_count: int = 0
    """Largest size of the database in pages; 0: as large as the disk allows."""
    now_ms: Callable[[], int] = wall_ms
    new_epoch: Callable[[], str] = uuid7


class Store:
    """One database in a folder, one writer. Made with `Store.open`; whoever opens it holds the desk's lock."""

    def __init__(self, folder: Path, settings: StoreSettings) -> None:
        path = folder / DATABASE
        self.folder = folder
        """Files of the desk that belong to this database lie here too."""
        self.present: set[str] = set()
        """Visitors whose page is open now: kept by the service, shown in records."""
        self._hearers: list[Callable[[Sequence[StoredEvent]], None]] = []
        self._side = SideFile(folder / SIDE_FILE)
        driver = connect(path, settings.max_page_count)
        self.epoch = settle_epoch(driver, self._side, settings.new_epoch)
        """Changes when a restored database is behind what readers were told: then no cursor is good any more."""
        self._writer = Writer(
            driver,
            self._side,
            self.epoch,
            group_limit=settings.group_limit,
            present=self.present.__contains__,
            hear=self._tell,
        )
        self._reading = create_engine(
            "sqlite://",
            creator=lambda: connect_reading(path),
            poolclass=QueuePool,
            pool_size=settings.read_threads,
            max_overflow=-1,
        )
        event.listen(self._reading, "begin", _begin_snapshot)
        self._readers = ThreadPoolExecutor(settings.read_threads, "desk-reader")
        self._closed = False

    @classmethod
    def open(cls, folder: Path, settings: StoreSettings | None = None) -> "Store":
        """Migrate, check and open. Raises `StoreError` with a sentence: damaged, or from a newer desk."""
        settings = settings or StoreSettings()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        prepare(folder / DATABASE, settings.now_ms)
        return cls(folder, settings)

    def close(self) -> None:
        """Commit what is queued, then end. Later writes are refused as `stopping`."""
        if self._closed:
            return
        self._closed = True
        # The writer closes last, and so moves everything from the log into the database.
        self._readers.shutdown()
        self._reading.dispose()
        self._writer.stop()
        self._side.close()

    def subscribe(self, hear: Callable[[Sequence[StoredEvent]], None]) -> None:
        """`hear` is called in the event loop once for each commit, after the writers' answers are on their way.

        Who subscribed first hears first.
        """
        self._hearers.append(hear)

    def _tell(self, events: Sequence[StoredEvent]) -> None:
        if not events:
            return
        for hear in self._hearers:
            hear(events)

    def write(self, operation: Callable[[Transaction], T], key: Key | None = None) -> "asyncio.Future[T]":
        """Run `operation` in the writer's thread; done once it is on disk. Raises `Refusal` as the operation does.

        An operation may run twice (when another of its group fails), and must refuse before it writes. `key` (author,
        cid): what it will look up with `Transaction.stored`, fetched for a whole group at once.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._submit(Job(operation, key, future))
        return future

    def write_now(self, operation: Callable[[Transaction], T], key: Key | None = None) -> T:
        """The same, waiting here: for start-up, commands without a loop, and tests."""
        future: Future[T] = Future()
        self._submit(Job(operation, key, future))
        return future.result()

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run `query` on a read-only SQLAlchemy connection, in one snapshot, in a reader's thread."""
        if self._closed:
            raise stopping()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, query)

    def read_now(self, query: Callable[[Connection], T]) -> T:
        """The same, waiting here."""
        with self._reading.connect() as connection:
            return query(connection)

    def _submit(self, job: "Job[T]") -> None:
        if self._closed:
            raise stopping()
        self._writer.submit(job)


def _begin_snapshot(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
