"""The keymap file: what can't work is refused with file, line and reason."""

from pathlib import Path

import pytest

from agent_tui.config.actions import ACTIONS
from agent_tui.config.keymap import DEFAULT_KEYMAP, EXAMPLE, KeymapError, first_clash, load_keymap, normal, unsendable


@pytest.fixture
def keymap_file(tmp_path: Path) -> Path:
    return tmp_path / "keymap.toml"


def test_without_a_file_the_usual_keys_are_in_force(keymap_file: Path) -> None:
    assert load_keymap(keymap_file) == DEFAULT_KEYMAP


def test_every_default_can_be_sent_and_none_clash() -> None:
    kitty_only = {"shift+enter"}
    chords = [chord for action in ACTIONS for chord in action.keys if chord not in kitty_only]
    assert {chord: why for chord in chords if (why := unsendable(chord))} == {}
    assert first_clash(DEFAULT_KEYMAP) is None


def test_keys_are_replaced_by_id(keymap_file: Path) -> None:
    keymap_file.write_text('"chat.resolve" = "x"\n[compose]\nnote = ["f7", "ctrl+o N"]\n')
    keymap = load_keymap(keymap_file)
    assert keymap["chat.resolve"] == ("x",)
    assert keymap["compose.note"] == ("f7", "ctrl+o N")
    assert keymap["chat.claim"] == DEFAULT_KEYMAP["chat.claim"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\n"chat.resolv" = "x"\n', "line 2: there is no action `chat.resolv`. Did you mean `chat.resolve`?"),
        ('"chat.resolve" = "ctrl+h"\n', "`ctrl.h` can't be used .* Backspace"),
        ('"chat.resolve" = "ctrl+1"\n', "no terminal sends it"),
        ('"chat.resolve" = "alt+3"\n', "types a symbol"),
        ('"chat.resolve" = "alt+enter"\n', "would send"),
        ('"chat.resolve" = "ctrl+shift+a"\n', "without the Shift"),
        ('"chat.resolve" = "shift+ctrl+a"\n', "without the Shift"),
        ('"chat.resolve" = "f14"\n', "misread"),
        ('"chat.resolve" = "ctrl+c"\n', "copies"),
        ('"chat.resolve" = "g g"\n', "must begin with ctrl"),
        ('"chat.resolve" = "pageupp"\n', "no key of that name. Did you mean `pageup`"),
        ('"chat.resolve" = "z"\n', "`z` would mean both `chat.snooze` and `chat.resolve`"),
        ('"chat.resolve" = "f8"\n', "`f8` would mean both `chat.resolve` and `queue.take_next`"),
        ('"chat.resolve" = "ctrl+shift+1"\n', "no terminal sends it without"),
        ('"chat.resolve" = "ctrl+,"\n', "no terminal sends it without"),
        ('"chat.resolve" = "shift+e"\n', "capital letter"),
        ('"chat.resolve" = "colom"\n', r"Did you mean `colon`\? The usual"),
        (
            '"chat.resolve" = "zzzzzz"\n',
            r"of that name. `agent-tui keys --example` shows how keys are written\. The",
        ),
        (
            '"chat.resolve" = ""\n',
            r"`chat.resolve` has an empty key: write its name, or \[\] for none at all",
        ),
        ('"qqqq" = "x"\n', r"no action `qqqq`\. `agent-tui keys` lists all of them\."),
        ('"chat.resolve" = 5\n', "wants a key"),
        ('"chat.resolve" = [\n', "can't be read"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(keymap_file: Path, text: str, said: str) -> None:
    keymap_file.write_text(text)
    with pytest.raises(KeymapError, match=said) as refused:
        load_keymap(keymap_file)
    assert str(refused.value).startswith("keymap.toml"), "what is cut off at the right is the path"
    assert str(refused.value).endswith(f"({keymap_file})")
    assert ".." not in str(refused.value)


def test_the_example_is_a_keymap_that_works(keymap_file: Path) -> None:
    keymap_file.write_text(EXAMPLE)
    keymap = load_keymap(keymap_file)
    assert (keymap["compose.note"], keymap["chat.snooze"], keymap["chat.card"]) == (("f4", "ctrl+o n"), ("Z",), ())


def test_keys_that_terminals_send_with_modifiers_can_be_used() -> None:
    for chord in ("ctrl+shift+left", "ctrl+right", "shift+f5", "alt+x", "ctrl+alt+x", "shift+tab", "alt+left", "|"):
        assert unsendable(chord) == "", chord


def test_a_key_has_one_spelling() -> None:
    assert normal("Ctrl+G") == "ctrl+g"
    assert normal("?") == "question_mark"
    assert normal("alt+ctrl+x") == "ctrl+alt+x"
    assert normal("ctrl+o  N") == "ctrl+o N"
    assert normal("G") == "G"
