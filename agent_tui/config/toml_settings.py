"""Settings: a TOML file and `AGENT_TUI_…` variables read into a frozen struct, with errors a person can act on."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

Kind = TypeVar("Kind", bound=Struct)


class SettingsError(Exception):
    """A setting that is unknown or has an impossible value. The text names file, line and what to write."""


def load(kind: type[Kind], path: Path, environ: Mapping[str, str], prefix: str) -> Kind:
    """The settings in `path` (a missing file is an empty one), overridden by the variables that begin with `prefix`.

    Fields of `kind` that are structs are TOML tables; their variables are `{prefix}{FIELD}_{KEY}`.
    Raises `SettingsError`.
    """
    text = _read(path)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}. Nothing in it was used. ({path})") from None
    _check_keys(found, kind, path, text)
    _override(found, kind, environ, prefix)
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path.name}{_where(str(error), text)}: {_value_problem(str(error))} ({path})") from None


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that helps: the known word that is meant, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.4)
    return f"Did you mean `{near[0]}`?" if near else f"Known are: {', '.join(names)}."


def line_of(key: str, text: str) -> int:
    """The line of `text` that gives `key` a value or opens the table `key`; 1 where there is none."""
    definition = re.compile(rf"""^\s*(?:\[+\s*)?["']?{re.escape(key)}["']?\s*[=\].]""")
    for number, line in enumerate(text.splitlines(), start=1):
        if definition.match(line):
            return number
    return 1


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}. ({path})") from None


def _tables(kind: type[Struct]) -> dict[str, type[Struct]]:
    return {
        field.name: field.type
        for field in msgspec.structs.fields(kind)
        if isinstance(field.type, type) and issubclass(field.type, Struct)
    }


def _check_keys(found: Mapping[str, Any], kind: type[Struct], path: Path, text: str) -> None:
    for key, value in found.items():
        if key not in kind.__struct_fields__:
            hint = nearest(key, kind.__struct_fields__)
            raise SettingsError(f"{path.name}, line {line_of(key, text)}: there is no setting `{key}`. {hint} ({path})")
        table = _tables(kind).get(key)
        if table is not None and isinstance(value, dict):
            _check_keys(value, table, path, text)


def _override(found: dict[str, Any], kind: type[Struct], environ: Mapping[str, str], prefix: str) -> None:
    for name, value in environ.items():
        if not name.startswith(prefix):
            continue
        key = name.removeprefix(prefix).lower()
        target, leaf = found, kind
        for table, table_kind in _tables(kind).items():
            if key.startswith(f"{table}_"):
                target, leaf, key = found.setdefault(table, {}), table_kind, key.removeprefix(f"{table}_")
                break
        if key not in leaf.__struct_fields__ or key in _tables(leaf):
            raise SettingsError(
                f"The environment variable {name}: there is no setting `{key}`. {nearest(key, leaf.__struct_fields__)}"
            )
        target[key] = _from_text(value, wants_text=_type_of(leaf, key) is str)


def _type_of(kind: type[Struct], key: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(kind) if field.name == key)


def _from_text(value: str, *, wants_text: bool) -> Any:
    """A variable's text as the TOML value it looks like (`["a"]`, `true`, `5`), else as the text itself.

    Where a text is wanted, what looks like something else (`+31201234567`) is that text.
    """
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    return value if wants_text and not isinstance(found, str) else found


def _where(problem: str, text: str) -> str:
    named = re.search(r"`\$\.(?:\w+\.)*(\w+)", problem)
    return f", line {line_of(named[1], text)}" if named and text else ""


def _value_problem(problem: str) -> str:
    named = re.search(r"^(.*) - at `\$\.([\w.\[\]]+)`$", problem)
    return f"`{named[2]}` does not fit: {named[1]}." if named else f"{problem}."
