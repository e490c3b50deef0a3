"""A desk's service with its people."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.people import DeskInTest


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskInTest]:
    started = DeskInTest(tmp_path / "desk")
    yield started
    started.store.close()
