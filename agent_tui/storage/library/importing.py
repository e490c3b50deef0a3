"""Snippets from elsewhere: CSV, espanso matches, CSL-JSON, BibTeX, Chatwoot's canned responses."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from agent_tui.config.toml_settings import nearest
from agent_tui.core.library.folding import fold
from agent_tui.model.snippet import AnySnippet, SnippetKind
from agent_tui.storage.library.records import LONGEST_ID, LONGEST_LINE, Unfit, snippet_of

LARGEST_IMPORT: Final = 16 * 1024 * 1024
_KEYS_OF_CSV: Final = (
    *("kind", "id", "title", "text", "language", "stages", "products", "objections", "tags", "figure", "publisher"),
    *("work", "url", "published_on", "name", "role", "company", "scope", "as", "given_on", "expires_on", "evidence"),
)
_LISTS: Final = ("stages", "products", "objections", "tags")
_CONSENT: Final = ("scope", "as", "given_on", "expires_on", "evidence")
_ESPANSO_FIELD: Final = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}|\$\|\$")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Format(StrEnum):
    """What a file to import is."""

    CSV = "csv"
    ESPANSO = "espanso"
    CSL = "csl"
    BIBTEX = "bibtex"
    CHATWOOT = "chatwoot"


FORMAT_OF_SUFFIX: Final = {
    ".csv": Format.CSV,
    ".yml": Format.ESPANSO,
    ".yaml": Format.ESPANSO,
    ".bib": Format.BIBTEX,
    ".json": None,
}
"""What a name tells; JSON is told by what is in it."""


class NotReadable(Exception):
    """The file as a whole can't be imported; the text is a sentence."""


class Imported(Struct):
    """What would be added, and what not, with the reason."""

    snippets: list[AnySnippet] = []
    refused: list[str] = []


Record = tuple[str, str, Mapping[str, Any]]
"""Where it stands, its kind as it is named there, and a table as a library file has it."""


def read_import(raw: bytes, kind: Format | None, language: str, taken: Iterable[str]) -> Imported:
    """The snippets of a file. `kind` None: JSON of either form. `taken`: ids that are used already.

    Raises NotReadable.
    """
    if len(raw) > LARGEST_IMPORT:
        raise NotReadable(f"It has {len(raw):,} bytes; at most {LARGEST_IMPORT:,} are read. Nothing was imported.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"It is not UTF-8 (byte {error.start:,}). Nothing was imported.") from None
    found, ids = Imported(), set(taken)
    for where, sort, table in _records(text, kind, language):
        if sort not in list(SnippetKind):
            found.refused.append(f"{where}: `{sort[:40]}` is no kind of snippet: {', '.join(SnippetKind)} are.")
            continue
        table = {key: value for key, value in table.items() if value not in ("", None, [], {})}
        given = table.get("id")
        if given and given in ids:
            found.refused.append(f"{where}: the id `{given}` is used already, so this one is left out.")
            continue
        try:
            snippet = snippet_of(SnippetKind(sort), {**table, "id": given or _free(str(table.get("title", "")), ids)})
        except Unfit as unfit:
            found.refused.append(f"{where}: {unfit}")
            continue
        ids.add(snippet.id)
        found.snippets.append(snippet)
    return found


def _records(text: str, kind: Format | None, language: str) -> Iterator[Record]:
    if kind is None:
        return _json(text, language)
    readers: dict[Format, Callable[[str, str], Iterator[Record]]] = {
        Format.CSV: _csv,
        Format.ESPANSO: _espanso,
        Format.BIBTEX: _bibtex,
        Format.CSL: _json,
        Format.CHATWOOT: _json,
    }
    return readers[kind](text, language)


def _csv(text: str, language: str) -> Iterator[Record]:
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = csv.excel
    rows = csv.DictReader(io.StringIO(text, newline=""), dialect=dialect)
    columns = [column.strip().lower() for column in rows.fieldnames or ()]
    for column in columns:
        if column not in _KEYS_OF_CSV:
            raise NotReadable(
                f"There is no column `{column[:40]}`. {nearest(column, _KEYS_OF_CSV)} Nothing was imported."
            )
    if "text" not in columns:
        raise NotReadable(f"A column `text` is needed; known are {', '.join(_KEYS_OF_CSV)}. Nothing was imported.")
    rows.fieldnames = columns
    try:
        for row in rows:
            yield _csv_row(f"line {rows.line_num}", {key: (value or "") for key, value in row.items()}, language)
    except csv.Error as error:
        raise NotReadable(f"Line {rows.line_num} is no CSV: {error}. Nothing was imported.") from None


def _csv_row(where: str, row: Mapping[str, Any], language: str) -> Record:
    cells = {key: value.strip() for key, value in row.items() if isinstance(value, str)}
    said = cells.pop("kind", "").lower() or SnippetKind.CANNED.value
    texts = {cells.pop("language", "") or language: cells.pop("text", "")}
    if said not in list(SnippetKind):
        return where, said, {}
    kind = SnippetKind(said)
    table: dict[str, Any] = {_TEXT_KEY[kind]: texts}
    consent: dict[str, Any] = {}
    speaker: dict[str, Any] = {}
    for key, value in cells.items():
        if not value:
            continue
        if key in _LISTS:
            table[key] = [part.strip() for part in value.split(";") if part.strip()]
        elif key in ("name", "role", "company"):
            speaker[key] = value
        elif key in _CONSENT:
            consent[key] = _day(value) or value if key.endswith("_on") else value
        else:
            table[key] = _day(value) or value if key.endswith("_on") else value
    if kind is SnippetKind.TESTIMONIAL or speaker or consent:
        table |= {"speaker": speaker, "consent": consent}
    table.setdefault("title", texts[next(iter(texts))][:60])
    return where, kind, table


def _espanso(text: str, language: str) -> Iterator[Record]:
    import yaml

    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise NotReadable(f"It is no YAML: {_first_line(error)}. Nothing was imported.") from None
    matches = document.get("matches") if isinstance(document, dict) else None
    if not isinstance(matches, list):
        raise NotReadable("An espanso file has a list `matches`; this one has none. Nothing was imported.")
    for number, match in enumerate(matches, start=1):
        trigger = match.get("trigger") or (match.get("triggers") or [""])[0] if isinstance(match, dict) else ""
        where = f"match {number}{f' ({str(trigger)[:40]})' if trigger else ''}"
        replacement = match.get("replace") if isinstance(match, dict) else None
        body = _ESPANSO_FIELD.sub(_espanso_field, replacement) if isinstance(replacement, str) else ""
        label = (match.get("label") if isinstance(match, dict) else "") or _first_line(body).strip()[:60]
        texts = {language: body}
        yield where, SnippetKind.CANNED, {"title": str(label), "text": texts, "tags": [str(trigger)] if trigger else []}


def _espanso_field(match: re.Match[str]) -> str:
    """A form's field stays one that a person fills; where the cursor would be put there is nothing."""
    return f"{{{{{match[1]}}}}}" if match[1] else ""


def _json(text: str, language: str) -> Iterator[Record]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"It is no JSON: {_first_line(error)}. Nothing was imported.") from None
    if isinstance(document, dict):
        document = document.get("payload") or document.get("items") or [document]
    if not isinstance(document, list) or not all(isinstance(each, dict) for each in document):
        raise NotReadable(
            "Neither CSL-JSON nor Chatwoot's canned responses: a list of objects is. Nothing was imported."
        )
    for number, item in enumerate(document, start=1):
        if "short_code" in item:
            code, body = str(item.get("short_code", "")), item.get("content", "")
            texts = {language: _CHATWOOT_FIELD.sub(_chatwoot_field, str(body))}
            yield f"response {number} ({code[:40]})", SnippetKind.CANNED, {"title": code, "text": texts, "tags": [code]}
        else:
            yield _reference(f"item {number}", item, language, _csl_date(item.get("issued")))


_CHATWOOT_FIELD: Final = re.compile(r"\{\{\s*(contact\.name|contact\.first_name|agent\.name|agent\.first_name)\s*\}\}")
_CHATWOOT_NAMES: Final = {"contact.name": "customer.name", "contact.first_name": "customer.first_name"}


def _chatwoot_field(match: re.Match[str]) -> str:
    return f"{{{{{_CHATWOOT_NAMES.get(match[1], 'agent.name')}}}}}"


def _bibtex(text: str, language: str) -> Iterator[Record]:
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    try:
        entries = parse_string(text, "bibtex").entries
    except (PybtexError, RecursionError) as error:
        raise NotReadable(f"It is no BibTeX: {_first_line(error)}. Nothing was imported.") from None
    for key, entry in entries.items():
        fields = {name.lower(): str(value).replace("{", "").replace("}", "") for name, value in entry.fields.items()}
        authors = [" ".join(map(str, person.last_names)) for person in entry.persons.get("author", [])]
        item = {
            "title": fields.get("title", ""),
            "publisher": fields.get("publisher") or fields.get("institution") or ", ".join(authors),
            "container-title": fields.get("journal") or fields.get("booktitle", ""),
            "URL": fields.get("url") or (f"https://doi.org/{fields['doi']}" if fields.get("doi") else ""),
            "abstract": fields.get("abstract", ""),
        }
        yield _reference(f"entry {key[:60]}", item, language, _bibtex_date(fields))


def _reference(where: str, item: Mapping[str, Any], language: str, published: date | None) -> Record:
    title = str(item.get("title") or "")
    authors = item.get("author") if isinstance(item.get("author"), list) else []
    named = [str(each.get("family") or each.get("literal") or "") for each in authors or () if isinstance(each, dict)]
    address = str(item.get("URL") or (f"https://doi.org/{item['DOI']}" if item.get("DOI") else ""))
    return (
        where,
        SnippetKind.SOURCE,
        {
            "title": title[:LONGEST_LINE],
            "claim": {language: str(item.get("abstract") or title)},
            "publisher": str(item.get("publisher") or ", ".join(named))[:LONGEST_LINE],
            "work": str(item.get("container-title") or "")[:LONGEST_LINE],
            "url": address,
            "published_on": published,
        },
    )


def _csl_date(issued: Any) -> date | None:
    parts = (issued.get("date-parts") or [[]])[0] if isinstance(issued, dict) else []
    try:
        year, month, day = (*map(int, parts), 1, 1)[:3] if parts else (0, 0, 0)
        return date(year, month, day) if year else None
    except (ValueError, TypeError):
        return None


def _bibtex_date(fields: Mapping[str, str]) -> date | None:
    month = fields.get("month", "")[:3].lower()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else 1
    return _day(fields.get("date", "")) or (_day(f"{fields['year']}-{number}") if fields.get("year") else None)


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text.strip())
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
    except ValueError:
        return None


def _free(title: str, taken: set[str]) -> str:
    """An id made of a title, that nothing has yet."""
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(title))
    stem = "-".join(plain.split())[: LONGEST_ID - 8].strip("-") or "imported"
    number, found = 1, stem
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0][:200]


_TEXT_KEY: Final = {SnippetKind.CANNED: "text", SnippetKind.TESTIMONIAL: "words", SnippetKind.SOURCE: "claim"}
