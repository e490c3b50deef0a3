"""Calls as they stand on the wire: the record, what stands in the way of one, and the desk's telephone."""

from msgspec import Struct

from agent_tui.model.call import BasisKind, CallKind, CallState, LineKind, Reason
from agent_tui.protocol.records import WireOwner


class WireBasis(Struct, frozen=True, omit_defaults=True):
    """Why we may call: the most valuable thing in the audit."""

    kind: BasisKind
    seq: int = 0
    """The entry in which the customer asked or agreed; 0 where the agent says so."""
    at: int = 0


class WireNumber(Struct, frozen=True, omit_defaults=True):
    """A number in full: only in what agents and admins ask for."""

    e164: str
    extension: str = ""
    region: str = ""
    kind: LineKind = LineKind.UNKNOWN
    shown: str = ""
    """`+31 6 12345678`."""


class WireCall(Struct, frozen=True, omit_defaults=True):
    """One call, or one attempt of a callback. Whole records replace each other; the one with the higher `rev` is newer.

    Pushed to everybody without `number`, which is filled only in answers to agents and admins.
    """

    id: str
    conversation: int
    kind: CallKind
    rev: int
    state: CallState
    requested: int
    """When it was asked for (ms), as all times here."""
    since: int
    """When this state began."""
    number: WireNumber | None = None
    last4: str = ""
    """All that pushes tell of the number."""
    provider: str = ""
    """Empty while it waits in the queue."""
    console: bool = False
    """Its provider runs in its agent's console, which alone knows how it goes."""
    reason: Reason | None = None
    """Only of an ended call."""
    agent: WireOwner | None = None
    """Whose call it is, or who has claimed it."""
    caller_id: WireNumber | None = None
    """The number that the customer sees; None: we can't say."""
    code: str = ""
    """Four digits the agent says first; the customer has read them in the chat."""
    basis: WireBasis | None = None
    by_customer: bool = False
    """The customer asked for it in the widget."""
    noticed: bool = False
    """The customer was told that we call (text 1)."""
    connected: bool = True
    """False: its provider can't be asked at the moment. The call goes on."""
    dialled: int | None = None
    """When the first telephone was to ring."""
    answered: int | None = None
    """When both could hear each other."""
    ended: int | None = None
    attempt: int = 1
    not_before: int | None = None
    not_after: int | None = None
    priority: int = 0
    lease_until: int | None = None
    """While it is claimed: when it goes back to the queue by itself."""
    result: str = ""
    """What its agent said afterwards: `CallOutcome.result`."""
    note: str = ""
    """Of a callback: what it is about."""
    language: str = ""


class WireStop(Struct, frozen=True, omit_defaults=True):
    """One thing that stands in the way."""

    code: str
    """See `protocol.call_stops`."""
    sentence: str
    passable: bool = False
    """`confirmed` may name it: this agent may pass it, having looked."""
    at: int = 0
    """What a time belongs to: on the do-not-call list since; calling hours begin again at."""


class WireProvider(Struct, frozen=True, omit_defaults=True):
    """One way to call, in the order of the team's chain."""

    name: str
    title: str
    where: str
    """`desk` or `console`: who runs it."""
    ready: bool = True
    why: str = ""
    hint: str = ""
    """What to do about it."""
    tracked: bool = True
    cancel: bool = True
    hangup: bool = True
    rings_agent: bool = True
    shows_number: bool = True
    simulated: bool = False
    """It only plays calls, and says so wherever it is named."""


class CallChecks(Struct, frozen=True, omit_defaults=True):
    """Answer to `check_call`: everything the card shows before anything happens."""

    number: WireNumber | None = None
    """As it would be dialled; None where it can't be."""
    stops: list[WireStop] = []
    """In the order in which they are to be looked at; empty: all green."""
    basis: WireBasis | None = None
    offered: int = 0
    """"Shall I call you?" was asked then (ms) and not answered yet."""
    their_time: str = ""
    """`14:32`: what it is where the customer is, as far as we know; empty: we don't."""
    zone: str = ""
    next_hours: int = 0
    """When a callback planned now would be (ms), at a good hour for the customer and for the desk; 0: not known."""
    caller_id: WireNumber | None = None
    providers: list[WireProvider] = []
    present: bool = False
    """The customer's page is open: they will read the notice."""
    open_call: WireCall | None = None
    """Of this conversation, or of this agent: `request_call` would answer with it."""


class CallNow(Struct, frozen=True, omit_defaults=True):
    """Answer to every command about a call: how it is now, with its number in full."""

    call: WireCall
    yours: bool = True
    """You may go on with it: it is this agent's."""
    position: int = 0
    """In the queue: 1 is next."""


class WireOffer(Struct, frozen=True, omit_defaults=True):
    """Answer to `offer_call`: what was asked, as entry `seq` of the transcript."""

    seq: int
    asks_number: bool = False


class PhoneFacts(Struct, frozen=True, omit_defaults=True):
    """The desk's telephone as far as a console needs to know it; for one agent."""

    on: bool
    why: str = ""
    """Where it is not `on`: one sentence."""
    region: str = ""
    """Where numbers without a country code are."""
    countries: tuple[str, ...] = ()
    """Calling codes that may be dialled; a region list stands behind `:` (`1:US,CA`)."""
    caller_id: WireNumber | None = None
    consent: str = "ask"
    """`ask`: without a request of the customer they are asked first; `warn`: the agent may say that they agreed."""
    start: str = "countdown"
    """`confirm`: the second press of the key calls, not the clock."""
    countdown_ms: int = 5_000
    attempts: int = 3
    longest_ms: int = 3_600_000
    providers: tuple[WireProvider, ...] = ()
    extension: str = ""
    """The own phone's, as `set_phone` left it."""
    own_number: WireNumber | None = None
    shows: WireNumber | None = None


class CallPage(Struct, frozen=True, omit_defaults=True):
    """Calls, newest first; callbacks of the queue in the order of the queue. `next` is empty at the end."""

    calls: list[WireCall]
    next: str = ""


class NumberAsked(Struct, frozen=True):
    """Which calls were made to this number? A body, so that no log has it in an address."""

    number: str


class WireNever(Struct, frozen=True):
    """A number that is not to be called."""

    masked: str
    since: int
    by: str
    reason: str = ""
    conversation: int = 0


class NeverPage(Struct, frozen=True):
    """The do-not-call list, newest first. It keeps no number: `lift` asks for it again."""

    numbers: list[WireNever]


class CallAuditLine(Struct, frozen=True, omit_defaults=True):
    """One line of the calls' audit; `record` is the whole of it as JSON."""

    seq: int
    at: int
    event: str
    call: str
    conversation: int
    actor: str
    record: str


class CallAuditPage(Struct, frozen=True, omit_defaults=True):
    """The audit from a place on, oldest first; `next` is empty at the end."""

    lines: list[CallAuditLine]
    next: str = ""
