"""What was seen in a conversation that speaks for a phone call. An offer to the agent, never more."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from agent_tui.model.ids import START, OrderKey
from agent_tui.model.text import SafeText

_NAMED: Final = 2


class SignalKind(StrEnum):
    """What kind of thing was seen, the one that says most first."""

    ASKED = "asked"
    """Asked to be called: such a line is proof that they did."""
    PHONE = "phone"
    """Would rather talk, or asks how to call us."""
    DISTRESS = "distress"
    REPETITION = "repetition"
    HARD = "hard"
    CAPITALS = "capitals"
    MONEY = "money"
    STUCK = "stuck"


class Signal(Struct, frozen=True):
    """One thing that was seen, and where."""

    kind: SignalKind
    seen: SafeText
    """What stood there (`third time the same question`), never what somebody felt. Words of the rules and digits only:
    nothing a customer wrote can come out of it, so that it may stand in lists and notices."""
    entries: tuple[OrderKey, ...]
    """The lines it rests on, oldest first."""


class Reading(Struct, frozen=True):
    """What was seen in a conversation up to now."""

    signals: tuple[Signal, ...] = ()
    """In the order of `SignalKind`."""
    declined: OrderKey | None = None
    """The line with which the customer asked not to be called, where no later one asks for it."""

    @property
    def offer(self) -> bool:
        """Whether to offer the call."""
        return bool(self.signals) and self.declined is None

    @property
    def reason(self) -> SafeText:
        """Why, in a few words: the first two things that were seen."""
        return SafeText(", ".join(signal.seen for signal in self.signals[:_NAMED]))

    @property
    def newest(self) -> OrderKey:
        """The newest line any of it rests on. Once an offer is answered, only lines after it speak for another."""
        return max((key for signal in self.signals for key in signal.entries), default=START)
