"""The doctor rings: the bell and the desktop notices, one after the other, and asks what arrived."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from agent_tui.cli.checks import Check, good, note

PART: Final = "notices"
_WORDS: Final = "agent-tui doctor: did you see this?"

TRIES: Final = (
    ("bell", "\x07", "Did the terminal ring or flash?", "Allow the bell in the terminal's settings."),
    ("desktop notice, OSC 9", f"\x1b]9;{_WORDS}\x1b\\", "Did a desktop notice appear?", "Not every terminal has it."),
    (
        "desktop notice, OSC 777",
        f"\x1b]777;notify;agent-tui;{_WORDS}\x1b\\",
        "Did a desktop notice appear?",
        "Not every terminal has it.",
    ),
)


def try_notices(
    environ: Mapping[str, str], write: Callable[[str], None], confirm: Callable[[str], bool]
) -> Iterator[Check]:
    """Send each, ask, and say what it means."""
    for what, sequence, question, hint in TRIES:
        write(_wrapped(sequence) if environ.get("TMUX") and sequence != "\x07" else sequence)
        if confirm(f"{what}: {question}"):
            yield good(PART, what, "It arrives.")
        else:
            yield note(PART, what, "It does not arrive.", hint)


def _wrapped(sequence: str) -> str:
    """For tmux to pass on (its manual: allow-passthrough)."""
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
