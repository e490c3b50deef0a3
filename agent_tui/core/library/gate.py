"""The gate for snippets: at the moment of sending, not of inserting. A refusal is a sentence for the agent."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

from agent_tui.core.library.filling import fields_of, unfilled_in
from agent_tui.core.library.quotations import RUN, Quotations, changed_quotation, holds, place_of
from agent_tui.core.library.wording import TONGUES, day_in, disclosures
from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.snippet import AnySnippet, Canned, NamedAs, Scope, Source, Testimonial


class Choice(StrEnum):
    """What its author can do about a finding, beside writing it anew; `core.library.mending` does it."""

    RESTORE = "restore"
    """The words, or the figure, as they are in the library."""
    DROP = "drop"
    """The quotation marks and the name, or the source: what is left is the agent's own."""


CHANGED: Final = (Choice.RESTORE, Choice.DROP)


class Finding(Struct, frozen=True):
    """Something to say about a message. `start` and `end`: where in it, in code points; both 0: the whole."""

    rule: str
    verdict: Verdict
    sentence: str
    snippet: str = ""
    start: int = 0
    end: int = 0
    choices: tuple[Choice, ...] = ()


class Inserted(Struct, frozen=True):
    """A snippet that was put into the message, as it is now."""

    snippet: AnySnippet
    language: str


class Used(Struct, frozen=True):
    """A snippet that is in the message. `recognised`: nobody put it in, its words are there."""

    snippet: AnySnippet
    language: str
    recognised: bool = False


class Passage(Struct, frozen=True):
    """What the gate says: the findings, and the text with the disclosure lines that have to stand in it."""

    findings: tuple[Finding, ...]
    body: str
    used: tuple[Used, ...] = ()
    added: tuple[str, ...] = ()
    """The disclosure lines that were not in it."""

    @property
    def refusal(self) -> str:
        """The first sentence that stops it; "" where it may go."""
        return next((found.sentence for found in self.findings if found.verdict is Verdict.REFUSE), "")

    @property
    def warning(self) -> str:
        """What its author has to read first, where nothing stops it; "" where there is nothing."""
        return "" if self.refusal else " ".join(found.sentence for found in self.findings)


Rule = Callable[[AnySnippet, Policy, date], tuple[Verdict, str]]
"""What speaks against using a snippet now; a sentence that is empty says nothing."""
_NOTHING: Final = (Verdict.ALLOW, "")


def _withdrawn(snippet: AnySnippet, _: Policy, __: date) -> tuple[Verdict, str]:
    if not isinstance(snippet, Testimonial) or snippet.consent.withdrawn_on is None:
        return _NOTHING
    day = day_in(snippet.consent.withdrawn_on, "en")
    return Verdict.REFUSE, f"“{snippet.title}” can't be sent: its speaker withdrew consent on {day}. Take it out."


def _internal(snippet: AnySnippet, _: Policy, __: date) -> tuple[Verdict, str]:
    if not isinstance(snippet, Testimonial) or snippet.consent.scope is Scope.EXTERNAL:
        return _NOTHING
    return Verdict.REFUSE, f"“{snippet.title}” is for the team only: its speaker did not agree to more. Take it out."


def _undated_consent(snippet: AnySnippet, _: Policy, __: date) -> tuple[Verdict, str]:
    if not isinstance(snippet, Testimonial) or snippet.consent.given_on or snippet.consent.scope is Scope.INTERNAL:
        return _NOTHING
    return (
        Verdict.REFUSE,
        f"“{snippet.title}” can't be sent: no date of consent is recorded. Record it, or take it out.",
    )


def _expired(snippet: AnySnippet, policy: Policy, today: date) -> tuple[Verdict, str]:
    expires = snippet.consent.expires_on if isinstance(snippet, Testimonial) else None
    if expires is None or today <= expires:
        return _NOTHING
    day = day_in(expires, "en")
    return policy.expired, f"“{snippet.title}” can't be sent: its consent ended on {day}. Ask again, or take it out."


def _incomplete(snippet: AnySnippet, policy: Policy, _: date) -> tuple[Verdict, str]:
    if not isinstance(snippet, Source) or (snippet.url and snippet.published_on and snippet.publisher):
        return _NOTHING
    lacks = {"publisher": snippet.publisher, "link": snippet.url, "date": snippet.published_on}
    missing = " and no ".join(name for name, value in lacks.items() if not value)
    second = " It is second-hand." if snippet.second_hand else ""
    sentence = f"“{snippet.title}” can't be sent: it has no {missing}.{second} Add what is missing, or take it out."
    return policy.incomplete_source, sentence


def _unchecked(snippet: AnySnippet, policy: Policy, today: date) -> tuple[Verdict, str]:
    if isinstance(snippet, Canned) and snippet.checked_on is None:
        return _NOTHING
    due = snippet.check_due()
    if due is None:
        return policy.unchecked, f"Nobody ever checked “{snippet.title}”: look at it before you rely on it."
    if today <= due:
        return _NOTHING
    return policy.unchecked, f"“{snippet.title}” was to be checked again by {day_in(due, 'en')}: look at it first."


RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("withdrawn", _withdrawn),
    ("internal", _internal),
    ("undated consent", _undated_consent),
    ("expired", _expired),
    ("incomplete source", _incomplete),
    ("unchecked", _unchecked),
)


def snippet_findings(snippet: AnySnippet, policy: Policy, today: date) -> tuple[Finding, ...]:
    """What speaks against sending this snippet to a customer now, whatever the message."""
    found = ((name, *rule(snippet, policy, today)) for name, rule in RULES)
    return tuple(Finding(name, verdict, said, snippet.id) for name, verdict, said in found if verdict is not _ALLOW)


def pass_gate(
    body: str,
    inserted: Iterable[Inserted],
    known: Quotations,
    policy: Policy,
    today: date,
    language: str = "en",
    as_now: Callable[[Testimonial], Testimonial] = lambda testimonial: testimonial,
) -> Passage:
    """The gate. `language`: the customer's, for disclosure lines beside recognised testimonials.

    `as_now`: a testimonial that `known` recognised as it is now; consent may have been withdrawn since it was read.
    """
    inserted = tuple(inserted)
    findings = list(_unfilled(body, inserted))
    used: dict[str, Used] = {}
    for each in inserted:
        if _is_in(body, each.snippet, each.language):
            used[each.snippet.id] = Used(each.snippet, each.language)
            findings += _changes(body, each.snippet, each.language, policy)
            findings += _named_beyond(body, each.snippet, each.language)
            findings += snippet_findings(each.snippet, policy, today)
    for heard in known.heard_in(body):
        if heard.testimonial.id not in used:
            testimonial = as_now(heard.testimonial)
            used[testimonial.id] = Used(testimonial, language, recognised=True)
            findings += _changes(body, testimonial, heard.language, policy)
            findings += _named_beyond(body, testimonial, heard.language)
            findings += _copied(testimonial, policy, today)
    lines = _missing_disclosures(body, used.values())
    return Passage(
        tuple(found for found in findings if found.verdict is not _ALLOW),
        "\n".join([body, *lines]),
        tuple(used.values()),
        tuple(lines),
    )


_ALLOW: Final = Verdict.ALLOW


def _unfilled(body: str, inserted: Iterable[Inserted]) -> Iterator[Finding]:
    """Fields that something fills, or that a snippet brought along. Other braces are the author's own."""
    brought = {name for each in inserted for wording in each.snippet.texts for name in fields_of(wording.text)}
    for field in unfilled_in(body):
        if field.surely or field.name in brought:
            named = body[field.start : field.end][:44]
            sentence = f"Nothing is known for {named}: write it yourself, or take the field out."
            yield Finding("unfilled field", Verdict.REFUSE, sentence, start=field.start, end=field.end)


def _is_in(body: str, snippet: AnySnippet, language: str) -> bool:
    """Whether anything of an inserted snippet is left: its words, changed ones, its link or its figure's publisher."""
    text = snippet.text_in(language).text
    match snippet:
        case Canned():
            return True  # its fields were filled and it may be worded anew: whoever says that it is in, says it is used
        case Testimonial():
            return _speaks(body, snippet, text) or _names(body, snippet)
        case Source():
            return holds(body, text) or (bool(snippet.url) and snippet.url in body) or _cites(body, snippet)


def _speaks(body: str, snippet: Testimonial, text: str) -> bool:
    heard = Quotations([snippet]).heard_in(body)
    return bool(heard) or holds(body, text) or changed_quotation(body, snippet, text) is not None


def _names(body: str, snippet: Testimonial) -> bool:
    return any(name and holds(body, name) for name in (snippet.speaker.name, snippet.speaker.company))


def _cites(body: str, snippet: Source) -> bool:
    return bool(snippet.publisher) and holds(body, snippet.publisher)


def _changes(body: str, snippet: AnySnippet, language: str, policy: Policy) -> Iterator[Finding]:
    text = snippet.text_in(language).text
    verdict = policy.changed_quotation
    if isinstance(snippet, Testimonial):
        where = changed_quotation(body, snippet, text)
        if where is not None:
            sentence = (
                f"The words of “{snippet.title}” were changed: restore them, or take out the quotation marks and the"
                " name."
            )
            yield Finding("changed quotation", verdict, sentence, snippet.id, *where, choices=CHANGED)
    if isinstance(snippet, Source) and snippet.figure and snippet.figure in text and snippet.figure not in body:
        sentence = (
            f"“{snippet.title}” says {snippet.figure}, your text does not: restore the figure, or drop the source."
        )
        yield Finding("changed figure", verdict, sentence, snippet.id, choices=CHANGED)


def _named_beyond(body: str, snippet: AnySnippet, language: str) -> Iterator[Finding]:
    """A testimonial's words beside a name that its speaker did not agree to."""
    if not isinstance(snippet, Testimonial) or snippet.consent.named_as is NamedAs.FULL:
        return
    text, speaker = snippet.text_in(language).text, snippet.speaker
    by_role = snippet.consent.named_as is NamedAs.ROLE
    for name in (speaker.name,) if by_role else (speaker.name, speaker.company):
        # a name that the exact words have in them was agreed to with them
        where = place_of(body, name) if name and not holds(text, name) and _speaks(body, snippet, text) else None
        if where is not None:
            agreed = "by role only" if by_role else "without any name"
            sentence = f"“{snippet.title}” may be shown {agreed}: take out “{name}”."
            yield Finding("named beyond consent", Verdict.REFUSE, sentence, snippet.id, *where)


def _copied(testimonial: Testimonial, policy: Policy, today: date) -> Iterator[Finding]:
    for found in snippet_findings(testimonial, policy, today):
        verdict = min(found.verdict, policy.copied, key=list(Verdict).index)
        sentence = f"{RUN} or more words in a row are a testimonial's. {found.sentence}"
        yield Finding(found.rule, verdict, sentence, testimonial.id)


def _missing_disclosures(body: str, used: Iterable[Used]) -> list[str]:
    """The lines that are not there, in whatever language."""
    missing: list[str] = []
    for each in used:
        if isinstance(each.snippet, Testimonial):
            wanted = disclosures(each.snippet, each.snippet.text_in(each.language).language)
            in_all = zip(*(disclosures(each.snippet, language) for language in TONGUES), strict=True)
            for line, said in zip(wanted, in_all, strict=True):
                if not any(holds(body, one) for one in said):
                    missing.append(line)
    return list(dict.fromkeys(missing))
