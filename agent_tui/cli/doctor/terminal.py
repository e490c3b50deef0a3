"""The doctor looks at the terminal: size, colours, UTF-8, and what tmux lets through."""

import codecs
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from agent_tui.cli.checks import Check, broken, good, note

PART: Final = "terminal"
SMALLEST: Final = (60, 16)
COMFORTABLE: Final = (80, 24)
LONGEST_ESCAPE_MS: Final = 50
_TMUX_ANSWERS_WITHIN_S: Final = 2.0

AskTmux = Callable[..., str]
"""`tmux` with these arguments: what it printed, stripped; empty where it can't be asked."""


class TmuxOption(NamedTuple):
    """An option the console needs in a certain way, and the line for tmux.conf that sets it so."""

    name: str
    show: tuple[str, ...]
    fits: Callable[[str], bool]
    line: str
    why: str


TMUX_OPTIONS: Final = (
    TmuxOption(
        "allow-passthrough",
        ("show-options", "-gwv", "allow-passthrough"),
        {"on", "all"}.__contains__,
        "set -g allow-passthrough on",
        "desktop notices don't get through",
    ),
    TmuxOption(
        "set-clipboard",
        ("show-options", "-sv", "set-clipboard"),
        {"on", "external"}.__contains__,
        "set -s set-clipboard external",
        "copied text does not reach the clipboard",
    ),
    TmuxOption(
        "extended-keys",
        ("show-options", "-sv", "extended-keys"),
        {"on", "always"}.__contains__,
        "set -s extended-keys on",
        "Shift+Enter and some others arrive as plain keys",
    ),
    TmuxOption(
        "escape-time",
        ("show-options", "-sv", "escape-time"),
        lambda value: value.isdigit() and int(value) <= LONGEST_ESCAPE_MS,
        "set -s escape-time 10",
        "Esc is felt late",
    ),
)


def ask_tmux(*arguments: str) -> str:
    """Ask the tmux around us."""
    try:
        answer = subprocess.run(  # noqa: S603
            ["tmux", *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=_TMUX_ANSWERS_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def check_terminal(environ: Mapping[str, str], tmux: AskTmux = ask_tmux) -> Iterator[Check]:
    """Everything about it that can be found without a person."""
    yield _is_one()
    yield _size(*shutil.get_terminal_size())
    yield from _kind(environ)
    yield _utf8()
    if environ.get("TMUX"):
        yield from check_tmux(tmux)
    if environ.get("SSH_CONNECTION"):
        yield note(PART, "ssh", "This terminal is on another machine: the bell and copied text cross, if it lets them.")


def check_tmux(tmux: AskTmux) -> Iterator[Check]:
    """Its version, and the lines its configuration misses."""
    version = tmux("-V")
    number = re.search(r"(\d+)\.(\d+)", version)
    if number is not None and (int(number[1]), int(number[2])) < (3, 3):
        yield broken(
            PART, "tmux", f"{version}: before 3.3 no desktop notice gets through.", "Install tmux 3.3 or newer."
        )
    else:
        yield good(PART, "tmux", version or "It can't be asked for its version.")
    for option in TMUX_OPTIONS:
        value = tmux(*option.show)
        if option.fits(value):
            yield good(PART, f"tmux {option.name}", value)
        else:
            says = f"{value or 'not set'}: {option.why}."
            yield note(PART, f"tmux {option.name}", says, f"In ~/.tmux.conf: {option.line}")


def _is_one() -> Check:
    if sys.stdin.isatty() and sys.stdout.isatty():
        return good(PART, "terminal", "This is one.")
    return note(PART, "terminal", "Input or output is not a terminal here: the console itself needs one.")


def _size(columns: int, rows: int) -> Check:
    shown = f"{columns}x{rows}"
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return broken(PART, "size", shown, f"The console needs {SMALLEST[0]}x{SMALLEST[1]}: make the window larger.")
    if columns < COMFORTABLE[0] or rows < COMFORTABLE[1]:
        return note(PART, "size", f"{shown}: the side panes are folded away; 80x24 shows more.")
    return good(PART, "size", shown)


def _kind(environ: Mapping[str, str]) -> Iterator[Check]:
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        yield broken(PART, "TERM", term or "It is not set.", "Start a real terminal, or set TERM=xterm-256color.")
        return
    yield good(PART, "TERM", term)
    if environ.get("NO_COLOR"):
        yield note(PART, "colours", "NO_COLOR is set: states are told by words and shapes only.")
    elif environ.get("COLORTERM") in ("truecolor", "24bit"):
        yield good(PART, "colours", "16 million")
    elif "256color" in term or "direct" in term:
        yield note(PART, "colours", "256", "If your terminal can do more: export COLORTERM=truecolor")
    else:
        yield note(PART, "colours", "Few.", "If your terminal can do more: export COLORTERM=truecolor")


def _utf8() -> Check:
    encoding = sys.stdout.encoding or "ascii"
    if codecs.lookup(encoding).name == "utf-8":
        return good(PART, "UTF-8", "yes")
    return broken(PART, "UTF-8", f"Text is written as {encoding}.", "Choose a UTF-8 locale: export LANG=C.UTF-8")
