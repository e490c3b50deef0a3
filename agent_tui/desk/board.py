"""The figures of today, kept while the desk runs: sums in step with what is stored, and how it stands right now."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from agent_tui.core.hours import Hours
from agent_tui.core.metrics import case as m
from agent_tui.core.metrics.counts import Moment, by_channel, figures_of, stage_rows
from agent_tui.core.metrics.ledger import Ledger
from agent_tui.core.open_time import DAY_MS, OpenMs, open_time
from agent_tui.desk.masks import encode_masked
from agent_tui.desk.store import EventKind, StoredEvent
from agent_tui.model.call import BasisKind, CallState, Reason
from agent_tui.model.figures import Figure
from agent_tui.model.words import AuthorKind, Availability, EntryKind, Role, State
from agent_tui.protocol.call_records import WireCall
from agent_tui.protocol.pushes import BoardNow
from agent_tui.protocol.records import WireAgent, WireConversation, WireStageRow, WireTrend, WireValue

STEP_MS: Final = 10 * 60_000
STEPS: Final = 48
"""The trend: eight hours in steps of ten minutes."""
_LONGEST_WAIT_DAYS: Final = 60
"""A customer who waits longer is shown as waiting for this long."""
_HERE: Final = frozenset(Availability) - {Availability.AWAY}

_NOW: Final[dict[Figure, Callable[[WireConversation], bool]]] = {
    Figure.WAITING: lambda record: record.state is State.WAITING,
    Figure.UNANSWERED: lambda record: record.waiting_since is not None,
    Figure.LONGEST_WAIT: lambda record: record.waiting_since is not None,
    Figure.OPEN: lambda record: record.state is State.OPEN,
}
_COUNTED: Final = {
    Figure.BEGUN: "begun",
    Figure.ABANDONED: "abandoned",
    Figure.FIRST_ANSWER: "answered",
    Figure.SERVICE_LEVEL: "late",
    Figure.RESOLVED: "resolved",
    Figure.CALLS_WANTED: "calls.wanted",
    Figure.CALLS_OFFERED: "calls.offered",
    Figure.CALLS_MADE: "calls.made",
    Figure.CALLS_REACHED: "calls.reached",
    Figure.PROOF_USED: "proof.used",
    Figure.PROOF_REFUSED: "proof.refused",
    Figure.SAID_YES: "said.yes",
    Figure.SAID_PARTLY: "said.partly",
    Figure.SAID_NO: "said.no",
}
"""Which conversations stand behind a figure: those that add to this count."""


class BoardKeeper:
    """Hears what is stored; answers with the board of this moment."""

    def __init__(self, hours: Callable[[], Hours], now_ms: Callable[[], int]) -> None:
        self._hours = hours
        self._now_ms = now_ms
        self._records: dict[int, WireConversation] = {}
        self._agents: dict[str, WireAgent] = {}
        self._known_hours = hours()
        self._ledger = Ledger(*self._period())

    def begin(
        self,
        conversations: Iterable[WireConversation],
        agents: Iterable[WireAgent],
        facts: Iterable[tuple[int, Sequence[m.Fact]]],
    ) -> None:
        """What there is when the desk starts: what is not resolved, and what is known of today's conversations."""
        self._records = {record.id: record for record in conversations}
        self._agents = {agent.id: agent for agent in agents}
        for conversation, found in facts:
            self._ledger.hear(conversation, found)

    def hear(self, events: Sequence[StoredEvent]) -> None:
        """What was stored."""
        for event in events:
            if event.member is not None:
                self._agents[event.member.id] = event.member
            record = event.record
            if record is not None:
                if record.state is State.RESOLVED:
                    self._records.pop(record.id, None)
                else:
                    self._records[record.id] = record
            facts = facts_of(event)
            if facts:
                self._ledger.hear(event.conversation, facts)

    @property
    def since_ms(self) -> int:
        """When today began."""
        return self._ledger.since_ms

    def learn(self, conversation: int, fact: m.Fact) -> None:
        """Something that is no event of a conversation: a call, a proof."""
        self._ledger.hear(conversation, (fact,))

    def first_answer(self, conversation: int) -> int | None:
        """How long its customer waited for the first answer; None before it."""
        return self._ledger.first_answer(conversation)

    def behind(self, figure: Figure) -> list[int]:
        """Conversations behind a figure: those it counts, or, of the service level, those that were not in time."""
        if figure in _NOW:
            found = [record for record in self._records.values() if _NOW[figure](record)]
            return [record.id for record in sorted(found, key=lambda it: it.waiting_since or it.created)]
        return self._ledger.behind(_COUNTED[figure]) if figure in _COUNTED else []

    def now(self) -> BoardNow:
        """The board."""
        now = self._now_ms()
        self._turn_over()
        counts = self._ledger.counts
        until = -(-now // STEP_MS) * STEP_MS
        trend = self._ledger.trend(until, STEP_MS, STEPS)
        return BoardNow(
            now,
            self._ledger.since_ms,
            {figure: WireValue(it.value, it.of) for figure, it in figures_of(counts, self._moment(now)).items()},
            tuple(
                WireStageRow(it.stage, it.guessed, it.set, it.called, it.resolved, it.bought, it.unknown)
                for it in stage_rows(counts)
            ),
            by_channel(counts),
            WireTrend(trend.until_ms, trend.step_ms, trend.waiting, trend.begun, trend.first_answer_ms),
        )

    def encoded(self) -> bytes:
        """The same, on its way to monitors."""
        return encode_masked(self.now())

    def _moment(self, now: int) -> Moment:
        records = self._records.values()
        waits = [record.waiting_since for record in records if record.waiting_since is not None]
        open_ms = self._ledger.open_ms
        answering = [agent for agent in self._agents.values() if agent.role is not Role.SUPERVISOR and not agent.gone]
        return Moment(
            waiting=sum(record.state is State.WAITING for record in records),
            unanswered=len(waits),
            longest_ms=max((open_ms(since, now) for since in waits), default=None),
            overdue=self._ledger.overdue(now),
            available=sum(agent.availability is Availability.AVAILABLE for agent in answering),
            here=sum(agent.availability in _HERE for agent in answering),
            open=sum(record.state is State.OPEN for record in records),
        )

    def _turn_over(self) -> None:
        """A new day begins at midnight where we are; opening hours may have been set anew."""
        hours = self._hours()
        if hours is not self._known_hours or midnight(self._now_ms(), hours.time_zone) != self._ledger.since_ms:
            self._ledger = self._ledger.begins(*self._period())

    def _period(self) -> tuple[int, OpenMs]:
        hours = self._known_hours = self._hours()
        since = midnight(self._now_ms(), hours.time_zone)
        return since, open_time(hours, since - _LONGEST_WAIT_DAYS * DAY_MS, since + 2 * DAY_MS)


def midnight(at_ms: int, time_zone: str) -> int:
    """The last midnight of that zone before a moment (ms)."""
    zone = ZoneInfo(time_zone)
    day = datetime.fromtimestamp(at_ms / 1000, zone).date()
    return int(datetime.combine(day, time(), zone).timestamp()) * 1000


def facts_of(event: StoredEvent) -> list[m.Fact]:
    """What a stored event says for the figures."""
    found: list[m.Fact] = []
    if event.record is not None:
        found.append(record_fact(event.record))
    if event.call is not None:
        found.append(call_fact(event.call))
    if event.kind is EventKind.CALL_OFFER:
        found.append(m.Call("offers", offered=True))
    entry = event.entry
    if entry is None:
        return found
    if entry.kind is EntryKind.PUBLIC:
        if entry.by.kind is AuthorKind.AGENT:
            found.append(m.AgentWrote(entry.at, entry.by.id))
    elif entry.system is not None and entry.system.code == "rated":
        found.append(m.Said(entry.seq, entry.system.what))
    return found


def call_fact(call: WireCall) -> m.Call:
    """A call as far as figures go. Handed over to a telephone of the agent's own counts as made."""
    reported = call.reason in (Reason.REPORTED_SPOKE, Reason.REPORTED_NO_ANSWER, Reason.REPORTED_WRONG_NUMBER)
    made = call.dialled is not None or call.state is CallState.HANDED_OVER or reported
    reached = call.answered is not None or call.reason is Reason.REPORTED_SPOKE
    asked = call.by_customer or (call.basis is not None and call.basis.kind is BasisKind.CUSTOMER_REQUEST)
    return m.Call(call.id, made=made, reached=reached, asked=asked)


def record_fact(record: WireConversation) -> m.Record:
    """A record as far as figures go."""
    return m.Record(
        record.revision,
        record.created,
        record.stage,
        record.stage_set,
        record.outcome,
        record.channel,
        record.state is State.RESOLVED,
        record.owner.id if record.owner else "",
    )
