"""`agent-tui watched --check`: the audit of a running desk, of one at rest, and of one whose file was tampered with."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from agent_tui.config.paths import find_paths
from tests.cli.command import agent_tui, desk_of


@pytest.fixture
def database(agent_tui_home: Path) -> Path:
    """Of a desk that has ended, with a few lines in its audit."""
    with desk_of(agent_tui_home) as desk:
        for name in ("Ada", "Bea", "Cor"):
            desk.token(name)
    return find_paths(agent_tui_home).desk / "desk.db"


def tamper(database: Path, statement: str) -> None:
    """As somebody who may write the file does it: the guards go first."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("DROP TRIGGER audit_keeps_update")
        db.execute("DROP TRIGGER audit_keeps_delete")
        assert db.execute(statement).rowcount > 0


def test_a_whole_audit_is_said_to_be_with_its_time_and_its_newest_seal(database: Path, agent_tui_home: Path) -> None:
    at_rest = agent_tui("watched", "--check", "--json")
    assert at_rest.code == 0, at_rest.err
    with contextlib.closing(sqlite3.connect(database)) as db:
        lines, since, until = db.execute("SELECT count(*), min(at), max(at) FROM audit").fetchone()
        (seal,) = db.execute("SELECT chain FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    assert at_rest.lines == [
        {"lines": lines, "unsealed": 0, "since": since, "until": until, "seal": seal, "broken_at": None}
    ]
    assert lines >= 3
    for_people = agent_tui("watched", "--check")
    assert for_people.code == 0
    assert for_people.out.startswith(f"The audit is whole: {lines} lines from 20")
    assert for_people.out.endswith(f"Its newest seal: {seal}.\n")
    with desk_of(agent_tui_home):
        running = agent_tui("watched", "--check", "--json")
    assert running.code == 0, running.err
    assert running.lines[0]["broken_at"] is None
    assert running.lines[0]["lines"] >= lines


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit SET actor_name = 'Nobody' WHERE id = 2", 2),
        ("UPDATE audit SET chain = '' WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("DELETE FROM audit WHERE id = 1", 2),
    ],
)
def test_a_tampered_file_is_found_where_it_was_touched(database: Path, statement: str, broken_at: int) -> None:
    tamper(database, statement)
    ended = agent_tui("watched", "--check")
    assert (ended.code, ended.out) == (1, "")
    assert f"The audit is broken at line {broken_at}: " in ended.err
    assert "compare desk.db with a backup" in ended.err
    assert ("no line before it is left" in ended.err) is ("id = 1" in statement)
    as_json = agent_tui("watched", "--check", "--json")
    assert (as_json.code, as_json.lines[0]["broken_at"]) == (1, broken_at)


def test_an_audit_whose_seals_were_all_taken_off_is_not_called_whole(database: Path) -> None:
    tamper(database, "UPDATE audit SET chain = ''")
    ended = agent_tui("watched", "--check")
    assert (ended.code, ended.out) == (1, "")
    assert "No line of the audit has a seal" in ended.err
    as_json = agent_tui("watched", "--check", "--json")
    assert as_json.code == 1
    assert as_json.lines[0]["unsealed"] == as_json.lines[0]["lines"]


def test_lines_from_before_there_were_seals_are_counted(database: Path) -> None:
    """As a desk that is older than the seals has them: its first lines have none."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        columns = ", ".join(("at", "actor", "actor_name", "action", "conversation", "detail"))
        db.execute(f"INSERT INTO audit (id, {columns}, chain) SELECT -id, {columns}, '' FROM audit WHERE id <= 2")
    ended = agent_tui("watched", "--check")
    assert ended.code == 0, ended.err
    assert "The first 2 lines have no seal: they are from before there were seals." in ended.out


def test_only_an_admin_may_check(agent_tui_home: Path) -> None:
    with desk_of(agent_tui_home) as desk:
        for role in ("agent", "supervisor"):
            ended = agent_tui("--desk", desk.url, "watched", "--check", AGENT_TUI_TOKEN=desk.token("Vera", role))
            assert (ended.code, ended.out) == (4, "")
            assert "admin" in ended.err
