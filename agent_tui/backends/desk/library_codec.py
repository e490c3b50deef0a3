"""The team's library from the desk's wire: pure. A record that does not fit is left out; every text is cleaned."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from agent_tui.model.links import LinkRefused, checked_link
from agent_tui.model.snippet import (
    NOTHING,
    AnySnippet,
    Canned,
    Consent,
    Place,
    Placed,
    Source,
    Speaker,
    Testimonial,
    Wording,
)
from agent_tui.model.text import SafeText, clean
from agent_tui.model.uses import UseCount
from agent_tui.model.word_table import WordTable
from agent_tui.ports.library import TeamPage
from agent_tui.protocol.library import LibraryPage, UsesPage

LONGEST_TEXT: Final = 8_000
LONGEST_LINE: Final = 300
MOST_LISTED: Final = 100
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID: Final = 80
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_MOST_PROBLEMS: Final = 200


def team_page(wire: LibraryPage) -> TeamPage:
    """A page of the library."""
    return TeamPage(
        version=_line(wire.version),
        whole=wire.whole,
        placed=tuple(_placed(wire)),
        gone=tuple(identifier for identifier in wire.gone if _is_id(identifier)),
        withdrawn={identifier: day for identifier, day in wire.withdrawn.items() if _is_id(identifier)},
        policy=wire.policy,
        words=tuple(map(_word_table, wire.words)),
        problems=tuple(clean(problem, limit=500, multiline=False) for problem in wire.problems[:_MOST_PROBLEMS]),
        next=wire.next,
    )


def use_counts(wire: UsesPage) -> tuple[UseCount, ...]:
    """What became of the snippets."""
    return tuple(count for count in wire.counts if _is_id(count.snippet))


def _placed(wire: LibraryPage) -> Iterator[Placed]:
    for each in wire.snippets:
        snippet = _snippet(each.snippet)
        if snippet is not None:
            yield Placed(snippet, Place(_line(each.file), each.line))


def _snippet(wire: AnySnippet) -> AnySnippet | None:
    texts = tuple(Wording(each.language, _text(each.text)) for each in wire.texts[:MOST_LISTED])
    fits = _is_id(wire.id) and 1 <= wire.revision < 2**31 and texts
    if not fits or not all(_LANGUAGE.fullmatch(wording.language) for wording in texts):
        return None
    common: dict[str, Any] = {
        "texts": texts,
        "title": _line(wire.title),
        "checked_by": _line(wire.checked_by),
        **{name: _lines(getattr(wire, name)) for name in ("products", "objections", "tags")},
    }
    match wire:
        case Canned():
            return msgspec.structs.replace(wire, **common)
        case Testimonial(speaker=speaker, consent=consent):
            return msgspec.structs.replace(
                wire,
                **common,
                speaker=Speaker(_line(speaker.name), _line(speaker.role), _line(speaker.company)),
                consent=_consent(consent),
                translated=tuple(each for each in wire.translated if _LANGUAGE.fullmatch(each)),
                relationship=_line(wire.relationship),
                proof=_address(wire.proof),
            )
        case Source():
            named = {key: _line(getattr(wire, key)) for key in ("figure", "publisher", "work", "second_hand")}
            return msgspec.structs.replace(wire, **common, **named, url=_address(wire.url))


def _consent(consent: Consent) -> Consent:
    return msgspec.structs.replace(consent, evidence=_line(consent.evidence))


def _word_table(wire: WordTable) -> WordTable:
    return WordTable(
        stop=tuple(map(_line, wire.stop)),
        endings=tuple(map(_line, wire.endings)),
        together=tuple(tuple(map(_line, group)) for group in wire.together),
        parts={_line(word): tuple(map(_line, parts)) for word, parts in wire.parts.items()},
    )


def _is_id(identifier: str) -> bool:
    return len(identifier) <= _LONGEST_ID and _ID.fullmatch(identifier) is not None


def _line(raw: str) -> SafeText:
    return clean(raw, limit=LONGEST_LINE, multiline=False)


def _lines(raw: tuple[str, ...]) -> tuple[SafeText, ...]:
    return tuple(map(_line, raw[:MOST_LISTED]))


def _text(raw: str) -> SafeText:
    return clean(raw, limit=LONGEST_TEXT)


def _address(raw: str) -> SafeText:
    """A web address, or nothing: what is none is not passed on as one."""
    try:
        fits = bool(raw) and checked_link(raw).url.startswith("http")
    except LinkRefused:
        fits = False
    return clean(raw, multiline=False) if fits else NOTHING
