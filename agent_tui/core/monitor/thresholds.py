"""Alerts by threshold: a metric beyond its limit for long enough. Pure; what was seen before is handed in and out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent_tui.core.monitor.alerts import Alert, AlertKind, Loud
from agent_tui.model.text import SafeText


class Threshold(NamedTuple):
    """One rule of the file: exactly one of `over` and `under` is set, in the metric's own unit."""

    metric: str
    over: float | None
    under: float | None
    for_ms: int
    loud: Loud
    said: str
    """The rule in words, as the screen says it."""

    def beyond(self, value: float | None) -> bool:
        """Whether this value is; one that nobody knows is not."""
        if value is None:
            return False
        return (self.over is not None and value > self.over) or (self.under is not None and value < self.under)


Beyond = Mapping[str, int]
"""By rule (its words) since when its metric has been beyond the limit."""


def evaluated(
    rules: Sequence[Threshold], values: Mapping[str, float | None], before: Beyond, now_ms: int
) -> tuple[tuple[Alert, ...], Beyond]:
    """The alerts as of now, and what to hand in the next time.

    A clock that was set back does not make a rule wait longer than it says.
    """
    beyond: dict[str, int] = {}
    alerts = []
    for rule in rules:
        if not rule.beyond(values.get(rule.metric)):
            continue
        since = min(before.get(rule.said, now_ms), now_ms)
        beyond[rule.said] = since
        if now_ms - since >= rule.for_ms:
            alerts.append(Alert(AlertKind.THRESHOLD, None, since, SafeText(rule.said), rule.loud))
    return tuple(alerts), beyond
