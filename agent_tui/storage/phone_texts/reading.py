"""A file of texts into texts. What does not fit is named with file, line and key, and nothing of the file is used.

```toml
[en]
thanks = "Thank you, {agent} was glad to talk to you."
[nl]                            # the polite form, `u`
thanks = "Dank u voor het gesprek."
[nl.je]                         # a form of its own; what it leaves out is said politely
thanks = "Bedankt voor het gesprek."
```
"""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from agent_tui.config.toml_settings import SettingsError, line_of, nearest
from agent_tui.core.phone.texts import FALLBACK, BadText, TextKey, Texts, checked_text
from agent_tui.model.text import SafeText

_KEYS: Final = tuple(key.value for key in TextKey)
_OWN: Final = "texts.toml"
_Table = dict[tuple[str, str], dict[TextKey, SafeText]]


def load_texts(path: str | Path | None = None, default: str = FALLBACK) -> Texts:
    """The texts in force: those of `path`, where there is one, in front of the usual ones. Raises `SettingsError`.

    `default` is the language of customers whose own nobody here wrote texts in.
    """
    own = files("agent_tui.storage.phone_texts") / _OWN
    table = _table(own.read_text(encoding="utf-8"), Path(_OWN))
    if path:
        place = Path(path).expanduser()
        for spoken, texts in _table(_read(place), place).items():
            table.setdefault(spoken, {}).update(texts)
        _check_whole(table, place)
    if (default, "") not in table:
        known = sorted(language for language, form in table if not form)
        raise SettingsError(f"There are no texts about calls in `{default}`. {nearest(default, known)}")
    return Texts(table, default)


def _read(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{place.name} cannot be read: {error}. ({place})") from None


def _table(text: str, place: Path) -> _Table:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{place.name} is not valid TOML: {error}. Nothing in it was used. ({place})") from None
    for key, value in found.items():
        if not isinstance(value, dict):
            line = line_of(key, text)
            raise SettingsError(f"{place.name}, line {line}: `{key}` stands in no language: put [en] above. ({place})")
    table: _Table = {}
    for spoken, key, value in _texts_in(found):
        where = f"{place.name}, line {_line(text, spoken, key)}"
        if key not in _KEYS:
            raise SettingsError(f"{where}: there is no text `{key}`. {nearest(key, _KEYS)} ({place})")
        try:
            if not isinstance(value, str):
                raise BadText("it is no text: write it between quotation marks.")
            table.setdefault(spoken, {})[TextKey(key)] = checked_text(TextKey(key), value)
        except BadText as why:
            raise SettingsError(
                f"{where}: `{'.'.join(filter(None, (*spoken, key)))}` does not fit: {why} ({place})"
            ) from None
    return table


def _texts_in(found: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str, Any]]:
    """Language and form, key, and what stands there."""
    for language, texts in found.items():
        for key, value in texts.items():
            if isinstance(value, dict):
                yield from (((language, key), inner, text) for inner, text in value.items())
            else:
                yield (language, ""), key, value


def _check_whole(table: _Table, place: Path) -> None:
    """A language that the usual texts don't have needs all of them."""
    for (language, form), texts in table.items():
        missing = [key for key in TextKey if key not in texts] if not form else []
        if missing:
            raise SettingsError(f"{place.name}: the language `{language}` has no `{missing[0]}`. Add it. ({place})")
        if form and (language, "") not in table:
            raise SettingsError(f"{place.name}: there is a form `{language}.{form}`, but no `[{language}]`. ({place})")


def _line(text: str, spoken: tuple[str, str], key: str) -> int:
    """The line of a key within its table."""
    header = "[" + ".".join(filter(None, spoken)) + "]"
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if line.replace(" ", "").startswith(header)), 0)
    return start + line_of(key, "\n".join(lines[start:]))
