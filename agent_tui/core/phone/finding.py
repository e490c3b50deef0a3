"""Numbers in what a customer wrote: found line by line when it arrives, proposed, never dialled by themselves.

To be called in a thread: a long line takes some milliseconds, the first one brings the library in.
"""

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Final

from msgspec import Struct

from agent_tui.core.phone.numbers import Decision, DialPolicy, Verdict, Why, judged, nobody_is_blocked
from agent_tui.model.call import Number
from agent_tui.model.entry import Entry

SEARCHED: Final = 2_000
"""Characters of one line that are looked through."""
_TRIES: Final = 100
_MAY_HOLD_ONE: Final = re.compile(r"(?:\d\D{0,4}){5}")
"""Five digits near each other: whatever lacks them isn't worth the library."""
_DUTCH_EXTENSION: Final = re.compile(r"\b(?:toestel|tst\.?|intern)(?=\W*\d)", re.IGNORECASE)


class Proposal(Struct, frozen=True):
    """A number that a customer's own line holds, with what the policy says of it."""

    entry: Entry
    verdict: Verdict


def verdicts_in(
    text: str, policy: DialPolicy, blocked: Callable[[str], bool] = nobody_is_blocked
) -> tuple[Verdict, ...]:
    """The numbers in one line, as they stand in it, each once. A refused one is left out, unless it is a known person
    who doesn't want to be called: that has to be said."""
    searched = text[:SEARCHED]
    if not _MAY_HOLD_ONE.search(searched):
        return ()
    library = import_module("phonenumbers")
    found = library.PhoneNumberMatcher(
        _DUTCH_EXTENSION.sub("ext", searched), policy.region, leniency=library.Leniency.VALID, max_tries=_TRIES
    )
    judgements = [judged(match.number, policy, blocked) for match in found]
    return tuple(dict.fromkeys(verdict for verdict in judgements if _worth_showing(verdict)))


def proposals(
    entries: Iterable[Entry], policy: DialPolicy, blocked: Callable[[str], bool] = nobody_is_blocked
) -> tuple[Proposal, ...]:
    """The numbers in a customer's own public lines, newest line first, each number once."""
    seen: set[str] = set()
    found = []
    for entry in sorted(entries, key=lambda entry: entry.key, reverse=True):
        if not entry.from_customer or entry.withdrawn:
            continue
        for verdict in verdicts_in(entry.body, policy, blocked):
            if verdict.shown not in seen:
                seen.add(verdict.shown)
                found.append(Proposal(entry, verdict))
    return tuple(found)


def same_number(one: Number, other: Number) -> bool:
    """Whether two numbers ring the same telephone."""
    return (one.e164, one.extension) == (other.e164, other.extension)


def _worth_showing(verdict: Verdict) -> bool:
    return verdict.decision is not Decision.REFUSE or verdict.why is Why.DO_NOT_CALL
