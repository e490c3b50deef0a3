"""Which folders hold the layers of a library, and whether anything in them changed."""

import os
from collections.abc import Iterator, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from agent_tui.model.snippet import Layer

SUFFIX: Final = ".toml"
Folders = Mapping[Layer, Path]
Stamp = tuple[tuple[str, str, int, int], ...]
"""For each file: layer, path, time (ns) and size."""


def starter_folder() -> Path:
    """The starter pack, as it lies in the installed package."""
    with as_file(files("agent_tui.storage.library") / "starter") as folder:
        return folder


def own_words_folder() -> Path:
    """The tables of words that come with agent-tui."""
    with as_file(files("agent_tui.storage.library") / "words") as folder:
        return folder


def files_of(folder: Path) -> Iterator[Path]:
    """The library files in a folder and below it, in a steady order. Hidden ones (`.git`) are none.

    A layer may also be one file: the copy of a library that is elsewhere.
    """
    if folder.is_file():
        yield folder
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(root, name)


def stamp(folders: Folders) -> Stamp:
    """What is there now. Cheap enough to ask every few seconds; another answer means that something changed."""
    found = []
    for layer, folder in folders.items():
        for path in files_of(folder):
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((layer.value, str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)
