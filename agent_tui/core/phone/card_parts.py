"""What a call card is made of: what is known, what the agent did with it, and rows and keys that are shown."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct

from agent_tui.model.call import BasisKind, Call, LineKind, Number
from agent_tui.model.people import NOTHING
from agent_tui.model.telephone import CallChecks, CallWay
from agent_tui.model.text import SafeText, clean


class Tone(StrEnum):
    """How a row is meant; the words say it too, for a screen without colours."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    CUSTOMER = "customer"


class Does(StrEnum):
    """What a key of the card asks for."""

    LEAVE = "put the card away"
    COUNT = "start the countdown"
    CALL_NOW = "call now"
    UNDO = "undo the countdown"
    CHOOSE = "this number"
    NEXT = "point at the next number"
    TYPE = "type a number"
    ASK = "ask the customer"
    GO_ON = "looked at it: go on"
    CHECK_AGAIN = "check again"
    SCHEDULE = "plan the call for their next hours"
    QUEUE = "queue a callback"
    HAND_OVER = "hand over to the own phone"
    GO_TO_CALL = "show the chat of the call"
    CANCEL = "stop the call"
    HANG_UP = "hang up"
    SPOKE = "we spoke"
    NO_ANSWER = "no answer"
    WRONG_NUMBER = "wrong number"
    VOICEMAIL = "voicemail"
    NOT_CALLED = "not called"
    NOTE = "write a note about the call"
    WRITE = "back to writing"
    NEVER = "never call this number again"


class CardKey(NamedTuple):
    """One key of the card. Letters and digits count only while the card has the focus."""

    key: str
    words: str
    """Empty: it acts, and isn't listed."""
    does: Does
    at: int = 0
    """Which of the numbers, for `CHOOSE`."""


class Row(NamedTuple):
    """One row of the card."""

    text: SafeText
    tone: Tone = Tone.PLAIN
    here: bool | None = None
    """Of a list to choose from: whether Enter means this one. None: not of a list."""
    number: Number | None = None
    """Painted before the text, as a link that dials it where the terminal has such."""


class Candidate(Struct, frozen=True):
    """A number that could be called: as people write it, and where it was found."""

    number: str
    """What the desk is asked about: E.164, or what was typed."""
    shown: SafeText
    source: SafeText
    """`profile, typed by customer`, or the customer's line."""


class Known(Struct, frozen=True, kw_only=True):
    """What the card goes by, as of now."""

    name: SafeText
    now_ms: int
    phone_key: str = "F9"
    """The key that opened the card, as people read it."""
    packet_key: str = ""
    """Shows what to know before the call; empty: no key does."""
    others_key: str = ""
    """Offers a line for those who wait meanwhile; empty: no key does."""
    others_wait: int = 0
    """How many of this agent's other chats wait."""
    owner: SafeText = NOTHING
    """The colleague who has this chat; empty: nobody else has."""
    numbers: tuple[Candidate, ...] | None = None
    """None: they are still being looked for."""
    checks: CallChecks | None = None
    """Of the number that is meant; None: not answered yet."""
    ways: tuple[CallWay, ...] = ()
    countdown_ms: int | None = 5_000
    """None: the second press calls, not the clock."""
    connected: bool = True
    call: Call | None = None
    """Of this chat: open, or ended and not put away."""
    mine: bool = True
    """`call` is this agent's."""
    elsewhere: Call | None = None
    """This agent's open call in another chat."""
    elsewhere_name: SafeText = NOTHING
    handed: SafeText = NOTHING
    """What failed while a number was handed over."""
    last_lines: tuple[SafeText, ...] = ()
    """The customer's newest ones."""

    def way(self, hand: "Hand") -> CallWay | None:
        """The way to call: the one that was chosen, else the first of the chain."""
        named = [way for way in self.ways if way.name == hand.way]
        return next(iter(named or self.ways), None)

    def hand_over(self) -> CallWay | None:
        """A way by the agent's own telephone."""
        return next((way for way in self.ways if not way.tracked), None)


class Hand(Struct, frozen=True, kw_only=True):
    """What the agent did with this card."""

    chosen: str = ""
    """The number that was chosen or typed."""
    at: int = 0
    """Which number is pointed at."""
    passed: frozenset[str] = frozenset()
    """Codes of the stops that were looked at and passed."""
    way: str = ""
    """The way that was chosen instead of the chain's first."""
    counting_ms: int | None = None
    """What is left of the countdown."""
    started: bool = False
    came_late: bool = False
    """The number came while the card was open: the clock doesn't start by itself."""
    held_up: bool = False
    """A call of somebody else's, one elsewhere, or a lost line was in the way: when it ends, only a key goes on."""
    asked_ms: int = 0
    """When the customer was asked from this card."""
    said_no: bool = False
    """They were asked, and don't want to be called."""
    problem: str = ""
    """What the desk refused, in its words."""


class Hint(NamedTuple):
    """A key of the console, not of the card, that helps just now: it acts wherever the focus is."""

    key: str
    """As people read it."""
    words: str


class CardView(Struct, frozen=True, kw_only=True):
    """What is shown."""

    title: SafeText
    rows: tuple[Row, ...]
    keys: tuple[CardKey, ...]
    hints: tuple[Hint, ...] = ()
    brief: SafeText
    """All of it in one line, for a small terminal."""
    asks: bool = False
    """It needs a key of the agent: it takes the focus and says so."""
    counts: bool = False
    """Its F9 and Esc count wherever the focus is."""
    qr: str = ""
    """What the QR code says; empty: none is shown."""

    def key(self, key: str) -> CardKey | None:
        """What a key means here."""
        return next((one for one in self.keys if one.key == key), None)


PHONE: Final = "phone"
"""Stands for the key that opened the card: a keymap may have put it elsewhere than on F9."""
_TYPED_SHOWN: Final = 40
_SOURCE_SHOWN: Final = 40
HAND_OVER: Final = CardKey("h", "hand over to your own phone", Does.HAND_OVER)
LEAVE: Final = CardKey("escape", "leave it", Does.LEAVE)
WRITE: Final = CardKey("tab", "write meanwhile", Does.WRITE)


def view(
    known: Known,
    rows: Iterable[Row],
    keys: Iterable[CardKey],
    *,
    brief: str,
    asks: bool = False,
    counts: bool = False,
    hints: Iterable[Hint] = (),
    qr: str = "",
) -> CardView:
    """A card about this customer."""
    return CardView(
        title=SafeText(f"CALL {known.name}"),
        rows=tuple(rows),
        keys=tuple(keys),
        brief=SafeText(brief),
        asks=asks,
        counts=counts,
        hints=tuple(hint for hint in hints if hint.key),
        qr=qr,
    )


def packet_hint(known: Known) -> Hint:
    """What to know before the customer says hello."""
    return Hint(known.packet_key, "what to know")


def others_hint(known: Known) -> Hint:
    """Those who wait while this agent calls; no key where nobody does."""
    count = known.others_wait
    return Hint(known.others_key if count else "", f"{count} {'others wait' if count > 1 else 'other waits'}")


_WHY: Final = {BasisKind.CUSTOMER_REQUEST: "they asked", BasisKind.CUSTOMER_AGREED: "they said yes"}
"""On what ground they are called; what the agent says of it is asked on a card of its own."""


def number_words(known: Known) -> str:
    """The number that would be dialled, as people write it."""
    number = known.checks.number if known.checks else None
    return shown_number(number) if number else "the number"


def shown_number(number: Number) -> str:
    """A number as people write it, with its extension."""
    extension = f" ext. {number.extension}" if number.extension else ""
    return f"{number.shown or number.e164}{extension}"


def about_number(known: Known, hand: Hand) -> tuple[Row, ...]:
    """Which number, whose, what time it is there; from which number and by which way; whose chat it is."""
    checks = known.checks
    if checks is None:
        return ()
    number = checks.number
    meant = next((one for one in known.numbers or () if hand.chosen in (one.number, "")), None)
    if number is not None:
        kind = "" if number.kind is LineKind.UNKNOWN else number.kind.value
        parts = [shown_number(number), f"{kind} {number.region}".strip()]
    else:
        # refused before it was a number: what was looked at is shown as it was found or typed
        parts = [str(meant.shown) if meant else clean(hand.chosen, limit=_TYPED_SHOWN, multiline=False)]
    why = _WHY.get(checks.basis.kind, "") if checks.basis else ""
    source = _short(meant.source) if meant else "typed by you" if hand.chosen else ""
    parts += [source, f"{checks.their_time} there" if checks.their_time else "", why]
    rows = [Row(SafeText(" · ".join(part for part in parts if part)))]
    if known.owner:
        rows.append(Row(SafeText(f"This chat is {known.owner}'s, not yours."), Tone.WARN))
    way = known.way(hand)
    if way is not None and number is not None:
        rows.append(Row(SafeText(_by(way, checks.caller_id)), Tone.WARN if way.simulated else Tone.MUTED))
    return tuple(row for row in rows if row.text)


def _short(source: SafeText) -> str:
    """Where it was found; of a long line its beginning, for the whole of it stands in the chat above."""
    return source if len(source) <= _SOURCE_SHOWN else f"{source[: _SOURCE_SHOWN - 2]}…”"


def _by(way: CallWay, caller_id: Number | None) -> str:
    if not way.tracked:
        return f"by {way.title}: your own number will show"
    shows = f"from {shown_number(caller_id)}" if caller_id else "from a number we can't name"
    return f"{shows} by {way.title}" + (" · SIMULATED" if way.simulated else "")
