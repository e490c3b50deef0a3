"""Groups: what is answered is on disk, in order, and one bad operation spoils nothing for the others."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError

from agent_tui.desk.store import Store, StoredEvent, StoreSettings, Transaction, schema
from agent_tui.desk.store.opening import DATABASE
from agent_tui.protocol.errors import Code, Refusal
from tests.desk.store.messages import VISITOR, begin, bodies, line


def integrity(folder: Path) -> list[str]:
    """What SQLite says of a database that nobody has open."""
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as driver:
        return [row[0] for row in driver.execute("PRAGMA integrity_check")]


def runs(statement: str) -> Callable[[Transaction], None]:
    """Any SQL as an operation."""

    def operation(tx: Transaction) -> None:
        tx.execute(text(statement))

    return operation


async def test_a_group_is_answered_in_order_and_told_once_after_the_answers(store: Store) -> None:
    conversation = begin(store)
    heard: list[Sequence[StoredEvent]] = []
    order: list[str] = []
    busy, gate = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        busy.set()
        gate.wait()

    def hear(events: Sequence[StoredEvent]) -> None:
        heard.append(events)
        order.append("told")

    async def ask(number: int) -> int:
        seq = await store.write(line(conversation, f"cid {number}"), (VISITOR, f"cid {number}"))
        order.append("answered")
        return seq

    store.subscribe(hear)
    held = store.write(hold)
    await asyncio.to_thread(busy.wait)
    asked = [asyncio.create_task(ask(number)) for number in range(300)]
    await asyncio.sleep(0)
    gate.set()
    await held
    assert await asyncio.gather(*asked) == list(range(1, 301))
    while not heard:
        await asyncio.sleep(0)
    assert len(heard) == 1, "everything that queued during a commit is one group"
    assert order == ["answered"] * 300 + ["told"]
    assert [event.seq for event in heard[0]] == list(range(1, 301))
    ids = [event.id for event in heard[0]]
    assert ids == list(range(ids[0], ids[0] + 300))


async def test_an_operation_that_crashes_takes_nobody_with_it(store: Store) -> None:
    conversation = begin(store)
    gate = threading.Event()

    def crashes(tx: Transaction) -> None:
        line(conversation, "half written")(tx)
        raise ZeroDivisionError

    def refuses(tx: Transaction) -> None:
        raise Refusal(Code.TAKEN, "Somebody has it.")

    def refuses_late(tx: Transaction) -> None:
        line(conversation, "taken back")(tx)
        raise Refusal(Code.TOO_LATE, "It is too late.")

    store.write(lambda tx: gate.wait())
    before = [store.write(line(conversation, f"before {number}")) for number in range(5)]
    crashed, refused, late = store.write(crashes), store.write(refuses), store.write(refuses_late)
    after = [store.write(line(conversation, f"after {number}")) for number in range(5)]
    gate.set()
    assert await asyncio.gather(*before, *after) == list(range(1, 11))
    with pytest.raises(ZeroDivisionError):
        await crashed
    with pytest.raises(Refusal, match="Somebody has it"):
        await refused
    with pytest.raises(Refusal, match="too late"):
        await late
    assert bodies(store, conversation) == [f"line before {n}" for n in range(5)] + [f"line after {n}" for n in range(5)]
    assert await store.write(line(conversation, "and on")) == 11


async def test_a_lost_answer_asked_for_100_times_stores_one_line(store: Store, folder: Path) -> None:
    conversation = begin(store)
    asked = [store.write(line(conversation, "the one"), (VISITOR, "the one")) for _ in range(50)]
    assert set(await asyncio.gather(*asked)) == {1}
    store.close()
    again = Store.open(folder)
    asked = [again.write(line(conversation, "the one"), (VISITOR, "the one")) for _ in range(50)]
    assert set(await asyncio.gather(*asked)) == {1}
    assert bodies(again, conversation) == ["line the one"]
    again.close()


async def test_a_full_disk_refuses_with_the_reason_stays_readable_and_recovers(folder: Path) -> None:
    store = Store.open(folder, StoreSettings(max_page_count=120))
    conversation = begin(store)
    stored: list[str] = []

    async def fill() -> None:
        for number in range(1000):
            await store.write(line(conversation, f"cid {number}", f"{number} " + "x" * 2000))
            stored.append(f"{number} " + "x" * 2000)

    with pytest.raises(Refusal) as caught:
        await fill()
    assert caught.value.answer.code is Code.DISK_FULL
    assert "can be read" in caught.value.answer.detail
    assert bodies(store, conversation) == stored
    together = [store.write(line(conversation, f"more {number}", "y" * 9000)) for number in range(20)]
    outcomes = await asyncio.gather(*together, return_exceptions=True)
    assert all(isinstance(outcome, Refusal) for outcome in outcomes)
    assert bodies(store, conversation) == stored
    await store.write(runs("PRAGMA max_page_count = 100000"))
    assert await store.write(line(conversation, f"cid {len(stored)}", "there is room again")) == len(stored) + 1
    store.close()
    assert integrity(folder) == ["ok"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root and mount (apt-get install mount)")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


async def test_a_disk_that_fills_up_is_survived(small_disk: Path) -> None:
    store = Store.open(small_disk)
    conversation = begin(store)
    await store.write(line(conversation, "before"))
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    stored = 1

    async def fill() -> None:
        nonlocal stored
        for number in range(1000):
            await store.write(line(conversation, f"cid {number}", "y" * 4000))
            stored += 1

    with pytest.raises(Refusal) as caught:
        await fill()
    assert caught.value.answer.code is Code.DISK_FULL
    assert len(bodies(store, conversation)) == stored
    filler.unlink()
    assert await store.write(line(conversation, "after")) == stored + 1
    store.close()
    assert integrity(small_disk) == ["ok"]


async def test_after_the_end_is_decided_writes_are_refused(store: Store) -> None:
    conversation = begin(store)
    queued = [store.write(line(conversation, f"cid {number}")) for number in range(20)]
    store.close()
    assert await asyncio.gather(*queued) == list(range(1, 21))
    with pytest.raises(Refusal) as caught:
        store.write(line(conversation, "late"))
    assert caught.value.answer.code is Code.STOPPING


async def test_a_wait_that_was_cancelled_does_not_undo_the_write(store: Store) -> None:
    conversation = begin(store)
    gate = threading.Event()
    store.write(lambda tx: gate.wait())
    waiting = store.write(line(conversation, "kept"))
    waiting.cancel()
    gate.set()
    assert await store.write(line(conversation, "next")) == 2
    assert bodies(store, conversation) == ["line kept", "line next"]


def test_readers_cannot_write(store: Store) -> None:
    begin(store)
    with pytest.raises(OperationalError, match="readonly"):
        store.read_now(lambda db: db.execute(insert(schema.meta).values(name="x", value="y")))
    with pytest.raises(OperationalError, match="readonly"):
        store.read_now(lambda db: db.exec_driver_sql("DELETE FROM entry"))


def test_the_audit_only_grows(store: Store) -> None:
    store.write_now(lambda tx: tx.audit(1, "a", "Ada", "looked"))
    for statement in ("DELETE FROM audit", "UPDATE audit SET actor_name = 'Eve'"):
        with pytest.raises(Exception, match="append-only"):
            store.write_now(runs(statement))
    assert store.read_now(lambda db: db.execute(schema.audit.select()).scalars().all()) == [1]


def test_bytes_come_back_as_they_were(store: Store) -> None:
    conversation = begin(store)
    strange = [
        "\x00",
        "a\x00b",
        "\x1b[2J",
        "\ud7ff\ue000",
        "é" * 3,
        "e\u0301",
        "\U0001f9d1\u200d\U0001f680",
        "'; DROP TABLE entry; --",
    ]
    for number, body in enumerate(strange):
        store.write_now(line(conversation, f"cid {number}", body))
    assert bodies(store, conversation) == strange
