"""Stretches of a text that came from a snippet: followed through edits, undo and redo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.library.stretches import Stretches
from agent_tui.model.proof import Proof

TEXT = "Hello Jane, “two days back” is what they say."
QUOTE = "“two days back”"


def quoting() -> Stretches:
    start = TEXT.index(QUOTE)
    return Stretches(TEXT, (Proof("umbra", 3, "en", start, start + len(QUOTE)),))


def said(stretches: Stretches, text: str) -> list[str]:
    return [text[each.start : each.end] for each in stretches.proof]


@pytest.mark.parametrize(
    ("after", "stretch"),
    [
        (f"Well. {TEXT}", QUOTE),
        (f"{TEXT} Really.", QUOTE),
        (TEXT.replace("two", "three"), "“three days back”"),
        (TEXT.replace("days back” is", "days” was"), "“two days"),
        (TEXT.replace("Jane, “two", "two"), "two days back”"),
        (TEXT.replace("back” is what", ""), "“two days "),
        (TEXT.replace(f" {QUOTE} ", " "), None),
        ("", None),
    ],
)
def test_an_edit_moves_them(after: str, stretch: str | None) -> None:
    stretches = quoting()
    stretches.edited(after)
    assert said(stretches, after) == ([stretch] if stretch else [])


def test_what_is_typed_right_behind_one_is_not_in_it() -> None:
    stretches = Stretches("abc", (Proof("s", 1, "en", 0, 3),))
    stretches.edited("abcd")
    assert said(stretches, "abcd") == ["abc"]
    stretches.edited("xabcd")
    assert said(stretches, "xabcd") == ["abc"]


def test_undo_and_redo_know_the_text_again() -> None:
    stretches = quoting()
    kept = stretches.proof
    stretches.edited("")
    assert stretches.proof == ()
    stretches.edited(TEXT)
    assert stretches.proof == kept


def test_several_stand_beside_each_other_and_one_in_the_place_of_another_takes_it() -> None:
    stretches = Stretches("one two", (Proof("first", 1, "en", 0, 3),))
    stretches.put(Proof("second", 1, "en", 4, 7))
    assert [each.snippet for each in stretches.proof] == ["first", "second"]
    stretches.put(Proof("third", 1, "en", 0, 7))
    assert [each.snippet for each in stretches.proof] == ["third"]
    stretches.without("third")
    stretches.edited("one two!")
    assert stretches.proof == ()


@given(st.text("ab \n", max_size=12), st.text("ab \n", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_they_never_lie_outside_the_text(before: str, after: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(before)), min(other, len(before))))
    stretches = Stretches(before, (Proof("s", 1, "en", start, end),))
    stretches.edited(after)
    assert all(0 <= each.start < each.end <= len(after) for each in stretches.proof)
