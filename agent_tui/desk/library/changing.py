"""Changes to the team's files that go through the desk: edited, checked, consent withdrawn."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from agent_tui.core.library.dates import without_future
from agent_tui.core.library.layers import Kept
from agent_tui.desk.library.team import TeamLibrary
from agent_tui.model.snippet import AnySnippet
from agent_tui.model.text import clean
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.library import SnippetEdited
from agent_tui.storage.library.writing import (
    NotWritten,
    add_snippets,
    consent_withdrawn,
    default_file,
    edited,
    replace_snippet,
    verified,
)

_LARGEST: Final = 64 * 1024
_SENTENCE: Final = 300


async def edit(library: TeamLibrary, toml: str) -> SnippetEdited:
    """Put a record where the one with its id stands, or add it; its revision goes up by itself. Raises `Refusal`."""
    if len(toml) > _LARGEST:
        raise Refusal(Code.TOO_LONG, f"The record has {len(toml):,} characters; at most {_LARGEST:,} fit.")
    await library.ready()
    snippet = await asyncio.to_thread(_read_one, toml, library.folder)
    there = library.team_snippet(snippet.id)
    if there is None:
        path = default_file(library.folder, snippet)
        await _write(lambda: add_snippets(path, [snippet]))
        library.files_changed()
        return SnippetEdited(snippet.id, snippet.revision, _named(library, path))
    if there.snippet.kind is not snippet.kind:
        raise Refusal(
            Code.BAD_VALUE,
            f"`{snippet.id}` is a {there.snippet.kind}, and an id is never reused: give the {snippet.kind} another.",
        )
    revision = max(snippet.revision, there.snippet.revision + 1)
    changed = msgspec.structs.replace(snippet, revision=revision)
    path = Path(there.place.file)
    await _write(lambda: replace_snippet(path, changed))
    library.files_changed()
    return SnippetEdited(snippet.id, revision, _named(library, path))


async def check(library: TeamLibrary, identifier: str, by: str, day: date) -> SnippetEdited:
    """Somebody looked, and it holds. Raises `Refusal`."""
    await library.ready()
    there = library.team_snippet(identifier)
    if there is None:
        raise Refusal(Code.NOT_FOUND, f"The team's library has no `{clean(identifier, limit=80, multiline=False)}`.")
    path = Path(there.place.file)
    await _write(lambda: verified(path, identifier, day, by))
    library.files_changed()
    return SnippetEdited(identifier, there.snippet.revision, _named(library, path))


async def write_withdrawal(library: TeamLibrary, kept: Kept, day: date | None) -> bool:
    """The day into the file, or out of it. False where the file stays as it is: the desk knows it all the same."""

    path, name = Path(kept.place.file), kept.snippet.id
    try:
        await asyncio.to_thread(consent_withdrawn, path, name, day)
    except NotWritten:
        return False
    library.files_changed()
    return True


async def _write(change: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(change)
    except NotWritten as error:
        raise Refusal(Code.DISK_FULL, clean(str(error), limit=_SENTENCE, multiline=False)) from None


def _read_one(toml: str, folder: Path) -> AnySnippet:
    found = edited(toml, folder / "edited.toml")
    found.placed = list(without_future(found.placed, date.today(), found.problems))
    if found.problems:
        said = clean(found.problems[0].sentence.partition(": ")[2], limit=_SENTENCE, multiline=False)
        raise Refusal(Code.BAD_VALUE, f"{said} Nothing was changed.")
    if len(found.placed) != 1:
        raise Refusal(Code.BAD_VALUE, f"One record is expected, {len(found.placed)} came. Nothing was changed.")
    return found.placed[0].snippet


def _named(library: TeamLibrary, path: Path) -> str:
    return str(path.relative_to(library.folder.parent))
