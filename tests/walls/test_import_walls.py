"""The layers of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

from tests.walls.sources import ROOT


def test_import_linter_contracts_hold(tmp_path: Path) -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
