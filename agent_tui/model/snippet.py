"""Snippets: text kept ready. Canned replies, testimonials and sources, with who said it, who agreed and who checked."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agent_tui.model.text import SafeText
from agent_tui.model.words import Stage

NOTHING: Final = SafeText("")
LANGUAGES: Final = ("en", "nl")
"""The languages that search, dates and disclosure lines know; a snippet may be in any."""
DEFAULT_CHECK_DAYS: Final = 180


class SnippetKind(StrEnum):
    """What a snippet is; its table's name in a library file."""

    CANNED = "canned"
    TESTIMONIAL = "testimonial"
    SOURCE = "source"


class Layer(StrEnum):
    """Where a snippet is kept. In order: the nearer hides the farther."""

    PERSONAL = "personal"
    TEAM = "team"
    COMPANY = "company"
    STARTER = "starter"


class Scope(StrEnum):
    """Who may see a testimonial."""

    EXTERNAL = "external"
    INTERNAL = "internal"


class NamedAs(StrEnum):
    """How far the speaker agreed to be named."""

    FULL = "full"
    ROLE = "role"
    ANONYMOUS = "anonymous"


class Wording(Struct, frozen=True, gc=False):
    """A text in one language (a two-letter code, ISO 639-1)."""

    language: str
    text: SafeText


class Speaker(Struct, frozen=True, gc=False):
    """Who said a testimonial."""

    name: SafeText = NOTHING
    role: SafeText = NOTHING
    company: SafeText = NOTHING


class Consent(Struct, frozen=True):
    """What the speaker agreed to. `evidence`: where that can be seen."""

    scope: Scope = Scope.INTERNAL
    named_as: NamedAs = NamedAs.ANONYMOUS
    given_on: date | None = None
    evidence: SafeText = NOTHING
    expires_on: date | None = None
    withdrawn_on: date | None = None


class Snippet(Struct, frozen=True, kw_only=True):
    """What all kinds have. `texts` holds at least one wording; the first is the original."""

    id: str
    """Kebab-case, never reused."""
    revision: int
    title: SafeText
    texts: tuple[Wording, ...]
    stages: tuple[Stage, ...] = ()
    """Where it helps; none: everywhere."""
    products: tuple[SafeText, ...] = ()
    objections: tuple[SafeText, ...] = ()
    """What a customer says when this is the answer, in the customer's words."""
    tags: tuple[SafeText, ...] = ()
    checked_on: date | None = None
    checked_by: SafeText = NOTHING
    check_every_days: int = DEFAULT_CHECK_DAYS

    @property
    def kind(self) -> SnippetKind:
        """Which of the three it is."""
        raise NotImplementedError

    def text_in(self, language: str) -> Wording:
        """The wording in this language, else the original."""
        return next((wording for wording in self.texts if wording.language == language), self.texts[0])

    def check_due(self) -> date | None:
        """The last day on which its check is fresh; None where nobody ever checked it."""
        return self.checked_on + timedelta(days=self.check_every_days) if self.checked_on else None


class Canned(Snippet, frozen=True, kw_only=True, tag="canned"):
    """A reply kept ready."""

    @property
    def kind(self) -> SnippetKind:
        return SnippetKind.CANNED


class Testimonial(Snippet, frozen=True, kw_only=True, tag="testimonial"):
    """A customer's exact words. What isn't in the original's language is a translation where `translated` says so."""

    speaker: Speaker = Speaker()
    consent: Consent = Consent()
    translated: tuple[str, ...] = ()
    relationship: SafeText = NOTHING
    """Paid, partner, employee …: adds the disclosure line (16 CFR 255.5)."""
    typical: bool = True
    """False: the result is not what most get, which has to be said (16 CFR 255.2)."""
    proof: SafeText = NOTHING

    @property
    def kind(self) -> SnippetKind:
        return SnippetKind.TESTIMONIAL


def without_consent(snippet: "AnySnippet", since: date) -> "AnySnippet":
    """The same, its consent withdrawn; one that was withdrawn earlier stays so since then."""
    if not isinstance(snippet, Testimonial) or snippet.consent.withdrawn_on:
        return snippet
    return replace(snippet, consent=replace(snippet.consent, withdrawn_on=since))


class Source(Snippet, frozen=True, kw_only=True, tag="source"):
    """What a publisher says, with where and when."""

    figure: SafeText = NOTHING
    """As it is written in the source; `check` looks for it there."""
    publisher: SafeText = NOTHING
    work: SafeText = NOTHING
    url: SafeText = NOTHING
    published_on: date | None = None
    second_hand: SafeText = NOTHING
    """Where we have it from, when not from the publisher."""

    @property
    def kind(self) -> SnippetKind:
        return SnippetKind.SOURCE


AnySnippet = Canned | Testimonial | Source
"""For decoding: the tag says which."""


class Place(Struct, frozen=True, gc=False):
    """Where a snippet is written: `line` counts from 1."""

    file: str
    line: int


class Placed(Struct, frozen=True):
    """A snippet, and the line of the file that has it."""

    snippet: AnySnippet
    place: Place


class Problem(Struct, frozen=True, gc=False):
    """Something in a file that did not load; the rest did. `sentence` says file, line, what and what to do."""

    place: Place
    sentence: str
