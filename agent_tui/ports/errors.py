"""The small set of errors an adapter may raise. Each carries a sentence for people; none carries foreign markup."""

from msgspec import Struct

from agent_tui.model.entry import Entry
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText


class PortError(Exception):
    """Base: something outside said no, or did not answer. `str(error)` is one sentence, already clean."""


class Unreachable(PortError):
    """Nobody answered: nothing is known to have happened. `retry_after_ms`: the other side asked for that pause."""

    def __init__(self, sentence: str, retry_after_ms: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_ms = retry_after_ms


class AuthExpired(PortError):
    """The token is not valid any more: `str` says how to mend it. `revoked`: forget what was kept for this account."""

    def __init__(self, sentence: str, *, revoked: bool = False) -> None:
        super().__init__(sentence)
        self.revoked = revoked


class Forbidden(PortError):
    """This account may not do that."""


class OnlyWatches(Forbidden):
    """This account may look and nothing else: the monitor is its screen."""


class NotFound(PortError):
    """There is no such thing."""


class Refused(PortError):
    """The backend said no, for good: asking again unchanged gives the same answer."""


class ProofRefused(Refused):
    """A snippet in the message may not go to a customer: which one, and by which of the gate's rules."""

    def __init__(self, sentence: str, snippet: SafeText = NOTHING, rule: SafeText = NOTHING) -> None:
        super().__init__(sentence)
        self.snippet = snippet
        self.rule = rule


class Taken(PortError):
    """Somebody else was first."""

    def __init__(self, sentence: str, by: SafeText = NOTHING) -> None:
        super().__init__(sentence)
        self.by = by


class CallStopped(PortError):
    """A call may not be made now; `stop` is the code of what stands in the way (`protocol.call_stops`)."""

    def __init__(self, sentence: str, stop: str) -> None:
        super().__init__(sentence)
        self.stop = stop


class Crossed(PortError):
    """A send was held: these entries were not on the author's screen."""

    def __init__(self, sentence: str, entries: tuple[Entry, ...]) -> None:
        super().__init__(sentence)
        self.entries = entries


class RateLimited(PortError):
    """Too fast: try again after `retry_after_ms`."""

    def __init__(self, sentence: str, retry_after_ms: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_ms = retry_after_ms


class ServerTrouble(PortError):
    """The backend failed inside (disk full, stopping): trying later may work."""


class Unsupported(PortError):
    """The backend cannot do that; raised before any I/O. The capability's record says why."""


class Receipt(Struct, frozen=True):
    """A send was stored."""

    key: int
    at_ms: int
