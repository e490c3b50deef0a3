"""Remapped keys: `keymap.toml`, keys by action id. What can't work is refused with its reason, before it is needed.

    "chat.most_urgent" = "ctrl+g"
    "compose.note" = ["f4", "ctrl+o n"]

A chord is one key or a leader and a key, spelled as the help screen spells them.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from agent_tui.config.actions import ACTIONS, Where
from agent_tui.config.monitor_actions import MONITOR_ACTIONS, SHARED
from agent_tui.config.toml_settings import line_of

Keymap = Mapping[str, tuple[str, ...]]

LEADER: Final = "ctrl+o"
ALL_ACTIONS: Final = {action.id: action for action in (*ACTIONS, *MONITOR_ACTIONS)}
"""Console and monitor: one file remaps the keys of both."""
_SYMBOL_WORDS: Final = (
    *("ampersand", "apostrophe", "asterisk", "at", "backslash", "circumflex_accent", "colon", "comma", "dollar_sign"),
    *("equals_sign", "exclamation_mark", "full_stop", "grave_accent", "greater_than_sign", "left_parenthesis"),
    *("left_square_bracket", "less_than_sign", "minus", "number_sign", "percent_sign", "plus", "question_mark"),
    *("quotation_mark", "right_parenthesis", "right_square_bracket", "semicolon", "slash", "tilde", "underscore"),
    "vertical_line",
)
_KEY_WORDS: Final = (
    *("backspace", "delete", "down", "end", "enter", "escape", "home", "insert", "left", "pagedown", "pageup"),
    *("right", "space", "tab", "up"),
)
_SYMBOL: Final = rf"({'|'.join(_SYMBOL_WORDS)}|[^\w\s])"
_WITH_SHIFT_TOO: Final = r"(up|down|left|right|home|end|pageup|pagedown|insert|delete|f[0-9]+)"
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
    (re.compile(rf"ctrl\+(alt\+)?shift\+(?!{_WITH_SHIFT_TOO}$).+"), "no terminal sends it without an extension"),
    (re.compile(rf"ctrl\+({_SYMBOL}|tab|backspace|escape)"), "no terminal sends it without an extension"),
    (re.compile(r"shift\+[a-z]"), "with Shift a terminal sends the capital letter: write that one instead"),
    (re.compile(rf"shift\+([0-9]|{_SYMBOL}|space|backspace)"), "a terminal sends the character alone: write that"),
    (re.compile(r"alt\+(b|f)"), "it arrives as Ctrl and an arrow"),
    (re.compile(r"alt\+([^a-z0-9]|[a-z]+_[a-z_]+)"), "it arrives as the bare character"),
    (re.compile(r"f(1[3-9]|2[0-9])"), "terminals misread it"),
    (re.compile(r"ctrl\+c"), "it copies, and never does anything else"),
)
"""Chords that no terminal can be trusted to send, and why."""

EXAMPLE: Final = """\
# An action's id, and its key or a list of its keys. These replace the usual ones; [] leaves it to the palette.
"chat.most_urgent" = "f5"
"compose.note" = ["f4", "ctrl+o n"]
"chat.card" = []

# What belongs together can stand in a table.
[chat]
snooze = "Z"
"""
"""A keymap file that works, for whoever writes the first one."""

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
_WORDS: Final = frozenset([*_KEY_WORDS, *_SYMBOL_WORDS, *(f"f{number}" for number in range(1, 30))])


_HOW_WRITTEN: Final = "`agent-tui keys --example` shows how keys are written."


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
        raise KeymapError(f"{path.name} can't be read: {error}. The usual keys are in force. ({path})") from None
    try:
        return _in_force(_flat(found), text)
    except _Mistake as mistake:
        named = f"{path.name}, line {mistake.line}: {mistake}"
        raise KeymapError(f"{named} The usual keys are in force. ({path})") from None


class _Mistake(Exception):
    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


def _in_force(wanted: Mapping[str, object], text: str) -> Keymap:
    keymap = dict(DEFAULT_KEYMAP)
    for action, value in wanted.items():
        line = max(line_of(action, text), line_of(action.rpartition(".")[2], text))
        if action not in ALL_ACTIONS:
            hint = _near(action, ALL_ACTIONS) or "`agent-tui keys` lists all of them."
            raise _Mistake(line, f"there is no action `{action}`. {hint}")
        chords = [value] if isinstance(value, str) else value
        if not isinstance(chords, list) or not all(isinstance(chord, str) for chord in chords):
            raise _Mistake(line, f"`{action}` wants a key, or a list of keys, in quotes.")
        for chord in chords:
            if reason := unsendable(chord):
                what = f"`{chord}` can't be used for `{action}`" if normal(chord) else f"`{action}` has an empty key"
                raise _Mistake(line, f"{what}: {_ended(reason)}")
        keymap[action] = tuple(normal(chord) for chord in chords)
    if clash := first_clash(keymap):
        key, one, other = clash
        line = max(line_of(name, text) for action in (one, other) for name in (action, action.rpartition(".")[2]))
        raise _Mistake(line, f"`{key}` would mean both `{one}` and `{other}`. Give one of them another key.")
    return keymap


def _near(word: str, known: Iterable[str]) -> str:
    """The known word that is meant, where one is near."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.4)
    return f"Did you mean `{near[0]}`?" if near else ""


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def unsendable(chord: str) -> str:
    """Why a chord can't be bound; empty where it can."""
    if not normal(chord):
        return "write its name, or [] for none at all"
    keys = normal(chord).split(" ")
    if len(keys) > 2 or (len(keys) == 2 and keys[0] != LEADER):
        return f"two keys in a row must begin with {LEADER}"
    for key in keys:
        for pattern, reason in NEVER:
            if pattern.fullmatch(key):
                return reason
        word = key.rpartition("+")[2]
        if not (len(word) == 1 or word in _WORDS) or not set(key.split("+")[:-1]) <= set(_MODIFIER_ORDER):
            return f"there is no key of that name. {_near(word, _WORDS) or _HOW_WRITTEN}"
    return ""


def normal(chord: str) -> str:
    """The one spelling of a chord: modifiers in order, keys by the names the terminal layer uses."""
    if chord == " ":
        return "space"
    return " ".join(_normal_key(key) for key in chord.split())


def first_clash(keymap: Keymap) -> tuple[str, str, str] | None:
    """A key that two actions want in the same place, with both their ids; None where there is none."""
    taken: dict[tuple[str, Where], str] = {}
    for action in ALL_ACTIONS.values():
        for chord in keymap.get(action.id, action.keys):
            places = _counts_in(action.where, chord)
            for where in (*places, Where.MONITOR) if action in SHARED else places:
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


DEFAULT_KEYMAP: Final[Keymap] = {action.id: action.keys for action in ALL_ACTIONS.values()}
