"""What every command about a call is given beside the transaction."""

from msgspec import Struct

from agent_tui.desk.service.calling.rules import Rules
from agent_tui.desk.service.moment import Moment


class CallMoment(Struct, frozen=True):
    """When it is, and the rules in force."""

    moment: Moment
    rules: Rules

    @property
    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self.moment.now
