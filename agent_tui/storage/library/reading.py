"""Library files into snippets. What does not fit is named with file, line and key, and the rest still loads."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from agent_tui.config.toml_settings import line_of, nearest
from agent_tui.core.library.filling import FIELDS, fields_of
from agent_tui.model.snippet import AnySnippet, Place, Placed, Problem, SnippetKind
from agent_tui.model.word_table import WordTable
from agent_tui.storage.library.records import Unfit, snippet_of

WORDS_FILE: Final = "words.toml"
"""Synonyms and word parts for search; every other `.toml` of a folder has snippets."""
LARGEST_FILE: Final = 32 * 1024 * 1024
_KINDS: Final = tuple(kind.value for kind in SnippetKind)
_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*([^\[\]]+?)[ \t]*\]\]", re.MULTILINE)
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_LINE_OF_WORDS: Final = re.compile(r"`\$\.(\w+)")


class ReadFile(Struct):
    """What a file holds."""

    placed: list[Placed] = []
    problems: list[Problem] = []


class _Part(Struct, frozen=True):
    """A piece of a file from one `[[kind]]` line to the next. `line`: its first."""

    kind: str
    line: int
    text: str


def read_file(path: Path) -> ReadFile:
    """The snippets of one file, and what is wrong with it."""
    found = ReadFile()
    text = _text_of(path, found)
    if text is None:
        return found
    try:
        tables = _whole(tomllib.loads(text), text, path, found)
    except tomllib.TOMLDecodeError:
        tables = _piecewise(text, path, found)
    for part, table in tables:
        _read_table(part, table, path, found)
    found.placed.sort(key=lambda placed: placed.place.line)
    return found


def read_words(path: Path) -> tuple[WordTable | None, list[Problem]]:
    """The search words in a file."""
    found = ReadFile()
    text = _text_of(path, found)
    if text is None:
        return None, found.problems
    try:
        return msgspec.convert(tomllib.loads(text), WordTable), []
    except tomllib.TOMLDecodeError as error:
        sentence, line = f"it is not valid TOML: {error}", _line_in(error)
    except msgspec.ValidationError as error:
        named = _LINE_OF_WORDS.search(str(error)) or re.search(r"unknown field `(\w+)`", str(error))
        line = line_of(named[1], text) if named else 1
        sentence = f"{error}. {nearest(named[1] if named else '', WordTable.__struct_fields__)}"
    return None, [problem_at(path, line, f"{sentence} None of its words are used.")]


def problem_at(path: Path, line: int, sentence: str) -> Problem:
    """A problem whose sentence says where it is."""
    return Problem(Place(str(path), line), f"{path}, line {line}: {sentence}")


def _text_of(path: Path, found: ReadFile) -> str | None:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            found.problems.append(problem_at(path, 1, f"it has {size:,} bytes, at most {LARGEST_FILE:,} are read."))
            return None
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        found.problems.append(problem_at(path, 1, f"it is not UTF-8 (byte {error.start:,}). Save it as UTF-8."))
    except OSError as error:
        found.problems.append(problem_at(path, 1, f"it cannot be read: {error.strerror}."))
    return None


def _whole(document: Mapping[str, Any], text: str, path: Path, found: ReadFile) -> Iterator[tuple[_Part, Any]]:
    for key, value in document.items():
        if key not in _KINDS or not isinstance(value, list):
            hint = nearest(key, _KINDS) if key not in _KINDS else f"Write [[{key}]] with two brackets."
            found.problems.append(problem_at(path, line_of(key, text), f"there is no table `{key}` here. {hint}"))
    parts = _parts(text)
    for kind in _KINDS:
        tables = document.get(kind)
        if isinstance(tables, list):
            own = [part for part in parts if part.kind == kind]
            if len(own) != len(tables):  # a text that looks like a table: the lines can't be told
                own = [_Part(kind, 1, text)] * len(tables)
            yield from zip(own, tables, strict=True)


def _piecewise(text: str, path: Path, found: ReadFile) -> Iterator[tuple[_Part, Any]]:
    """Of a file that isn't TOML as a whole, the tables that are."""
    parts = _parts(text)
    before = text[: text.index(parts[0].text)] if parts else text
    try:
        tomllib.loads(before)
    except tomllib.TOMLDecodeError as error:
        sentence = f"what stands here is not valid TOML: {_AT_LINE.sub('', str(error)).strip()}."
        found.problems.append(problem_at(path, _line_in(error), sentence))
    for part in parts:
        try:
            tables = tomllib.loads(part.text).get(part.kind)
        except tomllib.TOMLDecodeError as error:
            sentence = f"this {part.kind} is not valid TOML: {_AT_LINE.sub('', str(error)).strip()}. It is not loaded."
            found.problems.append(problem_at(path, part.line + _line_in(error) - 1, sentence))
            continue
        if part.kind in _KINDS and isinstance(tables, list):
            yield part, tables[0]


def _parts(text: str) -> list[_Part]:
    headers = [(match.start(), match[1]) for match in _HEADER.finditer(text)]
    parts = []
    line, counted = 1, 0
    for (start, kind), (end, _) in pairwise([*headers, (len(text), "")]):
        line += text.count("\n", counted, start)
        counted = start
        parts.append(_Part(kind, line, text[start:end]))
    return parts


def _read_table(part: _Part, table: Any, path: Path, found: ReadFile) -> None:
    try:
        if not isinstance(table, dict):
            raise Unfit(part.kind, f"`{part.kind}` is a table of its own: [[{part.kind}]].")
        snippet = snippet_of(SnippetKind(part.kind), table)
    except Unfit as unfit:
        named = str(table.get("id", "")) if isinstance(table, dict) else ""
        which = f"{part.kind} `{named[:40]}`" if named.isprintable() and named else f"this {part.kind}"
        line = part.line + _line_of(unfit.key, part.text) - 1
        found.problems.append(problem_at(path, line, f"{unfit} So {which} is not loaded."))
        return
    found.placed.append(Placed(snippet, Place(str(path), part.line)))
    found.problems.extend(_unknown_fields(snippet, part, path))


def _unknown_fields(snippet: AnySnippet, part: _Part, path: Path) -> Iterator[Problem]:
    for wording in snippet.texts:
        for name in fields_of(wording.text):
            if name not in FIELDS:
                line = part.line + part.text.count("\n", 0, max(part.text.find(name), 0))
                hint = nearest(name, FIELDS)
                yield problem_at(path, line, f"nothing fills the field `{name[:40]}`, so it stops every send. {hint}")


def _line_of(key: str, text: str) -> int:
    """The line with this key, also where it stands inside `{ … }`."""
    line = line_of(key, text)
    inside = re.search(rf"(?<![\w-]){re.escape(key)}\s*=", text) if line == 1 else None
    return text.count("\n", 0, inside.start()) + 1 if inside else line


def _line_in(error: tomllib.TOMLDecodeError) -> int:
    found = _AT_LINE.search(str(error))
    return int(found[1]) if found else 1
