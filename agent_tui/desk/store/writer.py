"""The one thread that writes. What queued up during a commit is the next group."""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from sqlalchemy import StaticPool, create_engine

from agent_tui.desk.store.events import StoredEvent
from agent_tui.desk.store.memory import Memory
from agent_tui.desk.store.searchindex import SearchIndex
from agent_tui.desk.store.sidefile import SideFile
from agent_tui.desk.store.transaction import Key, Transaction
from agent_tui.protocol.errors import Code, Refusal

T = TypeVar("T")
Hear = Callable[[Sequence[StoredEvent]], None]

_log = logging.getLogger(__name__)

_IDLE_SECONDS = 0.005
"""The search index is brought forward when nothing was written for this long,"""
_LONGEST_BEHIND_SECONDS = 1.0
"""and a little of it this often however much is written."""

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}


class Job(Generic[T]):
    """An operation in the queue, and who waits for it."""

    __slots__ = ("error", "future", "key", "operation", "result")

    def __init__(
        self, operation: Callable[[Transaction], T], key: Key | None, future: "asyncio.Future[T] | Future[T]"
    ) -> None:
        self.operation = operation
        self.key = key
        self.future = future
        self.result: T | None = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Tell who waits; nobody does where the wait was cancelled."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # an operation may return None
        else:
            self.future.set_exception(self.error)


class _WroteBeforeRefusing(Exception):
    """What an operation wrote before it refused has to be taken back, and with it the group."""


def disk_full() -> Refusal:
    """What every write is answered while there is no room."""
    return Refusal(
        Code.DISK_FULL,
        "The desk's disk is full: this was not stored. All that was stored is safe and can be read;"
        " writing works again by itself as soon as there is room.",
    )


def stopping() -> Refusal:
    """What a write is answered that came after the end was decided."""
    return Refusal(Code.STOPPING, "The desk is stopping; this was not stored. Try again in a moment.")


def is_full(error: BaseException) -> bool:
    """Whether a database error, perhaps wrapped by SQLAlchemy, says that there is no room."""
    cause = getattr(error, "orig", error)
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) in _FULL


def _reason(error: Exception) -> BaseException:
    """What who waits is told of it."""
    if is_full(error):
        return disk_full()
    if isinstance(error, _WroteBeforeRefusing) and error.__cause__ is not None:
        return error.__cause__
    return error


class Writer:
    """Owns the writing connection and everything held in memory of it."""

    def __init__(
        self,
        driver: sqlite3.Connection,
        side: SideFile,
        epoch: str,
        *,
        group_limit: int,
        present: Callable[[str], bool],
        hear: Hear,
    ) -> None:
        self._driver = driver
        # Core and the driver share one connection; transactions are begun and ended here by hand.
        self._core = create_engine(
            "sqlite://", creator=lambda: driver, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
        ).connect()
        self._side = side
        self._epoch = epoch
        self._group_limit = group_limit
        self._present = present
        self._hear = hear
        self._queue: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._memory = Memory(driver)
        self._index = SearchIndex(driver)
        self._indexed_at = time.monotonic()
        self._loop: asyncio.AbstractEventLoop | None = None
        """Where the desk lives; None before the first asynchronous write."""
        # A process that ends without `stop` must not hang; it loses only what nobody was told was stored.
        self._thread = threading.Thread(target=self._run, name="desk-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[Any]) -> None:
        """Queue an operation."""
        self._queue.put(job)

    def stop(self) -> None:
        """Write what is queued, then end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            if group:
                self._write_or_tell(group)
            if self._index.behind and (not group or time.monotonic() - self._indexed_at > _LONGEST_BEHIND_SECONDS):
                self._index_some()
        self._refuse_the_rest()
        self._core.close()
        self._driver.close()

    def _refuse_the_rest(self) -> None:
        """What was queued after the end was decided."""
        late: list[Job[Any]] = []
        while not self._queue.empty():
            job = self._queue.get()
            if job is not None:
                job.error = stopping()
                late.append(job)
        if late:
            self._deliver(late, [])

    def _next_group(self) -> tuple[list[Job[Any]], bool]:
        try:
            first = self._queue.get(timeout=_IDLE_SECONDS) if self._index.behind else self._queue.get()
        except queue.Empty:
            return [], True
        if first is None:
            return [], False
        group = [first]
        while len(group) < self._group_limit:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            group.append(job)
        return group, True

    def _write_or_tell(self, group: list[Job[Any]]) -> None:
        """This thread must outlive whatever the database does: those who wait would wait for ever."""
        try:
            self._write(group)
        except Exception as error:
            _log.exception("a group could not be written")
            for job in group:
                job.error = error
            self._deliver(group, [])

    def _write(self, group: list[Job[Any]]) -> None:
        """Commit a group, or, where one of its operations fails, each by itself."""
        events: list[StoredEvent] = []
        try:
            events = self._commit(group)
        except Exception as error:
            self._roll_back()
            if len(group) == 1:
                group[0].error = _reason(error)
            else:
                for job in group:
                    self._write([job])
                return
        self._deliver(group, events)

    def _commit(self, group: list[Job[Any]]) -> list[StoredEvent]:
        self._driver.execute("BEGIN IMMEDIATE")
        transaction = Transaction(self._driver, self._core, self._memory, self._present)
        transaction.look_up([job.key for job in group if job.key is not None])
        for job in group:
            job.error = None
            written = transaction.written
            try:
                job.result = job.operation(transaction)
            except Refusal as refusal:
                if transaction.written != written:
                    raise _WroteBeforeRefusing from refusal
                job.error = refusal
            transaction.end_operation()
        transaction.flush()
        self._driver.execute("COMMIT")
        # From here on the group is kept, whatever happens: nothing may make it run again.
        if transaction.events:
            self._tell_side(transaction.events[-1].id)
            self._index.more_written()
        self._memory.trim()
        return transaction.events

    def _tell_side(self, highest: int) -> None:
        try:
            self._side.write(self._epoch, highest)
        except OSError:
            _log.exception("the side file could not be written; a restored backup may go unnoticed")

    def _roll_back(self) -> None:
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK")
        self._memory.forget()

    def _deliver(self, group: list[Job[Any]], events: list[StoredEvent]) -> None:
        """One call into the loop for the whole group: first the answers, then the news."""
        in_loop: list[Job[Any]] = []
        for job in group:
            if isinstance(job.future, asyncio.Future):
                self._loop = job.future.get_loop()
                in_loop.append(job)
            else:
                job.settle()
        loop = self._loop
        if loop is None:
            self._hear(events)
            return

        def deliver() -> None:
            for job in in_loop:
                job.settle()
            # The waiting tasks were scheduled just now and run first: an author is answered before anybody is told.
            loop.call_soon(self._hear, events)

        # A loop that has ended has nobody in it who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(deliver)

    def _index_some(self) -> None:
        """Bring the search index forward by a batch; where that fails, leave it until something was written again."""
        self._indexed_at = time.monotonic()
        try:
            self._driver.execute("BEGIN IMMEDIATE")
            self._index.step()
            self._driver.execute("COMMIT")
        except sqlite3.Error as error:
            self._index.pause()
            if not is_full(error):
                _log.exception("the search index stays behind")
            self._roll_back()
