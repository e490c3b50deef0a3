"""What a console knows of the team's telephone: the ways to call, what stands in the way of a call, and its rules."""

from msgspec import Struct

from agent_tui.model.call import Basis, Call, Number
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText


class CallWay(Struct, frozen=True):
    """One way to call, as it is for this agent."""

    name: str
    """The provider's, as `RequestCall` names it."""
    title: SafeText
    in_console: bool = False
    """It runs in the console; all others run at the backend."""
    ready: bool = True
    why: str = ""
    """A code: not_set_up, not_registered, no_agent_phone …"""
    hint: SafeText = NOTHING
    """What to do where it isn't ready."""
    tracked: bool = True
    cancel: bool = True
    hangup: bool = True
    rings_agent: bool = True
    shows_number: bool = True
    simulated: bool = False
    """It only plays calls: its title says so, and every screen that names it does."""


class Stop(Struct, frozen=True):
    """One thing that stands in the way of a call. `code`: see `protocol.call_stops`."""

    code: str
    sentence: SafeText
    passable: bool = False
    """This account may pass it, having looked: `confirmed` of a wish names it."""
    at_ms: int | None = None
    """What a time belongs to: on the list since, calling hours begin at."""


class CallChecks(Struct, frozen=True):
    """What the backend says of a call before anything happens."""

    number: Number | None = None
    stops: tuple[Stop, ...] = ()
    """In the order to look at them; none: all green."""
    basis: Basis | None = None
    offered_ms: int | None = None
    """The customer was asked then, and has not answered."""
    their_time: SafeText = NOTHING
    """`14:32` where the customer is; empty: not known."""
    zone: SafeText = NOTHING
    next_hours_ms: int | None = None
    """When a callback planned now would be: at a good hour for the customer and for us."""
    caller_id: Number | None = None
    present: bool = False
    """The customer's page is open: the notice will be read."""
    open_call: Call | None = None
    """Of this conversation or of this agent: asking for one answers with it."""
    ways: tuple[CallWay, ...] = ()
    """The team's chain, in its order."""


class Telephone(Struct, frozen=True):
    """The team's telephone, for one agent."""

    on: bool = False
    why: SafeText = NOTHING
    """One sentence, where it is off."""
    region: str = ""
    """Where a number without a country code is."""
    countries: tuple[str, ...] = ()
    """Calling codes that may be dialled, with their regions where not all are: `31`, `1:US,CA`."""
    caller_id: Number | None = None
    asks_first: bool = True
    """Without a request on record the customer is asked; otherwise the agent may say that they agreed."""
    countdown: bool = True
    """False: the second press of the key calls, not the clock."""
    countdown_ms: int = 5_000
    attempts: int = 3
    longest_ms: int = 3_600_000
    ways: tuple[CallWay, ...] = ()
    extension: str = ""
    own_number: Number | None = None
    shows: Number | None = None
    """The number that customers see when this agent's own telephone calls."""


NO_TELEPHONE = Telephone()
