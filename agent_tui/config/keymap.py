"""Remapped keys: `keymap.toml`, keys by action id. What can't work is refused with its reason, before it is needed.

    "chat.most_urgent" = "ctrl+g"
    "compose.note" = ["f4", "ctrl+o n"]

A chord is one key or a leader and a key, spelled as the help screen spells them.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from agent_tui.config.actions import ACTION, ACTIONS, Where
from agent_tui.config.toml_settings import line_of, nearest

Keymap = Mapping[str, tuple[str, ...]]

LEADER: Final = "ctrl+o"
NEVER: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"ctrl\+h"), "a terminal sends it as Backspace"),
    (re.compile(r"ctrl\+i"), "a terminal sends it as Tab"),
    (re.compile(r"ctrl\+m"), "a terminal sends it as Enter"),
    (re.compile(r"ctrl\+(\[|left_square_bracket)"), "a terminal sends it as Escape"),
    (re.compile(r"ctrl\+[0-9]"), "no terminal sends it without an extension: most send another key"),
    (re.compile(r"alt\+[0-9]"), "without an extension it types a symbol into the reply"),
    (re.compile(r"alt\+enter"), "it arrives as Enter and would send"),
    (re.compile(r"ctrl\+enter"), "most terminals send it as Enter"),
    (re.compile(r"ctrl\+(space|@)"), "terminals and input methods use it themselves"),
    (re.compile(r"ctrl\+shift\+[a-z]"), "a terminal sends it without the Shift, or keeps it"),
    (re.compile(r"alt\+(b|f)"), "it arrives as Ctrl and an arrow"),
    (re.compile(r"alt\+([^a-z0-9]|[a-z]+_[a-z_]+)"), "it arrives as the bare character"),
    (re.compile(r"f(1[3-9]|2[0-9])"), "terminals misread it"),
    (re.compile(r"ctrl\+c"), "it copies, and never does anything else"),
)
"""Chords that no terminal can be trusted to send, and why."""

_MODIFIER_ORDER: Final = ("ctrl", "alt", "shift")
_NAMED: Final = {
    "?": "question_mark",
    "/": "slash",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    ".": "full_stop",
    ",": "comma",
    "-": "minus",
    "+": "plus",
    " ": "space",
    "esc": "escape",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "return": "enter",
}
_WORDS: Final = frozenset(
    [
        "backspace",
        "delete",
        "down",
        "end",
        "enter",
        "escape",
        "home",
        "insert",
        "left",
        "pagedown",
        "pageup",
        "right",
        "space",
        "tab",
        "up",
    ]
    + [
        "apostrophe",
        "asterisk",
        "at",
        "backslash",
        "colon",
        "comma",
        "dollar_sign",
        "equals_sign",
        "exclamation_mark",
        "full_stop",
    ]
    + [
        "grave_accent",
        "greater_than_sign",
        "less_than_sign",
        "minus",
        "number_sign",
        "percent_sign",
        "plus",
        "question_mark",
    ]
    + ["quotation_mark", "semicolon", "slash", "tilde", "underscore", "vertical_line", "left_square_bracket"]
    + ["right_square_bracket", "ampersand", "circumflex_accent", "left_parenthesis", "right_parenthesis"]
    + [f"f{number}" for number in range(1, 30)]
)


class KeymapError(Exception):
    """The keymap is not used. The text names file, line, what is wrong and what to write instead."""


def load_keymap(path: Path) -> Keymap:
    """The keys in force by action id: the defaults, with what the file says instead. A missing file says nothing.

    Raises `KeymapError`; the caller may go on with the defaults.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
    except FileNotFoundError:
        return DEFAULT_KEYMAP
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KeymapError(f"{path} can't be read: {error}. The usual keys are in force.") from None
    keymap = dict(DEFAULT_KEYMAP)
    for action, value in _flat(found).items():
        place = f"{path}, line {max(line_of(action, text), line_of(action.rpartition('.')[2], text))}"
        if action not in ACTION:
            raise KeymapError(f"{place}: there is no action `{action}`. {nearest(action, ACTION)}")
        chords = [value] if isinstance(value, str) else value
        if not isinstance(chords, list) or not all(isinstance(chord, str) for chord in chords):
            raise KeymapError(f"{place}: `{action}` wants a key, or a list of keys, in quotes.")
        for chord in chords:
            if reason := unsendable(chord):
                raise KeymapError(f"{place}: `{chord}` can't be used for `{action}`: {reason}.")
        keymap[action] = tuple(normal(chord) for chord in chords)
    if clash := first_clash(keymap):
        key, one, other = clash
        raise KeymapError(
            f"{path}, line {line_of(one, text)}: `{key}` would mean both `{one}` and `{other}`. "
            f"Give one of them another key; the usual keys are in force."
        )
    return keymap


def unsendable(chord: str) -> str:
    """Why a chord can't be bound; empty where it can."""
    keys = normal(chord).split(" ")
    if len(keys) > 2 or (len(keys) == 2 and keys[0] != LEADER):
        return f"two keys in a row must begin with {LEADER}"
    for key in keys:
        for pattern, reason in NEVER:
            if pattern.fullmatch(key):
                return reason
        word = key.rpartition("+")[2]
        if not (len(word) == 1 or word in _WORDS) or not set(key.split("+")[:-1]) <= set(_MODIFIER_ORDER):
            return f"there is no key of that name. {nearest(word, _WORDS)}"
    return ""


def normal(chord: str) -> str:
    """The one spelling of a chord: modifiers in order, keys by the names the terminal layer uses."""
    if chord == " ":
        return "space"
    return " ".join(_normal_key(key) for key in chord.split())


def first_clash(keymap: Keymap) -> tuple[str, str, str] | None:
    """A key that two actions want in the same place, with both their ids; None where there is none."""
    taken: dict[tuple[str, Where], str] = {}
    for action in ACTIONS:
        for chord in keymap.get(action.id, action.keys):
            for where in _counts_in(action.where, chord):
                other = taken.setdefault((chord, where), action.id)
                if other != action.id:
                    return chord, action.id, other
    return None


def _normal_key(key: str) -> str:
    if key in ("+", "-") or "+" not in key:
        return _NAMED.get(key.lower(), key if len(key) == 1 else key.lower())
    *modifiers, word = key.lower().removesuffix("++").split("+") if key.endswith("++") else key.lower().split("+")
    word = "plus" if key.endswith("++") else word
    ordered = [modifier for modifier in _MODIFIER_ORDER if modifier in modifiers]
    unknown = [modifier for modifier in modifiers if modifier not in _MODIFIER_ORDER]
    return "+".join([*unknown, *ordered, _NAMED.get(word, word)])


def _counts_in(where: Where, chord: str) -> tuple[Where, ...]:
    everywhere = where is Where.EVERYWHERE or " " in chord
    return (Where.TYPING, Where.MOVING) if everywhere else (where,)


def _flat(found: dict[str, object], before: str = "") -> dict[str, object]:
    """Keys of nested tables joined by dots: `[chat]` and `resolve = "e"` is `chat.resolve`."""
    flat: dict[str, object] = {}
    for key, value in found.items():
        name = f"{before}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


DEFAULT_KEYMAP: Final[Keymap] = {action.id: action.keys for action in ACTIONS}
