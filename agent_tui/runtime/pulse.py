"""Whether a connection is alive: when to ping, when to say "no answer", when to call it dead. Pure."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

PING_AFTER_S: Final = 10.0
PONG_WITHIN_S: Final = 10.0
QUIET_AFTER_S: Final = 12.0
_HEARD_AT_MOST_EVERY_S: Final = 1.0


class Beat(Enum):
    """What is due now."""

    NOTHING = "nothing"
    PING = "ping"
    HEARD = "heard"
    QUIET = "quiet"
    DEAD = "dead"


@dataclass(slots=True)
class Pulse:
    """Times are seconds of a clock that only goes forward. A dead line is known within 20 s of the last thing heard."""

    heard_at: float
    pinged_at: float | None = None
    quiet: bool = False
    told_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.told_at = self.heard_at

    def heard(self, now: float) -> None:
        """Something arrived."""
        self.heard_at = now
        self.pinged_at = None
        self.quiet = False

    def next_look(self) -> float:
        """When something may be due, if nothing is heard till then."""
        if self.pinged_at is None:
            return self.heard_at + PING_AFTER_S
        dead_at = self.pinged_at + PONG_WITHIN_S
        return dead_at if self.quiet else min(dead_at, self.heard_at + QUIET_AFTER_S)

    def look(self, now: float) -> Beat:
        """What is due; asking tells that it is done."""
        if not self.quiet and self.heard_at > self.told_at and now - self.told_at >= _HEARD_AT_MOST_EVERY_S:
            self.told_at = now
            return Beat.HEARD
        if self.pinged_at is not None and now - self.pinged_at >= PONG_WITHIN_S:
            return Beat.DEAD
        if self.pinged_at is None and now - self.heard_at >= PING_AFTER_S:
            self.pinged_at = now
            return Beat.PING
        if not self.quiet and now - self.heard_at >= QUIET_AFTER_S:
            self.quiet = True
            return Beat.QUIET
        return Beat.NOTHING
