"""Fields in a snippet, `{{customer.name}}`: filled with what is known; one that isn't stops the send.

Snippets don't include each other: a field that names a snippet is a field nobody fills.
"""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

FIELDS: Final = {
    "customer.name": "the customer's name",
    "customer.first_name": "the first word of the customer's name",
    "agent.name": "your own name",
    "team.name": "the desk's name",
    "page.title": "the page the customer is on",
    "today": "today's date",
}
"""What a field may be called, and what it is filled with."""

_FIELD: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_DOTTED: Final = re.compile(r"[a-z_]+(\.[a-z_]+)+", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"[\[<](?:customer|visitor|your|klant|bezoeker|uw)?[ _.-]?"
    r"(?:(?:first|last|full)?[ _-]?name|(?:voor|achter)?naam|company|bedrijf|bedrijfsnaam|agent|customer|klant)[\]>]",
    re.IGNORECASE,
)
"""What other programs' texts have in the place of a name: `[name]`, `<voornaam>`, `[customer name]`."""


class Unfilled(Struct, frozen=True):
    """A field without a value, where it stands in the text (code points)."""

    name: str
    start: int
    end: int

    @property
    def surely(self) -> bool:
        """It was meant to be filled: what has no dot may be braces in somebody's code."""
        return self.name in FIELDS or bool(_DOTTED.fullmatch(self.name) or _PLACEHOLDER.fullmatch(self.name))


class Filled(Struct, frozen=True):
    """A text with its known fields filled; the cursor goes to the first of `unfilled`."""

    text: str
    unfilled: tuple[Unfilled, ...]


def fields_of(text: str) -> tuple[str, ...]:
    """The names of the fields in a text, in order."""
    return tuple(match[1] for match in _FIELD.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in. Each is put in as it is: a value that looks like a field is the customer's text, no field."""
    parts: list[str] = []
    unfilled: list[Unfilled] = []
    length = end = 0
    for match in _FIELD.finditer(text):
        before, value = text[end : match.start()], values.get(match[1], "").strip()
        length += len(before)
        parts.append(before)
        shown = value or match.group()
        if not value:
            unfilled.append(Unfilled(match[1], length, length + len(shown)))
        parts.append(shown)
        length += len(shown)
        end = match.end()
    return Filled("".join([*parts, text[end:]]), tuple(unfilled))


def unfilled_in(text: str) -> tuple[Unfilled, ...]:
    """What stands in a text for something that nobody filled in: nobody ever gets "Hello {{customer.name}}" or
    "Hello [name]".
    """
    found = [Unfilled(match[1], match.start(), match.end()) for match in _FIELD.finditer(text)]
    found += [Unfilled(match[0], match.start(), match.end()) for match in _PLACEHOLDER.finditer(text)]
    return tuple(sorted(found, key=lambda field: field.start))
