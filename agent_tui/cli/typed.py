"""Commands as they must be typed on this machine, to be shown on a screen."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def as_typed(*arguments: str, same_home: bool = True) -> str:
    """The command line that runs agent-tui again with these arguments, in any folder, on the same files."""
    home = os.environ.get("AGENT_TUI_HOME") if same_home else None
    return shlex.join([*_program(), *(("--home", home) if home else ()), *arguments])


def _program() -> list[str]:
    started = Path(sys.argv[0])
    if started.name == "__main__.py":
        return [sys.executable, "-m", "agent_tui"]
    found = shutil.which("agent-tui")
    if found is not None and Path(found).resolve() == started.resolve():
        return ["agent-tui"]
    return [str(started.absolute())]
