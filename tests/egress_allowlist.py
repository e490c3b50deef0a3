"""What a program of ours may write to a terminal; everything else is a leak.

Run any screen on a pty, show it hostile strings, and give what came out to `check_output`::

    check_output(console.output())

The list is what Textual 8.2.8 writes for a benign screen, and no more. Text may hold any character that has a place on
the screen: no control, no bidi control, no tag character.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Collection, Iterable

_TEXT = re.compile(
    "[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e007f]+"
)
_CSI = "\x1b\\["
_MODES = (
    7,  # wrap at the right edge
    25,  # cursor
    1000,  # mouse: buttons, movement, and how they are told
    1003,
    1006,
    1015,
    1016,
    1004,  # focus
    1049,  # the alternate screen
    2004,  # bracketed paste
    2026,  # one frame at a time
    2048,  # size changes told in band
)
_ALLOWED: dict[str, str] = {
    "line end": "\r\n|\n|\r",
    "colour and weight (SGR)": f"{_CSI}[0-9;]*m",
    "cursor position (CUP)": f"{_CSI}[0-9]+;[0-9]+H",
    "mode on or off": f"{_CSI}\\?(?:{'|'.join(map(str, _MODES))})[hl]",
    "whether a mode is known": f"{_CSI}\\?(?:2026|2048)\\$p",
    "kitty's keyboard, pushed and popped": f"{_CSI}(?:>25|<)u",
    "mouse pointer's shape": "\x1b\\]22;[a-z-]*\x07",
    "bell": "\x07",
    # Ours alone, of checked digits (`ui.words.telephone`).
    "a telephone link (OSC 8)": "\x1b\\]8;id=[0-9-]*;tel:\\+[0-9]{7,15}(?:;ext=[0-9]{1,8})?\x1b\\\\",
    "end of a link": "\x1b\\]8;;\x1b\\\\",
}
_CLIPBOARD = re.compile("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07")
_CUT_SHORT = re.compile("\x1b(?:\\[[0-9;?<>$]*|\\]8;[0-9a-z=;:+-]*\x1b?)?\\Z")
_CONTEXT = 60


class NotAllowed(AssertionError):
    """The program wrote something that could act on the terminal; the message shows the first of it."""


def check_output(
    data: bytes, *, clipboard: Collection[str] = (), extra: Iterable[str] = (), cut_short: bool = True
) -> None:
    """Raise NotAllowed at the first bytes that are not on the list.

    `clipboard` holds the texts that may be put on the clipboard; `extra` regular expressions of further sequences this
    program is meant to write (a notice, a title). With `cut_short` the output may end inside a sequence, as it does
    when the program was ended from outside.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data, final=not cut_short)
    except UnicodeDecodeError as error:
        raise NotAllowed(_complaint("bytes that are not UTF-8", data, error.start)) from None
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern in (_TEXT.pattern, *_ALLOWED.values(), *extra)))
    position = 0
    while position < len(text):
        if found := allowed.match(text, position):
            position = found.end()
        elif (copied := _CLIPBOARD.match(text, position)) and _decoded(copied[1]) in clipboard:
            position = copied.end()
        elif cut_short and _CUT_SHORT.match(text, position):
            return
        else:
            raise NotAllowed(_complaint(_name_of(text, position), data, len(text[:position].encode())))


def _decoded(clipboard: str) -> str | None:
    try:
        return base64.b64decode(clipboard, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _name_of(text: str, position: int) -> str:
    if text[position] == "\x1b":
        return f"the sequence {text[position : position + 16]!a}"
    return f"the character U+{ord(text[position]):04X}"


def _complaint(what: str, data: bytes, offset: int) -> str:
    before = data[max(0, offset - _CONTEXT) : offset]
    after = data[offset : offset + _CONTEXT]
    return f"{what} was written to the terminal, byte {offset} of {len(data)}:\n  {before!r}\n> {after!r}"
