"""The gate before the outbox: checks of a message that is about to be sent. A refusal is a sentence for its author."""

from collections.abc import Callable

from msgspec import Struct

from agent_tui.model.conversation import Conversation
from agent_tui.model.words import EntryKind
from agent_tui.ports.events import TextLimits


class Attempt(Struct, frozen=True):
    """What somebody wants to send, and where; `conversation` None: it is not known here."""

    kind: EntryKind
    body: str
    conversation: Conversation | None
    limits: TextLimits


Check = Callable[[Attempt], str]
"""A sentence that refuses, or ""."""


def _nobody_named(attempt: Attempt) -> str:
    return "" if attempt.conversation else "Nobody is named to send this to: open a chat first. Your text is kept."


def _empty(attempt: Attempt) -> str:
    return "" if attempt.body.strip() else "There is nothing to send yet: write a line first."


def _too_long(attempt: Attempt) -> str:
    limit, length = attempt.limits.code_points, len(attempt.body)
    if length > limit:
        return f"This is {length - limit:,} characters too long (at most {limit:,}): shorten it or send it in parts."
    excess = len(attempt.body.encode(errors="surrogatepass")) - attempt.limits.utf8_bytes
    if excess > 0:
        return f"This is {excess:,} bytes too long (at most {attempt.limits.utf8_bytes:,}): send it in parts."
    return ""


def _not_text(attempt: Attempt) -> str:
    if attempt.body.isascii():
        return ""
    broken = any("\ud800" <= character <= "\udfff" for character in attempt.body)
    return "This holds half a character that can't be sent: delete it and type it again." if broken else ""


CHECKS: tuple[Check, ...] = (_nobody_named, _empty, _too_long, _not_text)


def refusal(attempt: Attempt, checks: tuple[Check, ...] = CHECKS) -> str:
    """The first sentence that speaks against it; "" where it may go."""
    return next((sentence for check in checks if (sentence := check(attempt))), "")
