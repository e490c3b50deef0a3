"""Masking: numbers and addresses in whatever form people write them, and nothing of what only looks like them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.core.contacts import ending
from agent_tui.core.masking import MAIL, asks_for_contacts, mask_address, mask_end, mask_number, mask_text, masked
from tests.hostile import HostileString, hostile_strings

NUMBERS = [
    ("+31 6 1234 5678", "+•• • •••• ••78"),
    ("06-12345678", "••-••••••78"),
    ("ring 0612345678 now", "ring ••••••••78 now"),
    ("(020) 123 45 67", "(•••) ••• •• 67"),
    ("0 6 1 2 3 4 5 6 7 8", "• • • • • • • • 7 8"),
    ("06/12.34,56;78", "••/••.••,••;78"),
    ("０６１２３４５６７８", "••••••••７８"),
    ("٠٦١٢٣٤٥٦٧٨", "••••••••٧٨"),
    ("06\u200b12\u200c34\u200d56\u206078", "••\u200b••\u200c••\u200d••\u206078"),
    ("0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", "•️⃣•️⃣•️⃣•️⃣•️⃣•️⃣5️⃣6️⃣"),
    ("⁰⁶¹²³⁴⁵⁶⁷⁸", "••••••••⁷⁸"),
    ("①②③④⑤⑥⑦⑧", "••••••⑦⑧"),
    ("06\n1234\n5678", "••\n••••\n••78"),
    ("06\u00a012\u202f34\u200956\u300078", "••\u00a0••\u202f••\u2009••\u300078"),
    ("tel:+31612345678", "tel:+•••••••••78"),
    ("06·12–34—56−78", "••·••–••—••−78"),
    ("27-11-2026 0612345678", "••-••-•••• ••••••••78"),
    ("order 4711000", "order •••••00"),
    (f"calling {ending('5678')}", "calling •••• ••78"),
    ("+31 • •••• 5678", "+31 • •••• ••78"),
    ("••••5678, •••• 678", "••••••78, •••• •78"),
]
NO_NUMBERS = [
    "on 27-11-2026 at 14:30",
    "2026-11-27",
    "10:00-12:30, 13:00-17:30",
    "€ 1.250.000,00 or $ 2,000,000",
    "EUR 12.345.678",
    "order 471100",
    "c42, version 8.2.8, 40 s",
    "1984",
    "•••@•••",
    "•••• 78",
    "• 100 boxes\n• 200 bags",
]
ADDRESSES = [
    "jane@example.org",
    "JANE.DE-VRIES+tag@sub.example.co.uk",
    "jane (at) example (dot) org",
    "jane[at]example[punt]org",
    "jane @ example . org",
    "jane at example dot org",
    "jane%40example.org",
    "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "jane﹫example.org",
    "ja\u200bne@exam\u200bple.org",
    "jané@exämple.org",
    "почта@пример.рф",
    "jane@localhost",
    '"jane"@example.org',
]


@pytest.mark.parametrize(("text", "shown"), NUMBERS)
def test_numbers_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown
    assert mask_text(mask_text(text)) == shown


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_masked_wherever_they_stand(address: str) -> None:
    assert mask_text(address) == MAIL
    assert mask_text(f"write to {address}, please") == f"write to {MAIL}, please"


@pytest.mark.parametrize("text", ["meet @ada there", "look at it", "I'm at home", "a (at) b", "ad hoc", "@"])
def test_what_is_no_address_stays(text: str) -> None:
    assert "example" not in mask_text(text)
    assert text == mask_text(text) or (MAIL in mask_text(text) and "(at)" in text)


@given(
    st.text(max_size=20),
    st.lists(
        st.sampled_from([" ", "\u2011", "\u00b7", "\u200b", "\u00a0", "", "(", ")", "\ufe0f\u20e3"]),
        min_size=9,
        max_size=9,
    ),
    st.text(alphabet="0123456789", min_size=10, max_size=10),
    st.text(max_size=20),
)
def test_no_number_comes_through_whatever_stands_around_and_in_it(
    before: str, between: list[str], digits: str, after: str
) -> None:
    number = "".join(digit + gap for digit, gap in zip(digits, [*between, ""], strict=True))
    shown = mask_text(f"{before}\ue000{number}\ue000{after}").split("\ue000")[1]
    assert sum(character.isdigit() for character in shown) <= 2


def test_fields_that_are_numbers_or_addresses() -> None:
    assert mask_number("+31612345678") == "+•••••••••78"
    assert mask_number("112") == "•••"
    assert mask_number("") == mask_address("") == mask_end("") == ""
    assert mask_end("5678") == "••78"
    assert masked({"last4": "5678"}) == {"last4": "••78"}
    assert mask_address("anything at all") == MAIL


def test_a_whole_record_is_masked_but_for_the_desks_own_names() -> None:
    record = {
        "id": "019aa5e1-1234-7123-8123-123456789012",
        "customer": {"name": "Jane 0612345678", "phone": "0612345678", "email": "jane@example.org", "visits": 3},
        "agent": "019aa5e1-1234-7123-8123-123456789012",
        "preview": ["mine is 0612345678", {"page_url": "https://x.org/?mail=jane%40x.org&tel=0612345678"}],
        "next": "1764000000000.42",
        "at": 1764000000000,
        "channels": {"sms 0612345678": 1},
    }
    assert masked(record) == {
        "id": "019aa5e1-1234-7123-8123-123456789012",
        "customer": {"name": "Jane ••••••••78", "phone": "••••••••78", "email": MAIL, "visits": 3},
        "agent": "019aa5e1-1234-7123-8123-123456789012",
        "preview": ["mine is ••••••••78", {"page_url": f"https://x.org/?mail={MAIL}&tel=••••••••78"}],
        "next": "1764000000000.42",
        "at": 1764000000000,
        "channels": {"sms ••••••••78": 1},
    }


@pytest.mark.parametrize("hostile", hostile_strings(), ids=str)
def test_hostile_strings_are_masked_without_harm(hostile: HostileString) -> None:
    text = hostile.text.encode(errors="replace").decode()
    hidden = f"{text} 0612345678 {text}"
    assert "0612345678" not in mask_text(hidden)
    assert msgspec.json.decode(msgspec.json.encode(masked({"body": text}))).keys() == {"body"}


def test_a_long_text_made_to_be_slow_is_not() -> None:
    for text in ("1 " * 4_000, "a" * 8_000 + "@", "a." * 4_000 + "@", "@" * 8_000, "1:" * 4_000, "a at " * 1_600):
        mask_text(text)


@pytest.mark.parametrize("query", ["0612", "jane@", "06 12", "jane (at)", "+31 6", "c1234", "%40example"])
def test_a_search_for_a_contact_is_known_as_one(query: str) -> None:
    assert asks_for_contacts(query) is (query != "+31 6")


@pytest.mark.parametrize("query", ["jane", "order 12", "at home", "§ 240"])
def test_a_search_for_words_is_none(query: str) -> None:
    assert not asks_for_contacts(query)
