"""Copying: into tmux's own buffer where there is a tmux (OSC 52 rarely crosses it), else by OSC 52."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

_TMUX = ("tmux", "load-buffer", "-w", "-")
_LONGEST_WAIT_S = 2.0


def copy(app: App[int], text: str) -> None:
    """Put text on the clipboard. What is pasted here is known too, whatever the terminal lets through."""
    app.copy_to_clipboard(text)
    if os.environ.get("TMUX"):
        app.run_worker(lambda: _into_tmux(text), thread=True, group="copy", exit_on_error=False)


def copy_or_hint(app: App[int]) -> None:
    """Ctrl+C: copy what is selected, else say how to leave. It never ends anything."""
    console = app.main  # type: ignore[attr-defined]
    selected = getattr(app.focused, "selected_text", "") or app.screen.get_selected_text() or ""
    if selected:
        copy(app, selected)
        console.say("Copied.")
    else:
        console.say(f"Nothing is selected to copy. {console.keys.shown('app.quit')} leaves.")


def _into_tmux(text: str) -> None:
    try:
        subprocess.run(_TMUX, input=text.encode(errors="replace"), timeout=_LONGEST_WAIT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        # The terminal got it by OSC 52 as well: a missing tmux program takes nothing away.
        return
