"""Figures of a team's work: their names, what each one is counted in, and the board that shows them.

What each one means, word for word, stands in `core.metrics.definitions`.
"""

from enum import StrEnum

from msgspec import Struct

from agent_tui.model.text import SafeText
from agent_tui.model.words import Stage


class Panel(StrEnum):
    """The part of the board, and of the report, a figure belongs to."""

    QUEUE = "queue"
    SERVICE = "service level"
    AGENTS = "agents"
    CALLS = "calls"
    PROOF = "proof"
    END = "answers at the end"


class Unit(StrEnum):
    """What a figure is counted in."""

    COUNT = "count"
    TIME = "time"
    """Milliseconds, while we are open."""
    SHARE = "share"
    """`value` of `of`."""


class Figure(StrEnum):
    """Each figure, by the name scripts and the wire know it by."""

    WAITING = "waiting"
    UNANSWERED = "unanswered"
    LONGEST_WAIT = "longest_wait"
    BEGUN = "begun"
    ABANDONED = "abandoned"
    FIRST_ANSWER = "first_answer"
    SERVICE_LEVEL = "service_level"
    AVAILABLE = "available"
    HERE = "here"
    OPEN = "open"
    RESOLVED = "resolved"
    CALLS_WANTED = "calls_wanted"
    CALLS_OFFERED = "calls_offered"
    CALLS_MADE = "calls_made"
    CALLS_REACHED = "calls_reached"
    PROOF_USED = "proof_used"
    PROOF_REFUSED = "proof_refused"
    SAID_YES = "said_yes"
    SAID_PARTLY = "said_partly"
    SAID_NO = "said_no"


class Value(Struct, frozen=True):
    """A figure as it is now. None: it can't be said (nobody waits, nothing was answered yet)."""

    value: int | None
    of: int = 0
    """Shares: out of how many. Averages: over how many."""


class StageRow(Struct, frozen=True):
    """Our conversations of one stage, and what became of them."""

    stage: Stage
    guessed: int = 0
    set: int = 0
    called: int = 0
    """Went to a call."""
    resolved: int = 0
    bought: int = 0
    unknown: int = 0
    """Resolved, and nobody said how it went."""


class Trend(Struct, frozen=True):
    """Figures over the shift, for sparklines: one value for each step of time, the last one the newest."""

    until_ms: int
    step_ms: int
    waiting: tuple[int, ...] = ()
    """New customers who waited for their first answer at the end of each step."""
    begun: tuple[int, ...] = ()
    """Conversations that began within each step."""
    first_answer_ms: tuple[int | None, ...] = ()
    """Average wait for the first answers given within each step; None where there was none."""


class Board(Struct, frozen=True):
    """Everything the board shows at one moment; counts are of conversations that began since `since_ms`."""

    at_ms: int
    since_ms: int
    figures: dict[Figure, Value]
    stages: tuple[StageRow, ...]
    channels: dict[str, int]
    trend: Trend


class AgentCounts(Struct, frozen=True):
    """What one agent did in the conversations that began within a period; see `core.metrics.counts`."""

    id: str
    name: SafeText
    counts: dict[str, int]


class PeriodPart(Struct, frozen=True):
    """Counts of the conversations that began within a part of a period. Parts add up."""

    since_ms: int
    until_ms: int
    counts: dict[str, int]
    agents: tuple[AgentCounts, ...] = ()
