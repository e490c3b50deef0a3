"""Where a demo lives: a throwaway folder of this user's, which its desk makes and removes again."""

import os
import secrets
import shutil
import stat
import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from agent_tui.config.paths import Paths, find_paths

PREFIX: Final = "agent-tui-demo-"
_LETTERS: Final = "abcdefghjkmnpqrstvwxyz23456789"
_NAME_LENGTH: Final = 4

DESK_SETTINGS: Final = """\
# The demo's own settings: all its customers sit at one address.
name = "Demo shop"

[limits]
sockets_per_address = 500
conversations_per_address_minute = 60
"""


def new_demo() -> str:
    """The name of a demo that is not there yet."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_NAME_LENGTH))


def folder_of(name: str) -> Path:
    """Where the demo of this name lives."""
    return Path(tempfile.gettempdir()) / f"{PREFIX}{name}"


def paths_of(name: str) -> Paths:
    """Its folders."""
    return find_paths(folder_of(name))


def make(name: str) -> Paths:
    """Its folder, readable by this user only, and its desk's settings. Raises `PermissionError`."""
    folder_of(name).mkdir(mode=0o700, exist_ok=True)
    if not is_own(folder_of(name)):
        raise PermissionError(f"{folder_of(name)} belongs to somebody else.")
    paths = paths_of(name)
    paths.desk.mkdir(parents=True, mode=0o700, exist_ok=True)
    (paths.desk / "desk.toml").write_text(DESK_SETTINGS, encoding="utf-8")
    with as_file(files("agent_tui.desk.demo") / "library") as examples:
        shutil.copytree(examples, paths.desk / "library", dirs_exist_ok=True)
    return paths


def remove(name: str) -> None:
    """Throw everything of it away."""
    if is_own(folder_of(name)):
        shutil.rmtree(folder_of(name), ignore_errors=True)


def is_own(folder: Path) -> bool:
    """Made by this user, and nobody else can look into it: in a shared folder names prove nothing."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def begun_at(name: str) -> float:
    """When it was made, or something was first kept in it; seconds since the epoch, 0 where it is gone."""
    try:
        return folder_of(name).stat().st_ctime
    except FileNotFoundError:
        return 0.0


def running() -> list[str]:
    """This user's demos whose desk runs, the newest first: one that was killed leaves its folder behind."""
    from agent_tui.runtime.own_desk import runs

    return [name for name in names() if runs(paths_of(name).desk)]


def names() -> list[str]:
    """This user's demos, the newest first."""
    folders = [folder for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if is_own(folder)]
    return sorted((folder.name.removeprefix(PREFIX) for folder in folders), key=begun_at, reverse=True)
