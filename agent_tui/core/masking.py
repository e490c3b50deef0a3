"""Numbers and mail addresses masked for those who only watch: in fields, and inside whatever people wrote.

Who supervises sees that there is a number, and can tell two apart by their last two digits; they can't dial it. In
doubt it is masked: what looks like a number and is none (an order, a long price) costs a reader less than a leak. Left
alone are dates, times and what stands after a currency sign. What is spelled out in words is not found.
"""

import re
from datetime import date
from typing import Any, Final

MARK: Final = "\u2022"
MAIL: Final = f"{MARK * 3}@{MARK * 3}"
FEWEST_DIGITS: Final = 7
"""Fewer than these in a row are no telephone number."""
_SHOWN: Final = 2
_TELLING_DIGITS: Final = 4
_HALF_MASKED_DIGITS: Final = 3
"""So many behind marks, and more, are too many."""

_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\u20e3"
)
_DIGIT: Final = "\\d\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u2460-\u2468\u24ea\u2776-\u277e"
_BETWEEN: Final = (
    f"[\\s{_INVISIBLE}._/\\\\\\-+()\\[\\]|\u2010-\u2015\u2212\ufe58\ufe63\uff0d\uff0e\uff0b\uff08\uff09\u00b7*,:;~]"
)

_run = re.compile(f"[{_DIGIT}](?:{_BETWEEN}{{0,6}}[{_DIGIT}]){{{FEWEST_DIGITS - 1},}}")
_half_masked = re.compile(f"{MARK}{{2,}}(?:{_BETWEEN}{{0,3}}[{_DIGIT}]){{{_HALF_MASKED_DIGITS},}}")
"""As agents are shown a number: `•••• 5678` (`core.contacts.ending`)."""
_digit = re.compile(f"[{_DIGIT}]")
_may_hold_a_number = re.compile(f"(?:[{_DIGIT}][^{_DIGIT}]{{0,6}}){{{FEWEST_DIGITS}}}").search
_AFTER_CURRENCY: Final = re.compile(r"(?:[€$£¥]|\b(?:EUR|USD|GBP))\s{0,2}$")
_MONEY: Final = re.compile(r"\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{2})?|\d+(?:[.,]\d{2})?")
_when = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?P<s2>[-/.])(?P<m2>\d{1,2})(?P=s2)(?P<y2>(?:19|20)\d\d)"
    r"|(?P<h>[01]?\d|2[0-3])[:.](?P<min>[0-5]\d)(?::[0-5]\d)?)(?!\d)"
)

_GAP: Final = f"[\\s{_INVISIBLE}]{{0,3}}"
_OPEN, _CLOSE = "[(\\[{<]", "[)\\]}>]"
_AT: Final = f"(?:[@\uff20\ufe6b]|%40|&#64;|{_OPEN}{_GAP}(?:at|apenstaartje|ad){_GAP}{_CLOSE})"
_DOT: Final = f"(?:[.\uff0e\u3002\uff61]|{_OPEN}{_GAP}(?:dot|punt){_GAP}{_CLOSE}|(?<=\\s)(?:dot|punt)(?=\\s))"
_LOCAL: Final = f"[\\w.+\\-!#$%'*^`{{|}}~\"{_INVISIBLE}]{{1,100}}"
_LABEL: Final = f"[\\w\\-{_INVISIBLE}]{{1,63}}"
_mail = re.compile(
    f"{_LOCAL}(?:"
    f"{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{0,8}}"
    f"|{_GAP}{_AT}{_GAP}{_LABEL}(?:{_GAP}{_DOT}{_GAP}{_LABEL}){{1,8}}"
    f"|\\sat\\s{_LABEL}(?:\\s(?:dot|punt)\\s{_LABEL}){{1,8}}"
    ")",
    re.IGNORECASE,
)
_at = re.compile(_AT, re.IGNORECASE).search
_may_hold_an_address = re.compile(r"[@\uff20\ufe6b]|%40|&#64;|\bat\b|apenstaartje|\bad\b", re.IGNORECASE).search

AS_IT_IS: Final = frozenset({"id", "cid", "epoch", "cursor", "prev", "next", "e", "token", "code", "version"})
"""Fields that hold names the desk made, never what a person or a browser said."""
NUMBERS: Final = frozenset({"phone", "number", "e164", "extension"})
ENDS: Final = frozenset({"last4"})
"""Fields that hold the end of a number."""
ADDRESSES: Final = frozenset({"email"})
_is_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def mask_text(text: str) -> str:
    """The text with the numbers and addresses in it masked."""
    if _may_hold_an_address(text):
        text = _mail.sub(MAIL, text)
    if _may_hold_a_number(text):
        text = _run.sub(_masked_run, text)
    if MARK in text:
        text = _half_masked.sub(lambda run: mask_end(run.group()), text)
    return text


def mask_number(number: str) -> str:
    """A field that is a number: all but its last two digits masked; a short one as a whole."""
    left = len(_digit.findall(number)) - _SHOWN
    return _hidden(number, left if left >= FEWEST_DIGITS - _SHOWN else left + _SHOWN)


def mask_end(end: str) -> str:
    """The end of a number: all but its last two digits masked."""
    return _hidden(end, len(_digit.findall(end)) - _SHOWN)


def mask_address(address: str) -> str:
    """A field that is a mail address."""
    return MAIL if address else ""


def masked(value: Any, name: str = "") -> Any:
    """Plain data (as JSON has it) with everything masked that is not one of the desk's own names."""
    if isinstance(value, str):
        return _masked_field(name, value)
    if isinstance(value, dict):
        return {mask_text(key): masked(part, key) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked(part, name) for part in value]
    return value


def asks_for_contacts(query: str) -> bool:
    """Whether a search would tell by its hits who has a number or an address: four digits or an address are enough."""
    return len(_digit.findall(query)) >= _TELLING_DIGITS or _at(query) is not None


def _masked_field(name: str, value: str) -> str:
    if name in NUMBERS:
        return mask_number(value)
    if name in ENDS:
        return mask_end(value)
    if name in ADDRESSES:
        return mask_address(value)
    return value if name in AS_IT_IS or _is_uuid(value) else mask_text(value)


def _masked_run(run: re.Match[str]) -> str:
    text = run.group()
    if _AFTER_CURRENCY.search(run.string[max(0, run.start() - 6) : run.start()]) and _MONEY.fullmatch(text):
        return text
    if not _digit.search(_when.sub(lambda found: "" if _is_a_time(found) else found.group(), text)):
        return text
    return mask_end(text)


def _is_a_time(found: re.Match[str]) -> bool:
    if found["h"]:
        return True
    year, month, day = found["y"] or found["y2"], found["m"] or found["m2"], found["d"] or found["d2"]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _hidden(text: str, how_many: int) -> str:
    left = how_many

    def mark(digit: re.Match[str]) -> str:
        nonlocal left
        left -= 1
        return MARK if left >= 0 else digit.group()

    return _digit.sub(mark, text)
