"""Files stay small enough to hold in the head, and their names say what they hold."""

import ast
from pathlib import Path

import pytest

from tests.walls.sources import PACKAGE, ROOT, modules, name_of, parse

LONGEST = 400
NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def says_nothing(path: Path) -> bool:
    return not NAMES_THAT_SAY_NOTHING.isdisjoint({path.stem, *path.relative_to(ROOT).parts})


def test_no_module_is_longer_than_fits_in_the_head() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_module_has_a_name_that_says_what_it_holds() -> None:
    assert [name_of(path) for path in [*modules(), *modules(ROOT / "tests")] if says_nothing(path)] == []


@pytest.mark.parametrize("name", ["agent_tui/utils.py", "agent_tui/core/helpers/dates.py", "tests/common.py"])
def test_a_name_that_says_nothing_is_found(name: str) -> None:
    assert says_nothing(ROOT / name)


def test_every_module_says_what_it_is_for() -> None:
    public = [path for path in modules() if path.name == "__init__.py" or not path.stem.startswith("_")]
    assert [name_of(path) for path in public if not ast.get_docstring(parse(path))] == []


def test_every_folder_of_the_package_is_a_package() -> None:
    folders = {path.parent for path in modules()}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
    assert PACKAGE in folders
