"""Numbers in a customer's lines are found and proposed; nothing else is taken for one."""

import subprocess
import sys

import pytest

from agent_tui.core.phone.finding import SEARCHED, proposals, verdicts_in
from agent_tui.core.phone.numbers import Decision, DialPolicy, Why
from agent_tui.model.entry import Entry
from agent_tui.model.ids import OrderKey
from agent_tui.model.people import Author
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind, EntryKind

POLICY = DialPolicy("NL", {31: (), 44: ()})


def line(key: int, body: str, by: AuthorKind = AuthorKind.CUSTOMER, **given: bool) -> Entry:
    author = Author(by, "1", SafeText("Jane"))
    kind = EntryKind.PUBLIC
    return Entry(OrderKey(key), kind, author, key * 1_000, clean(body), withdrawn=given.get("withdrawn", False))


def found(text: str) -> list[str]:
    return [
        verdict.number.e164 + (f";{verdict.number.extension}" if verdict.number.extension else "")
        for verdict in verdicts_in(text, POLICY)
        if verdict.number is not None
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("bel me op 06-12345678", ["+31612345678"]),
        ("my number: 06 1234 5678.", ["+31612345678"]),
        ("(+31) 6 1234 5678, ext 4", ["+31612345678;4"]),
        ("020-6241111 toestel 12 graag", ["+31206241111;12"]),
        ("+31612345678/+31687654321", ["+31612345678", "+31687654321"]),
        ("06-12345678 of anders 06-12345678", ["+31612345678"]),
        ("+3 1 6 1 2 3 4 5 6 7 8", ["+31612345678"]),
        ("IBAN NL91ABNA0417164300", []),
        ("card 4111 1111 1111 1111", []),
        ("server 192.168.100.200", []),
        ("KvK 12345678, BSN 123456782", []),
        ("on 27-11-2026 at 14:30, 1012 AB 12", []),
        ("track 3SABCD1234567890", []),
        ("0900-1234", []),
        ("zes twaalf", []),
        ("x" * SEARCHED + " 06-12345678", []),
    ],
)
def test_found_in_a_line(text: str, numbers: list[str]) -> None:
    assert found(text) == numbers


def test_who_is_not_to_be_called_is_still_shown() -> None:
    (verdict,) = verdicts_in("06-12345678", POLICY, lambda _: True)
    assert (verdict.decision, verdict.why, verdict.number) == (Decision.REFUSE, Why.DO_NOT_CALL, None)


def test_the_newest_line_of_the_customer_comes_first_and_each_number_once() -> None:
    entries = [
        line(1, "06-12345678"),
        line(2, "call our office 020-6241111", AuthorKind.AGENT),
        line(3, "sorry, 06-87654321"),
        line(4, "or 06 1234 5678"),
        line(5, "06-11111111", withdrawn=True),
    ]
    told = [(each.entry.key, each.verdict.shown) for each in proposals(entries, POLICY)]
    assert told == [(4, "+31 6 12345678"), (3, "+31 6 87654321")]


def test_a_line_without_digits_does_not_bring_the_library_in() -> None:
    program = (
        "import sys\n"
        "from agent_tui.core.phone.finding import verdicts_in\n"
        "from agent_tui.core.phone.numbers import DialPolicy\n"
        "assert verdicts_in('call me, it is 12:30 on the 27th', DialPolicy()) == ()\n"
        "assert 'phonenumbers' not in sys.modules\n"
        "assert verdicts_in('06-12345678', DialPolicy())\n"
        "assert 'phonenumbers.geocoder' not in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
