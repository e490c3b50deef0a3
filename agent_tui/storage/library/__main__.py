"""Makes a library's cache: `python -m agent_tui.storage.library CACHE DAY LAYER=FOLDER …`."""

import os
import sys
from datetime import date
from pathlib import Path

from agent_tui.model.snippet import Layer
from agent_tui.storage.library.shelf import build

KINDNESS = 10
"""Whoever types meanwhile comes first."""


def main(arguments: list[str]) -> int:
    """Build it; 1 where it can't be written."""
    cache, day, *layers = arguments
    os.nice(KINDNESS)
    folders = {Layer(name): Path(folder) for name, _, folder in (each.partition("=") for each in layers)}
    try:
        build(folders, Path(cache), date.fromisoformat(day))
    except OSError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
