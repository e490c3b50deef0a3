"""What the terminal sends, read strictly: a hand's keys are keys, everything else never is.

Textual's own parser types an escape sequence it does not know, so a terminal's answer to a query lands in the
composer; an ESC inside a paste turns the rest into keys; a paste without an end swallows the keyboard. Here a sequence
is read to its end by its grammar (ECMA-48 5.4, xterm's control sequences) and dropped when it is not one we know.
"""

import re
import time
from collections.abc import Callable, Iterable
from typing import Final

from textual import constants, events, messages
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import (
    IS_ITERM,
    XTermParser,
    _re_cursor_position,
    _re_in_band_window_resize,
    _re_mouse_event,
    _re_terminal_mode_response,
)
from textual.keys import Keys
from textual.message import Message

PASTE_LIMIT_SECONDS: Final = 2.0
"""A paste open for this long is closed as soon as nothing more comes."""
PASTE_LIMIT_CHARACTERS: Final = 1024 * 1024
"""A longer paste is cut here and the rest of it dropped."""
AFTER_PASTE_SECONDS: Final = 0.030
"""No hand presses a key this soon after a paste's end: what comes then belongs to the paste and is dropped."""

_PASTE_QUIET_SECONDS: Final = 0.5
_SILENCE_SECONDS: Final = 0.25
_REPLY_LIMIT_SECONDS: Final = 1.0
_LONGEST_SEQUENCE: Final = 256

_ESC: Final = "\x1b"
_PASTE_START: Final = "\x1b[200~"
_PASTE_END: Final = "\x1b[201~"
_STRING_INTRODUCERS: Final = ("]", "P", "X", "^", "_")
_FOCUS: Final[dict[str, type[Message]]] = {"\x1b[I": events.AppFocus, "\x1b[O": events.AppBlur}

_sequence = re.compile(
    r"\x1b\[M[\s\S]{3}"  # mouse, in its oldest form
    r"|\x1b\[\[[A-E]"  # F1 to F5 of the Linux console
    r"|\x1b\[(?:3|7|8|23|24)\$"  # rxvt with shift
    r"|\x1b\[(?![M\[])[ -?]*[@-~]"  # CSI; Ghostty sends negative mouse positions, so the order is not checked
    r"|\x1bO[0-9;]*[@A-Za-z]"  # SS3
)
_begun_sequence = re.compile(r"\x1b(?:\[(?:M[\s\S]{0,2}|\[|[ -?]*)|O[0-9;]*)?")
_numbered_key = re.compile(r"\x1b\[(\d*)[\d:;]*([~A-HPQRS])")
_modified_other_key = re.compile(r"\x1b\[27;(\d+);(\d+)~")  # xterm's modifyOtherKeys, tmux's extended-keys
_string_introducer = re.compile(r"\x1b[\]PX^_](?=[\s\S])")
_string_end = re.compile(r"[\x07\x18\x1a\x9c]|\x1b(?:\\|\Z|(?=[^\\]))")
_csi_end = re.compile(r"[@-~]")
_paste_end = re.compile(re.escape(_PASTE_END))
_never_typed = re.compile("[\x80-\x9f]")
_never_pasted = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class StrictInputParser(XTermParser):
    """Textual's parser with a grammar: the same messages for what it knows, nothing for what it does not.

    `clock` gives seconds that only go forward.
    """

    def __init__(self, debug: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(debug)
        self._clock = clock
        self._ready: list[Message] = []
        # What came of a sequence that is not whole yet, also of a paste's end.
        self._begun = ""
        self._pasted: list[str] | None = None
        self._pasted_length = 0
        self._skip_to: re.Pattern[str] | None = None
        self._opened_at = 0.0
        self._last_data_at = 0.0
        self._paste_tail_until = 0.0

    def wait_seconds(self, longest: float) -> float:
        """How long to wait for input before `tick` has something to do; at most `longest` seconds."""
        if self._begun and self._pasted is None and self._skip_to is None:
            return min(longest, max(0.0, self._last_data_at + self._patience() - self._clock()))
        return longest

    def tick(self) -> Iterable[Message]:
        """What became certain because nothing more came: the Escape key, the end of a paste."""
        now = self._clock()
        quiet = now - self._last_data_at
        if self._pasted is not None:
            if now - self._opened_at >= PASTE_LIMIT_SECONDS and quiet >= _PASTE_QUIET_SECONDS:
                self._add_pasted(self._begun)
                self._close_paste()
        elif self._skip_to is not None:
            endless = self._skip_to is not _paste_end and now - self._opened_at >= _REPLY_LIMIT_SECONDS
            if endless or quiet >= _SILENCE_SECONDS:
                self._skip_to = None
                self._begun = ""
        elif self._begun and quiet >= self._patience():
            self._give_up(self._begun, self._last_data_at)
            self._begun = ""
        return self._taken()

    def feed(self, data: str) -> Iterable[Message]:
        """The messages in what was read, in order."""
        messages_before = list(self.tick())
        self._last_data_at = self._clock()
        data, self._begun = self._begun + data, ""
        position = 0
        while position < len(data):
            if self._pasted is not None:
                position = self._read_paste(data, position)
            elif self._skip_to is not None:
                position = self._skip(data, position, self._skip_to)
            elif data[position] == _ESC:
                position = self._read_escape(data, position)
            else:
                self._type(data[position])
                position += 1
        return messages_before + self._taken()

    def _taken(self) -> list[Message]:
        ready, self._ready = self._ready, []
        return ready

    # -- keys -----------------------------------------------------------------------------------------------------

    def _type(self, sequence: str, *, alt: bool = False) -> bool:
        """Make the keys of a sequence; False when it is none."""
        try:
            keys = self._keys_of(sequence, alt)
        except (ValueError, OverflowError):  # a code point that does not exist
            return False
        for key in keys:
            self._press(key, self._last_data_at)
        return bool(keys)

    def _keys_of(self, sequence: str, alt: bool) -> list[events.Key]:
        if _never_typed.match(sequence):
            return []
        if other := _modified_other_key.fullmatch(sequence):
            sequence = f"{_ESC}[{other[2]};{other[1]}u"
        numbered = _numbered_key.fullmatch(sequence)
        if numbered and f"{int(numbered[1] or 1)}{numbered[2]}" not in FUNCTIONAL_KEYS:
            # Textual would type the character with the key's number.
            known = ANSI_SEQUENCES_KEYS.get(sequence)
            return [events.Key(key.value, None) for key in known] if isinstance(known, tuple) else []
        return list(self._sequence_to_key_events(sequence, alt))

    def _press(self, key: events.Key, at: float) -> None:
        if at < self._paste_tail_until:
            self._paste_tail_until = at + AFTER_PASTE_SECONDS
        elif key.key != Keys.Ignore:
            self._ready.append(key)

    def _patience(self) -> float:
        """Seconds until a begun sequence is taken for keys (ESC and one more character), or for a torn one."""
        return constants.ESCAPE_DELAY if len(self._begun) <= 2 else _SILENCE_SECONDS

    def _give_up(self, begun: str, at: float) -> None:
        """The sequence will not be whole: ESC was the Escape key, ESC and one character were Alt; more was no key."""
        if begun == _ESC:
            self._press(events.Key("escape", _ESC), at)
        elif len(begun) == 2:
            self._type(begun[1], alt=True)

    # -- sequences ------------------------------------------------------------------------------------------------

    def _read_escape(self, data: str, position: int) -> int:
        """Read what begins with the ESC at `position`; returns where the next thing begins."""
        if whole := _sequence.match(data, position):
            self._understand(whole.group())
            return whole.end()
        if _string_introducer.match(data, position):
            self._start_skipping(_string_end)
            return position + 2
        begun = _begun_sequence.match(data, position)
        assert begun is not None, "called at an ESC"
        if begun.end() == len(data) or data[position + 1 :] in _STRING_INTRODUCERS:
            if len(data) - position > _LONGEST_SEQUENCE:
                self._start_skipping(_csi_end)
            else:
                self._begun = data[position:]
            return len(data)
        if len(begun.group()) == 1 and data[begun.end()] != _ESC:
            if not self._type(data[position : position + 2]):
                self._give_up(data[position : position + 2], self._last_data_at)
            return position + 2
        self._give_up(begun.group(), self._last_data_at)
        return begun.end()

    def _understand(self, sequence: str) -> None:
        if sequence == _PASTE_START:
            self._pasted, self._pasted_length = [], 0
            self._opened_at = self._last_data_at
        elif sequence in _FOCUS:
            self._ready.append(_FOCUS[sequence]())
        elif size := _re_in_band_window_resize.fullmatch(sequence):
            self._resize(*(int(group.partition(":")[0]) for group in size.groups()))
        elif place := _re_cursor_position.fullmatch(sequence):
            self._ready.append(events.CursorPosition(int(place["col"]) - 1, int(place["row"]) - 1))
        elif self._type(sequence):
            pass
        elif _re_mouse_event.match(sequence):
            if mouse := self.parse_mouse_code(sequence):
                self._ready.append(mouse)
        elif mode := _re_terminal_mode_response.fullmatch(sequence):
            self._learn_mode(mode["mode_id"], int(mode["setting_parameter"]))

    def _resize(self, height: int, width: int, pixel_height: int, pixel_width: int) -> None:
        resize = events.Resize.from_dimensions((width, height), (pixel_width, pixel_height))
        self.terminal_size, self.terminal_pixel_size = resize.size, resize.pixel_size
        self.mouse_pixels = True
        self._ready.append(resize)

    def _learn_mode(self, mode: str, setting: int) -> None:
        if mode == "2026" and setting > 0:
            self._ready.append(messages.TerminalSupportsSynchronizedOutput())
        elif mode == "2048" and constants.SMOOTH_SCROLL and not IS_ITERM:
            self._ready.append(messages.InBandWindowResize.from_setting_parameter(setting))

    def _start_skipping(self, end: re.Pattern[str]) -> None:
        self._skip_to = end
        self._opened_at = self._last_data_at

    def _skip(self, data: str, position: int, end: re.Pattern[str]) -> int:
        found = end.search(data, position)
        if found is None:
            self._begun = _possible_paste_end(data) if end is _paste_end else ""
            return len(data)
        if found.group() == _ESC and found.end() == len(data):
            self._begun = _ESC
            return len(data)
        self._skip_to = None
        if end is _paste_end:
            self._paste_tail_until = self._clock() + AFTER_PASTE_SECONDS
        # Another sequence begins: the string was torn, and is read no further.
        return found.start() if found.group() == _ESC else found.end()

    # -- pastes ---------------------------------------------------------------------------------------------------

    def _read_paste(self, data: str, position: int) -> int:
        end = data.find(_PASTE_END, position)
        if end >= 0:
            self._add_pasted(data[position:end])
            self._close_paste()
            return end + len(_PASTE_END)
        self._begun = _possible_paste_end(data[position:])
        self._add_pasted(data[position : len(data) - len(self._begun)])
        if self._pasted_length > PASTE_LIMIT_CHARACTERS:
            begun = self._begun
            self._close_paste()
            self._start_skipping(_paste_end)
            self._begun = begun
        return len(data)

    def _add_pasted(self, text: str) -> None:
        assert self._pasted is not None
        self._pasted.append(text)
        self._pasted_length += len(text)

    def _close_paste(self) -> None:
        assert self._pasted is not None
        text = _never_pasted.sub("", "".join(self._pasted)[:PASTE_LIMIT_CHARACTERS])
        self._pasted = None
        self._begun = ""
        self._paste_tail_until = self._clock() + AFTER_PASTE_SECONDS
        self._ready.append(events.Paste(text))


def _possible_paste_end(text: str) -> str:
    """The longest end of `text` that may be the beginning of a paste's end."""
    for length in range(min(len(_PASTE_END) - 1, len(text)), 0, -1):
        if _PASTE_END.startswith(text[-length:]):
            return text[-length:]
    return ""
