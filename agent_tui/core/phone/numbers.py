"""Which numbers may be dialled: one decision for console and desk, in the order of a table, and never a guess.

A customer chooses the number, so this is where toll fraud comes in: an allow list of countries, no premium ranges, no
emergency numbers, and no override of those. What may be dialled is a `Number`, made from digits alone; what was typed
is never shown or sent.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from agent_tui.model.call import LineKind, Number
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText, clean

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

LONGEST: Final = 60
"""Characters of a number field; no number in any spelling is longer."""

_DUTCH_EXTENSION: Final = re.compile(r"\b(?:toestel|tst\.?|intern)(?=\W*\d)", re.IGNORECASE)
_EXTENSION_WORD: Final = re.compile(r"(?<![^\W\d])(?:extn?|x)(?=\W*\d)", re.IGNORECASE)
_NO_COUNTRY: Final = "001"
"""The region of numbers without a country: satellites, networks at sea, shared services."""


class Decision(StrEnum):
    """What may be done with a number."""

    OK = "ok"
    CONFIRM = "confirm"
    """Only after somebody looked at it and said yes."""
    REFUSE = "refuse"


class Why(StrEnum):
    """What is the matter with a number."""

    EMERGENCY = "emergency"
    NOT_A_NUMBER = "not_a_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_COUNTRY = "no_country"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    REGION_NOT_ALLOWED = "region_not_allowed"
    PREMIUM = "premium"
    NOT_VALID = "not_valid"
    COMPANY_LINE = "company_line"
    NO_PERSON = "no_person"
    DO_NOT_CALL = "do_not_call"


SENTENCE: Final[dict[Why, str]] = {
    Why.EMERGENCY: "This is an emergency number: it is never dialled from here.",
    Why.NOT_A_NUMBER: "This is not a telephone number: ask the customer for it.",
    Why.TOO_SHORT: "This number has too few digits: look at it again, or ask for it.",
    Why.TOO_LONG: "This number has too many digits: look at it again, or ask for it.",
    Why.NO_COUNTRY: "This number belongs to no country (satellites and the like): it is not dialled from here.",
    Why.COUNTRY_NOT_ALLOWED: "Calls to this country are not allowed here: an admin can change the list.",
    Why.REGION_NOT_ALLOWED: "Calls to this part of a country code are not allowed here: an admin can change the list.",
    Why.PREMIUM: "This number costs or pays somebody extra: it is never dialled from here.",
    Why.NOT_VALID: "No such number is known to be in use: look at each digit before you call it anyway.",
    Why.COMPANY_LINE: "This is a company's line, not a person's: call it only if the customer can be reached there.",
    Why.NO_PERSON: "No person answers this number (pager or voicemail): ask for another one.",
    Why.DO_NOT_CALL: "This number is not to be called any more: carry on in the chat.",
}
"""For the agent."""


class DialPolicy(Struct, frozen=True):
    """The company's list. A calling code without regions allows all of its regions (44: Jersey, Guernsey, Man too)."""

    region: str = "NL"
    """Where a number without a country code belongs: the company's own."""
    countries: Mapping[int, tuple[str, ...]] | None = None
    """Allowed calling codes, each with the regions it is limited to; None: the company's own region and no other."""

    def allowed(self) -> Mapping[int, tuple[str, ...]]:
        """The list in force."""
        if self.countries is not None:
            return self.countries
        code = _library().country_code_for_region(self.region)
        shared = len(_library().region_codes_for_country_code(code)) > 1
        return {code: (self.region,) if shared else ()}


class Verdict(Struct, frozen=True):
    """What may be done with a text, and the number in it: None where nothing may be dialled."""

    decision: Decision
    why: Why | None = None
    number: Number | None = None
    shown: SafeText = NOTHING
    """The number as it is written internationally, where the text was one at all; also of a refused one."""


def nobody_is_blocked(_e164: str) -> bool:
    """A do-not-call list with nothing on it."""
    return False


def check(text: str, policy: DialPolicy, blocked: Callable[[str], bool] = nobody_is_blocked) -> Verdict:
    """Whether this text is a number that may be dialled. `blocked`: whether an E.164 is on the do-not-call list."""
    library = _library()
    spelled = _DUTCH_EXTENSION.sub(" ext ", text)
    if len(spelled) > LONGEST or _has_letters_inside(spelled):
        return Verdict(Decision.REFUSE, Why.NOT_A_NUMBER)
    if library.shortnumberinfo.connects_to_emergency_number(spelled, policy.region):
        return Verdict(Decision.REFUSE, Why.EMERGENCY)
    try:
        parsed = library.parse(spelled, policy.region)
    except library.NumberParseException:
        return Verdict(Decision.REFUSE, Why.NOT_A_NUMBER)
    return judged(parsed, policy, blocked)


def judged(parsed: "PhoneNumber", policy: DialPolicy, blocked: Callable[[str], bool] = nobody_is_blocked) -> Verdict:
    """Whether this number may be dialled."""
    try:
        number = number_of(parsed)
    except ValueError:  # a hostile extension, or more digits than E.164 has
        number = None
    shown = _international(parsed)
    refusal = _refusal(parsed, policy)
    if refusal is not None:
        return Verdict(Decision.REFUSE, refusal, None, shown)
    if number is None:
        return Verdict(Decision.REFUSE, Why.NOT_A_NUMBER)
    if blocked(number.e164):  # before the questions: a yes to one of those is no yes to this
        return Verdict(Decision.REFUSE, Why.DO_NOT_CALL, None, shown)
    if not _library().is_valid_number(parsed):
        return Verdict(Decision.CONFIRM, Why.NOT_VALID, number, shown)
    if number.kind in (LineKind.TOLL_FREE, LineKind.COMPANY):
        return Verdict(Decision.CONFIRM, Why.COMPANY_LINE, number, shown)
    return Verdict(Decision.OK, None, number, shown)


def number_of(parsed: "PhoneNumber") -> Number:
    """The digits of it and no more. Raises `ValueError` where they are not what may be dialled."""
    library = _library()
    return Number(
        library.format_number(parsed, library.PhoneNumberFormat.E164),
        parsed.extension or "",
        library.region_code_for_number(parsed) or "",
        _kind(library.number_type(parsed)),
        _international(parsed),
    )


def _refusal(parsed: "PhoneNumber", policy: DialPolicy) -> Why | None:
    """The rows of the table that refuse, in their order; None where none does."""
    library = _library()
    result = library.ValidationResult
    possible = library.is_possible_number_with_reason(parsed)
    region = library.region_code_for_number(parsed)
    allowed = policy.allowed()
    kind = _kind(library.number_type(parsed))
    not_possible = {
        result.INVALID_COUNTRY_CODE: Why.NOT_A_NUMBER,
        result.TOO_SHORT: Why.TOO_SHORT,
        result.TOO_LONG: Why.TOO_LONG,
        result.INVALID_LENGTH: Why.TOO_SHORT,
    }
    if possible in not_possible:
        return not_possible[possible]
    if library.region_code_for_country_code(parsed.country_code) == _NO_COUNTRY:
        return Why.NO_COUNTRY
    assert parsed.country_code is not None
    if parsed.country_code not in allowed:
        return Why.COUNTRY_NOT_ALLOWED
    if possible == result.IS_POSSIBLE_LOCAL_ONLY and region is None:
        return Why.TOO_SHORT
    # An unassigned number of a shared code belongs to no region, so to none that is allowed.
    if allowed[parsed.country_code] and region not in allowed[parsed.country_code]:
        return Why.REGION_NOT_ALLOWED
    if possible == result.IS_POSSIBLE_LOCAL_ONLY:
        return Why.TOO_SHORT
    if kind in _COSTS_EXTRA or _begins_with_one_that_costs(parsed):
        return Why.PREMIUM
    if kind in (LineKind.PAGER, LineKind.VOICEMAIL):
        return Why.NO_PERSON
    return None


def _begins_with_one_that_costs(parsed: "PhoneNumber") -> bool:
    """An exchange ignores digits too many: what follows a whole premium number doesn't make another one of it."""
    library = _library()
    if library.is_valid_number(parsed):
        return False
    digits = library.national_significant_number(parsed)
    code = parsed.country_code
    return any(
        _kind(library.number_type(library.PhoneNumber(code, int(digits[:length])))) in _COSTS_EXTRA
        for length in range(4, len(digits))
        if not digits.startswith("0")
    )


def _has_letters_inside(spelled: str) -> bool:
    """Letters behind the first digit: the library makes digits of them (`12 tst 34`, `1-800-CALL-NOW`)."""
    first = next((index for index, character in enumerate(spelled) if character.isdigit()), len(spelled))
    return any(character.isalpha() for character in _EXTENSION_WORD.sub(" ", spelled[first:]))


def _international(parsed: "PhoneNumber") -> SafeText:
    library = _library()
    return clean(library.format_number(parsed, library.PhoneNumberFormat.INTERNATIONAL), limit=40, multiline=False)


_COSTS_EXTRA: Final = frozenset({LineKind.PREMIUM, LineKind.SHARED_COST, LineKind.PERSONAL})


@cache
def _kinds() -> dict[int, LineKind]:
    kind = _library().PhoneNumberType
    return {
        kind.MOBILE: LineKind.MOBILE,
        kind.FIXED_LINE: LineKind.FIXED,
        kind.FIXED_LINE_OR_MOBILE: LineKind.FIXED_OR_MOBILE,
        kind.VOIP: LineKind.VOIP,
        kind.TOLL_FREE: LineKind.TOLL_FREE,
        kind.UAN: LineKind.COMPANY,
        kind.PREMIUM_RATE: LineKind.PREMIUM,
        kind.SHARED_COST: LineKind.SHARED_COST,
        kind.PERSONAL_NUMBER: LineKind.PERSONAL,
        kind.PAGER: LineKind.PAGER,
        kind.VOICEMAIL: LineKind.VOICEMAIL,
    }


def _kind(number_type: int) -> LineKind:
    return _kinds().get(number_type, LineKind.UNKNOWN)


@cache
def _library() -> Any:
    """`phonenumbers`, when the first number is looked at. Never its geocoder: 300 ms and 100 MB for country names."""
    import_module("phonenumbers.shortnumberinfo")
    return import_module("phonenumbers")
