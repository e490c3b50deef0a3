"""The phone port: what makes a call. Providers never see chat text; all they are given to dial is a checked `Number`.

What a provider says may come twice, late and out of order: `core.phone.states` takes what fits and drops the rest.
"""

import re
from collections.abc import AsyncIterator, Callable, Set
from typing import Any, Final, Literal, Protocol

from msgspec import Struct

from agent_tui.model.call import Basis, CallId, CallState, Leg, Number, Reason, Timeouts
from agent_tui.model.ids import AgentId
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText
from agent_tui.ports.errors import PortError
from agent_tui.ports.transport import Transport

AGENT_EXTENSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class Caps(Struct, frozen=True):
    """What a provider can do, and never more than that."""

    tracked: bool
    """It says how a call goes on; otherwise all it says is `handed_over`."""
    cancel: bool
    hangup: bool
    rings_agent: bool
    """The agent's telephone rings first."""
    where: Literal["console", "desk"]
    shows_number: bool = True
    """The customer's telephone shows the company's number; otherwise nobody can say which one it shows."""


class AgentPhone(Struct, frozen=True):
    """How an agent is reached. Both are the admin's to set: who chooses them chooses what the company dials."""

    agent: AgentId
    extension: str = ""
    """The agent's name at the exchange: letters, digits, `.`, `_`, `-`."""
    number: Number | None = None

    @property
    def checked_extension(self) -> str:
        """The extension, where it is one and nothing that would dial something else; else empty."""
        return self.extension if AGENT_EXTENSION.fullmatch(self.extension) else ""


class Ready(Struct, frozen=True):
    """Whether a call could be made now. `hint`: one sentence with what to do where it couldn't."""

    ok: bool
    reason: str = ""
    """A code: not_set_up, no_secret, not_connected, not_allowed, no_agent_phone, not_registered, no_opener …"""
    hint: SafeText = NOTHING


class CallRequest(Struct, frozen=True, kw_only=True):
    """All a provider is told."""

    call_id: CallId
    conversation: str
    """Its label (`c42`): what the agent's telephone may show beside the number."""
    agent: AgentPhone
    number: Number
    caller_id: Number | None
    basis: Basis
    language: str = ""
    timeouts: Timeouts = Timeouts()


class CallEvent(Struct, frozen=True):
    """How a call stands, as its provider knows it."""

    call_id: CallId
    state: CallState
    at_ms: int
    reason: Reason | None = None
    """Only of an ended call."""
    leg: Leg | None = None
    raw_code: str = ""
    """The provider's own code, for the record: `21/603`."""
    ref: str = ""
    """The provider's own name for the call, where it can't be derived from `call_id`: kept, and given to `resume`."""


class LineLost(Struct, frozen=True):
    """The provider hears nothing of its exchange any more: its calls go on there. It connects again by itself."""

    at_ms: int
    sentence: str


class LineBack(Struct, frozen=True):
    """It hears it again; how each of its calls stands follows as events of their own."""

    at_ms: int


ProviderNews = CallEvent | LineLost | LineBack


class CallFailed(PortError):
    """The call was not made, and nothing rings. `str` is the sentence for the agent."""

    def __init__(self, sentence: str, reason: Reason, raw_code: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
        self.raw_code = raw_code


class PhoneProvider(Protocol):
    """One way to make a call. Nothing it does is done twice for one `call_id`."""

    @property
    def name(self) -> str:
        """The entry point's name."""
        ...

    @property
    def caps(self) -> Caps:
        """What it can do."""
        ...

    async def ready(self, phone: AgentPhone) -> Ready:
        """Cheap, and never dials."""
        ...

    async def start(self, request: CallRequest) -> None:
        """Make the call; returns when it was accepted. The same `call_id` again changes nothing.

        Raises `CallFailed` where nothing rings, and `Unreachable` where that isn't known: then ask `status`, and never
        start it again under another id before that has answered.
        """
        ...

    async def cancel(self, call_id: CallId, reason: Reason = Reason.CANCELLED) -> CallEvent:
        """Stop a call that isn't answered, for this reason; the answer is what is true afterwards.

        A call that was answered meanwhile is left alone and said to be `in_call`. Raises `Unreachable`.
        """
        ...

    async def hangup(self, call_id: CallId, reason: Reason = Reason.AGENT_HUNG_UP) -> CallEvent:
        """End a call in any state; the answer is what is true afterwards. Raises `Unreachable`."""
        ...

    async def status(self, call_id: CallId) -> CallEvent | None:
        """How it stands, asked anew; None: the provider knows nothing of it. Raises `Unreachable`."""
        ...

    async def resume(self, request: CallRequest, ref: str) -> CallEvent | None:
        """Take up a call again that an earlier process began; None: the provider knows nothing of it. Never dials anew.

        `ref` is what the last `CallEvent` with one said. Raises `Unreachable`.
        """
        ...

    async def sweep(self, open_calls: Set[CallId]) -> int:
        """Hang up what is left at the exchange of calls that we began and that aren't among these. How many there were.

        Raises `Unreachable`.
        """
        ...

    def events(self) -> AsyncIterator[ProviderNews]:
        """All it hears, for as long as it is asked; it connects, and connects again, by itself. One reader only."""
        ...

    async def aclose(self) -> None:
        """Let go of the line; calls that run go on."""
        ...


class Exchange(Struct, frozen=True):
    """Where a provider's exchange is. The secret that goes with `user` is added where the line is made."""

    url: str
    user: str
    body_type: str = "application/json"


class PhonePlugin(Protocol):
    """What an entry point of the group `agent_tui.phone` names: one kind of provider."""

    @property
    def title(self) -> str:
        """For people."""
        ...

    @property
    def caps(self) -> Caps:
        """What its providers can do."""
        ...

    @property
    def settings(self) -> type[Struct]:
        """Its table of settings; an unknown key in it is refused."""
        ...

    def exchange(self, settings: Any) -> Exchange | None:
        """Where its line goes; None where it needs none, and no secret. Raises `Refused` for settings that can't be."""
        ...

    def provider(self, settings: Any, transport: Transport | None, now_ms: Callable[[], int]) -> PhoneProvider:
        """A provider; the transport leads to its exchange, signed in."""
        ...
