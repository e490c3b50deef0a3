"""How a snippet is written when it goes out: dates, names and disclosure lines in the customer's language."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from agent_tui.model.snippet import AnySnippet, Canned, NamedAs, Source, Testimonial


class Tongue(Struct, frozen=True):
    """The words of one language."""

    months: tuple[str, ...]
    open_quote: str
    close_quote: str
    translated: str
    a_customer: str
    at_company: str
    disclosure: str
    not_typical: str


TONGUES: Final[Mapping[str, Tongue]] = {
    "en": Tongue(
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        open_quote="“",
        close_quote="”",
        translated="translated",
        a_customer="a customer of ours",
        at_company="{role} at {company}",
        disclosure="To be open about it: {relationship}.",
        not_typical="Not everybody gets this result.",
    ),
    "nl": Tongue(
        months=(
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ),
        open_quote="“",
        close_quote="”",
        translated="vertaald",
        a_customer="een klant van ons",
        at_company="{role} bij {company}",
        disclosure="Voor de volledigheid: {relationship}.",
        not_typical="Niet iedereen haalt dit resultaat.",
    ),
}
DEFAULT_TONGUE: Final = "en"


def tongue(language: str) -> Tongue:
    """The words of this language; English where we have none."""
    return TONGUES.get(language, TONGUES[DEFAULT_TONGUE])


def day_in(day: date, language: str) -> str:
    """`1 May 2025`, `1 mei 2025`."""
    return f"{day.day} {tongue(language).months[day.month - 1]} {day.year}"


def as_sent(snippet: AnySnippet, language: str) -> str:
    """The text that goes into the composer. Its fields are not filled yet."""
    wording = snippet.text_in(language)
    match snippet:
        case Canned():
            return wording.text
        case Testimonial():
            words = tongue(wording.language)
            translated = f" ({words.translated})" if wording.language in snippet.translated else ""
            said = f"{words.open_quote}{wording.text}{words.close_quote}{translated}"
            lines = [f"{said} — {speaker_in_words(snippet, wording.language)}"]
            return "\n".join([*lines, *disclosures(snippet, wording.language)])
        case Source():
            return f"{wording.text} ({source_in_words(snippet, wording.language)})"


def speaker_in_words(snippet: Testimonial, language: str) -> str:
    """Who said it, as far as the consent allows."""
    words, speaker = tongue(language), snippet.speaker
    role = (
        words.at_company.format(role=speaker.role, company=speaker.company)
        if speaker.role and speaker.company
        else speaker.role or speaker.company
    )
    match snippet.consent.named_as:
        case NamedAs.FULL:
            return ", ".join(part for part in (speaker.name, role) if part) or words.a_customer
        case NamedAs.ROLE:
            return role or words.a_customer
        case NamedAs.ANONYMOUS:
            return words.a_customer


def source_in_words(snippet: Source, language: str) -> str:
    """Publisher, work, date and link; what is not known is left out."""
    published = day_in(snippet.published_on, language) if snippet.published_on else ""
    parts: tuple[str, ...] = (snippet.publisher, snippet.work, published, snippet.url)
    return ", ".join(part for part in parts if part)


def disclosures(snippet: Testimonial, language: str) -> tuple[str, ...]:
    """The lines that have to stand beside it (16 CFR 255.2 and 255.5)."""
    words = tongue(language)
    lines = []
    if snippet.relationship:
        lines.append(words.disclosure.format(relationship=snippet.relationship.rstrip(".")))
    if not snippet.typical:
        lines.append(words.not_typical)
    return tuple(lines)
