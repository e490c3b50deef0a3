"""The desktop's own opener of telephone links, where there is one and it can do anything."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

_ANSWERS_WITHIN_S: Final = 2.0
_HANDLER: Final = ("xdg-mime", "query", "default", "x-scheme-handler/tel")


class Opener(Struct, frozen=True):
    """Which program opens a `tel:` link; empty: none, and `why` says why, with what to do."""

    program: str = ""
    why: str = ""


def find_opener(
    environ: Mapping[str, str],
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
    ask: Callable[[], str] | None = None,
) -> Opener:
    """The opener of this desktop. `xdg-mime` prints nothing, and still ends well, where no program takes such links."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return Opener(why="This terminal is on another machine: a link would open over there.")
    if platform == "darwin":
        return Opener("open")
    if not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        return Opener(why="There is no desktop around this terminal.")
    if which("xdg-open") is None:
        return Opener(why="xdg-open is missing: install the package xdg-utils.")
    if not (ask or _handler)():
        return Opener(why="No program on this desktop takes `tel:` links: install or choose one.")
    return Opener("xdg-open")


def _handler() -> str:
    try:
        answer = subprocess.run(  # noqa: S603
            _HANDLER, capture_output=True, text=True, timeout=_ANSWERS_WITHIN_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
