"""A library as it is used: read from its cache, which a process of its own makes when a file changed.

Reading ten thousand records of TOML takes seconds; reading the cache takes milliseconds, piece by piece.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
from msgspec import Struct

from agent_tui import __version__
from agent_tui.core.library.dates import without_future
from agent_tui.core.library.index import Words, make_words
from agent_tui.core.library.layers import Kept, Library, merge
from agent_tui.core.library.meanings import Forms
from agent_tui.core.library.search import Search
from agent_tui.core.library.vocabulary import Vocabulary
from agent_tui.model.snippet import Layer, Place, Placed, Problem, without_consent
from agent_tui.model.word_table import WordTable
from agent_tui.storage.library.folders import Folders, Stamp, files_of, own_words_folder, stamp
from agent_tui.storage.library.framing import framed, frames_of
from agent_tui.storage.library.reading import WORDS_FILE, read_file, read_words
from agent_tui.storage.library.team_copy import COPY_FILE, read_copy

FORMAT: Final = 2
PIECE: Final = 250
"""Records read at once: about a millisecond, and so are so many times as many titles and words."""
TITLES: Final = 4 * PIECE
WORDS: Final = 6 * PIECE
BUILT_WITHIN_S: Final = 300
_KEPT: Final = msgspec.msgpack.Decoder(list[Kept])
_TITLES: Final = msgspec.msgpack.Decoder(list[tuple[str, str, tuple[str, ...]]])
_WORDS: Final = msgspec.msgpack.Decoder(list[tuple[str, str, tuple[bytes, bytes, bytes, bytes]]])


class Header(Struct, frozen=True):
    """What a cache was made of; another stamp, day or version makes it stale."""

    format: int
    version: str
    day: date
    stamp: Stamp
    problems: tuple[Problem, ...]
    tables: tuple[WordTable, ...]
    hidden: tuple[Kept, ...]
    documents: int
    words: int


class Shelf(Struct, frozen=True):
    """A library with the search over it."""

    library: Library
    search: Search
    stamp: Stamp


def read_layers(folders: Folders, today: date) -> tuple[Library, tuple[WordTable, ...]]:
    """Read every file of every layer, here and now."""
    layers: dict[Layer, list[Placed]] = {}
    tables: list[WordTable] = []
    problems: list[Problem] = []
    withdrawn: Mapping[str, date] = {}
    paths: list[tuple[Layer | None, Path]] = [(None, path) for path in files_of(own_words_folder())]
    paths += [(layer, path) for layer, folder in folders.items() for path in files_of(folder)]
    for layer, path in paths:
        if path.name == COPY_FILE:
            copied = read_copy(path)
            tables += copied.words
            problems += [Problem(Place(str(path), 1), sentence) for sentence in copied.problems]
            withdrawn = copied.withdrawn
            layers[Layer.TEAM] = list(without_future(copied.placed.values(), today, problems))
        elif layer is None or path.name == WORDS_FILE:
            table, wrong = read_words(path)
            tables += [table] if table else []
            problems += wrong
        else:
            found = read_file(path)
            layers.setdefault(layer, []).extend(without_future(found.placed, today, problems))
            problems += found.problems
    return merge(_as_withdrawn(layers, withdrawn), problems), tuple(tables)


def _as_withdrawn(
    layers: Mapping[Layer, Iterable[Placed]], withdrawn: Mapping[str, date]
) -> Mapping[Layer, Iterable[Placed]]:
    """What the backend has withdrawn is so in every layer."""
    if not withdrawn:
        return layers
    return {layer: [_withdrawn(placed, withdrawn) for placed in found] for layer, found in layers.items()}


def _withdrawn(placed: Placed, withdrawn: Mapping[str, date]) -> Placed:
    day = withdrawn.get(placed.snippet.id)
    return Placed(without_consent(placed.snippet, day), placed.place) if day else placed


def build(folders: Folders, cache: Path, today: date) -> None:
    """Read the files and write the cache, whole or not at all. Raises OSError."""
    now = stamp(folders)
    library, tables = read_layers(folders, today)
    kept = list(library.kept.values())
    words = make_words((each.snippet for each in kept), Vocabulary(tables))
    titles = list(zip(words.ids, words.titles, words.objections, strict=True))
    forms = list(zip(words.words, words.stems, words.postings, strict=True))
    hidden = tuple(library.hidden.values())
    pieces: list[Any] = [
        Header(FORMAT, __version__, today, now, library.problems, tables, hidden, len(titles), len(forms))
    ]
    for rows, size in ((titles, TITLES), (forms, WORDS), (kept, PIECE)):
        pieces += [rows[start : start + size] for start in range(0, len(rows), size)]
    cache.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = cache.with_name(f"{cache.name}.{uuid4().hex}")
    try:
        with open(draft, "wb", opener=_private) as file:
            for piece in pieces:
                file.write(framed(msgspec.msgpack.encode(piece)))
        draft.replace(cache)
    finally:
        draft.unlink(missing_ok=True)


def pieces_of(cache: Path, folders: Folders, today: date) -> Iterator[Shelf | None]:
    """Read a cache that is not stale: None after each piece, so that a screen can go on, and the shelf at last.

    Nothing comes where there is no cache, or a stale or broken one.
    """
    try:
        frames = frames_of(cache)
        header = msgspec.msgpack.decode(next(frames), type=Header)
        now = stamp(folders)
        if (header.format, header.version, header.day, header.stamp) != (FORMAT, __version__, today, now):
            return
        yield None
        titles: tuple[list[Any], ...] = ([], [], [])
        while len(titles[0]) < header.documents:
            _append(titles, _TITLES.decode(next(frames)))
            yield None
        found: tuple[list[Any], ...] = ([], [], [])
        forms = Forms()
        while (known := len(found[0])) < header.words:
            _append(found, _WORDS.decode(next(frames)))
            forms.add(found[0][known:], found[1][known:])
            yield None
        kept: dict[str, Kept] = {}
        for frame in frames:
            kept.update((each.snippet.id, each) for each in _KEPT.decode(frame))
            yield None
    except (OSError, msgspec.MsgspecError, StopIteration):
        return
    if len(kept) != header.documents:
        return
    words = Words(*map(tuple, titles), *map(tuple, found))
    yield None
    vocabulary = Vocabulary(header.tables)
    yield None
    hidden = {(each.snippet.id, each.layer): each for each in header.hidden}
    yield Shelf(Library(kept, header.problems, hidden), Search(words, vocabulary, forms), header.stamp)


def build_command(folders: Folders, cache: Path, today: date) -> list[str]:
    """The program that does what `build` does, in a process of its own."""
    command = [sys.executable, "-m", "agent_tui.storage.library", str(cache), today.isoformat()]
    return command + [f"{layer.value}={folder}" for layer, folder in folders.items()]


def open_shelf(folders: Folders, cache: Path, today: date) -> Shelf:
    """The library of these folders; its cache is made first where it is stale.

    Where no cache can be written, the files are read here.
    """
    found = _cached(cache, folders, today)
    if found is None:
        command = build_command(folders, cache, today)
        done = subprocess.run(command, capture_output=True, check=False, timeout=BUILT_WITHIN_S)  # noqa: S603  (ours)
        found = _cached(cache, folders, today) if done.returncode == 0 else None
    return found or read_shelf(folders, today)


def read_shelf(folders: Folders, today: date) -> Shelf:
    """The library of these folders, read without a cache."""
    now = stamp(folders)
    library, tables = read_layers(folders, today)
    vocabulary = Vocabulary(tables)
    words = make_words((kept.snippet for kept in library.kept.values()), vocabulary)
    return Shelf(library, Search(words, vocabulary), now)


def _cached(cache: Path, folders: Folders, today: date) -> Shelf | None:
    pieces = list(pieces_of(cache, folders, today))
    return pieces[-1] if pieces else None


def _append(columns: tuple[list[Any], ...], rows: Sequence[tuple[Any, ...]]) -> None:
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        column += values


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
