"""The table `[phone]` of the desk's settings: the rules of calling, and the ways to call."""

from typing import Any, Literal

from msgspec import Struct

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS


class PhoneSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How customers are called. Without a `region` there is no telephone."""

    region: str = ""
    """Where the company is (two letters, `NL`): numbers without a country code belong there."""
    chain: tuple[str, ...] = ("handover", "queue")
    """The ways to call, the first one proposed first: `asterisk`, `twilio`, `handover`; `queue` allows callbacks."""
    company: str = ""
    """Who calls, in what customers read; empty: the desk's name."""
    caller_id: str = ""
    """The company's number, which customers see and can call back: `+31201234567`."""
    countries: tuple[str, ...] = ()
    """Calling codes that may be dialled, with their regions where not all may: `["31", "1:US,CA"]`; none: the own."""
    consent: Literal["ask", "warn"] = "ask"
    """Where a customer did not ask to be called: `ask` them in the chat first, or `warn` and let the agent say so."""
    start: Literal["countdown", "confirm"] = "countdown"
    """`countdown` calls after one press of the key, `confirm` only after the second."""
    countdown_ms: int = 5_000
    """How long it can be undone."""
    hours: Literal["usual", "always"] = "usual"
    """Calls nobody asked for: at the `usual` hours of the customer's country, by their clock, or `always`."""
    language: Literal["en", "nl"] = "en"
    """Of what customers read, where their own is not known or not spoken here."""
    form: Literal["u", "je"] = "u"
    """How Dutch texts address a customer."""
    texts: str = ""
    """A file with texts of one's own in place of those that come with the program."""
    calls_per_number_a_day: int = 3
    """Against toll fraud, as the next two. An admin can pass it, which is written down."""
    calls_per_conversation: int = 3
    """An admin can pass it, which is written down."""
    calls_per_agent_an_hour: int = 30
    """Nobody can pass it."""
    ring_agent_s: int = 20
    """How long the agent's telephone rings."""
    ring_customer_s: int = 30
    """Many voicemails start after 20 to 30 seconds."""
    setup_s: int = 75
    """From the first ring to both talking, at most."""
    longest_s: int = 3_600
    """The longest call; then it is hung up."""
    undo_keeps_ms: int = _MINUTE_MS
    """A call that was asked for and not started in this time is cancelled."""
    lease_ms: int = 2 * _MINUTE_MS
    """Whoever claims a callback keeps it this long without a sign of life."""
    reported_ms: int = 8 * _HOUR_MS
    """How long a call from an agent's own telephone waits for its agent to say how it went."""
    attempts: int = 3
    """Of a callback."""
    spacing_ms: tuple[int, ...] = (15 * _MINUTE_MS, 2 * _HOUR_MS, _DAY_MS)
    """Between the attempts, moved into calling hours."""
    plan_ahead_ms: int = 30 * _DAY_MS
    """How far ahead a callback can be planned."""
    retention_ms: int = 90 * _DAY_MS
    """After this time the number of a call is deleted; the audit keeps its last four digits and a keyed hash."""
    recording: bool = False
    """Whether the telephone exchange records: then customers are told before. This program records nothing."""
    recording_purpose: str = ""
    """Why, in the words that customers read."""
    providers: dict[str, dict[str, Any]] = {}
    """A table for each provider, `[phone.providers.asterisk]`; its secret is never here (docs/phone.md)."""
