"""When the monitor calls for attention: each alert once, when it is new, as loud as its rule says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agent_tui.core.monitor.alerts import Alert, Loud
from agent_tui.core.monitor.thresholds import Beyond, Threshold, evaluated
from agent_tui.ui.monitor.values import metric_values
from agent_tui.ui.notices import Calls

if TYPE_CHECKING:
    from agent_tui.core.monitor.state import MonitorState

NOTICE: Final = "An alert on the wall"
"""All that a desktop notice says: nothing of any customer."""


class Calling:
    """Remembers since when each rule's metric has been beyond its limit, and which alerts have called."""

    def __init__(self, calls: Calls, rules: Sequence[Threshold]) -> None:
        self._calls = calls
        self._rules = rules
        self._beyond: Beyond = {}
        self._called: set[str] | None = None
        """None before the first look: what is there at the start does not call."""
        self.alerts: tuple[Alert, ...] = ()
        """Alerts by threshold, as of the last look at a line that is up."""

    def look(self, state: MonitorState, now_ms: int) -> None:
        """Evaluate the rules."""
        if self._rules:
            self.alerts, self._beyond = evaluated(self._rules, metric_values(state, now_ms), self._beyond, now_ms)

    def call(self, fresh: Sequence[Alert]) -> None:
        """Call for those that have not called yet: once, as loud as the loudest."""
        now = {alert.key: alert.loud for alert in fresh}
        new = set() if self._called is None else {loud for key, loud in now.items() if key not in self._called}
        self._called = set(now)
        if Loud.NOTICE in new:
            self._calls.call(NOTICE)
        elif Loud.BELL in new:
            self._calls.ring()
