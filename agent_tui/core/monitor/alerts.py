"""Alerts: what a supervisor should look at first. Pure: tiles in, alerts out.

An alert begins at a moment that does not move while it lasts, so its place in an order doesn't either, and one that was
acknowledged stays so: the same trouble later begins later, and is another alert.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from agent_tui.core.attention import Closed, Urgency, clock, urgency
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import NOTHING, Agent
from agent_tui.model.text import SafeText
from agent_tui.model.wall import Fact, FactKind, Tile
from agent_tui.model.words import Availability, Role, Stage, State


class AlertKind(StrEnum):
    """What is wrong, in the words the wall uses; the first one is looked at first."""

    FLAG = "flag"
    CALL_FAILED = "call failed"
    NOBODY = "nobody available"
    LATE = "waits too long"
    WANTS_CALL = "asked for a call"
    SIGNAL = "signal"
    PROOF_REFUSED = "proof refused"
    THRESHOLD = "threshold"


RANK: Final[dict[AlertKind, int]] = {kind: rank for rank, kind in enumerate(AlertKind)}
SHAPE: Final[dict[AlertKind, str]] = {
    AlertKind.FLAG: "⚑",
    AlertKind.CALL_FAILED: "✕",
    AlertKind.NOBODY: "○",
    AlertKind.LATE: "▲",
    AlertKind.WANTS_CALL: "☎",
    AlertKind.SIGNAL: "!",
    AlertKind.PROOF_REFUSED: "⊘",
    AlertKind.THRESHOLD: "▲",
}


class Loud(StrEnum):
    """How loud an alert is: only on the screen, with the bell, with a desktop notice as well."""

    QUIET = "quiet"
    BELL = "bell"
    NOTICE = "notice"


OF_FACT: Final[dict[FactKind, AlertKind]] = {
    FactKind.FLAG: AlertKind.FLAG,
    FactKind.CALL_FAILED: AlertKind.CALL_FAILED,
    FactKind.CALL_WANTED: AlertKind.WANTS_CALL,
    FactKind.SIGNAL: AlertKind.SIGNAL,
    FactKind.PROOF_REFUSED: AlertKind.PROOF_REFUSED,
}


class Alert(NamedTuple):
    """One thing to look at. `ref` None: it is about the desk, not about one conversation."""

    kind: AlertKind
    ref: ConversationRef | None
    since_ms: int
    detail: SafeText = NOTHING
    loud: Loud = Loud.BELL

    @property
    def key(self) -> str:
        """Names this alert for as long as it lasts, and no later one."""
        return f"{self.kind.value}/{self.ref or self.detail}/{self.since_ms}"

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands among alerts: the kind, then who began first. It never changes while the alert lasts."""
        return RANK[self.kind], self.since_ms, self.ref or ""


Limits = Mapping[Stage, int]


def of_tile(tile: Tile, now_ms: int, limits: Limits, closed: Closed = ()) -> tuple[Alert, ...]:
    """The alerts of one conversation, the first to look at first. A resolved one has none."""
    record = tile.conversation
    if record.state is State.RESOLVED:
        return ()
    found = [Alert(OF_FACT[fact.kind], record.ref, fact.since_ms, _detail(fact)) for fact in tile.facts]
    if record.waiting_since_ms is not None and urgency(record, now_ms, dict(limits), closed) is Urgency.LATE:
        limit = SafeText(f"limit {clock(limits[record.stage])}")
        found.append(Alert(AlertKind.LATE, record.ref, record.waiting_since_ms, limit))
    return tuple(sorted(found, key=_order))


def _detail(fact: Fact) -> SafeText:
    """Why, and who says so."""
    if fact.kind is FactKind.FLAG and fact.who:
        return SafeText(f"{fact.what} ({fact.who})" if fact.what else fact.who)
    return fact.what


def _order(alert: Alert) -> tuple[int, int, str]:
    return alert.order


def nobody_available(agents: Iterable[Agent], waiting: int, now_ms: int, *, open_now: bool) -> Alert | None:
    """Somebody waits, we are open, and no agent can be asked for anything; None where that is not so."""
    able = [agent for agent in agents if agent.role in (Role.AGENT, Role.ADMIN) and not agent.gone]
    if not waiting or not open_now or any(agent.availability is Availability.AVAILABLE for agent in able):
        return None
    since = max((agent.since_ms for agent in able), default=now_ms)
    said = SafeText(f"{waiting} waiting, none of {len(able)} agents available")
    return Alert(AlertKind.NOBODY, None, min(since, now_ms), said)


def said(alert: Alert, now_ms: int, *, wait_shown: bool = False) -> SafeText:
    """An alert in a few words: what it is, since when, and the detail where there is one.

    `wait_shown`: how long the customer waits stands beside it, and is not said again.
    """
    if wait_shown and alert.kind is AlertKind.LATE:
        return SafeText(f"{SHAPE[alert.kind]} {alert.kind.value}: {alert.detail}")
    since = clock(max(0, now_ms - alert.since_ms))
    detail = f": {alert.detail}" if alert.detail else ""
    return SafeText(f"{SHAPE[alert.kind]} {alert.kind.value} {since}{detail}")
