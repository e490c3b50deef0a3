"""Nothing in the project names a path of the machine it was made on."""

import re
import sys
from pathlib import Path

from tests.walls.sources import ROOT, name_of, own_files

BINARY = {".png", ".gif", ".ico", ".woff2", ".db"}


def machine_paths() -> list[str]:
    """Folders that exist here only: this checkout, this user's home, this Python. "/" alone would match everything."""
    return sorted(
        {str(path) for path in (ROOT, Path.home(), Path(sys.base_prefix)) if path not in (Path("/"), Path("/usr"))}
    )


def names_a_machine_path(text: str) -> list[str]:
    pattern = "|".join(re.escape(path) for path in machine_paths())
    return re.findall(rf"(?<![\w.~-])(?:{pattern})(?=/)", text)


def test_no_file_names_a_path_of_this_machine() -> None:
    texts = {
        name_of(path): path.read_text(encoding="utf-8", errors="replace")
        for path in own_files()
        if path.suffix not in BINARY
    }
    assert {name: found for name, text in texts.items() if (found := names_a_machine_path(text))} == {}


def test_a_path_of_this_machine_is_found() -> None:
    assert names_a_machine_path(f'open("{ROOT}/pyproject.toml")')
