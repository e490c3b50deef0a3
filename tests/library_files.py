"""Library files for tests: records with only what a test is about, and the library that search is measured by."""

from datetime import date
from pathlib import Path
from typing import Final

from agent_tui.model.snippet import Canned, Consent, NamedAs, Scope, Source, Speaker, Testimonial, Wording
from agent_tui.model.text import SafeText, clean

TODAY: Final = date(2026, 11, 22)
SEARCH_LIBRARY: Final = Path(__file__).with_name("data") / "search-library.toml"
SEARCH_QUERIES: Final = Path(__file__).with_name("data") / "search-queries.toml"
QUOTE: Final = "We get two whole days back every month, and that is more than the subscription costs us in a year."


def said_by_umbra(consent: Consent | None = None, relationship: str = "", typical: bool = True) -> Testimonial:
    """Somebody of Umbra said QUOTE, and agreed to be named, unless told otherwise."""
    agreed = Consent(Scope.EXTERNAL, NamedAs.FULL, date(2026, 3, 2), clean("a signed form"))
    return Testimonial(
        id="umbra-days",
        revision=3,
        title=SafeText("Umbra: two days a month back"),
        texts=(Wording("en", SafeText(QUOTE)),),
        speaker=Speaker(SafeText("Mira Okafor"), SafeText("head of support"), SafeText("Umbra")),
        consent=consent or agreed,
        relationship=clean(relationship),
        typical=typical,
        checked_on=date(2026, 11, 1),
    )


def source(url: str = "https://example.org/chat", published_on: date | None = date(2025, 5, 1)) -> Source:
    """A study with a figure."""
    return Source(
        id="tno-first-reply",
        revision=1,
        title=SafeText("TNO: first reply"),
        texts=(
            Wording("en", SafeText("41% leave when the first answer takes over a minute.")),
            Wording("nl", SafeText("41% haakt af als het eerste antwoord meer dan een minuut duurt.")),
        ),
        figure=SafeText("41%"),
        publisher=SafeText("TNO"),
        url=clean(url),
        published_on=published_on,
        checked_on=date(2026, 11, 1),
    )


def canned(text: str, identifier: str = "greet") -> Canned:
    """A reply kept ready."""
    return Canned(id=identifier, revision=1, title=clean(text, limit=60), texts=(Wording("en", clean(text)),))
