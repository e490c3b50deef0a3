"""One table of a library file as a snippet. Everything in it is foreign text and comes in through `clean`."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from agent_tui.config.toml_settings import nearest
from agent_tui.model.links import LinkRefused, checked_link
from agent_tui.model.snippet import (
    AnySnippet,
    Canned,
    Consent,
    NamedAs,
    Scope,
    SnippetKind,
    Source,
    Speaker,
    Testimonial,
    Wording,
)
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import Stage

LONGEST_TEXT: Final = 8_000
"""Code points: the longest message a desk takes."""
LONGEST_LINE: Final = 300
MOST_IN_A_LIST: Final = 100
LONGEST_ID: Final = 80
_TITLE_OF_A_TEXT: Final = 60
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_INTERVAL: Final = re.compile(r"(\d{1,4})([dw])")
_DAYS: Final = {"d": 1, "w": 7}

Reader = Callable[[str, Any], Any]


class Unfit(Exception):
    """A value that does not fit; `key` is the innermost key that has it, the text says what to write."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


def snippet_of(kind: SnippetKind, table: Mapping[str, Any]) -> AnySnippet:
    """The snippet that a table says. Raises Unfit."""
    made, keys = _KINDS[kind]
    found = _read(table, {**_COMMON, **keys})
    required = ("id", _TEXT_KEY[kind]) if kind is SnippetKind.CANNED else ("id", "title", _TEXT_KEY[kind])
    for key in required:
        if _FIELD.get(key, key) not in found:
            raise Unfit(key, f"`{key}` is missing, and a {kind.value} has one.")
    found.setdefault("revision", 1)
    found.setdefault("title", clean(found["texts"][0].text, limit=_TITLE_OF_A_TEXT, multiline=False))
    return made(**found)


def _read(table: Mapping[str, Any], keys: Mapping[str, Reader]) -> dict[str, Any]:
    found = {}
    for key, value in table.items():
        reader = keys.get(key)
        if reader is None:
            raise Unfit(key, f"there is no key `{_short(key)}` here. {nearest(key, keys)}")
        found[_FIELD.get(key, key)] = reader(key, value)
    return found


def _identifier(key: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_ID or not _ID.fullmatch(value):
        raise Unfit(key, f"an id is small letters, digits and single dashes, at most {LONGEST_ID}.")
    return value


def _revision(key: str, value: Any) -> int:
    if type(value) is not int or not 1 <= value < 2**31:
        raise Unfit(key, "a revision is a whole number from 1 on.")
    return value


def _line(key: str, value: Any) -> SafeText:
    return _text(key, value, LONGEST_LINE, multiline=False)


def _filled_line(key: str, value: Any) -> SafeText:
    if not isinstance(value, str) or not value.strip():
        raise Unfit(key, f"`{key}` needs a text that is not empty.")
    return _line(key, value)


def _text(key: str, value: Any, limit: int, *, multiline: bool) -> SafeText:
    if not isinstance(value, str):
        raise Unfit(key, f"`{_short(key)}` needs a text in quotation marks.")
    if len(value) > limit:
        raise Unfit(key, f"`{_short(key)}` has {len(value):,} characters; at most {limit:,} fit.")
    return clean(value.strip(), multiline=multiline)


def _lines(key: str, value: Any) -> tuple[SafeText, ...]:
    if not isinstance(value, list) or len(value) > MOST_IN_A_LIST:
        raise Unfit(key, f"`{key}` is a list of at most {MOST_IN_A_LIST} texts.")
    return tuple(_line(key, each) for each in value)


def _stages(key: str, value: Any) -> tuple[Stage, ...]:
    names = _lines(key, value)
    known = [stage.value for stage in Stage]
    for name in names:
        if name not in known:
            raise Unfit(key, f"there is no stage `{_short(name)}`. {nearest(name, known)}")
    return tuple(Stage(name) for name in names)


def _wordings(key: str, value: Any) -> tuple[Wording, ...]:
    if not isinstance(value, dict) or not value:
        raise Unfit(key, f'`{key}` is a text for each language: {key}.en = "…".')
    for language in value:
        _language(key, language)
    found = tuple(Wording(language, _text(key, text, LONGEST_TEXT, multiline=True)) for language, text in value.items())
    if not all(wording.text for wording in found):
        raise Unfit(key, f"`{key}` has a language without a text.")
    return found


def _language(key: str, value: Any) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise Unfit(key, f"`{_short(str(value))}` is not a language: two small letters, such as en or nl.")
    return value


def _languages(key: str, value: Any) -> tuple[str, ...]:
    return tuple(_language(key, each) for each in _lines(key, value))


def _day(key: str, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unfit(key, f"`{key}` is a date without quotation marks: 2026-03-02.")
    return value


def _interval(key: str, value: Any) -> int:
    match = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    days = int(match[1]) * _DAYS[match[2]] if match else 0
    if not days:
        raise Unfit(key, f'`{key}` is a number of days or weeks: "180d", "26w".')
    return days


def _address(key: str, value: Any) -> SafeText:
    address = value.strip() if isinstance(value, str) else value
    if address == "":
        return SafeText("")
    try:
        if not isinstance(address, str) or not checked_link(address).url.startswith("http"):
            raise Unfit(key, f"`{key}` needs a web address: https://….")
    except LinkRefused as refused:
        raise Unfit(key, f"`{key}` is no web address (https://…). {refused}") from None
    return clean(address, multiline=False)


def _evidence(key: str, value: Any) -> SafeText:
    return _address(key, value) if isinstance(value, str) and "://" in value else _line(key, value)


def _truth(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(key, f"`{key}` is true or false.")
    return value


def _one_of(kind: type[Scope] | type[NamedAs]) -> Reader:
    known = [each.value for each in kind]

    def read(key: str, value: Any) -> Scope | NamedAs:
        if value not in known:
            raise Unfit(key, f"`{_short(str(value))}` is not one of them. {nearest(str(value), known)}")
        return kind(value)

    return read


def _table(made: Callable[..., Any], keys: Mapping[str, Reader]) -> Reader:
    def read(key: str, value: Any) -> Any:
        if not isinstance(value, dict):
            raise Unfit(key, f"`{key}` is a table: {{ {next(iter(keys))} = … }}.")
        return made(**_read(value, keys))

    return read


def _short(name: str) -> str:
    return clean(name, limit=40, multiline=False)


_FIELD: Final = {
    "as": "named_as",
    "check_every": "check_every_days",
    "text": "texts",
    "words": "texts",
    "claim": "texts",
}
"""What a key is called in the model, where that is another name."""
_TEXT_KEY: Final = {SnippetKind.CANNED: "text", SnippetKind.TESTIMONIAL: "words", SnippetKind.SOURCE: "claim"}
_COMMON: Final[Mapping[str, Reader]] = {
    "id": _identifier,
    "revision": _revision,
    "title": _filled_line,
    "stages": _stages,
    "products": _lines,
    "objections": _lines,
    "tags": _lines,
    "checked_on": _day,
    "checked_by": _line,
    "check_every": _interval,
}
_SPEAKER: Final[Mapping[str, Reader]] = {"name": _line, "role": _line, "company": _line}
_CONSENT: Final[Mapping[str, Reader]] = {
    "scope": _one_of(Scope),
    "as": _one_of(NamedAs),
    "given_on": _day,
    "evidence": _evidence,
    "expires_on": _day,
    "withdrawn_on": _day,
}
_KINDS: Final[Mapping[SnippetKind, tuple[Callable[..., AnySnippet], Mapping[str, Reader]]]] = {
    SnippetKind.CANNED: (Canned, {"text": _wordings}),
    SnippetKind.TESTIMONIAL: (
        Testimonial,
        {
            "speaker": _table(Speaker, _SPEAKER),
            "words": _wordings,
            "translated": _languages,
            "consent": _table(Consent, _CONSENT),
            "relationship": _line,
            "typical": _truth,
            "proof": _address,
        },
    ),
    SnippetKind.SOURCE: (
        Source,
        {
            "claim": _wordings,
            "figure": _line,
            "publisher": _line,
            "work": _line,
            "url": _address,
            "published_on": _day,
            "second_hand": _line,
        },
    ),
}
KEYS: Final = {kind: tuple({**_COMMON, **keys}) for kind, (_, keys) in _KINDS.items()}
"""Every key a table of this kind may have."""
