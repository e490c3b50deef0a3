"""The table of the number policy, row by row, and that nothing but digits ever comes out of it."""

import json
import re
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent_tui.core.phone.numbers import SENTENCE, Decision, DialPolicy, Verdict, Why, check
from agent_tui.model.call import LineKind, Number

HOSTILE = json.loads((Path(__file__).parents[2] / "data" / "hostile-strings.json").read_text("utf-8"))
DUTCH = DialPolicy("NL")
WIDE = DialPolicy("NL", {31: (), 32: (), 39: (), 44: (), 49: (), 90: (), 371: (), 1: ("US", "CA")})
AMERICAN = DialPolicy("US")


def example_of(region: str, number_type: int) -> str:
    number = phonenumbers.example_number_for_type(region, number_type)
    assert number is not None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


KIND = phonenumbers.PhoneNumberType

REFUSED = [
    ("112", WIDE, Why.EMERGENCY),
    ("911", WIDE, Why.EMERGENCY),
    ("1 1 2", WIDE, Why.EMERGENCY),
    ("abc", WIDE, Why.NOT_A_NUMBER),
    ("", WIDE, Why.NOT_A_NUMBER),
    ("06-12345678;rm -rf", WIDE, Why.NOT_A_NUMBER),
    ("06-12345678?x=1", WIDE, Why.NOT_A_NUMBER),
    ("06 12 34 56 78/06 87654321", WIDE, Why.NOT_A_NUMBER),
    ("\x1b[31m06-12345678\x1b[0m", WIDE, Why.NOT_A_NUMBER),
    ("1-800-FLOWERS", WIDE, Why.NOT_A_NUMBER),
    ("06-12345678 bel me", WIDE, Why.NOT_A_NUMBER),
    ("tel:12345;phone-context=evil.example", WIDE, Why.NOT_A_NUMBER),
    ("+999123456789", WIDE, Why.NOT_A_NUMBER),
    ("9" * 61, WIDE, Why.NOT_A_NUMBER),
    ("18 88", WIDE, Why.TOO_SHORT),
    ("1234567890123456", WIDE, Why.TOO_LONG),
    ("+881612345678", WIDE, Why.NO_COUNTRY),
    ("+883510012345678", WIDE, Why.NO_COUNTRY),
    ("+979123456789", WIDE, Why.NO_COUNTRY),
    ("+2521234567", WIDE, Why.COUNTRY_NOT_ALLOWED),
    ("+442079460000", DUTCH, Why.COUNTRY_NOT_ALLOWED),
    ("+18762345678", WIDE, Why.REGION_NOT_ALLOWED),
    ("+12844961234", WIDE, Why.REGION_NOT_ALLOWED),
    ("+18762345678", AMERICAN, Why.REGION_NOT_ALLOWED),
    ("+1 212 055 0134", WIDE, Why.REGION_NOT_ALLOWED),
    ("555-0134", AMERICAN, Why.TOO_SHORT),
    ("0900-1234", WIDE, Why.PREMIUM),
    ("0906-1234", WIDE, Why.PREMIUM),
    ("0909-1234", WIDE, Why.PREMIUM),
    ("0906 1234 567 8", WIDE, Why.PREMIUM),
    ("+449091234567", WIDE, Why.PREMIUM),
    ("+447012345678", WIDE, Why.PREMIUM),
    (example_of("DE", KIND.SHARED_COST), WIDE, Why.PREMIUM),
    ("+37181234567", WIDE, Why.PREMIUM),
    ("066-1234567", WIDE, Why.NO_PERSON),
]


@pytest.mark.parametrize(("text", "policy", "why"), REFUSED)
def test_refused(text: str, policy: DialPolicy, why: Why) -> None:
    verdict = check(text, policy)
    assert (verdict.decision, verdict.why, verdict.number) == (Decision.REFUSE, why, None)


@pytest.mark.parametrize(
    ("text", "why", "e164"),
    [
        ("06 1234567", Why.NOT_VALID, "+3161234567"),
        ("06 1234 5678 8", Why.NOT_VALID, "+316123456788"),
        ("+44 7700 900123", Why.NOT_VALID, "+447700900123"),
        ("+31 6 7600 0000", Why.NOT_VALID, "+31676000000"),
        ("0800-1234", Why.COMPANY_LINE, "+318001234"),
        ("14020", Why.COMPANY_LINE, "+3114020"),
        ("088-1234567", Why.COMPANY_LINE, "+31881234567"),
    ],
)
def test_to_be_confirmed(text: str, why: Why, e164: str) -> None:
    verdict = check(text, WIDE)
    assert verdict.number is not None
    assert (verdict.decision, verdict.why, verdict.number.e164) == (Decision.CONFIRM, why, e164)


@pytest.mark.parametrize(
    ("text", "e164", "extension", "kind"),
    [
        ("06-12345678", "+31612345678", "", LineKind.MOBILE),
        ("+31 (0)6 12345678", "+31612345678", "", LineKind.MOBILE),
        ("0031 (0) 6 12345678", "+31612345678", "", LineKind.MOBILE),
        ("+310612345678", "+31612345678", "", LineKind.MOBILE),
        ("31612345678", "+31612345678", "", LineKind.MOBILE),
        ("6 12345678", "+31612345678", "", LineKind.MOBILE),
        ("tel:+31-6-12345678;ext=12", "+31612345678", "12", LineKind.MOBILE),
        ("\uff10\uff16\u201112345678", "+31612345678", "", LineKind.MOBILE),
        ("\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "+31612345678", "", LineKind.MOBILE),
        ("+31 6 12345678\u202e", "+31612345678", "", LineKind.MOBILE),
        ("020-6241111", "+31206241111", "", LineKind.FIXED),
        ("020-6241111 tst 12", "+31206241111", "12", LineKind.FIXED),
        ("020-6241111 tst. 12", "+31206241111", "12", LineKind.FIXED),
        ("020-6241111 toestel 12", "+31206241111", "12", LineKind.FIXED),
        ("020-6241111 intern 12", "+31206241111", "12", LineKind.FIXED),
        ("020-6241111 ext. 12", "+31206241111", "12", LineKind.FIXED),
        ("020-6241111x12", "+31206241111", "12", LineKind.FIXED),
        ("020-6241111,,12", "+31206241111", "12", LineKind.FIXED),
        ("085-1234567", "+31851234567", "", LineKind.VOIP),
        ("+39 06 1234 5678", "+390612345678", "", LineKind.FIXED),
        ("+90 212 345 67 89", "+902123456789", "", LineKind.FIXED),
        ("+44 7481 123456", "+447481123456", "", LineKind.MOBILE),
        ("+1 212 555 0134", "+12125550134", "", LineKind.FIXED_OR_MOBILE),
    ],
)
def test_may_be_dialled(text: str, e164: str, extension: str, kind: LineKind) -> None:
    verdict = check(text, WIDE)
    assert verdict.number is not None
    number = verdict.number
    assert (verdict.decision, verdict.why) == (Decision.OK, None)
    assert (number.e164, number.extension, number.kind) == (e164, extension, kind)


def test_a_country_without_a_list_of_regions_has_all_of_them() -> None:
    regions = set()
    for region in ("GB", "JE", "GG"):
        verdict = check(example_of(region, KIND.MOBILE), WIDE)
        assert verdict.decision is Decision.OK
        assert verdict.number is not None
        regions.add(verdict.number.region)
    assert regions == {"GB", "JE", "GG"}


def test_the_default_list_is_the_companys_own_region() -> None:
    assert check("06-12345678", DUTCH).decision is Decision.OK
    assert check("+1 212 555 0134", AMERICAN).decision is Decision.OK
    assert check("+1 416 555 0134", AMERICAN).why is Why.REGION_NOT_ALLOWED


def test_who_is_not_to_be_called_is_not_called_whatever_the_number() -> None:
    for text in ("06-12345678", "06 1234567", "088-1234567"):
        verdict = check(text, DUTCH, lambda _: True)
        assert (verdict.decision, verdict.why, verdict.number) == (Decision.REFUSE, Why.DO_NOT_CALL, None)
        assert verdict.shown
    assert check("0900-1234", DUTCH, lambda _: True).why is Why.PREMIUM


def test_the_do_not_call_list_is_asked_with_the_number_that_would_be_dialled() -> None:
    assert check("06-12345678", DUTCH, {"+31612345678"}.__contains__).why is Why.DO_NOT_CALL
    assert check("06-12345679", DUTCH, {"+31612345678"}.__contains__).decision is Decision.OK


def test_every_refusal_has_a_sentence() -> None:
    assert set(SENTENCE) == set(Why)


def test_what_is_shown_is_made_of_the_number_and_not_of_what_was_typed() -> None:
    number = check("(+31) 06-1234.5678\u202e", DUTCH).number
    assert number is not None
    assert number.shown == "+31 6 12345678"


E164 = re.compile(r"^\+[0-9]{7,15}\Z")
EXTENSION = re.compile(r"^[0-9]{1,8}\Z")
ANYTHING = st.text(max_size=70)
LIKE_A_NUMBER = st.text(st.sampled_from("+0123456789 -./()#*x;ext=,\uff11\u0661\u202e\x1b[]'\"&<>|$\n"), max_size=30)
HALF_A_NUMBER = st.builds(
    lambda head, digits, tail: head + digits + tail,
    st.sampled_from(["06", "+31", "+44", "+1212", "0031(0)", "020-"]),
    st.text("0123456789 -", max_size=14),
    LIKE_A_NUMBER | ANYTHING,
)


def only_digits(verdict: Verdict) -> None:
    if verdict.number is not None:
        assert E164.match(verdict.number.e164)
        assert not verdict.number.extension or EXTENSION.match(verdict.number.extension)
        assert re.fullmatch(r"[+0-9 ()/.\-]*(?: ext\. [0-9]+)?", verdict.number.shown)


@given(ANYTHING | LIKE_A_NUMBER | HALF_A_NUMBER)
@example("+31612345678\n")
@example("020-6241111 ext 123456789012345")
def test_nothing_but_a_plus_and_digits_ever_comes_out(text: str) -> None:
    for policy in (WIDE, AMERICAN):
        verdict = check(text, policy)
        only_digits(verdict)
        assert (verdict.number is None) is (verdict.decision is Decision.REFUSE)


def test_hostile_strings_are_no_numbers() -> None:
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', json.dumps(HOSTILE))
    for escaped in texts:
        text = json.loads(f'"{escaped}"')
        only_digits(check(text, WIDE))
        only_digits(check(f"06-12345678{text}", WIDE))


@given(ANYTHING, ANYTHING)
@example("+31612345678\n", "")
@example("+316123456\u0661\u0661", "")
@example("+31612345678", "12\n")
def test_there_is_no_other_number(e164: str, extension: str) -> None:
    try:
        number = Number(e164, extension)
    except ValueError:
        assert not E164.match(e164) or (extension and not EXTENSION.match(extension))
    else:
        assert E164.match(number.e164)
        assert not number.extension or EXTENSION.match(number.extension)
