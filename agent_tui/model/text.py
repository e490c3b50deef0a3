"""Foreign text: the one door through which a string from outside comes in.

A terminal obeys what it is sent. `clean` takes away everything in a string that could act on a terminal, reorder a
line, hide in it or break out of its cell, and leaves something visible in its place. What it returns is `SafeText`:
it may be measured, kept and painted, and it is still text, never markup.
"""

import re
import unicodedata
from typing import Final, NewType

SafeText = NewType("SafeText", str)
"""A string that came out of `clean`, or was written by us in the source."""

HIDDEN_MARK: Final = "\u25cc"
"""Stands where one character without a picture of its own was: a bidi control, a zero width space, a filler."""

_MARKS_A_BASE: Final = 4
_HIDDEN_SHOWN_SINGLY: Final = 3
_JOINED_EMOJI: Final = 5
_EMOJI_WITH_MODIFIER: Final = 2
_JOINER: Final = "\u200d"
_SCRIPT_JOINERS: Final = ("\u200c", _JOINER)
_EMOJI_SELECTORS: Final = ("\ufe0e", "\ufe0f")
_EMOJI_JOINTS: Final = (_JOINER, "\ufe0f" + _JOINER)
_KEYCAP_BASES: Final = "#*0123456789"
_KEYCAP: Final = "\u20e3"
_CUT_OFF: Final = "\u200c\u200d\ufe0e\ufe0f"
_TAB: Final = "    "
_NEWLINE_IN_ONE_LINE: Final = "\u2424"
_LOST: Final = "\ufffd"

_PLAIN: Final = (
    " -~\n\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05ea\u0620-\u064a\u0660-\u066f\u2010-\u2027"
    "\u2030-\u205e\u20a0-\u20c0\u2100-\u27ff\u3000-\u3029\u3030-\u3098\u309b-\u312f\u3131-\u3163\u4e00-\u9fff"
    "\uac00-\ud7a3\uff01-\uff9f\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff"
)
_needs_care = re.compile(f"[^{_PLAIN}]").search

_INVISIBLE: Final = (
    # Unicode's Default_Ignorable_Code_Point, the bidi controls among them, and the interlinear annotation marks.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_EMOJI: Final = (
    "#*0-9\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2194-\u21ff\u2300-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_JOINING_SCRIPTS: Final = "\u0600-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\ua8ff\U00010a00-\U00011fff"
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_invisible_run = re.compile(f"[{_INVISIBLE}]+")
_is_invisible = re.compile(f"[{_INVISIBLE}]").match
_is_emoji = re.compile(f"[{_EMOJI}]").match
_is_joining = re.compile(f"[{_JOINING_SCRIPTS}]").match
_is_han = re.compile(f"[{_HAN}]").match
_is_ideographic_variant = re.compile("[\U000e0100-\U000e01ef]").fullmatch


class _Replacements(dict[int, str | int]):
    """What becomes of a character that is dangerous by itself; worked out once for each character met."""

    def __missing__(self, code: int) -> str | int:
        answer: str | int = code
        if 0x80 <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
            answer = _LOST
        self[code] = answer
        return answer


_replacements: Final = _Replacements({code: chr(0x2400 + code) for code in range(0x20)})
_replacements.update(
    {0x09: _TAB, 0x0A: "\n", 0x0D: "\n", 0x7F: "\u2421", 0x2028: "\n", 0x2029: "\n", 0x2800: " "},
)


def clean(raw: str, *, limit: int | None = None, multiline: bool = True) -> SafeText:
    """Make a string from outside safe to keep, measure and paint. Cleaning twice changes nothing.

    C0 controls and DEL become their pictures (ESC is shown as U+241B); CR, CRLF and the Unicode line ends become
    newlines and tabs become spaces; C1 controls, lone surrogates and noncharacters become U+FFFD. A character without
    a picture (bidi controls, zero width ones, fillers, tag characters) becomes U+25CC, a run of more than three becomes
    "[n invisible]"; joiners and variation selectors stay where a script or an emoji needs them. More than four
    combining marks on one base are dropped.

    With `multiline` off (names, titles, addresses) a newline becomes U+2424. `limit` is in code points; a longer
    text is cut and ends in an ellipsis.
    """
    if not (raw.isascii() and raw.isprintable()) and _needs_care(raw):
        raw = _show_invisibles(_cap_marks(raw.replace("\r\n", "\n").translate(_replacements)))
    if not multiline and "\n" in raw:
        raw = raw.replace("\n", _NEWLINE_IN_ONE_LINE)
    if limit is not None and len(raw) > limit:
        raw = raw[: max(limit - 1, 0)].rstrip(_CUT_OFF) + "\u2026"[:limit]
    return SafeText(raw)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _cap_marks(text: str) -> str:
    """Drop the fifth mark of a base and those after it, and give a mark without a base a dotted circle to sit on."""
    kept: list[str] = []
    marks = 0
    has_base = False
    for character in text:
        if character <= "\u02ff":
            marks = 0
            has_base = character != "\n"
        elif _is_invisible(character):
            pass
        elif _is_mark(character):
            if not has_base:
                kept.append(HIDDEN_MARK)
                has_base = True
            marks += 1
            if marks > _MARKS_A_BASE:
                continue
        else:
            marks = 0
            has_base = True
        kept.append(character)
    return "".join(kept)


def _show_invisibles(text: str) -> str:
    joined = 0
    last_joint = 0

    def shown(run: re.Match[str]) -> str:
        nonlocal joined, last_joint
        hidden, start, end = run.group(), run.start(), run.end()
        joins_emoji = hidden[-1] == _JOINER
        joined = joined + 1 if joins_emoji and start - last_joint <= _EMOJI_WITH_MODIFIER else 1
        last_joint = end
        if start and joined < _JOINED_EMOJI and _belongs(text[start - 1], hidden, text[end : end + 1]):
            return hidden
        last_joint = 0
        return HIDDEN_MARK * len(hidden) if len(hidden) <= _HIDDEN_SHOWN_SINGLY else f"[{len(hidden)} invisible]"

    return _invisible_run.sub(shown, text)


def _belongs(before: str, hidden: str, after: str) -> bool:
    """Whether the invisible characters between two visible ones are part of how the first is written."""
    if _is_emoji(before):
        if hidden in _EMOJI_SELECTORS:
            return before not in _KEYCAP_BASES or after == _KEYCAP
        return hidden in _EMOJI_JOINTS and _is_emoji(after) is not None
    if _is_joining(before):
        return hidden in _SCRIPT_JOINERS
    return _is_han(before) is not None and _is_ideographic_variant(hidden) is not None
