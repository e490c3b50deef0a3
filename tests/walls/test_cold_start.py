"""What start-up doesn't pay for: these modules cost tens of milliseconds each, and no first paint needs them."""

import subprocess
import sys

import pytest

from tests.walls.sources import PACKAGE, ROOT

NOT_BEFORE_THE_FIRST_PAINT = {
    "alembic",
    "httpx",
    "keyring",
    "phonenumbers",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "websockets",
}
NOT_FOR_HELP = NOT_BEFORE_THE_FIRST_PAINT | {"rich", "textual"}

CONSOLE = "import agent_tui.ui.app"
HELP = """
import sys
from agent_tui.cli import main
sys.argv = ["agent-tui", "--help"]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""


def loaded_by(program: str) -> set[str]:
    """Top-level modules in a fresh Python after `program`."""
    tail = "\nimport sys\nprint('loaded:', *{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", program + tail], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.rpartition("loaded:")[2].split())


@pytest.mark.skipif(not (PACKAGE / "ui" / "app.py").exists(), reason="there is no console yet")
def test_the_console_loads_nothing_that_its_first_paint_does_not_need() -> None:
    assert loaded_by(CONSOLE) & NOT_BEFORE_THE_FIRST_PAINT == set()


def test_help_loads_neither_the_console_nor_the_desk() -> None:
    assert loaded_by(HELP) & NOT_FOR_HELP == set()


def test_a_module_that_is_loaded_is_seen() -> None:
    assert "httpx" in loaded_by("import httpx")
