"""Where each conversation stands on the wall. It moves for a reason that was announced, never under the eye.

A new alert is announced first and takes its place a little later, all at once. A tile whose alert has ended stays where
it is until something else moves. One that has gone leaves its place to the next one; the others stay.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from agent_tui.model.ids import ConversationRef

ANNOUNCED_MS: Final = 3_000
"""So long a new alert is announced before its tile moves."""


class Sorting(StrEnum):
    """By what the tiles are sorted that have no alert, and the alerts too where it is not risk."""

    RISK = "risk"
    WAIT = "wait"
    AGENT = "agent"
    STAGE = "stage"


Order = tuple[int, int, str]
"""Where an alert stands among all of them: it does not change while the alert lasts."""


class Candidate(NamedTuple):
    """A conversation that may have a tile."""

    ref: ConversationRef
    alert: Order | None
    """The order of its first alert that nobody has acknowledged here; None where it has none."""
    rank: tuple[Any, ...]
    """Where it stands among those without an alert."""


class Places(NamedTuple):
    """The wall as it stands."""

    shown: tuple[ConversationRef, ...] = ()
    settled: Mapping[ConversationRef, Order] = {}
    """Alerts that have taken their place; also those that could not, the wall being full of earlier ones."""
    rising: Mapping[ConversationRef, int] = {}
    """Alerts that are announced, and when each takes its place."""


def arranged(
    before: Places,
    candidates: Sequence[Candidate],
    pinned: Sequence[ConversationRef],
    count: int,
    now_ms: int,
    *,
    frozen: bool = False,
    anew: bool = False,
    alerts_first: bool = True,
) -> Places:
    """The wall after what happened. `anew`: somebody asked for another order or size; `frozen`: nothing moves."""
    known = {candidate.ref: candidate for candidate in candidates}
    alerting = {candidate.ref: candidate.alert for candidate in candidates if candidate.alert is not None}
    if anew or not before.shown:
        shown = _sorted(candidates, pinned, count, alerts_first=alerts_first)
        return Places(shown, alerting)
    # One that was acknowledged, or ended before a lesser one, leaves the lesser one where it stands.
    settled = {ref: max(alerting[ref], order) for ref, order in before.settled.items() if ref in alerting}
    rising = {ref: at for ref, at in before.rising.items() if ref in alerting}
    for ref, order in alerting.items():
        if ref not in rising and (ref not in settled or order < settled[ref]):
            rising[ref] = now_ms + ANNOUNCED_MS
    if frozen:
        return Places(before.shown, settled, rising)
    due = {ref for ref, at in rising.items() if now_ms >= at}
    settled |= {ref: alerting[ref] for ref in due}
    rising = {ref: at for ref, at in rising.items() if ref not in due}
    shown = _filled(before.shown, candidates, known, count, rising, alerts_first=alerts_first)
    if due and alerts_first:
        shown = _alerts_ahead(shown, known, settled, pinned, count)
    return Places(shown, settled, rising)


def _sorted(
    candidates: Sequence[Candidate], pinned: Sequence[ConversationRef], count: int, *, alerts_first: bool
) -> tuple[ConversationRef, ...]:
    there = {candidate.ref for candidate in candidates}
    first = [ref for ref in pinned if ref in there]
    rest = sorted((c for c in candidates if c.ref not in first), key=_by_risk if alerts_first else _by_rank)
    return (*first, *(candidate.ref for candidate in rest))[:count]


def _by_risk(candidate: Candidate) -> tuple[Any, ...]:
    return (0, *candidate.alert) if candidate.alert is not None else (1, *candidate.rank)


def _by_rank(candidate: Candidate) -> tuple[Any, ...]:
    return candidate.rank


def _filled(
    shown: Sequence[ConversationRef],
    candidates: Sequence[Candidate],
    known: Mapping[ConversationRef, Candidate],
    count: int,
    rising: Mapping[ConversationRef, int],
    *,
    alerts_first: bool,
) -> tuple[ConversationRef, ...]:
    """Who has gone leaves a hole, which the next one fills; what is announced waits for its time."""
    holes = sum(ref not in known for ref in shown) + max(0, count - len(shown))
    if not holes:
        return tuple(shown[:count])
    there = set(shown)
    order = _by_risk if alerts_first else _by_rank
    next_ones = iter(sorted((c for c in candidates if c.ref not in there and c.ref not in rising), key=order)[:holes])
    filled = [ref if ref in known else _ref(next(next_ones, None)) for ref in shown]
    filled += [_ref(candidate) for candidate in next_ones]
    return tuple(ref for ref in filled if ref is not None)[:count]


def _ref(candidate: Candidate | None) -> ConversationRef | None:
    return candidate.ref if candidate is not None else None


def _alerts_ahead(
    shown: Sequence[ConversationRef],
    known: Mapping[ConversationRef, Candidate],
    settled: Mapping[ConversationRef, Order],
    pinned: Sequence[ConversationRef],
    count: int,
) -> tuple[ConversationRef, ...]:
    """Pinned ones, then the alerts in their order, then the others as they stood."""
    first = [ref for ref in pinned if ref in known]
    alerts = sorted((known[ref] for ref in settled if ref in known and ref not in first), key=_by_risk)
    ahead = [*first, *(candidate.ref for candidate in alerts)]
    there = set(ahead)
    return (*ahead, *(ref for ref in shown if ref not in there))[:count]
