"""The last good copy of a team's library: page by page, whole after a crash, shared by an account's consoles."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.snippet import AnySnippet, Layer, Place, Placed
from agent_tui.model.text import SafeText
from agent_tui.model.word_table import WordTable
from agent_tui.ports.library import TeamPage
from agent_tui.storage.library.shelf import read_shelf
from agent_tui.storage.library.team_copy import TeamCopy, read_copy
from tests.library_files import TODAY, canned, said_by_umbra, source

AT = 1_795_348_800_000


def page(*snippets: AnySnippet, version: str = "v1", whole: bool = True, **more: object) -> TeamPage:
    placed = tuple(Placed(each, Place("library/proof.toml", 2)) for each in snippets)
    return TeamPage(version, whole, placed, **more)  # type: ignore[arg-type]


def kept(copy: TeamCopy, have: str, *pages: TeamPage, at: int = AT) -> None:
    with copy.writing(have) as writing:
        assert writing is not None
        for each in pages:
            writing.add(each, at)


def ids(copy: TeamCopy) -> list[str]:
    return sorted(read_copy(copy.path).placed)


def test_pages_make_a_library_and_changes_are_added(tmp_path: Path) -> None:
    copy = TeamCopy(tmp_path)
    assert (copy.head(), ids(copy)) == (None, [])
    kept(copy, "", page(said_by_umbra(), next="v1.1"), page(source(), policy=Policy(unchecked=Verdict.REFUSE)))
    assert ids(copy) == ["tno-first-reply", "umbra-days"]
    kept(copy, "v1", page(canned("Hi"), version="v2", whole=False, gone=("umbra-days",)), at=AT + 1)
    assert ids(copy) == ["greet", "tno-first-reply"]
    head = copy.head()
    assert head is not None
    assert (head.version, head.heard_ms, head.frames) == ("v2", AT + 1, 3)


def test_what_did_not_come_to_its_end_is_not_believed(tmp_path: Path) -> None:
    copy = TeamCopy(tmp_path)
    kept(copy, "", page(said_by_umbra()))
    kept(copy, "v1", page(source(), version="v2", next="v2.1"))
    assert ids(copy) == ["umbra-days"]
    assert copy.head() is not None
    raw = copy.path.read_bytes()
    copy.path.write_bytes(raw + (99).to_bytes(4, "big") + b"half")
    assert ids(copy) == ["umbra-days"]
    copy.path.write_bytes(b"\xff" * 50)
    assert ids(copy) == []


def test_what_was_asked_with_another_version_is_not_added(tmp_path: Path) -> None:
    copy = TeamCopy(tmp_path)
    kept(copy, "", page(said_by_umbra()))
    kept(copy, "v7", page(source(), version="v8", whole=False))
    head = copy.head()
    assert (ids(copy), head.version if head else "") == (["umbra-days"], "v1")


def test_one_console_writes_at_a_time(tmp_path: Path) -> None:
    one, other = TeamCopy(tmp_path), TeamCopy(tmp_path)
    with one.writing("") as mine, other.writing("") as theirs:
        assert (mine is None, theirs is None) == (False, True)
    with other.writing("") as again:
        assert again is not None


def test_its_age_is_kept_without_the_files_being_read_anew(tmp_path: Path) -> None:
    copy = TeamCopy(tmp_path)
    copy.still_good(AT)
    kept(copy, "", page(said_by_umbra()))
    before = copy.path.stat()
    copy.still_good(AT + 60_000)
    head = copy.head()
    assert head is not None
    assert (head.heard_ms, copy.path.stat().st_mtime_ns) == (AT + 60_000, before.st_mtime_ns)


def test_it_is_a_layer_with_its_words_and_what_was_withdrawn(tmp_path: Path) -> None:
    copy, mine = TeamCopy(tmp_path / "account"), tmp_path / "mine"
    (tmp_path / "account").mkdir()
    mine.mkdir()
    own = msgspec.structs.replace(said_by_umbra(), id="my-own")
    from agent_tui.storage.library.writing import as_toml

    (mine / "own.toml").write_text(as_toml(own), encoding="utf-8")
    day = date(2026, 11, 20)
    words = (WordTable(together=(("fridge", "cooler"),)),)
    said = (SafeText("library/typo.toml, line 3: there is no key `txt` here."),)
    kept(copy, "", page(said_by_umbra(), words=words, withdrawn={"umbra-days": day, "my-own": day}, problems=said))
    shelf = read_shelf({Layer.PERSONAL: mine, Layer.TEAM: copy.path}, TODAY)
    assert [problem.sentence for problem in shelf.library.problems] == list(said)
    layers = {name: each.layer for name, each in shelf.library.kept.items()}
    assert layers == {"my-own": Layer.PERSONAL, "umbra-days": Layer.TEAM}
    consents = [getattr(each.snippet, "consent").withdrawn_on for each in shelf.library.kept.values()]  # noqa: B009
    assert consents == [day, day]
    assert shelf.library.kept["umbra-days"].place == Place("library/proof.toml", 2)


def test_where_there_is_no_copy_the_layer_is_empty(tmp_path: Path) -> None:
    assert read_shelf({Layer.TEAM: TeamCopy(tmp_path).path}, TODAY).library.kept == {}


@pytest.mark.parametrize("what", ["team-library.json", "team-library.copy"])
def test_a_copy_that_cannot_be_written_says_so_to_its_caller(tmp_path: Path, what: str) -> None:
    (tmp_path / what).mkdir()
    copy = TeamCopy(tmp_path)
    with copy.writing("") as writing:
        assert writing is not None
        with pytest.raises(OSError, match="Is a directory|directory"):
            writing.add(page(said_by_umbra()), AT)


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    copy = TeamCopy(tmp_path)
    copy.forget()
    kept(copy, "", page(said_by_umbra()))
    copy.forget()
    assert (copy.head(), ids(copy)) == (None, [])
