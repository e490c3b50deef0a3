"""A rules file into rules. What does not fit is named with file, line and key, and nothing of the file is used."""

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from agent_tui.config.toml_settings import SettingsError, line_of, load
from agent_tui.core.signals.phrases import BadPhrase, parse
from agent_tui.core.signals.seeing import Rules
from agent_tui.core.signals.table import SignalTable

_PHRASES: Final = ("phrases", "unless", "mild", "setback", "progress")
"""The keys whose words are phrases; the others' are plain words."""


def own_rules_file() -> Path:
    """The rules that come with agent-tui."""
    with as_file(files("agent_tui.storage.signals") / "signals.toml") as path:
        return path


def load_rules(path: str | Path | None = None) -> Rules:
    """The rules in `path`; where it is empty, the ones that come with agent-tui. Raises `SettingsError`."""
    place = Path(path).expanduser() if path else own_rules_file()
    if not place.exists():
        raise SettingsError(f"The signals' rules are not there: {place}. Mend the setting, or leave it empty.")
    table = load(SignalTable, place, {}, "")
    for key, phrase in _phrases(table):
        try:
            parse(phrase)
        except BadPhrase as why:
            line = _line_of(phrase, key, place.read_text(encoding="utf-8"))
            raise SettingsError(f"{place.name}, line {line}: `{key}` does not fit: {why} ({place})") from None
    return Rules(table)


def _phrases(table: SignalTable) -> Iterator[tuple[str, str]]:
    for name in table.__struct_fields__:
        part: Any = getattr(table, name)
        if isinstance(part, Struct):
            for key in _PHRASES:
                yield from ((f"{name}.{key}", phrase) for phrase in getattr(part, key, ()))


def _line_of(phrase: str, key: str, text: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if f'"{phrase}"' in line:
            return number
    return line_of(key.partition(".")[2], text)
