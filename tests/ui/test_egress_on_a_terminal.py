"""What reaches a real terminal while hostile strings are shown: nothing that is not on the list."""

import sys

import pytest

from tests.egress_allowlist import NotAllowed, check_output
from tests.hostile import hostile_strings
from tests.pty_runner import PtyProgram
from tests.walls.sources import ROOT


def output_of_all(*how: str) -> bytes:
    """What the hostile screen wrote while each string was painted, in a toast too, until after it was quit."""
    with PtyProgram([sys.executable, "-m", "tests.hostile_screen", *how], cwd=ROOT) as program:
        program.wait_for("ready")
        for string in hostile_strings():
            since = program.mark()
            program.write("\x07")
            program.wait_for(f"shown-{string.number}:", since=since)
            program.wait_for(f"toast-{string.number}:", since=since)
        program.write("\x07")
        program.wait_for("all shown")
        program.write("\x11")
        assert program.wait_exit() == 0
        return program.output()


@pytest.mark.parametrize("how", [(), ("raw",)], ids=["both walls", "egress alone"])
def test_no_byte_outside_the_list(how: tuple[str, ...]) -> None:
    check_output(output_of_all(*how), cut_short=False)


def test_without_the_walls_the_list_finds_the_leak() -> None:
    with pytest.raises(NotAllowed, match="PWNED"):
        check_output(output_of_all("raw", "unfiltered"))


@pytest.mark.parametrize(
    "leak",
    [
        "\x1b[2J",
        "\x1b[c",
        "\x1b[?1049;25l",
        "\x1b[?3h",
        "\x1b[21t",
        "\x1b[6n",
        "\x1b[>4;2m",
        "\x1b[3b",
        "\x1bc",
        "\x1b(0",
        "\x1b]0;title\x07",
        "\x1b]8;;https://example.org\x1b\\",
        "\x1b]52;c;eA==\x07",
        "\x1bP$qm\x1b\\",
        "\x1b_Gx\x1b\\",
        "\x00",
        "\x08",
        "\x0e",
        "\x7f",
        "\x9b",
        "\u202e",
        "\u2066",
        "\u2028",
        "\U000e0041",
    ],
    ids=ascii,
)
def test_a_leak_is_found_and_shown_where_it_is(leak: str) -> None:
    with pytest.raises(NotAllowed, match="byte 10 of"):
        check_output(f"\x1b[0mhi €{leak}more".encode())


def test_bytes_that_are_no_text_are_found() -> None:
    with pytest.raises(NotAllowed, match="not UTF-8"):
        check_output(b"a\xffb")


def test_our_own_clipboard_and_sequences_pass() -> None:
    check_output(b"\x1b]52;c;eA==\x07", clipboard=["x"])
    check_output(b"\x1b]9;new chat\x07", extra=["\x1b\\]9;new chat\x07"])
    with pytest.raises(NotAllowed):
        check_output(b"\x1b]52;c;eA==\x07", clipboard=["y"])


def test_output_cut_inside_a_sequence_passes_only_where_that_is_said() -> None:
    for cut in (b"x\x1b[38;2", b"x\xe2\x82"):
        check_output(cut)
        with pytest.raises(NotAllowed):
            check_output(cut, cut_short=False)
