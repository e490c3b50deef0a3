"""`make env` on a machine that lacks something says what to install."""

import subprocess
from pathlib import Path

import pytest

from tests.walls.sources import ROOT

TOO_OLD = "#!/bin/sh\nexit 1\n"
WITHOUT_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n'


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        (TOO_OLD, "No Python 3.11 or newer was found. On Debian 12 or newer: sudo apt install python3 python3-venv."),
        (WITHOUT_VENV, "This Python (python3) has no venv. On Debian and Ubuntu: sudo apt install python3-venv."),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path, python: str, sentence: str) -> None:
    fake = tmp_path / "python3"
    fake.write_text(python)
    fake.chmod(0o755)
    # No other Python can be found: the path holds the fake one alone.
    environment = {"PATH": str(tmp_path), "PYTHON": "python3", "VENV": str(tmp_path / "venv")}
    command = ["/bin/sh", str(ROOT / ".ci" / "make-env")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert not (tmp_path / "venv").exists()
