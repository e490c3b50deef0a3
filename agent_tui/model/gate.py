"""What the gate for snippets may say, and what an admin may decide about it."""

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """What becomes of a message about which there is something to say."""

    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """What the admin decided. Withdrawn and internal consent, names beyond it and empty fields are not for deciding."""

    expired: Verdict = Verdict.REFUSE
    incomplete_source: Verdict = Verdict.REFUSE
    unchecked: Verdict = Verdict.WARN
    changed_quotation: Verdict = Verdict.REFUSE
    copied: Verdict = Verdict.REFUSE
    """A known testimonial's words, typed or copied, that may not go out."""
