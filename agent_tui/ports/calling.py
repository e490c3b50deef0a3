"""The part of the backend port that is about calls: looking at them, and acting on them.

The record of a call is the backend's, also where a provider of the console makes it: whoever runs the provider reports,
and everybody reads the same states. Answers carry the call's number; what is pushed does not.
"""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from agent_tui.model.call import Call, CallId, CallState, Reason
from agent_tui.model.ids import ClientId, ConversationRef
from agent_tui.model.telephone import CallChecks, Telephone


class CallView(StrEnum):
    """Which calls to list."""

    OPEN = "open"
    QUEUE = "queue"
    """Callbacks that wait or are claimed, in the order of the queue."""
    ALL = "all"


class Result(StrEnum):
    """What an agent says of a call."""

    SPOKE = "spoke"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    VOICEMAIL = "voicemail"
    NOT_CALLED = "not_called"
    """A number that was handed over and not used."""


class CallPage(Struct, frozen=True):
    """One page of calls; `next` is empty at the end."""

    calls: tuple[Call, ...]
    next: str = ""


class WatchingCalls(Protocol):
    """Looking at calls. Raises the errors of `ports.errors`."""

    async def telephone(self) -> Telephone:
        """The team's telephone, for this account."""
        ...

    async def calls(self, view: CallView, ref: ConversationRef | None = None, after: str = "") -> CallPage:
        """Calls of one conversation or all, newest first."""
        ...

    async def call(self, call_id: CallId) -> Call:
        """One call, with its number where this account may see it."""
        ...


class Calling(Protocol):
    """Acting on calls. Each asks once, and answers with the call as it is afterwards, its number included.

    Raises the errors of `ports.errors`; what stands in the way of a call is `CallStopped`.
    """

    async def check_call(self, ref: ConversationRef, number: str, basis_entry: int) -> CallChecks:
        """What stands in the way. Nothing happens."""
        ...

    async def request_call(
        self,
        ref: ConversationRef,
        call_id: CallId,
        number: str,
        provider: str,
        basis_entry: int,
        confirmed: tuple[str, ...],
    ) -> Call:
        """Reserve the one call of this conversation and agent; nobody is told. An open one is the answer."""
        ...

    async def dial_call(self, call_id: CallId) -> Call:
        """Start it; for a provider of the console: may it start."""
        ...

    async def report_call(self, call_id: CallId, state: CallState, reason: Reason | None) -> Call:
        """What the console's own provider did."""
        ...

    async def cancel_call(self, call_id: CallId) -> Call:
        """Stop it; the answer is what is true afterwards."""
        ...

    async def hang_up(self, call_id: CallId) -> Call:
        """End it, also while both talk."""
        ...

    async def call_outcome(self, call_id: CallId, result: Result, note: str, cid: ClientId) -> Call:
        """Say how it went; `note` (with a `cid`) becomes an internal note."""
        ...

    async def offer_call(self, ref: ConversationRef, number: str) -> int:
        """Ask the customer whether, or on what number, we may call; the entry in which we asked."""
        ...

    async def queue_call(
        self,
        ref: ConversationRef,
        call_id: CallId,
        number: str,
        *,
        not_before_ms: int | None,
        not_after_ms: int | None,
        priority: int,
        note: str,
        basis_entry: int,
        confirmed: tuple[str, ...],
    ) -> Call:
        """Plan a callback, or change the one that is there."""
        ...

    async def claim_call(self, call_id: CallId) -> Call:
        """Take a callback for a while, or go on having it; an empty id: the next one that is due. Raises `Taken`."""
        ...

    async def release_call(self, call_id: CallId) -> Call:
        """Give it back."""
        ...

    async def reschedule_call(self, call_id: CallId, not_before_ms: int, not_after_ms: int | None) -> Call:
        """Another time."""
        ...

    async def do_not_call(self, ref: ConversationRef, number: str, *, on: bool, reason: str) -> None:
        """Never call this number, or lift that."""
        ...

    async def set_phone(self, agent: str, extension: str, number: str, shows: str) -> None:
        """Where an agent's telephone is; one's own where `agent` is empty."""
        ...
