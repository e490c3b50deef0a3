"""One call as it is followed, and how patiently."""

import asyncio

from msgspec import Struct

from agent_tui.phones.asterisk.legs import Legs
from agent_tui.ports.phone import CallEvent, CallRequest


class Pace(Struct, frozen=True):
    """How long is waited between tries, in seconds."""

    retry_s: float = 1.0
    reconnect_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0)
    """After each try that failed; the last one goes on."""
    replaced_s: float = 30.0
    """Somebody else has our application: two desks would take it from each other for ever."""
    confirm_s: float = 10.0
    """Longest wait for what cancelling or hanging up leads to."""


class Followed:
    """One call."""

    def __init__(self, request: CallRequest, legs: Legs, *, remembered: bool) -> None:
        self.request = request
        self.legs = legs
        self.remembered = remembered
        """Followed from its beginning: what was dialled is known, not worked out."""
        self.wake = asyncio.Event()
        self.alone = asyncio.Lock()
        """Asking for the legs and changing them don't mix: a leg that is being made isn't there yet."""
        self.changed = asyncio.Event()
        self.look = False
        self.failures = 0
        self.code = ""
        self.said: CallEvent | None = None
        self.driver: asyncio.Task[None] | None = None
