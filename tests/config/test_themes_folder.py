"""The themes are found in a checkout and in an installed package. tests/test_wheel.py does it with a real wheel."""

from pathlib import Path

import pytest

from agent_tui.config.themes_folder import NoThemes, themes_folder
from tests.walls.sources import ROOT


def package_in(folder: Path) -> Path:
    package = folder / "agent_tui"
    package.mkdir()
    return package


def test_a_checkout_has_them_beside_the_package(tmp_path: Path) -> None:
    package = package_in(tmp_path)
    (tmp_path / "themes").mkdir()
    assert themes_folder(package) == tmp_path / "themes"


def test_an_installed_package_carries_them_and_looks_no_further(tmp_path: Path) -> None:
    package = package_in(tmp_path)
    (package / "themes").mkdir()
    (tmp_path / "themes").mkdir()
    assert themes_folder(package) == package / "themes"


def test_this_checkout_has_its_own() -> None:
    assert themes_folder() == ROOT / "themes"


def test_neither_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoThemes, match="install agent-tui again"):
        themes_folder(package_in(tmp_path))
