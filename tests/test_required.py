"""A missing program is said, and in CI nothing skips unseen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.required import require
from tests.walls.sources import ROOT

MISSING = "no-such-program-anywhere"
SKIPPED_TESTS = """
import pytest

def test_while_it_runs():
    pytest.skip("not today")

@pytest.mark.skipif(True, reason="not today")
def test_before_it_runs(): ...
"""
SKIPPED_MODULE = """
import pytest

pytest.importorskip("no_such_module_anywhere")
"""


def test_a_program_that_is_there_is_found() -> None:
    assert Path(require("sh", "sudo apt install dash")).is_file()


def test_a_missing_program_skips_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGENT_TUI_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="sudo apt install it"):
        require(MISSING, "sudo apt install it")


def test_in_ci_a_missing_program_fails_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_REQUIRE", "all")
    with pytest.raises(pytest.fail.Exception, match="sudo apt install it"):
        require(MISSING, "sudo apt install it")


@pytest.mark.parametrize(
    ("source", "required", "counted"),
    [
        (SKIPPED_TESTS, "", "2 skipped"),
        (SKIPPED_TESTS, "all", "1 failed, 1 error"),
        (SKIPPED_MODULE, "all", "1 error"),
    ],
)
def test_any_skip_fails_where_nothing_may_skip(tmp_path: Path, source: str, required: str, counted: str) -> None:
    (tmp_path / "test_skips.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, str(tmp_path)]
    environment = {**os.environ, "AGENT_TUI_REQUIRE": required}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert counted in result.stdout, result.stdout + result.stderr
