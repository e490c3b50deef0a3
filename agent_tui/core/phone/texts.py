"""What customers read about a call, in their language. The words are a file's; here they are checked and filled."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from random import Random
from typing import Final, Literal

from msgspec import Struct

from agent_tui.core.library.wording import tongue
from agent_tui.model.text import SafeText, clean

Form = Literal["u", "je"]
"""How Dutch addresses a customer."""
FALLBACK: Final = "en"
LONGEST: Final = 600
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_BRACE: Final = re.compile(r"[{}]")
_TODAY: Final = {"en": ("today", "tomorrow"), "nl": ("vandaag", "morgen")}
_WEEKDAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
}


class TextKey(StrEnum):
    """One for each thing a customer is told, as the file has it."""

    ASK_NUMBER = "ask_number"
    ASK = "ask"
    CALLING = "calling"
    CALLING_UNKNOWN = "calling_unknown"
    """Where nobody can promise which number will show."""
    RECORDED = "recorded"
    NOT_REACHED = "not_reached"
    OUR_SIDE = "our_side"
    THANKS = "thanks"
    SCHEDULED = "scheduled"
    SCHEDULED_UNKNOWN = "scheduled_unknown"
    NOT_AGAIN = "not_again"


class Filling(Struct, frozen=True):
    """What a text may be filled with, and which of it it can't do without."""

    may: frozenset[str] = frozenset({"agent", "company"})
    must: frozenset[str] = frozenset()


def _needs(*must: str, may: tuple[str, ...] = ("agent", "company")) -> Filling:
    return Filling(frozenset((*must, *may)), frozenset(must))


FILLINGS: Final[Mapping[TextKey, Filling]] = {
    TextKey.ASK_NUMBER: Filling(),
    TextKey.ASK: _needs("last4"),
    TextKey.CALLING: _needs("number", "code"),
    TextKey.CALLING_UNKNOWN: _needs("code"),
    TextKey.RECORDED: _needs("purpose"),
    TextKey.NOT_REACHED: Filling(),
    TextKey.OUR_SIDE: Filling(),
    TextKey.THANKS: Filling(),
    TextKey.SCHEDULED: _needs("day", "from", "to", "number"),
    TextKey.SCHEDULED_UNKNOWN: _needs("day", "from", "to"),
    TextKey.NOT_AGAIN: Filling(),
}


class BadText(ValueError):
    """A text that can't be used; the text of the error says what to write."""


class Texts:
    """All of them, by language and form; a form that lacks one has the language's own."""

    def __init__(self, table: Mapping[tuple[str, str], Mapping[TextKey, SafeText]], default: str = FALLBACK) -> None:
        self._table = table
        self._default = default

    @property
    def languages(self) -> frozenset[str]:
        """Those that customers are written to in."""
        return frozenset(language for language, form in self._table if not form)

    def say(self, key: TextKey, language: str, form: Form = "u", **values: str) -> SafeText:
        """The text in the customer's language (`nl`, `nl-BE`), else the default one. Values are never parsed."""
        spoken = language.partition("-")[0].lower()
        spoken = spoken if spoken in self.languages else self._default
        text = self._table.get((spoken, form), {}).get(key) or self._table[spoken, ""][key]
        return clean(_PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text))


def checked_text(key: TextKey, text: str) -> SafeText:
    """A text as it may be used. Raises `BadText`."""
    filling = FILLINGS[key]
    used = set(_PLACEHOLDER.findall(text))
    if not text.strip():
        raise BadText("it is empty.")
    if len(text) > LONGEST:
        raise BadText(f"it has {len(text)} characters; the limit is {LONGEST}.")
    if unknown := used - filling.may:
        wrong = sorted(unknown)[0]
        raise BadText(f"there is no `{{{wrong}}}` to put in. There are: {_listed(filling.may)}.")
    if missing := filling.must - used:
        raise BadText(f"it has to say {_listed(missing)}.")
    if _BRACE.search(_PLACEHOLDER.sub("", text)):
        raise BadText("a brace stands alone.")
    return clean(text)


def day_in(language: str, day: date, today: date) -> str:
    """How a customer is told a day: `today`, `tomorrow`, else with its name and date (`maandag 23 november`)."""
    spoken = language.partition("-")[0].lower()
    spoken = spoken if spoken in _WEEKDAYS else FALLBACK
    ahead = (day - today).days
    if 0 <= ahead < len(_TODAY[spoken]):
        return _TODAY[spoken][ahead]
    return f"{_WEEKDAYS[spoken][day.weekday()]} {day.day} {tongue(spoken).months[day.month - 1]}"


def new_code(random: Random) -> str:
    """Four digits by which a customer knows that the caller is who wrote in the chat."""
    return f"{random.randrange(10_000):04d}"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{{{name}}}`" for name in sorted(names))
