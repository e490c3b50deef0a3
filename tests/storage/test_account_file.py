"""The account's file: rows that outlive a kill, one console a row, refusals in sentences."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind
from agent_tui.storage.account_file import FILE_NAME, AccountFile, NotWritable
from agent_tui.storage.drafts import Draft, Drafts
from agent_tui.storage.layout import Layout, LayoutFile
from agent_tui.storage.outbox import Outbox

JANE = ConversationRef("42")

WRITER = """
import sys
from pathlib import Path
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.words import EntryKind
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.outbox import Outbox
outbox = Outbox(AccountFile(Path(sys.argv[1])))
for number in range(1_000_000):
    item = Outgoing(ClientId(f"cid-{number:07}"), ConversationRef("42"), EntryKind.PUBLIC, f"line {number}", 0,
                    OrderKey(1), OrderKey(1))
    outbox.add(item)
    print(number, flush=True)
"""


def item(number: int, **more: object) -> Outgoing:
    made = {"kind": EntryKind.PUBLIC, "body": f"line {number}", "written_ms": 5, "seen": OrderKey(3)}
    return Outgoing(
        **{"cid": ClientId(f"cid-{number}"), "ref": JANE, "draft_begun": OrderKey(2), **made, **more}  # type: ignore[arg-type]
    )


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    outbox = Outbox(file)
    odd = item(2, kind=EntryKind.NOTE, body="naïve 👩‍👩‍👧 \x1b[2J", owner_then="bob", resolved_then=True)
    odd = msgspec.structs.replace(odd, proof=(Proof("umbra-days", 3, "nl", 4, 60), Proof("tno", 1, "en")))
    for row in (item(1), odd):
        outbox.add(row)
    held = item(1, state=Delivery.HELD, why="look again", attempted=True)
    outbox.update(held)
    assert outbox.rows() == [held, odd]
    outbox.remove(held.cid)
    assert outbox.rows() == [odd]
    file.close()


def test_a_message_and_the_end_of_its_draft_are_one_step(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    drafts = Drafts(file)
    drafts.keep(JANE, Draft("dear", EntryKind.PUBLIC, OrderKey(1)))
    drafts.flush()
    Outbox(file).add(item(1))
    assert Drafts(file).refs() == frozenset()
    file.close()


def test_taking_back_makes_it_a_draft_again_after_what_is_written_already(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    outbox, drafts = Outbox(file), Drafts(file)
    for number in (1, 2):
        outbox.add(item(number))
    for row in outbox.rows():
        draft = drafts.with_text(JANE, row)
        outbox.take_back(row, draft)
        drafts.taken_back(JANE, draft)
    assert outbox.rows() == []
    assert Drafts(file)[JANE] == drafts[JANE] == Draft("line 1\nline 2", EntryKind.PUBLIC, OrderKey(2))
    file.close()


def test_a_message_that_comes_back_after_other_words_keeps_its_proof_in_place(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    drafts, outbox = Drafts(file), Outbox(file)
    mine, theirs = Proof("umbra-days", 3, "en", 0, 4), Proof("tno", 1, "en", 5, 9)
    back = item(1, body="says tno!", proof=(theirs, Proof("recognised", 1, "en")))
    outbox.add(back)
    drafts.keep(JANE, Draft("days", begun=OrderKey(1), proof=(mine,)))
    draft = drafts.with_text(JANE, back)
    assert [(draft.text[each.start : each.end], each.snippet) for each in draft.proof] == [
        ("days", "umbra-days"),
        ("tno!", "tno"),
    ]
    drafts.keep(JANE, draft)
    drafts.flush()
    file.close()
    again = AccountFile(tmp_path)
    assert Drafts(again)[JANE] == draft
    again.close()


def test_a_file_of_the_first_version_gets_room_for_proof(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / FILE_NAME)
    old.executescript(
        "CREATE TABLE outbox (cid TEXT PRIMARY KEY, ref TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,"
        " written_ms INTEGER NOT NULL, seen INTEGER NOT NULL, draft_begun INTEGER NOT NULL, state TEXT NOT NULL,"
        " why TEXT NOT NULL, owner_then TEXT NOT NULL, resolved_then INTEGER NOT NULL, attempted INTEGER NOT NULL,"
        " console TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE draft (ref TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, begun INTEGER NOT NULL)"
        " WITHOUT ROWID;"
        "CREATE TABLE reading (ref TEXT PRIMARY KEY, up_to INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE layout (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;"
        "INSERT INTO draft VALUES ('42', 'public', 'written before', 3); PRAGMA user_version=1;"
    )
    old.close()
    file = AccountFile(tmp_path)
    assert Drafts(file)[JANE] == Draft("written before", begun=OrderKey(3))
    Outbox(file).add(item(1))
    assert Outbox(file).rows() == [item(1)]
    file.close()


def test_what_was_written_outlives_a_kill(tmp_path: Path) -> None:
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(20):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
            said = writer.stdout.read().split()
        told = int(said[-1]) if said else 19
        file = AccountFile(tmp_path)
        outbox = Outbox(file)
        assert outbox.rows() == []
        outbox.adopt()
        bodies = [row.body for row in outbox.rows()]
        assert bodies[: told + 1] == [f"line {number}" for number in range(told + 1)]
        assert len(bodies) <= told + 2
        assert file.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for row in outbox.rows():
            outbox.remove(row.cid)
        file.close()


def test_rows_of_a_living_console_are_its_own(tmp_path: Path) -> None:
    first, second = AccountFile(tmp_path), AccountFile(tmp_path)
    Outbox(first).add(item(1))
    assert Outbox(second).adopt() == 0
    assert Outbox(second).rows() == []
    first.close()
    assert Outbox(second).adopt() == 1
    assert [row.cid for row in Outbox(second).rows()] == ["cid-1"]
    second.close()


def test_only_one_of_two_living_consoles_adopts(tmp_path: Path) -> None:
    dead, first, second = (AccountFile(tmp_path) for _ in range(3))
    Outbox(dead).add(item(1))
    dead.close()
    assert sorted([Outbox(first).adopt(), Outbox(second).adopt()]) == [0, 1]
    assert len(Outbox(first).rows()) + len(Outbox(second).rows()) == 1
    first.close()
    second.close()


def test_a_file_that_cannot_be_written_says_so_and_keeps_nothing_half(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    outbox = Outbox(file)
    pages = file.database.execute("PRAGMA page_count").fetchone()[0]
    file.database.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(NotWritable, match="nothing was sent and your text is kept"):
        outbox.add(item(1, body="x" * 20_000))
    assert outbox.rows() == []
    file.database.execute("PRAGMA max_page_count=1000000")
    outbox.add(item(1))
    assert len(outbox.rows()) == 1
    file.close()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(NotWritable, match="can't be opened"):
        AccountFile(tmp_path / "file" / "acme")


def test_where_nothing_can_be_kept_reading_goes_on_and_writing_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    file = AccountFile.open_or_refuse(tmp_path / "file" / "acme")
    outbox = Outbox(file)
    assert outbox.rows() == []
    assert Drafts(file).refs() == frozenset()
    with pytest.raises(NotWritable, match="you can read, but nothing can be sent"):
        outbox.add(item(1))
    file.close()


def test_a_file_from_the_future_is_refused(tmp_path: Path) -> None:
    AccountFile(tmp_path).close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(NotWritable, match="newer agent-tui"):
        AccountFile(tmp_path)


def test_the_file_is_its_owners_alone_and_durable(tmp_path: Path) -> None:
    file = AccountFile(tmp_path / "acme")
    assert os.stat(tmp_path / "acme" / FILE_NAME).st_mode & 0o077 == 0
    assert file.database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert file.database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    file.close()


def test_drafts_are_kept_and_an_empty_one_is_forgotten(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    drafts = Drafts(file)
    drafts.keep(JANE, Draft("half \ud800", EntryKind.NOTE, OrderKey(7)))
    drafts.keep(ConversationRef("7"), Draft("bye"))
    drafts.flush()
    drafts.keep(ConversationRef("7"), Draft(""))
    drafts.flush()
    again = Drafts(file)
    assert again.refs() == {JANE}
    assert again[JANE] == Draft("half ?", EntryKind.NOTE, OrderKey(7))
    assert again[ConversationRef("7")].text == ""
    file.close()


def test_read_positions_only_go_forward_and_wait_for_confirmation(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    layout = LayoutFile(file)
    layout.keep_read(JANE, OrderKey(5))
    layout.keep_read(JANE, OrderKey(3))
    assert layout.pending_reads() == {JANE: 5}
    layout.confirmed(JANE, OrderKey(4))
    assert layout.pending_reads() == {JANE: 5}
    layout.confirmed(JANE, OrderKey(5))
    assert layout.pending_reads() == {}
    file.close()


def test_a_layout_that_cannot_be_read_is_an_empty_one(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    layout = LayoutFile(file)
    layout.save(Layout((JANE,), JANE, {JANE: OrderKey(4)}))
    assert layout.load() == Layout((JANE,), JANE, {JANE: OrderKey(4)})
    with file.writing() as database:
        database.execute("UPDATE layout SET body='[]'")
    assert layout.load() == Layout()
    file.close()
