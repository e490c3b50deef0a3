"""Where a snippet comes from and how fresh it is, in words for the agent."""

from datetime import date

from agent_tui.core.library.wording import day_in
from agent_tui.model.snippet import AnySnippet, Canned, Consent, NamedAs, Scope, Source, Testimonial

_NAMED = {NamedAs.FULL: "by name", NamedAs.ROLE: "by role only", NamedAs.ANONYMOUS: "anonymously"}

_YEARS = 2 * 365
"""From so many days on they are counted in years."""


def provenance(snippet: AnySnippet) -> str:
    """Who says it, where, and who may hear it."""
    match snippet:
        case Canned():
            return "Our own words."
        case Testimonial():
            speaker = snippet.speaker
            who = ", ".join(part for part in (speaker.name, speaker.role, speaker.company) if part) or "nobody named"
            return f"Said by {who}. {consent_in_words(snippet.consent)}"
        case Source():
            published = f", {day_in(snippet.published_on, 'en')}" if snippet.published_on else ", no date"
            second = f" Second-hand: {snippet.second_hand}." if snippet.second_hand else ""
            return f"{snippet.publisher or 'No publisher'}{published}, {snippet.url or 'no link'}.{second}"


def consent_in_words(consent: Consent) -> str:
    """What was agreed to, until when."""
    if consent.withdrawn_on:
        return f"Consent was withdrawn on {day_in(consent.withdrawn_on, 'en')}."
    if consent.scope is Scope.INTERNAL:
        return "For the team only: customers may not see it."
    if consent.given_on is None:
        return "No date of consent is recorded."
    until = f" until {day_in(consent.expires_on, 'en')}" if consent.expires_on else ""
    return f"May be shown {_NAMED[consent.named_as]}{until}, agreed on {day_in(consent.given_on, 'en')}."


def freshness(snippet: AnySnippet, today: date) -> str:
    """When somebody last looked whether it still holds; empty for our own words that nobody has to check."""
    due = snippet.check_due()
    if snippet.checked_on is None or due is None:
        return "" if isinstance(snippet, Canned) else "Never checked."
    days = max((today - snippet.checked_on).days, 0)
    ago = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago" if days < _YEARS else f"{days // 365} years ago")
    by = f" by {snippet.checked_by}" if snippet.checked_by else ""
    overdue = f", due again since {day_in(due, 'en')}" if today > due else ""
    return f"Checked {ago}{by}{overdue}."
