"""The cache is made in another process, is used while nothing changed, and is never trusted when broken."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent_tui.model.snippet import Layer
from agent_tui.storage.library import shelf as shelves
from agent_tui.storage.library.shelf import build, open_shelf, pieces_of
from tests.library_files import SEARCH_LIBRARY, TODAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "all.toml").write_bytes(SEARCH_LIBRARY.read_bytes())
    return folder


def test_a_cache_answers_as_the_files_do(folder: Path, tmp_path: Path) -> None:
    folders, cache = {Layer.TEAM: folder}, tmp_path / "state" / "library.cache"
    cached, read = open_shelf(folders, cache, TODAY), shelves.read_shelf(folders, TODAY)
    assert cache.stat().st_mode & 0o077 == 0
    assert cached.library == read.library
    assert cached.search.words == read.search.words
    assert cached.search.find("verzndkosten") == read.search.find("verzndkosten")


def test_a_fresh_cache_starts_no_program(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders, cache = {Layer.TEAM: folder}, tmp_path / "library.cache"
    first = open_shelf(folders, cache, TODAY)
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("a program was started"))
    assert open_shelf(folders, cache, TODAY).library == first.library


def test_it_comes_in_pieces(folder: Path, tmp_path: Path) -> None:
    folders, cache = {Layer.TEAM: folder}, tmp_path / "library.cache"
    build(folders, cache, TODAY)
    *pieces, last = pieces_of(cache, folders, TODAY)
    assert last is not None
    assert set(pieces) == {None}
    assert len(pieces) > 3


def test_a_changed_file_another_day_or_a_broken_cache_is_read_anew(folder: Path, tmp_path: Path) -> None:
    folders, cache = {Layer.TEAM: folder}, tmp_path / "library.cache"
    build(folders, cache, TODAY)
    whole = cache.read_bytes()
    assert list(pieces_of(cache, folders, TODAY + timedelta(1))) == []
    for broken in (b"", whole[:20], whole[: len(whole) // 2], b"\xff" * 100, whole[:-1]):
        cache.write_bytes(broken)
        assert all(piece is None for piece in pieces_of(cache, folders, TODAY)), len(broken)
    cache.write_bytes(whole)
    (folder / "more.toml").write_text('[[canned]]\nid = "more"\ntext.en = "More."\n')
    assert list(pieces_of(cache, folders, TODAY)) == []
    assert "more" in open_shelf(folders, cache, TODAY).library.kept


def test_where_no_cache_can_be_written_the_files_are_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder is wanted")
    found = open_shelf({Layer.TEAM: folder}, tmp_path / "state" / "library.cache", TODAY)
    assert len(found.library.kept) == 212
