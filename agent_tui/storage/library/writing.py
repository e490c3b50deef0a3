"""Snippets as TOML, and changes to a library's file that leave its comments and the rest as they are."""

import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Table

from agent_tui.model.snippet import AnySnippet, Canned, Consent, Layer, Source, Speaker, Testimonial, Wording
from agent_tui.storage.library.reading import ReadFile, read_file

_AS_IT_IS: Final[tuple[Any, ...]] = ("", [], True)
"""What a key may say that need not be written: a record that says it says no more than one without."""


class NotWritten(Exception):
    """The file stays as it is; the text is a sentence that says why."""


def as_toml(snippet: AnySnippet) -> str:
    """A file's text with this snippet."""
    document = tomlkit.document()
    _append(document, snippet)
    return tomlkit.dumps(document)


def add_snippets(path: Path, snippets: Iterable[AnySnippet]) -> None:
    """Write snippets to the end of a file, which is made where it isn't there. Raises NotWritten."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise NotWritten(f"{path} can't be read ({error}): nothing was written.") from None
    added = "\n".join(as_toml(snippet) for snippet in snippets)
    _write(path, f"{text.rstrip()}\n\n{added}" if text.strip() else added)


def change_snippet(path: Path, identifier: str, change: Callable[[Table], None]) -> None:
    """Change one record of a file; its revision grows by one where the text changes. Raises NotWritten."""
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise NotWritten(f"{path} can't be changed ({error}): mend it first.") from None
    for tables in document.values():
        if isinstance(tables, AoT):
            for table in tables:
                if table.get("id") == identifier:
                    change(table)
                    _write(path, tomlkit.dumps(document))
                    return
    raise NotWritten(f"{path} has no `{identifier}` any more: nothing was written.")


def replace_snippet(path: Path, snippet: AnySnippet) -> None:
    """Put this snippet where the one with its id stands; the rest keeps its form. Raises NotWritten."""
    record = record_of(snippet)

    def change(table: Table) -> None:
        for key in [key for key in table if key not in record and table[key] not in _AS_IT_IS]:
            del table[key]
        _updated(table, record)

    change_snippet(path, snippet.id, change)


def _updated(table: Any, record: dict[str, Any]) -> None:
    """Only what differs is written, so that comments stay with the keys they explain."""
    for key, value in record.items():
        now = table.get(key)
        if isinstance(value, dict) and isinstance(now, dict):
            for gone in [each for each in now if each not in value]:
                del now[gone]
            _updated(now, value)
        elif now != value:
            table[key] = _inline(value) if isinstance(value, dict) else value


def verified(path: Path, identifier: str, day: date, by: str) -> None:
    """Record who looked whether a snippet still holds, and when. Raises NotWritten."""

    def change(table: Table) -> None:
        table["checked_on"] = day
        table["checked_by"] = by

    change_snippet(path, identifier, change)


def consent_withdrawn(path: Path, identifier: str, day: date | None) -> None:
    """The day since which a testimonial may not be sent; None takes it out again. Raises NotWritten."""

    def change(table: Table) -> None:
        consent = table.get("consent")
        if consent is None:
            return
        if day is not None:
            consent.setdefault("withdrawn_on", day)
        elif "withdrawn_on" in consent:
            del consent["withdrawn_on"]

    change_snippet(path, identifier, change)


def edited(text: str, place: Path) -> ReadFile:
    """What a text would be as a library file; `place` is a name that does not exist yet."""
    draft = place.with_name(f".{uuid4().hex}.toml")
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.write_text(text, encoding="utf-8")
        return read_file(draft)
    finally:
        draft.unlink(missing_ok=True)


def default_file(folder: Path, snippet: AnySnippet) -> Path:
    """Where a new snippet goes: a file for each kind."""
    return folder / f"{snippet.kind.value}.toml"


def writable_layer(layer: Layer) -> bool:
    """Whether commands on this machine may change a layer's files."""
    return layer in (Layer.PERSONAL, Layer.COMPANY)


def _append(document: tomlkit.TOMLDocument, snippet: AnySnippet) -> None:
    table = tomlkit.table()
    for key, value in record_of(snippet).items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    tables = tomlkit.aot()
    tables.append(table)
    document.append(snippet.kind.value, tables)


def _inline(values: dict[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def record_of(snippet: AnySnippet) -> dict[str, Any]:
    """The keys a file has for a snippet; what is as it is anyway is left out."""
    record: dict[str, Any] = {"id": snippet.id, "revision": snippet.revision, "title": str(snippet.title)}
    for key in ("stages", "products", "objections", "tags"):
        record[key] = [str(each) for each in getattr(snippet, key)]
    match snippet:
        case Canned():
            record["text"] = _texts(snippet.texts)
        case Testimonial():
            record |= {
                "speaker": _speaker(snippet.speaker),
                "words": _texts(snippet.texts),
                "translated": list(snippet.translated),
                "consent": _consent(snippet.consent),
                "relationship": str(snippet.relationship),
                "proof": str(snippet.proof),
            }
            if not snippet.typical:
                record["typical"] = False
        case Source():
            record["claim"] = _texts(snippet.texts)
            for key in ("figure", "publisher", "work", "url", "second_hand"):
                record[key] = str(getattr(snippet, key))
            record["published_on"] = snippet.published_on
    record |= {"checked_on": snippet.checked_on, "checked_by": str(snippet.checked_by)}
    if not isinstance(snippet, Canned) or snippet.checked_on:
        record["check_every"] = f"{snippet.check_every_days}d"
    return {key: value for key, value in record.items() if value not in ("", None, [], {})}


def _texts(wordings: tuple[Wording, ...]) -> dict[str, str]:
    return {wording.language: str(wording.text) for wording in wordings}


def _speaker(speaker: Speaker) -> dict[str, str]:
    named = {"name": speaker.name, "role": speaker.role, "company": speaker.company}
    return {key: str(value) for key, value in named.items() if value}


def _consent(consent: Consent) -> dict[str, Any]:
    kept: dict[str, Any] = {"scope": consent.scope.value, "as": consent.named_as.value}
    for key in ("given_on", "evidence", "expires_on", "withdrawn_on"):
        if value := getattr(consent, key):
            kept[key] = value if isinstance(value, date) else str(value)
    return kept


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode)  # others who may read a clone in git go on reading it
        draft.replace(path)
    except OSError as error:
        raise NotWritten(f"{path} can't be written ({error.strerror}): it stays as it is.") from None
    finally:
        draft.unlink(missing_ok=True)
