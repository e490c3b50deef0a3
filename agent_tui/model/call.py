"""A telephone call: what is dialled, where the call stands, how it ended, and why it was made at all."""

import re
from enum import StrEnum
from typing import Final, NewType

from msgspec import Struct

from agent_tui.model.ids import AgentId, ConversationRef
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText

CallId = NewType("CallId", str)
"""UUIDv7, made before anything is sent: the key under which a call is made at most once."""

E164: Final = re.compile(r"\+[0-9]{7,15}")
EXTENSION: Final = re.compile(r"[0-9]{1,8}")


class CallKind(StrEnum):
    """What was asked for: both telephones rung, a number handed to the agent's own telephone, a place in the queue."""

    CALL = "call"
    HANDOVER = "handover"
    CALLBACK = "callback"


class CallState(StrEnum):
    """Where a call stands; `core.phone.states` says which follows which. It only goes forward."""

    REQUESTED = "requested"
    """On record; nothing was sent to any provider."""
    QUEUED = "queued"
    CLAIMED = "claimed"
    DIALLING_AGENT = "dialling_agent"
    """Written before the provider is asked: from here on something may ring."""
    AGENT_ANSWERED = "agent_answered"
    DIALLING_CUSTOMER = "dialling_customer"
    IN_CALL = "in_call"
    HANDED_OVER = "handed_over"
    """The number was given to the agent's own telephone; all that is known until the agent says how it went."""
    ENDED = "ended"


class Reason(StrEnum):
    """Why a call ended. `core.phone.reasons` has the words, and what follows."""

    CUSTOMER_HUNG_UP = "completed_customer_hung_up"
    AGENT_HUNG_UP = "completed_agent_hung_up"
    CANCELLED = "cancelled"
    AGENT_NO_ANSWER = "agent_no_answer"
    AGENT_BUSY = "agent_busy"
    AGENT_UNREACHABLE = "agent_unreachable"
    AGENT_LEFT = "agent_left"
    AGENT_VOICEMAIL = "agent_voicemail"
    CUSTOMER_BUSY = "customer_busy"
    CUSTOMER_NO_ANSWER = "customer_no_answer"
    CUSTOMER_REJECTED = "customer_rejected"
    CUSTOMER_UNREACHABLE = "customer_unreachable"
    NUMBER_NOT_IN_USE = "number_not_in_use"
    NUMBER_INCOMPLETE = "number_incomplete"
    NETWORK = "network"
    PROVIDER_ERROR = "provider_error"
    TIME_LIMIT = "time_limit"
    LOST = "lost"
    """We no longer know."""
    EXPIRED = "expired"
    REPORTED_SPOKE = "reported_spoke"
    REPORTED_NO_ANSWER = "reported_no_answer"
    REPORTED_WRONG_NUMBER = "reported_wrong_number"


class Leg(StrEnum):
    """Whose telephone: a call has one to the agent and one to the customer."""

    AGENT = "agent"
    CUSTOMER = "customer"


class LineKind(StrEnum):
    """What kind of line a number belongs to, by its range."""

    MOBILE = "mobile"
    FIXED = "fixed line"
    FIXED_OR_MOBILE = "fixed line or mobile"
    VOIP = "internet telephone"
    TOLL_FREE = "toll-free"
    COMPANY = "company line"
    PREMIUM = "premium rate"
    SHARED_COST = "shared cost"
    PERSONAL = "personal number"
    PAGER = "pager"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


class Number(Struct, frozen=True):
    """A number that may be dialled. There is no other kind: what isn't `+` and 7 to 15 digits can't be one."""

    e164: str
    extension: str = ""
    region: str = ""
    """ISO 3166-1, two letters."""
    kind: LineKind = LineKind.UNKNOWN
    shown: SafeText = NOTHING
    """As people of all countries write it (`+31 6 12345678`), made from the digits, never what was typed."""

    def __post_init__(self) -> None:
        if not E164.fullmatch(self.e164):
            raise ValueError("a number is a + and 7 to 15 digits")
        if self.extension and not EXTENSION.fullmatch(self.extension):
            raise ValueError("an extension is 1 to 8 digits")

    @property
    def last4(self) -> str:
        """What a customer, a transcript and an audit line are shown of it."""
        return self.e164[-4:]

    @property
    def tel(self) -> str:
        """It as a link (RFC 3966): global, nothing in it that is only for the eye, so no byte that could act."""
        return f"tel:{self.e164}" + (f";ext={self.extension}" if self.extension else "")


class BasisKind(StrEnum):
    """On what ground a customer is called."""

    CUSTOMER_REQUEST = "customer_request"
    """They asked; `message` proves it."""
    CUSTOMER_AGREED = "customer_agreed"
    """They said yes when asked; `message` proves it."""
    AGENT_SAYS = "agent_says"
    """The agent says that they agreed."""


class Basis(Struct, frozen=True):
    """Why this customer may be called: the proof that they asked is the most valuable field of a call's record."""

    kind: BasisKind
    message: str = ""
    """The entry that proves it, by the key the backend gave it."""
    at_ms: int | None = None
    """When they asked or agreed."""


class Timeouts(Struct, frozen=True):
    """How long each part of a call may take, in seconds. Many voicemails start at 20 to 30."""

    agent_s: int = 20
    customer_s: int = 30
    setup_s: int = 75
    call_s: int = 3_600


class Call(Struct, frozen=True, kw_only=True):
    """One call of one conversation. Records replace each other whole; the one with the higher `revision` is newer."""

    id: CallId
    ref: ConversationRef
    kind: CallKind
    revision: int
    state: CallState
    since_ms: int
    """When `state` began."""
    heard_ms: int
    """When the provider last said or confirmed how it stands."""
    requested_ms: int
    dialled_ms: int | None = None
    """When the first telephone was to ring: the set-up time counts from here."""
    answered_ms: int | None = None
    """When agent and customer could hear each other; None: they never could, as far as is known."""
    ended_ms: int | None = None
    reason: Reason | None = None
    """Only of an ended call."""
    agent: AgentId | None = None
    """Whose call it is; None while it waits in the queue."""
    agent_name: SafeText = NOTHING
    number: Number | None = None
    """None once the retention time has passed, and for readers who may only see `last4`."""
    last4: str = ""
    provider: str = ""
    caller_id: Number | None = None
    """The number that shows on the customer's telephone; None where nobody can promise one."""
    code: str = ""
    """Four digits the agent says first, and the customer reads in the chat."""
    basis: Basis | None = None
    attempt: int = 1
    not_before_ms: int | None = None
    not_after_ms: int | None = None
    note: SafeText = NOTHING
    language: str = ""
    priority: int = 0
    """In the queue: more goes first among those that are due."""
    lease_until_ms: int | None = None
    """While it is claimed: when it goes back to the queue by itself."""
    by_customer: bool = False
    """The customer asked for it in the chat's own form."""
    in_console: bool = False
    """Its provider runs in its agent's console, which alone knows how it goes."""
    noticed: bool = False
    """The customer was told that we call."""
    result: str = ""
    """What its agent said of it afterwards (`ports.calling.Result`)."""
    connected: bool = True
    """False while the provider can't be asked: what is said of the call may be old, and the call itself goes on."""

    @property
    def is_open(self) -> bool:
        """Not ended: of these there is one for a conversation and one for an agent."""
        return self.state is not CallState.ENDED
