"""The opening hours' file: read, replaced whole, and what it means now in a sentence."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agent_tui.config.toml_settings import SettingsError
from agent_tui.core.hours import Hours, HoursError, parse_hours
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireHours

HOURS_FILE = "hours.toml"

_WEEK_MS = 7 * 24 * 3_600_000
_CLOCKS_SEE_MS = _WEEK_MS
"""How far back and ahead consoles are told when we are closed: a resolved chat is not reopened after a week."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class HoursFile:
    """Opening hours beside the database; always open while there is no file. Raises `SettingsError` for a bad one."""

    def __init__(self, path: Path, now_ms: Callable[[], int]) -> None:
        self._path = path
        self._now_ms = now_ms
        try:
            self.text = path.read_text(encoding="utf-8") if path.exists() else ""
            self.hours: Hours = parse_hours(self.text)
        except (OSError, UnicodeDecodeError, HoursError) as error:
            raise SettingsError(f"{path} cannot be used: {error}") from None
        self._said: WireHours | None = None
        self._said_at = 0

    def replace(self, text: str) -> None:
        """New hours from now on, if they can be understood. Raises `Refusal`."""
        try:
            hours = parse_hours(text)
        except HoursError as error:
            raise Refusal(Code.BAD_VALUE, f"{error} The hours stay as they are.") from None
        beside = self._path.with_suffix(".new")
        try:
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, self._path)
        except OSError as error:
            sentence = f"{self._path} can't be written ({error.strerror}). The hours stay as they are."
            raise Refusal(Code.DISK_FULL, sentence) from None
        self.text, self.hours, self._said = text, hours, None

    def now(self) -> WireHours:
        """Open or not, until when."""
        at = self._now_ms()
        said = self._said
        # Worked out again only when it changes, or when the clock was put back.
        if said is None or at < self._said_at or (said.changes_at is not None and at >= said.changes_at):
            said = self._said = self._work_out(at)
            self._said_at = at
        return said

    def _work_out(self, at: int) -> WireHours:
        is_open = self.hours.is_open(at)
        changes = self.hours.next_change(at)
        closed = self.hours.closed_between(at - _CLOCKS_SEE_MS, at + _CLOCKS_SEE_MS)
        return WireHours(is_open, self.hours.time_zone, changes, self._sentence(is_open, changes, at), closed)

    def _sentence(self, is_open: bool, changes: int | None, at: int) -> str:
        if changes is None:
            return "" if is_open else "We are closed."
        zone = ZoneInfo(self.hours.time_zone)
        then = datetime.fromtimestamp(changes / 1000, zone)
        clock = f"{then:%H:%M}"
        if then.date() != datetime.fromtimestamp(at / 1000, zone).date():
            soon = changes - at < _WEEK_MS
            clock = f"{_DAYS[then.weekday()]} {clock}" if soon else f"{then.day} {then:%B} {clock}"
        return f"We are open until {clock}." if is_open else f"We are back {clock}."
