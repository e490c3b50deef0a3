"""Which databases are opened, and what becomes of readers' cursors when one was put back from a backup."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from agent_tui.desk.store import Store, schema
from agent_tui.desk.store.migrating import known_revisions
from agent_tui.desk.store.opening import DATABASE, SIDE_FILE, StoreError, back_up
from agent_tui.desk.store.rows import AgentRow, ConversationRow, EntryRow, VisitorRow
from tests.desk.store.messages import begin, bodies, line


def last_event(store: Store) -> int:
    return int(store.read_now(lambda db: db.exec_driver_sql("SELECT max(id) FROM event").scalar_one()))


def test_the_migrations_build_what_the_schema_says(store: Store) -> None:
    def differences(db: object) -> list[object]:
        found = compare_metadata(MigrationContext.configure(db), schema.metadata)  # type: ignore[arg-type]
        return [one for one in found if schema.SEARCH_INDEX not in str(one)]

    assert store.read_now(differences) == []
    assert schema.REVISION in known_revisions()


def test_the_newest_migration_is_the_one_this_desk_works_with() -> None:
    from agent_tui.desk.store.migrating import script_directory

    scripts: ScriptDirectory = script_directory()
    assert scripts.get_heads() == [schema.REVISION]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (schema.agent, AgentRow),
        (schema.visitor, VisitorRow),
        (schema.conversation, ConversationRow),
        (schema.entry, EntryRow),
    ],
)
def test_rows_have_the_columns_of_their_table_in_order(table: object, row: type) -> None:
    assert [column.name for column in table.columns] == list(row.__struct_fields__)  # type: ignore[attr-defined]


def test_a_restart_keeps_the_epoch_and_goes_on_counting(folder: Path) -> None:
    first = Store.open(folder)
    conversation = begin(first)
    first.write_now(line(conversation, "one"))
    epoch, last = first.epoch, last_event(first)
    first.close()
    second = Store.open(folder)
    assert second.epoch == epoch
    assert second.write_now(line(conversation, "two")) == 2
    assert last_event(second) == last + 1
    second.close()


def test_an_older_copy_begins_a_new_epoch_and_uses_no_event_twice(folder: Path, tmp_path: Path) -> None:
    first = Store.open(folder)
    conversation = begin(first)
    first.write_now(line(conversation, "kept"))
    first.close()
    shutil.copy(folder / DATABASE, tmp_path / "backup")
    second = Store.open(folder)
    second.write_now(line(conversation, "lost with the disk"))
    lost = begin(second)
    epoch, told = second.epoch, last_event(second)
    second.close()

    for leftover in folder.glob(DATABASE + "*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup", folder / DATABASE)
    restored = Store.open(folder)
    assert restored.epoch != epoch
    assert bodies(restored, conversation) == ["line kept"]
    assert restored.write_now(line(conversation, "new")) == 2
    assert last_event(restored) > told
    assert begin(restored) > lost, "what was written to a lost customer must not reach the next one"
    again = restored.epoch
    restored.close()
    once_more = Store.open(folder)
    assert once_more.epoch == again
    once_more.close()


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff" * 128, b'{"epoch": "another", "highest": 1}'])
def test_without_a_side_file_to_trust_a_new_epoch_begins(folder: Path, content: bytes | None) -> None:
    first = Store.open(folder)
    begin(first)
    epoch = first.epoch
    first.close()
    (folder / SIDE_FILE).unlink()
    if content is not None:
        (folder / SIDE_FILE).write_bytes(content)
    second = Store.open(folder)
    assert second.epoch != epoch
    second.close()


def test_a_database_from_the_future_is_refused_and_left_alone(folder: Path) -> None:
    Store.open(folder).close()
    with sqlite3.connect(folder / DATABASE) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.close()
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(StoreError, match="newer desk"):
        Store.open(folder)
    assert (folder / DATABASE).read_bytes() == before


def test_a_damaged_database_is_refused(folder: Path) -> None:
    store = Store.open(folder)
    conversation = begin(store)
    for number in range(200):
        store.write_now(line(conversation, f"cid {number}", "x" * 500))
    store.close()
    raw = bytearray((folder / DATABASE).read_bytes())
    for page in range(3, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    (folder / DATABASE).write_bytes(bytes(raw))
    with pytest.raises(StoreError, match="damaged"):
        Store.open(folder)


def test_what_is_no_database_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"these are not the bytes of a database" * 200)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(folder)


def test_a_backup_holds_what_the_database_held(folder: Path, tmp_path: Path) -> None:
    store = Store.open(folder)
    conversation = begin(store)
    store.write_now(line(conversation, "one"))
    driver = sqlite3.connect(folder / DATABASE)
    back_up(driver, tmp_path / "copy.db")
    driver.close()
    store.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("SELECT body FROM entry").fetchall() == [("line one",)]
    copy.close()
