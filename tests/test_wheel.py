"""The wheel carries everything the programs read, and runs without the checkout."""

import re
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest

from agent_tui import __version__
from tests.walls.sources import PACKAGE, ROOT

# One worker builds; the others would build the same again.
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without isolation: the tests need no index. `.ci/run` also builds and installs it from nothing."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(build, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content as it would lie in site-packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(installed: Path, program: str) -> str:
    """What `program` prints where the checkout cannot be imported, only the wheel's content."""
    without_checkout = (
        f"import sys; sys.path = [{str(installed)!r}] + [p for p in sys.path if p != {str(ROOT)!r}]; {program}"
    )
    command = [sys.executable, "-P", "-c", without_checkout]
    result = subprocess.run(command, cwd=installed, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_every_file_of_the_package_is_packed(installed: Path) -> None:
    ours = {p.relative_to(ROOT) for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert {path for path in ours if not (installed / path).is_file()} == set()


def test_the_themes_are_packed_as_a_package_resource(installed: Path) -> None:
    ours = {path.name for path in (ROOT / "themes").glob("*.toml")}
    assert {path.name for path in (installed / "agent_tui" / "themes").glob("*.toml")} == ours
    assert ours


def test_nothing_but_the_package_is_packed(installed: Path) -> None:
    assert {path.name for path in installed.iterdir()} == {"agent_tui", f"agent_tui-{__version__}.dist-info"}


def test_the_installed_package_finds_its_themes(installed: Path) -> None:
    found = run_installed(installed, "from agent_tui.config.themes_folder import themes_folder; print(themes_folder())")
    assert Path(found) == installed / "agent_tui" / "themes"


def test_the_installed_command_says_its_version(installed: Path) -> None:
    program = "from agent_tui.cli import main; sys.argv = ['agent-tui', '--version']; main()"
    assert __version__ in run_installed(installed, program)


def test_the_wheel_declares_the_command_and_our_own_backend(installed: Path) -> None:
    declared = ConfigParser()
    declared.read(installed / f"agent_tui-{__version__}.dist-info" / "entry_points.txt")
    assert declared["console_scripts"]["agent-tui"] == "agent_tui.cli:main"
    assert declared["agent_tui.backend"]["desk"] == "agent_tui.backends.desk:plugin"


def test_the_page_about_installing_names_the_wheel_as_it_is_called(wheel: Path) -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"pip install (\S+\.whl)", page)
    assert fnmatch(wheel.name, named)
    assert re.search(
        r"^wheel: .*\n\t.* -m build --wheel .*--outdir dist", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
