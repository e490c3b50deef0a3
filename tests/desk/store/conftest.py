"""A store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.desk.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "desk"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = Store.open(folder)
    yield opened
    opened.close()
