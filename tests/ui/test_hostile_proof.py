"""A library of somebody who means harm: every hostile string in every field, through picker, pane and composer."""

from datetime import date
from pathlib import Path

from agent_tui.model.snippet import Layer
from agent_tui.runtime.shelving import Shelving
from tests.hostile import hostile_strings
from tests.ui.console_of import Console, console
from tests.ui.people import JANE
from tests.ui.test_picker import found, until_read

RECORD = """
[[source]]
id = "hostile-{number}"
title = {text}
tags = [{text}]
objections = [{text}]
claim.en = {text}
publisher = {text}
work = {text}
url = "https://example.org/{number}"
published_on = 2026-01-01
checked_on = 2026-11-01
check_every = "3650d"
"""


def in_toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(character):08X}" for character in text) + '"'


def hostile_library(folder: Path) -> Shelving:
    """Those that can stand in a TOML file at all: no file of UTF-8 has half a surrogate pair."""
    able = [each for each in hostile_strings() if not any("\ud800" <= c <= "\udfff" for c in each.text)]
    assert len(able) > 100
    records = (RECORD.format(number=each.number, text=in_toml(f"x {each.text[:2_000]}")) for each in able)
    (folder / "library").mkdir()
    (folder / "library" / "all.toml").write_text("".join(records), encoding="utf-8")
    layers = {Layer.COMPANY: folder / "library"}
    shelves = Shelving(lambda: layers, folder / "cache", lambda: date(2026, 11, 22))
    shelves.wake()
    return shelves


def check(it: Console) -> None:
    bad = [
        character for character in it.text if (character < " " and character != "\n") or "\x7f" <= character < "\xa0"
    ]
    assert not bad
    assert all(len(row) <= 120 for row in it.rows)


async def test_none_of_it_acts_on_the_screen_or_ends_the_console(tmp_path: Path) -> None:
    async with console(library=hostile_library(tmp_path)) as it:
        it.screen.show(JANE)
        await it.press("i")
        await until_read(it)
        check(it)
        await it.press("f3")
        await found(it, "https://example.org/")
        shelf = it.screen.account.library.shelf if it.screen.account and it.screen.account.library else None
        assert shelf is not None
        assert len(shelf.library.kept) > 100
        for _ in range(50):
            check(it)
            await it.pilot.press("down")
        await it.press("tab", "up", "tab", "ctrl+y", "ctrl+y", "enter")
        check(it)
        text = it.screen.chat.composer.draft.text
        assert "https://example.org/" in text
        assert not any(
            (character < " " and character not in "\n\t") or "\x7f" <= character < "\xa0" for character in text
        )
