"""What a conversation adds to the figures, and figures out of sums.

Counts only add up: so what came later can be added, what changed can be taken away and added anew, and parts of a
period can be counted apart. Incremental and recomputed come to the same; a property test holds it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from agent_tui.core.metrics.case import Case
from agent_tui.core.metrics.definitions import WITHIN_MS
from agent_tui.core.open_time import OpenMs
from agent_tui.model.figures import Figure, StageRow, Value
from agent_tui.model.words import Outcome, Stage

Counts = dict[str, int]

WAIT_BOUNDS_S: Final = (10, 20, 40, 90, 180, 600)
"""First answers are also counted by how long they took: up to each of these, and longer."""


def counts_of(case: Case, open_ms: OpenMs) -> Counts:
    """What one conversation adds. Nothing before its record is known."""
    record = case.record
    if record is None:
        return {}
    stage = f"stage.{record.stage.value}"
    found: Counts = {
        "begun": 1,
        f"{stage}.{'set' if record.stage_set else 'guessed'}": 1,
        f"channel.{record.channel}": 1,
    }
    if record.ended:
        found["resolved"] = 1
        found[f"{stage}.resolved"] = 1
        found[f"outcome.{record.outcome.value}"] = 1
        if record.outcome is Outcome.UNKNOWN:
            found[f"{stage}.unknown"] = 1
    if record.outcome is Outcome.BOUGHT:
        found[f"{stage}.bought"] = 1
    if record.outcome is not Outcome.SPAM:
        found |= _answer(case, record.began_ms, open_ms)
    if case.said is not None:
        found["said"] = 1
        found[f"said.{case.said.answer}"] = 1
    found |= _calls(case, stage)
    used = sum(one.used for one in case.proof)
    return found | {"proof.used": used, "proof.refused": len(case.proof) - used}


def _answer(case: Case, began_ms: int, open_ms: OpenMs) -> Counts:
    if case.answered_ms is None:
        return {"asked": 1, "abandoned": 1, "due": 1, "late": 1} if case.ended else {"asked": 1}
    waited = open_ms(began_ms, case.answered_ms)
    bound = next((str(bound) for bound in WAIT_BOUNDS_S if waited <= bound * 1000), "more")
    return {
        "asked": 1,
        "answered": 1,
        "answer_ms": waited,
        "due": 1,
        "within": int(waited <= WITHIN_MS),
        "late": int(waited > WITHIN_MS),
        f"wait.{bound}": 1,
    }


def overdue_of(case: Case, now_ms: int, open_ms: OpenMs) -> Counts:
    """What one who still waits for a first answer adds once the time to give it in is over; before that, nothing."""
    record = case.record
    waits = record is not None and case.answered_ms is None and not case.ended and record.outcome is not Outcome.SPAM
    late = waits and record is not None and open_ms(record.began_ms, now_ms) > WITHIN_MS
    return {"due": 1, "late": 1} if late else {}


def _calls(case: Case, stage: str) -> Counts:
    made = sum(call.made for call in case.calls)
    return {
        "calls.wanted": int(any(call.asked for call in case.calls)),
        "calls.offered": int(any(call.offered for call in case.calls)),
        "calls.made": made,
        "calls.reached": sum(call.reached for call in case.calls),
        f"{stage}.called": int(made > 0),
    }


def add(total: Counts, more: Mapping[str, int], times: int = 1) -> None:
    """Add to a sum; `times` -1 takes away. What comes to nothing is not there."""
    for name, count in more.items():
        now = total.get(name, 0) + times * count
        if now:
            total[name] = now
        else:
            total.pop(name, None)


def summed(cases: Iterable[Case], open_ms: OpenMs) -> Counts:
    """All at once."""
    total: Counts = {}
    for case in cases:
        add(total, counts_of(case, open_ms))
    return total


class Moment(Struct, frozen=True):
    """What figures need beside the sums: how it is at one moment."""

    waiting: int = 0
    unanswered: int = 0
    longest_ms: int | None = None
    overdue: int = 0
    """Who waits for a first answer, and waits longer than the service level's limit already."""
    available: int = 0
    here: int = 0
    open: int = 0


def figures_of(counts: Mapping[str, int], moment: Moment | None = None) -> dict[Figure, Value]:
    """The figures of a period; with `moment` also those of now."""
    n = counts.get
    overdue = moment.overdue if moment else 0
    answered = n("answered", 0)
    found = {
        Figure.BEGUN: Value(n("begun", 0)),
        Figure.ABANDONED: _share(n("abandoned", 0), n("asked", 0)),
        Figure.FIRST_ANSWER: Value(round(n("answer_ms", 0) / answered) if answered else None, answered),
        Figure.SERVICE_LEVEL: _share(n("within", 0), n("due", 0) + overdue),
        Figure.RESOLVED: Value(n("resolved", 0)),
        Figure.CALLS_WANTED: Value(n("calls.wanted", 0)),
        Figure.CALLS_OFFERED: Value(n("calls.offered", 0)),
        Figure.CALLS_MADE: Value(n("calls.made", 0)),
        Figure.CALLS_REACHED: _share(n("calls.reached", 0), n("calls.made", 0)),
        Figure.PROOF_USED: Value(n("proof.used", 0)),
        Figure.PROOF_REFUSED: Value(n("proof.refused", 0)),
        Figure.SAID_YES: _share(n("said.yes", 0), n("said", 0)),
        Figure.SAID_PARTLY: _share(n("said.partly", 0), n("said", 0)),
        Figure.SAID_NO: _share(n("said.no", 0), n("said", 0)),
    }
    if moment is not None:
        found |= {
            Figure.WAITING: Value(moment.waiting),
            Figure.UNANSWERED: Value(moment.unanswered),
            Figure.LONGEST_WAIT: Value(moment.longest_ms),
            Figure.AVAILABLE: Value(moment.available),
            Figure.HERE: Value(moment.here),
            Figure.OPEN: Value(moment.open),
        }
    return found


def _share(value: int, of: int) -> Value:
    return Value(value if of else None, of)


def stage_rows(counts: Mapping[str, int]) -> tuple[StageRow, ...]:
    """Our conversations by stage, in the order of the lifecycle."""
    what = ("guessed", "set", "called", "resolved", "bought", "unknown")
    return tuple(StageRow(stage, *(counts.get(f"stage.{stage.value}.{name}", 0) for name in what)) for stage in Stage)


def by_channel(counts: Mapping[str, int]) -> dict[str, int]:
    """Our contacts by channel."""
    start = "channel."
    return {name.removeprefix(start): count for name, count in sorted(counts.items()) if name.startswith(start)}
