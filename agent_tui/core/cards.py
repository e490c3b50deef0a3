"""Payment card numbers: found and masked before anything is stored.

Nobody who answers chats should see a card number, and a desk that never stored one cannot lose it (PCI DSS 4.0, 3.3 and
3.5). A number is what Luhn's check (ISO/IEC 7812-1, annex B) and an issuer's prefix and length both confirm; how it is
written (full width, spaced, hyphenated, with characters that have no width in between) makes no difference.
"""

import re
import unicodedata
from typing import Final, NamedTuple

MASK: Final = "\u2022"
_SHOWN = 4

_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0"
)
_DIGIT: Final = "\\d\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u2460-\u2468\u24ea\u2776-\u277e"
_BETWEEN: Final = f"[\\s{_INVISIBLE}._/\\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d\uff0e\u00b7*,]"

_run = re.compile(f"[{_DIGIT}](?:{_BETWEEN}{{0,6}}[{_DIGIT}]){{12,}}")
_group = re.compile(f"[{_DIGIT}](?:[{_INVISIBLE}]*[{_DIGIT}])*")
_digit = re.compile(f"[{_DIGIT}]")


class _Issuer(NamedTuple):
    """Numbers whose first digits lie in a range, and how long they are."""

    first: int
    last: int
    lengths: frozenset[int]


def _lengths(*lengths: int) -> frozenset[int]:
    return frozenset(lengths)


_ISSUERS: Final = (
    _Issuer(4, 4, _lengths(13, 16, 19)),
    _Issuer(51, 55, _lengths(16)),
    _Issuer(2221, 2720, _lengths(16)),
    _Issuer(34, 34, _lengths(15)),
    _Issuer(37, 37, _lengths(15)),
    _Issuer(300, 305, _lengths(14, 16)),
    _Issuer(3095, 3095, _lengths(14, 16)),
    _Issuer(36, 36, _lengths(14, 16, 19)),
    _Issuer(38, 39, _lengths(14, 16, 19)),
    _Issuer(3528, 3589, _lengths(16, 17, 18, 19)),
    _Issuer(6011, 6011, _lengths(16, 19)),
    _Issuer(644, 659, _lengths(16, 17, 18, 19)),
    _Issuer(62, 62, _lengths(16, 17, 18, 19)),
    _Issuer(5018, 5018, _lengths(13, 14, 15, 16, 17, 18, 19)),
    _Issuer(5020, 5020, _lengths(13, 14, 15, 16, 17, 18, 19)),
    _Issuer(5038, 5038, _lengths(13, 14, 15, 16, 17, 18, 19)),
    _Issuer(5893, 5893, _lengths(13, 14, 15, 16, 17, 18, 19)),
    _Issuer(6304, 6304, _lengths(13, 14, 15, 16, 17, 18, 19)),
    _Issuer(6703, 6703, _lengths(16, 17)),
    _Issuer(6759, 6763, _lengths(13, 14, 15, 16, 17, 18, 19)),
)
"""Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay, Maestro and Bancontact, as they publish them."""


def mask_cards(text: str) -> str:
    """The text with every card number masked but for its last four digits."""
    return _run.sub(_masked, text)


def luhn(digits: str) -> bool:
    """Whether the last of these ASCII digits is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - (place + 1) % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(digits: str) -> bool:
    return luhn(digits) and any(
        len(digits) in issuer.lengths and issuer.first <= int(digits[: len(str(issuer.first))]) <= issuer.last
        for issuer in _ISSUERS
    )


def _masked(run: re.Match[str]) -> str:
    """A run may hold more than the number ("order 12, card 4111 …"): try every stretch of whole groups."""
    text = run.group()
    groups = [found.span() for found in _group.finditer(text)]
    pieces: list[str] = []
    done = 0
    first = 0
    while first < len(groups):
        after = _end_of_card(text, groups, first)
        if after is None:
            first += 1
            continue
        start, end = groups[first][0], groups[after - 1][1]
        pieces += [text[done:start], _hide(text[start:end])]
        done = end
        first = after
    return "".join(pieces) + text[done:]


def _end_of_card(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    digits = ""
    best: int | None = None
    for place in range(first, len(groups)):
        start, end = groups[place]
        digits += "".join(str(unicodedata.digit(character)) for character in _digit.findall(text[start:end]))
        if len(digits) > 19:
            break
        if len(digits) >= 13 and _is_card(digits):
            best = place + 1
    return best


def _hide(number: str) -> str:
    left = len(_digit.findall(number)) - _SHOWN

    def mark(digit: re.Match[str]) -> str:
        nonlocal left
        left -= 1
        return MASK if left >= 0 else digit.group()

    return _digit.sub(mark, number)
