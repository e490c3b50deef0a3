"""The team's folder at work: changes are seen, what is broken is said, and an admin's changes reach the files."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_tui.desk.library import changing
from agent_tui.desk.library.team import TeamLibrary
from agent_tui.model.snippet import Testimonial as Said
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.storage.library.writing import as_toml
from tests.library_files import canned, said_by_umbra, source

RECORD = as_toml(said_by_umbra())


class Home:
    """A desk's folder with its library, and what consoles were told."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "library"
        self.withdrawn: dict[str, date] = {}
        self.told: list[str] = []
        self.library = TeamLibrary(home, self._withdrawals)
        self.library.moved = self.told.append

    async def _withdrawals(self) -> dict[str, date]:
        return self.withdrawn

    def write(self, name: str, text: str) -> Path:
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    async def until(self, met: Callable[[], object]) -> None:
        self.library.files_changed()
        async with asyncio.timeout(20):
            while not met():
                await asyncio.sleep(0.01)

    def ids(self) -> list[str]:
        return [placed.snippet.id for placed in self.library.page("", "").snippets]

    def problems(self) -> list[str]:
        return self.library.page("", "").problems


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    made = Home(tmp_path)
    yield made
    await made.library.end()


async def test_a_folder_without_files_starts_nothing_and_is_served_empty(home: Home) -> None:
    assert home.library.may_skip
    home.library.begin()
    await home.until(lambda: home.library.version)
    assert (home.ids(), home.library.gate) == ([], None)
    assert not (home.folder.parent / "library.cache").exists()


async def test_files_that_come_change_and_go_are_seen(home: Home) -> None:
    home.library.begin()
    await home.until(lambda: home.told)
    path = home.write("proof.toml", RECORD)
    await home.until(lambda: home.ids() == ["umbra-days"])
    before = home.library.version
    path.write_text(RECORD.replace("two days", "three days"), encoding="utf-8")
    await home.until(lambda: home.library.version != before)
    page = home.library.page(before, "")
    assert ([placed.snippet.title for placed in page.snippets], page.whole) == (
        ["Umbra: three days a month back"],
        False,
    )
    assert (page.snippets[0].file, page.snippets[0].line) == ("library/proof.toml", 1)
    path.unlink()
    await home.until(lambda: home.ids() == [])
    assert all(one != next_one for one, next_one in pairwise(home.told)), "each change is told once"


async def test_what_is_broken_is_said_and_the_rest_serves(home: Home) -> None:
    home.write("good.toml", RECORD)
    home.write("typo.toml", '[[canned]]\nid = "hi"\ntxt.en = "Hi"\n')
    home.write("double.toml", '[[canned]]\nid = "a"\ntext.en = "A"\n[[canned]]\nid = "a"\ntext.en = "B"\n')
    home.write("long.toml", f'[[canned]]\nid = "long"\ntext.en = "{"x" * 1_000_000}"\n')
    home.write("tomorrow.toml", as_toml(source()).replace("2026-11-01", "2199-01-01"))
    home.write("ftp.toml", as_toml(source()).replace("https://example.org", "ftp://example.org"))
    await home.library.ready()
    assert home.ids() == ["umbra-days"]
    said = "\n".join(home.problems())
    for part in (
        "library/typo.toml, line 3: there is no key `txt` here. Did you mean `text`?",
        "The id `a` is used 2 times in one layer: library/double.toml, line 1 and library/double.toml, line 4.",
        "library/long.toml, line 3: `text` has 1,000,000 characters; at most 8,000 fit.",
        "`checked_on` of source `tno-first-reply` is 2199-01-01, which is in the future.",
        "no web address",
    ):
        assert part in said, said
    assert str(home.folder) not in said


async def test_a_withdrawal_is_told_before_any_file_is_read(home: Home) -> None:
    home.write("good.toml", RECORD)
    await home.library.ready()
    told = len(home.told)
    home.library.set_withdrawn({"umbra-days": date(2026, 11, 20)})
    assert len(home.told) == told + 1
    assert home.library.page(home.told[-2] if told else "", "").withdrawn == {"umbra-days": date(2026, 11, 20)}


async def test_an_edit_keeps_comments_and_raises_the_revision(home: Home) -> None:
    path = home.write("proof.toml", f"# by hand\n{RECORD}")
    await home.library.ready()
    done = await changing.edit(home.library, RECORD.replace("two days", "2 days"))
    assert (done.revision, done.file) == (4, "library/proof.toml")
    assert path.read_text(encoding="utf-8").startswith("# by hand\n")
    await home.until(lambda: home.library.page("", "").snippets[0].snippet.revision == 4)
    added = await changing.edit(home.library, as_toml(canned("Hi")))
    assert added.file == "library/canned.toml"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("", "One record is expected, 0 came."),
        (RECORD + as_toml(source()), "One record is expected, 2 came."),
        (RECORD.replace("title", "titel"), "Did you mean `title`?"),
        ('[[canned]]\nid = "umbra-days"\ntext.en = "x"\n', "an id is never reused"),
        (RECORD.replace("2026-11-01", "2199-01-01"), "is in the future"),
        ("[[canned", "not valid TOML"),
        (f'[[canned]]\nid = "x"\ntext.en = "{"x" * 100_000}"', "at most 65,536 fit"),
        ('[[canned]]\nid = "x"\ntext.en = "\x1b[2J"\n', "not valid TOML"),
    ],
)
async def test_a_record_that_does_not_fit_changes_nothing(home: Home, toml: str, says: str) -> None:
    path = home.write("proof.toml", RECORD)
    await home.library.ready()
    with pytest.raises(Refusal, match=says.replace("`", ".").replace("?", ".")) as refused:
        await changing.edit(home.library, toml)
    assert "\x1b" not in refused.value.answer.detail
    assert str(home.folder) not in refused.value.answer.detail
    assert path.read_text(encoding="utf-8") == RECORD


async def test_who_looked_is_written_down(home: Home) -> None:
    path = home.write("proof.toml", RECORD)
    await home.library.ready()
    await changing.check(home.library, "umbra-days", "Ada", date(2026, 11, 22))
    assert 'checked_by = "Ada"' in path.read_text(encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        await changing.check(home.library, "nobody", "Ada", date(2026, 11, 22))
    assert refused.value.answer.code is Code.NOT_FOUND


async def test_a_file_that_cannot_be_written_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write("proof.toml", RECORD)
    await home.library.ready()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agent_tui.storage.library.writing.os.fsync", full)
    with pytest.raises(Refusal, match="No space left") as refused:
        await changing.check(home.library, "umbra-days", "Ada", date(2026, 11, 22))
    assert refused.value.answer.code is Code.DISK_FULL
    kept = home.library.team_snippet("umbra-days")
    assert kept is not None
    assert not await changing.write_withdrawal(home.library, kept, date(2026, 11, 22))


async def test_the_day_stands_in_the_file_once_and_goes_with_an_undo(home: Home) -> None:
    path = home.write("proof.toml", RECORD)
    await home.library.ready()
    kept = home.library.team_snippet("umbra-days")
    assert kept is not None
    for day in (date(2026, 11, 20), date(2026, 11, 22)):
        assert await changing.write_withdrawal(home.library, kept, day)
    assert path.read_text(encoding="utf-8").count("withdrawn_on = 2026-11-20") == 1
    await home.until(lambda: _withdrawn_on(home) == date(2026, 11, 20))
    assert await changing.write_withdrawal(home.library, kept, None)
    assert "withdrawn_on" not in path.read_text(encoding="utf-8")


def _withdrawn_on(home: Home) -> date | None:
    snippet = msgspec.structs.replace(home.library.page("", "").snippets[0].snippet)
    assert isinstance(snippet, Said)
    return snippet.consent.withdrawn_on
