"""Notices: a bell, and a desktop notice where the terminal lets one through. Never a customer's words or name.

The bell crosses ssh and tmux. OSC 9 and OSC 777 are sent outside tmux; inside it wrapped, and only where tmux says
that it lets them through (`allow-passthrough`).
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

from agent_tui.core import select
from agent_tui.core.attention import Urgency, urgency
from agent_tui.core.phone.holding import on_a_call
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import State as Life

if TYPE_CHECKING:
    from textual.screen import Screen

    from agent_tui.config.settings import NoticeSettings
    from agent_tui.core.state import State
    from agent_tui.model.conversation import Conversation
    from agent_tui.model.text import SafeText
    from agent_tui.ui.screens.console import ConsoleScreen

BELL: Final = "\x07"
NEW_CHAT: Final = "A customer is waiting"
ASSIGNED: Final = "A chat was handed to you"
LATE: Final = "A customer has waited too long"
_HANDED: Final = "transferred"
_NEW_OWNER: Final = frozenset(["claimed", "took_over", "given_back", _HANDED])
"""Codes of the lines after which somebody has the conversation (`protocol.system_lines`)."""
_TMUX_ASKS_FOR_S: Final = 1.0


def desktop_notice(words: str, *, in_tmux: bool) -> str:
    """The sequences for one notice: OSC 9 (iTerm2, kitty, Windows Terminal) and OSC 777 (rxvt, foot, Ghostty)."""
    sequences = (f"\x1b]9;{words}\x1b\\", f"\x1b]777;notify;agent-tui;{words}\x1b\\")
    if in_tmux:
        return "".join("\x1bPtmux;" + one.replace("\x1b", "\x1b\x1b") + "\x1b\\" for one in sequences)
    return "".join(sequences)


def passes_tmux() -> bool:
    """Whether this tmux lets a wrapped sequence through; False where it can't be asked."""
    try:
        answer = subprocess.run(
            ["tmux", "show-options", "-gv", "allow-passthrough"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=_TMUX_ASKS_FOR_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() in ("on", "all")


def handed_by(state: State, ref: ConversationRef) -> SafeText | None:
    """Which colleague gave us the conversation; None where nobody did: it was claimed or taken, or is not known."""
    known = state.transcripts.get(ref)
    lines = (entry.system for entry in reversed(known.entries) if entry.system) if known else ()
    last = next((line for line in lines if line.code in _NEW_OWNER), None)
    if last is None or last.code != _HANDED or (state.me is not None and last.who == state.me.name):
        return None
    return last.who


class Calls:
    """Calls for attention with words of ours: the bell, and a desktop notice as far as it gets."""

    def __init__(self, screen: Screen[Any], settings: NoticeSettings) -> None:
        self._screen = screen
        self._settings = settings
        self._passes: bool | None = None

    def test(self) -> None:
        """One of each, now."""
        self.call("This is a test notice")

    def ring(self) -> None:
        """The bell alone."""
        if self._settings.bell:
            self._write(BELL)

    def call(self, words: str) -> None:
        """Call for attention with words of ours."""
        self.ring()
        if not self._settings.desktop:
            return
        if not os.environ.get("TMUX"):
            self._write(desktop_notice(words, in_tmux=False))
        elif self._passes is None:
            self._screen.run_worker(lambda: self._ask_tmux(words), thread=True, group="notices", exit_on_error=False)
        elif self._passes:
            self._write(desktop_notice(words, in_tmux=True))

    def _ask_tmux(self, words: str) -> None:
        self._passes = passes_tmux()
        if self._passes:
            self._screen.app.call_from_thread(self._write, desktop_notice(words, in_tmux=True))

    def reach(self) -> str:
        """How far a call gets from here, as far as anybody can know."""
        bell = "bell on" if self._settings.bell else "bell off"
        if not self._settings.desktop:
            return f"{bell}, desktop notices off"
        if not os.environ.get("TMUX"):
            return f"{bell}, desktop notice sent to the terminal: `agent-tui doctor` asks what arrives"
        if self._passes is None:
            return f"{bell}, inside tmux: not tried yet"
        return f"{bell}, desktop notice {'goes through tmux' if self._passes else 'stops at tmux (allow-passthrough)'}"

    def _write(self, sequence: str) -> None:
        driver = self._screen.app._driver
        if driver is not None and not self._screen.app.is_headless:
            driver.write(sequence)
            driver.flush()


class Notices(Calls):
    """Watches who waits; calls when that gets worse, and again until it was seen."""

    def __init__(self, console: ConsoleScreen) -> None:
        super().__init__(console, console.options.notices)
        self._console = console
        self._waiting: set[ConversationRef] = set()
        self._mine: set[ConversationRef] = set()
        self._late: set[ConversationRef] = set()
        self._unseen = ""
        self._repeat_at = 0.0
        self._first = True
        self.quiet = 0
        """How often something would have called while the agent was in a call."""

    def tick(self) -> None:
        """Once a second: what is new since the last time."""
        state, now_ms = self._console.state, self._console.options.clock()
        records = state.conversations.values()
        waiting = {record.ref for record in records if record.state is Life.WAITING}
        mine = {record.ref for record in records if record.state is Life.OPEN and select.is_mine(state, record)}
        limits = dict(self._console.options.limits)
        ours: list[Conversation] = [record for record in records if record.ref in waiting or record.ref in mine]
        late = {record.ref for record in ours if urgency(record, now_ms, limits, state.closed) is Urgency.LATE}
        handed = {
            ref for ref in mine - self._mine if ref not in self._console.tabs.refs or handed_by(state, ref) is not None
        }
        words = LATE if late - self._late else ASSIGNED if handed else NEW_CHAT if waiting - self._waiting else ""
        self._waiting, self._mine, self._late = waiting, mine, late
        if self._first:
            # What waits already at the start is on the screen; it does not call again.
            self._first = not state.conversations
            return
        for ref in handed:
            self._say_handed(ref)
        now = self._console.app.now_s()  # type: ignore[attr-defined]
        if on_a_call(state):
            # nothing rings into a conversation: one quiet count, beside who waits
            self.quiet += bool(words)
            return
        self.quiet = 0
        if words:
            self._unseen = words
            self.call(words)
            self._repeat_at = now + self._settings.repeat_s
        elif self._unseen and not (waiting or late):
            self._unseen = ""
        elif self._unseen and self._settings.repeat_s and now >= self._repeat_at:
            self.call(self._unseen)
            self._repeat_at = now + self._settings.repeat_s

    def _say_handed(self, ref: ConversationRef) -> None:
        """On the screen, where only the agent looks, the names are said; the row keeps it until it is opened."""
        console = self._console
        who = handed_by(console.state, ref)
        if who is None:
            return
        if ref != console.tabs.shown:
            console.handed[ref] = who
        console.say(f"{who} handed you {select.name_of(console.state.conversations[ref])}.", "bold $accent")

    def seen(self) -> None:
        """A key was pressed: whoever pressed it has seen the screen."""
        self._unseen = ""
