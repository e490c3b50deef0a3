"""Which numbers could be meant when a customer is to be called. To be called in a thread: it brings the library in."""

from collections.abc import Iterable
from importlib import import_module
from typing import Final

from agent_tui.core.phone.card_parts import Candidate
from agent_tui.core.phone.finding import proposals
from agent_tui.core.phone.numbers import DialPolicy, check
from agent_tui.model.entry import Entry
from agent_tui.model.people import Customer
from agent_tui.model.telephone import Telephone
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import HowKnown

_LINE_SHOWN: Final = 100
_TYPED_SHOWN: Final = 40


def policy_of(telephone: Telephone) -> DialPolicy:
    """The company's list, as the console was told it."""
    countries = {}
    for row in telephone.countries:
        code, _, regions = row.partition(":")
        countries[int(code)] = tuple(region for region in regions.split(",") if region)
    return DialPolicy(telephone.region or "NL", countries or None)


def candidates(customer: Customer, entries: Iterable[Entry], policy: DialPolicy) -> tuple[Candidate, ...]:
    """Those in the customer's own lines, the newest first, then the one that is known of them; each once."""
    found: dict[str, Candidate] = {}
    for proposal in proposals(entries, policy):
        number = proposal.verdict.number
        key = number.e164 if number else str(proposal.verdict.shown)
        line = clean(proposal.entry.body, limit=_LINE_SHOWN, multiline=False)
        found.setdefault(key, Candidate(key, proposal.verdict.shown, SafeText(f"“{line}”")))
    if customer.phone:
        verdict = check(customer.phone, policy)
        key = verdict.number.e164 if verdict.number else customer.phone
        known = "" if customer.contact_known is HowKnown.UNKNOWN else f", {customer.contact_known.value}"
        shown = verdict.shown or clean(customer.phone, limit=_TYPED_SHOWN, multiline=False)
        found.setdefault(key, Candidate(key, shown, SafeText(f"left as contact{known}")))
    return tuple(found.values())


def as_typed(text: str, region: str) -> str:
    """A number as people write it, while it is typed: nothing is added but spaces and what was typed."""
    formatter = import_module("phonenumbers").AsYouTypeFormatter(region)
    shown = ""
    for character in text[:_TYPED_SHOWN]:
        if character.isdigit() or character in "+*#":
            shown = formatter.input_digit(character)
    return shown
