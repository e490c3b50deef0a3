"""The demo's library for tests of screens: read once for all of them, through one cache."""

import atexit
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_tui.model.snippet import Layer
from agent_tui.runtime.shelving import Shelving

TODAY = date(2026, 11, 22)
"""The day of `tests.account_of.NOON_MS`."""


@cache
def _home() -> Path:
    folder = TemporaryDirectory(prefix="agent-tui-library-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def demo_folders(layer: Layer = Layer.COMPANY) -> Mapping[Layer, Path]:
    """The folder of the demo's examples."""
    return {layer: Path(str(files("agent_tui.desk.demo"))) / "library"}


def demo_library() -> Shelving:
    """The demo's examples as a company's library: nobody has to confirm it."""
    shelves = Shelving(demo_folders, _home() / "library.cache", lambda: TODAY)
    shelves.wake()
    return shelves
