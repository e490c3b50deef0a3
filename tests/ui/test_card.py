"""The customer's card says who it is, and how that is known."""

import msgspec
import pytest

from agent_tui.core.state import State
from agent_tui.model.people import Customer
from agent_tui.model.text import SafeText
from agent_tui.model.words import HowKnown
from agent_tui.ui.chat_words import card_lines
from tests.core.test_reduce import record


def card(customer: Customer) -> list[str]:
    lines = card_lines(msgspec.structs.replace(record(), customer=customer), State(), "", None)
    return [f"{line.left.plain}|{line.right.plain}" for line in lines]


@pytest.mark.parametrize(
    ("known", "signed", "earlier"),
    [
        (HowKnown.SIGNED, True, "EARLIER|2"),
        (HowKnown.BROWSER, False, "EARLIER|2 (this browser)"),
        (HowKnown.UNKNOWN, False, "EARLIER|2"),
    ],
)
def test_how_a_customer_is_recognised(known: HowKnown, signed: bool, earlier: str) -> None:
    jane = Customer("v1", SafeText("Jane"), HowKnown.TYPED, earlier=2, known=known)
    rows = card(jane)
    assert ("signed by your site|" in rows) == signed
    assert "Jane|typed" in rows, "a name is as true as what was typed, whoever signed"
    assert earlier in rows
