"""The console's library: read beside the typing, read again when a file changes, and never in one long step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

from agent_tui.model.snippet import Layer
from agent_tui.runtime.shelving import Shelving
from tests.library_files import SEARCH_LIBRARY, TODAY

CANNED = '[[canned]]\nid = "{0}"\ntext.en = "Words of {0}."\n'
QUOTED = (
    '[[testimonial]]\nid = "{0}"\ntitle = "{0}"\nwords.en = "{1}"\nconsent = {{ scope = "internal", as = "full" }}\n'
)
WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen"


@asynccontextmanager
async def shelving(home: Path, today: "Day | None" = None, **folders: Path) -> AsyncIterator[Shelving]:
    layers = {Layer(name): folder for name, folder in folders.items()}
    found = Shelving(lambda: layers, home / "state" / "cache", today or Day())
    work = asyncio.ensure_future(found.run())
    found.wake()
    try:
        yield found
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


class Day:
    """What day it is, until a test says another."""

    def __init__(self) -> None:
        self.day = TODAY

    def __call__(self) -> date:
        return self.day


async def until(shelves: Shelving, *identifiers: str) -> None:
    """Wait until exactly these are in force."""
    async with asyncio.timeout(30):
        while shelves.shelf is None or set(shelves.shelf.library.kept) != set(identifiers):
            shelves.wake()
            await asyncio.sleep(0.02)


def folder(home: Path, text: str) -> Path:
    made = home / "library"
    made.mkdir(exist_ok=True)
    (made / "mine.toml").write_text(text)
    return made


async def test_a_file_that_changes_is_read_again_and_whoever_listens_is_told(tmp_path: Path) -> None:
    mine = folder(tmp_path, CANNED.format("first"))
    async with shelving(tmp_path, personal=mine) as shelves:
        told: list[int] = []
        shelves.listen(lambda: told.append(len(shelves.shelf.library.kept) if shelves.shelf else 0))
        await until(shelves, "first")
        folder(tmp_path, CANNED.format("first") + CANNED.format("second"))
        await until(shelves, "first", "second")
        assert told == [1, 2]


async def test_testimonials_of_every_layer_are_recognised_also_hidden_ones(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    for where, text in ((near, QUOTED.format("same", "Other words.")), (far, QUOTED.format("same", WORDS))):
        where.mkdir()
        (where / "all.toml").write_text(text)
    async with shelving(tmp_path, personal=near, company=far) as shelves:
        await until(shelves, "same")
        assert shelves.quotations is not None
        assert [heard.testimonial.id for heard in shelves.quotations.heard_in(f"They said: {WORDS}!")] == ["same"]


async def test_another_day_is_another_library(tmp_path: Path) -> None:
    tomorrow = TODAY + timedelta(days=9)
    dated = CANNED.format("dated") + f"checked_on = {tomorrow}\n"
    today = Day()
    async with shelving(tmp_path, today, personal=folder(tmp_path, dated)) as shelves:
        await until(shelves)
        today.day = tomorrow
        await until(shelves, "dated")


async def test_without_a_cache_the_files_are_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the cache's folder should be")
    async with shelving(tmp_path, personal=folder(tmp_path, CANNED.format("first"))) as shelves:
        await until(shelves, "first")


async def test_ending_while_it_reads_leaves_no_child(tmp_path: Path) -> None:
    mine = folder(tmp_path, SEARCH_LIBRARY.read_text())
    async with shelving(tmp_path, personal=mine) as shelves:
        async with asyncio.timeout(30):
            while not shelves.reading:
                await asyncio.sleep(0)
    assert shelves.shelf is None


async def test_a_reading_that_fails_is_said_keeps_what_there_is_and_is_tried_again(tmp_path: Path) -> None:
    mine = folder(tmp_path, CANNED.format("first"))
    today = Day()
    async with shelving(tmp_path, today, personal=mine) as shelves:
        await until(shelves, "first")
        shelves.today = broken
        async with asyncio.timeout(30):
            while not shelves.trouble:
                shelves.wake()
                await asyncio.sleep(0.02)
        assert shelves.trouble == "OSError: the clock's file is gone"
        assert shelves.shelf is not None
        assert "first" in shelves.shelf.library.kept
        shelves.today = today
        folder(tmp_path, CANNED.format("second"))
        await until(shelves, "second")
        assert not shelves.trouble


def broken() -> date:
    raise OSError("the clock's file is gone")
