"""The project's own files, as the walls read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "agent_tui"

# Kept by hand, not asked of git: the walls hold in a source archive too, and before a file is committed.
OWN_FOLDERS = (".ci", "agent_tui", "docs", "tests", "themes")
# The snapshot plugin leaves it where a picture differs: a report of this machine's, not a file of the project.
REPORT = "snapshot_report.html"


def modules(folder: Path = PACKAGE) -> list[Path]:
    """Every Python file under `folder`, in a steady order."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def own_files() -> Iterator[Path]:
    """Every file that belongs to the project."""
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != REPORT)
    for folder in OWN_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path as a person would type it."""
    return path.relative_to(ROOT).as_posix()


def called(node: ast.expr) -> str:
    """A dotted name as written (`Content.from_markup`), or "" where it is not one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = called(node.value)
        return f"{left}.{node.attr}" if left else f"?.{node.attr}"
    return ""
