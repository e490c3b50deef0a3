"""A period's report: the parts of it put together, in the figures of the board and some more."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from agent_tui.core.metrics.counts import WAIT_BOUNDS_S, Counts, add, by_channel, figures_of, stage_rows
from agent_tui.model.figures import Figure, PeriodPart, StageRow, Value
from agent_tui.model.text import SafeText
from agent_tui.model.words import Outcome

MOST_PARTS: Final = 60
"""A longer period is asked for in parts of more than a day."""


class AgentLine(Struct, frozen=True):
    """What one agent did in the conversations that began within the period."""

    name: SafeText
    answered: int
    """Conversations they answered first."""
    first_answer: Value
    within: Value
    owned: int
    """Conversations they have, or had at the end."""
    resolved: int
    lines: int
    """Lines to customers."""
    said_yes: Value
    calls_made: int
    proof_used: int


class Wait(Struct, frozen=True):
    """First answers that took up to so many seconds (and longer than the row before); None: longer than all."""

    up_to_s: int | None
    count: int


class Span(Struct, frozen=True):
    """A part of the period: a day, or several."""

    since_ms: int
    until_ms: int
    begun: int
    first_answer: Value
    service_level: Value


class Report(Struct, frozen=True):
    """Everything the report shows."""

    desk: SafeText
    time_zone: SafeText
    since_ms: int
    until_ms: int
    figures: dict[Figure, Value]
    customer_lines: int
    agent_lines: int
    stages: tuple[StageRow, ...]
    channels: dict[str, int]
    outcomes: dict[Outcome, int]
    waits: tuple[Wait, ...]
    agents: tuple[AgentLine, ...]
    spans: tuple[Span, ...]


def spans_of(first: date, last: date, time_zone: str) -> list[tuple[int, int]]:
    """A period of whole days (both ends in it) in parts (from, until; ms), each of as many days."""
    zone = ZoneInfo(time_zone)
    days = (last - first).days + 1
    step = -(-days // MOST_PARTS)
    edges = [first + timedelta(days=day) for day in range(0, days, step)] + [last + timedelta(days=1)]
    at = [int(datetime.combine(day, time(), zone).timestamp()) * 1000 for day in edges]
    return list(pairwise(at))


def report_of(parts: Sequence[PeriodPart], desk: SafeText, time_zone: SafeText) -> Report:
    """The report of the whole period."""
    total: Counts = {}
    names: dict[str, SafeText] = {}
    agents: dict[str, Counts] = {}
    for part in parts:
        add(total, part.counts)
        for agent in part.agents:
            names[agent.id] = agent.name
            add(agents.setdefault(agent.id, {}), agent.counts)
    return Report(
        desk,
        time_zone,
        parts[0].since_ms,
        parts[-1].until_ms,
        figures_of(total),
        total.get("lines.customer", 0),
        total.get("lines.agent", 0),
        stage_rows(total),
        by_channel(total),
        {outcome: total.get(f"outcome.{outcome.value}", 0) for outcome in Outcome},
        tuple(_waits(total)),
        tuple(sorted((_agent(names[one], counts) for one, counts in agents.items()), key=_by_work)),
        tuple(_span(part) for part in parts),
    )


def _waits(total: Counts) -> list[Wait]:
    found = [Wait(bound, total.get(f"wait.{bound}", 0)) for bound in WAIT_BOUNDS_S]
    return [*found, Wait(None, total.get("wait.more", 0))]


def _agent(name: SafeText, counts: Counts) -> AgentLine:
    n = counts.get
    answered, said = n("answered", 0), n("said", 0)
    return AgentLine(
        name,
        answered,
        Value(round(n("answer_ms", 0) / answered) if answered else None, answered),
        Value(n("within", 0) if answered else None, answered),
        n("owned", 0),
        n("resolved", 0),
        n("lines", 0),
        Value(n("said.yes", 0) if said else None, said),
        n("calls.made", 0),
        n("proof.used", 0),
    )


def _by_work(line: AgentLine) -> tuple[int, int, str]:
    return -line.answered, -line.lines, line.name


def _span(part: PeriodPart) -> Span:
    figures = figures_of(part.counts)
    return Span(
        part.since_ms,
        part.until_ms,
        part.counts.get("begun", 0),
        figures[Figure.FIRST_ANSWER],
        figures[Figure.SERVICE_LEVEL],
    )
