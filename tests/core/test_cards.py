"""Card numbers are masked however they are written; other numbers stay as they are."""

import random
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.cards import MASK, luhn, mask_cards

# The card brands' published test numbers.
NUMBERS = [
    "4111111111111111",
    "4012888888881881",
    "4222222222222",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3530111333300000",
    "30569309025904",
    "38520000023237",
    "36227206271667",
    "6200000000000005",
    "6759649826438453",
]

WAYS: dict[str, Callable[[str], str]] = {
    "plain": lambda number: number,
    "spaced": lambda number: " ".join(number[at : at + 4] for at in range(0, len(number), 4)),
    "hyphens": lambda number: "-".join(number[at : at + 4] for at in range(0, len(number), 4)),
    "dots": lambda number: ".".join(number[at : at + 4] for at in range(0, len(number), 4)),
    "each digit apart": lambda number: " ".join(number),
    "zero width spaces": lambda number: "\u200b".join(number),
    "soft hyphens": lambda number: "\u00ad".join(number),
    "no-break spaces": lambda number: "\u00a0".join(number[at : at + 4] for at in range(0, len(number), 4)),
    "full width": lambda number: "".join(chr(0xFF10 + int(digit)) for digit in number),
    "mathematical": lambda number: "".join(chr(0x1D7CE + int(digit)) for digit in number),
    "arabic": lambda number: "".join(chr(0x0660 + int(digit)) for digit in number),
    "superscript": lambda number: "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in number),
    "over lines": lambda number: "\n".join(number[at : at + 4] for at in range(0, len(number), 4)),
    "mixed": lambda number: number[:4] + " \u200b-\u2060" + number[4:],
}


def digits_of(text: str) -> str:
    return "".join(
        str(unicodedata.digit(character)) for character in text if unicodedata.digit(character, None) is not None
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_keeps_only_its_last_four_digits(number: str, way: str) -> None:
    masked = mask_cards(f"mijn kaart: {WAYS[way](number)}, dank u")
    assert digits_of(masked) == number[-4:]
    assert masked.count(MASK) == len(number) - 4
    assert masked.startswith("mijn kaart: ")
    assert masked.endswith(", dank u")


def test_a_number_beside_other_numbers_is_found() -> None:
    assert mask_cards("12 4111 1111 1111 1111 12/29 123") == f"12 {MASK * 4} {MASK * 4} {MASK * 4} 1111 12/29 123"
    assert mask_cards("4111111111111111 and 5555555555554444").count(MASK) == 24
    assert mask_cards("card4111111111111111now") == f"card{MASK * 12}1111now"


@pytest.mark.parametrize(
    "text",
    [
        "order 4111111111111112",
        "+31 6 12345678",
        "NL91 ABNA 0417 1643 00",
        "2026-11-21 23:45:00",
        "0020 6543 2109 8765 4321 0000 1",
        "call 085-1234567 or 085-7654321",
        "41111111111111111111111111",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_cards(text) == text


def test_order_numbers_are_seldom_taken_for_cards() -> None:
    dice = random.Random(7)
    orders = [f"20{dice.randrange(10**11):011d}" for _ in range(20_000)]
    assert sum(mask_cards(order) != order for order in orders) <= len(orders) // 1000


def test_luhn() -> None:
    assert luhn("79927398713")
    assert not any(luhn(f"7992739871{digit}") for digit in "012456789")


@given(st.text(alphabet="0123456789 -\u200b4111", max_size=200))
def test_masking_takes_nothing_away_but_digits(text: str) -> None:
    masked = mask_cards(text)
    assert len(masked) == len(text)
    assert all(new in (old, MASK) for old, new in zip(text, masked, strict=True))
