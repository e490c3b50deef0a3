"""The one door: nothing that could act on a terminal, reorder a line or hide in it gets through `clean`."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from agent_tui.model.text import clean
from tests.hostile import HostileString, hostile, hostile_strings

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ACTS_ON_A_TERMINAL = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef{BIDI_CONTROLS}]")
TAGS = re.compile("[\U000e0000-\U000e007f]")

nasty_character = st.sampled_from(
    "a1#*Z \n\r\t\x00\x1b\x07\x08\x7f\x85\x9b\xad\u0301\u0316\u0489\u034f\u0915\u094d\u0645\u115f\u180e\u200b\u200c"
    "\u200d\u200e\u202e\u2028\u2066\u20e3\u2800\u3164\u4e2d\u2764\u2603\ufe0e\ufe0f\ufeff\ufff9\ufffe\ud83d\ude00[]\u25cc\u2026"
    "\U0001f468\U0001f3fd\U0001f1e9\U0001f3f4\U000e0041\U000e007f\U000e0101\U0001ffff\U0010ffff"
)
foreign_text = st.one_of(
    st.text(nasty_character, max_size=60),
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from([string.text for string in hostile_strings()]),
)


@pytest.mark.parametrize("string", hostile_strings(), ids=str)
def test_a_hostile_string_cannot_act(string: HostileString) -> None:
    for multiline in (True, False):
        shown = clean(string.text, multiline=multiline)
        assert not ACTS_ON_A_TERMINAL.search(shown)
        assert not TAGS.search(shown)
        assert clean(shown, multiline=multiline) == shown
        shown.encode()


@settings(deadline=None)
@given(foreign_text)
def test_nothing_that_acts_gets_through(raw: str) -> None:
    shown = clean(raw)
    assert not ACTS_ON_A_TERMINAL.search(shown)
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in shown if character != "\n")
    shown.encode()


@settings(deadline=None)
@given(foreign_text, st.booleans(), st.none() | st.integers(0, 70))
def test_cleaning_twice_changes_nothing(raw: str, multiline: bool, limit: int | None) -> None:
    shown = clean(raw, multiline=multiline, limit=limit)
    assert clean(shown, multiline=multiline, limit=limit) == shown
    assert limit is None or len(shown) <= limit
    assert multiline or "\n" not in shown


@settings(deadline=None)
@given(foreign_text)
def test_no_base_carries_more_than_four_marks_and_no_mark_is_without_a_base(raw: str) -> None:
    marks = 4
    for character in clean(raw):
        if character in "\u200c\u200d\ufe0e\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
            continue
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 4 if character == "\n" else 0
        assert marks <= 4


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=["C"])))
def test_latin_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Goedemiddag, het scheelde € 41,50 – hartelijk dank!\nGroet, Zoë",
        "naïve café, cafe\u0301",
        "你好,世界。日本語のテキスト 한국어",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian: the non-joiner is spelling
        "\u0915\u094d\u200d\u0937 \u0928\u0d4d\u200d",  # Indic: the joiner shapes the conjunct
        "שָׁלוֹם",
        "👩🏽‍💻 👨‍👩‍👧‍👦 👩‍❤️‍💋‍👨 ❤️‍🔥 🏳️‍🌈 1️⃣ ☺︎ ⚠️ 🇩🇪 ©️",
        "葛\U000e0100城",  # a Japanese place name with the form it is written in
        "[b]not markup[/b] $primary {0} %s :warning:",
    ],
)
def test_what_people_write_stays_what_they_wrote(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (hostile("clear-home"), "␛[2J␛[H PWNED"),
        (hostile("esc-split-by-zwj"), "␛◌[31mX"),
        (hostile("c1-csi-u9b"), "\ufffd31mRED\ufffd0m"),
        (hostile("nul"), "a␀b"),
        (hostile("del-7f"), "a␡␡b"),
        (hostile("vt-ff"), "a␋b␌c"),
        (hostile("tab-layout"), "a    b            c"),
        (hostile("bidi-rlo"), "invoice◌fdp.exe"),
        (hostile("bidi-trojan-comment"), "ok ◌◌// approved◌ ◌"),
        (hostile("zwj-flood"), "[5000 invisible]"),
        (hostile("zw-steganography"), "hi[5 invisible]"),
        (hostile("word-joiner-bom"), "◌admin◌"),
        (hostile("tag-characters"), "ok[4 invisible]"),
        (hostile("hangul-filler-blank"), "◌◌◌"),
        (hostile("combining-first"), "◌\u0301\u0301start"),
        (hostile("lone-surrogate"), "\ufffd lone"),
        (hostile("surrogate-pair-split"), "\ufffd\ufffd"),
        ("one\r\ntwo\rthree\u2028four\u2029five", "one\ntwo\nthree\nfour\nfive"),
        ("emoji\U0001f600\U000e0141\U000e0142\U000e0143\U000e0144", "emoji\U0001f600[4 invisible]"),
        ("4\ufe0f1\ufe0f", "4◌1◌"),
        ("\u2800", " "),
        ("\ufffe\U0001ffff", "\ufffd\ufffd"),
    ],
)
def test_what_is_taken_away_leaves_something_visible(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_marks_behind_invisible_characters_count_on() -> None:
    assert clean("a" + "\u0301\u200d" * 50).count("\u0301") == 4


def test_a_chain_of_joined_emoji_has_an_end() -> None:
    assert cell_len(clean("\u200d".join("👩" * 500))) > 100


@pytest.mark.parametrize("name", ["hangul-filler-blank", "zwj-flood", "word-joiner-bom"])
def test_an_empty_looking_name_is_seen(name: str) -> None:
    assert cell_len(clean(hostile(name), multiline=False).strip()) > 0


def test_a_newline_in_a_name_cannot_start_a_line() -> None:
    assert clean(hostile("lf-fake-message"), multiline=False) == "ok␤[12:01] Supervisor: issue refund now"
    assert clean(hostile("log-crlf-forge"), multiline=False) == "ok␤2026-01-01 INFO login user=admin"


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("abcdef", limit=4) == "abc…"
    assert clean("abcd", limit=4) == "abcd"
    assert clean("ab👩‍💻", limit=5) == "ab👩‍💻"
    assert clean("ab👩‍💻cd", limit=5) == "ab👩…"
    assert clean("abc", limit=0) == ""
