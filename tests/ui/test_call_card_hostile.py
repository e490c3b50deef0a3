"""Hostile strings in a name, a number field and a line: the card shows them as text, and none of them is a number."""

import unicodedata

from agent_tui.core.phone.candidates import as_typed, candidates
from agent_tui.core.phone.card import card
from agent_tui.core.phone.card_parts import Candidate, Hand, Known
from agent_tui.core.phone.numbers import DialPolicy
from agent_tui.model.call import E164
from agent_tui.model.entry import Entry
from agent_tui.model.ids import OrderKey
from agent_tui.model.people import Author, Customer
from agent_tui.model.telephone import CallChecks, Stop
from agent_tui.model.text import clean
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.ui.widgets.call_card import _beside, _brief, _keys, _row, _title
from tests.hostile import hostile_strings

POLICY = DialPolicy("NL")


def controls(text: str) -> list[str]:
    return [character for character in text if unicodedata.category(character) in ("Cc", "Cs") and character != "\n"]


def test_no_string_becomes_a_number_that_it_is_not_and_all_are_shown_clean() -> None:
    for string in hostile_strings():
        text = clean(string.text)
        author = Author(AuthorKind.CUSTOMER, "v1", clean("Jane"))
        line = Entry(OrderKey(1), EntryKind.PUBLIC, author, 0, text)
        for found in candidates(Customer("v1", phone=text[:200]), [line], POLICY):  # type: ignore[arg-type]
            assert found.number == text[:200] or E164.fullmatch(found.number), string.name
            assert controls(f"{found.shown}{found.source}") == [], string.name
        assert controls(as_typed(string.text, "NL")) == [], string.name


def test_a_card_about_anybody_is_text_in_rows_of_its_width() -> None:
    for string in hostile_strings():
        text = clean(string.text, multiline=False)
        known = Known(
            name=text,
            now_ms=0,
            numbers=(Candidate(text, text, text), Candidate("+31612345678", text, text)),
            checks=CallChecks(stops=(Stop("no_number", text),)),
            last_lines=(text, text),
        )
        for hand in (Hand(), Hand(chosen="x"), Hand(problem=text)):
            view = card(known, hand)
            rows = [piece for row in view.rows for piece in _row(row, 40)]
            lines = [
                _title(view, True, 40, "F9"),
                *_keys(view, True, 40, "F9"),
                _brief(view, True, "F9"),
                *_beside(["█" * 10], view, 40),
            ]
            painted = [*rows, *(line.left for line in lines)]
            assert controls("".join(content.plain for content in painted)) == [], string.name
