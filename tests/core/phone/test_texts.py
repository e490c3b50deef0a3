"""What customers read about a call: whole in both languages, checked, and filled without parsing."""

from datetime import date
from random import Random

import pytest

from agent_tui.core.phone.texts import FILLINGS, BadText, Form, TextKey, checked_text, day_in, new_code
from agent_tui.storage.phone_texts import load_texts

TEXTS = load_texts()
VALUES = {
    "agent": "Sanne",
    "company": "Acme",
    "number": "+31 20 123 4567",
    "code": "4821",
    "last4": "5678",
    "purpose": "training",
    "day": "morgen",
    "from": "09:00",
    "to": "12:00",
}


@pytest.mark.parametrize("form", ["u", "je"])
@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("key", TextKey)
def test_every_text_is_there_and_says_all_it_has_to(key: TextKey, language: str, form: Form) -> None:
    said = TEXTS.say(key, language, form, **VALUES)
    assert said
    assert "{" not in said
    assert all(VALUES[name] in said for name in FILLINGS[key].must)


@pytest.mark.parametrize("key", TextKey)
def test_no_text_mixes_u_and_je(key: TextKey) -> None:
    polite = f" {TEXTS.say(key, 'nl', 'u', **VALUES).lower()} "
    plain = f" {TEXTS.say(key, 'nl', 'je', **VALUES).lower()} "
    assert not any(word in polite for word in (" je ", " jij ", " jou "))
    assert not any(word in plain for word in (" u ", " uw "))


def test_a_customer_is_written_to_in_their_language_else_in_the_default_one() -> None:
    assert TEXTS.say(TextKey.THANKS, "nl-BE").startswith("Bedankt")
    assert TEXTS.say(TextKey.THANKS, "de").startswith("Thanks")
    assert load_texts(default="nl").say(TextKey.THANKS, "").startswith("Bedankt")


def test_a_value_is_text_whatever_stands_in_it() -> None:
    said = TEXTS.say(TextKey.CALLING_UNKNOWN, "en", agent="{code}\x1b[2J", company="{agent}", code="0042")
    assert said.startswith("{code}\u241b[2J from {agent} is calling you")
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        (TextKey.THANKS, " ", "empty"),
        (TextKey.THANKS, "Thanks {name}", "no `{name}`"),
        (TextKey.THANKS, "Thanks {", "brace"),
        (TextKey.THANKS, "Thanks {}", "no `{}`"),
        (TextKey.CALLING, "We call from {number}.", "has to say `{code}`"),
        (TextKey.SCHEDULED, "We call {day} between {from} and {to}.", "`{number}`"),
        (TextKey.THANKS, "x" * 601, "limit"),
    ],
)
def test_a_text_that_lacks_something_or_wants_too_much_is_refused(key: TextKey, text: str, why: str) -> None:
    with pytest.raises(BadText) as told:
        checked_text(key, text)
    assert why in str(told.value)


def test_days_are_said_as_people_say_them() -> None:
    today = date(2026, 11, 22)
    assert [day_in("nl", date(2026, 11, day), today) for day in (22, 23, 24)] == [
        "vandaag",
        "morgen",
        "dinsdag 24 november",
    ]
    assert day_in("en-GB", date(2026, 12, 1), today) == "Tuesday 1 December"


def test_a_code_has_four_digits_also_where_it_is_small() -> None:
    codes = {new_code(Random(seed)) for seed in range(2_000)}
    assert all(len(code) == 4 and code.isascii() and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)
