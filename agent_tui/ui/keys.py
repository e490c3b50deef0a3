"""Keys to actions: the one table, remapped by id, and the guard that tells a sentence from commands.

Textual's own bindings know no two-key chords and drop a remapped key's former owner in silence; so the table is asked
here, before any widget sees the key. What it doesn't name goes on to the widgets.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from agent_tui.config.actions import ACTIONS, Action, Right, Where
from agent_tui.config.keymap import LEADER, Keymap
from agent_tui.config.monitor_actions import SHARED

SENTENCE_KEYS: Final = 3
SENTENCE_WINDOW_S: Final = 1.2
"""Who looks for the keys types three of them in this time, and a sentence goes on while they keep coming."""
QUIET_S: Final = 0.5
"""A letter that acts waits so long for the next one: each further key makes it wait again."""
ASKED_S: Final = 1.5
"""In a question that a letter opened, the next letter is no answer yet: it may be the second one of a word."""

MOVES: Final = frozenset(
    ["move.down", "move.up", "move.oldest", "move.newest", "move.unread", "tab.next_moving", "tab.previous_moving"]
)
"""Only look elsewhere: they act at once, and a run of nothing but them is no sentence."""

AT_ONCE: Final = frozenset(
    [
        "compose.write",
        "compose.write_note",
        "list.filter",
        "app.help_moving",
        "chat.resolve",
        "chat.resolve_next",
        "chat.snooze",
        "chat.transfer",
        "chat.stage",
        "chat.outcome",
        "chat.block",
        "call.others",
        "call.packet",
        "me.availability",
        "entry.open_link",
        "proof.numbered",
    ]
)
"""Open something that asks, or go to writing: nothing has happened to anyone yet, and a sentence closes it again."""

_NAMES: Final = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "full_stop": ".",
    "comma": ",",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "tab": "Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}


def spelled(chord: str) -> str:
    """A chord as people read it: `^K`, `F2`, `^O n`, `Alt+→`."""
    return " ".join(_spelled_key(key) for key in chord.split(" "))


class KeyTable:
    """Which action a key means, by where the focus is."""

    def __init__(
        self,
        keymap: Keymap,
        rights: Collection[Right] = frozenset(Right),
        actions: Sequence[Action] = ACTIONS,
    ) -> None:
        """`rights`: an action that needs another is not in the table at all. `actions`: the console's, or others."""
        self.actions = tuple(action for action in actions if action.right in rights)
        self._single: dict[tuple[str, Where], Action] = {}
        self._chords: dict[str, Action] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        for action in self.actions:
            keys = self._keys[action.id] = tuple(keymap.get(action.id, action.keys))
            for chord in keys:
                leader, _, second = chord.partition(" ")
                if second:
                    self._chords[second] = action
                else:
                    for where in _counts_in(action):
                        self._single[leader, where] = action

    def action(self, key: str, *, typing: bool) -> Action | None:
        """What a key means while typing, or while moving."""
        return self._single.get((key, Where.TYPING if typing else Where.MOVING))

    def monitor_action(self, key: str) -> Action | None:
        """What a key means in the monitor."""
        return self._single.get((key, Where.MONITOR))

    def chord(self, second: str) -> Action | None:
        """What the key after the leader means."""
        return self._chords.get(second)

    @property
    def chords(self) -> Mapping[str, Action]:
        """What may follow the leader."""
        return self._chords

    def has(self, action_id: str) -> bool:
        """Whether the action is in this table at all."""
        return action_id in self._keys

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action, the one that is shown first."""
        return self._keys.get(action_id, ())

    def chord_shown(self, action_id: str) -> str:
        """The first key of an action that also works while typing."""
        return next((spelled(chord) for chord in self.keys(action_id) if " " in chord), "")

    def shown(self, action_id: str) -> str:
        """The first key, as people read it; empty where there is none."""
        keys = self.keys(action_id)
        return spelled(keys[0]) if keys else ""


class SentenceGuard:
    """Tells somebody who types a sentence, with no text field in the focus, from somebody who gives commands.

    Three printable keys within `SENTENCE_WINDOW_S` are a sentence: none of them acts. So a key that acts is parked
    until no other came for `QUIET_S`; one that only moves or asks is not, and what it opened is closed again by
    `on_sentence`.
    """

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], object],
        on_sentence: Callable[[str], None],
        *,
        active: bool = True,
    ) -> None:
        """`later(seconds, call)`; `on_sentence(text)` gets what was typed so far, at each further key too."""
        self._later = later
        self._on_sentence = on_sentence
        self._active = active
        self._recent: deque[tuple[float, str]] = deque()
        """When, and which move it was; empty where it was none."""
        self._parked: list[Callable[[], None]] = []
        self._typed = ""
        self._run = 0
        self.last_at = -ASKED_S
        """When the last printable key came."""
        self._in_sentence = False

    @property
    def active(self) -> bool:
        """Whether it guards at all."""
        return self._active

    @property
    def waiting(self) -> bool:
        """A letter waits to act."""
        return bool(self._parked)

    def press(
        self,
        at: float,
        character: str,
        do: Callable[[], None] | None,
        *,
        moves: bool = False,
        at_once: bool = False,
        sentence: bool = False,
        not_before: float = 0.0,
    ) -> None:
        """A printable key at `at` (seconds, only forward) that would `do` something, not before `not_before`.

        `sentence`: it makes no sense as a command where it was pressed.
        """
        if not self._active:
            if do:
                do()
            return
        if at - self.last_at > SENTENCE_WINDOW_S:
            self._in_sentence = False
            if not self._parked:
                self._typed = ""
        self.last_at = at
        self._typed += character
        move = character if moves else ""
        if move and self._recent and self._recent[-1][1] == move:
            # The same move again and again is one: `j j e` is no word. A held key is as recent as its last.
            self._recent.pop()
        self._recent.append((at, move))
        while at - self._recent[0][0] > SENTENCE_WINDOW_S:
            self._recent.popleft()
        many = len(self._recent) >= SENTENCE_KEYS and not all(moved for _, moved in self._recent)
        self._run += 1
        if many or sentence or self._in_sentence:
            self._in_sentence = True
            self._parked.clear()
            self._on_sentence(self._typed)
        elif do and (moves or at_once) and not self._parked:
            do()
        else:
            if do:
                self._parked.append(do)
            run = self._run
            self._later(max(QUIET_S, not_before - at), lambda: self._act(run))

    def settle(self) -> None:
        """A key that nobody writes with was pressed: what waits was meant, and acts before it."""
        self._act(self._run)
        self.reset()

    def reset(self) -> None:
        """The focus went to a text field: what follows is text, and what was parked is dropped."""
        self._recent.clear()
        self._parked.clear()
        self._typed = ""
        self._in_sentence = False
        self._run += 1

    def _act(self, run: int) -> None:
        if run == self._run:
            parked, self._parked = self._parked, []
            for do in parked:
                do()


def _counts_in(action: Action) -> tuple[Where, ...]:
    places = (Where.TYPING, Where.MOVING) if action.where is Where.EVERYWHERE else (action.where,)
    return (*places, Where.MONITOR) if action in SHARED else places


def _spelled_key(key: str) -> str:
    *modifiers, word = key.split("+")
    name = _NAMES.get(word, word.upper() if word[:1] == "f" and word[1:].isdigit() else word)
    if modifiers == ["ctrl"] and len(word) == 1:
        return f"^{word.upper()}"
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


__all__ = ["ASKED_S", "AT_ONCE", "LEADER", "MOVES", "KeyTable", "SentenceGuard", "spelled"]
