"""A conversation or a shift once more, step by step: what the monitor's screens show is made anew from what happened.

Pure: steps and a time in, a state out. Forward it goes on from where it is; backward it begins again.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from agent_tui.core.monitor.state import MonitorState
from agent_tui.model.conversation import Conversation, Flag, Owner
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import AgentId, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING, Author, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.wall import Fact, FactKind, Step, Tile
from agent_tui.model.words import AuthorKind, EntryKind, Outcome, Stage, State
from agent_tui.ports.events import Me

SPEEDS: Final = (1, 2, 4, 8)
_LINES: Final = 12
_OWNS: Final = frozenset({"claimed", "took_over", "given_back", "reopened"})
_NOBODY_OWNS: Final = frozenset({"released", "handed_back"})
_STAGES: Final = frozenset(stage.value for stage in Stage)
_AUDIT: Final = Author(AuthorKind.SYSTEM, "", NOTHING)


class Replay:
    """Stands at a moment between `since_ms` and `until_ms`; `state` is how things stood then."""

    def __init__(
        self,
        steps: Sequence[Step],
        records: Mapping[ConversationRef, Conversation],
        since_ms: int,
        until_ms: int,
        me: Me | None = None,
    ) -> None:
        """`records`: of whom the steps are; how they stand today is not shown, who the customer is is."""
        self._steps = sorted(steps, key=lambda step: step.at_ms)
        self._records = records
        self._me = me
        self.since_ms = since_ms
        self.until_ms = max(until_ms, since_ms)
        self.at_ms = since_ms
        self.speed = 1
        self.done = 0
        """So many steps have happened."""
        self.state = self._fresh()

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self._steps)

    @property
    def ended(self) -> bool:
        """Nothing more happens."""
        return self.done >= len(self._steps)

    def pass_ms(self, passed_ms: int) -> None:
        """Time goes on, as fast as the speed says."""
        self.go_to(self.at_ms + max(0, passed_ms) * self.speed)

    def go_to(self, at_ms: int) -> None:
        """To a moment, forward or back."""
        at_ms = min(max(at_ms, self.since_ms), self.until_ms)
        if at_ms < self.at_ms:
            self.done = 0
            self.state = self._fresh()
        self.at_ms = at_ms
        while not self.ended and self._steps[self.done].at_ms <= at_ms:
            self._take(self._steps[self.done])
            self.done += 1

    def step(self, by: int) -> None:
        """So many steps on, or back: to the moment at which the last of them happened."""
        wanted = min(max(self.done + by, 0), len(self._steps))
        if wanted == self.done:
            return
        if wanted < self.done:
            self.done = 0
            self.state = self._fresh()
        while self.done < wanted:
            self._take(self._steps[self.done])
            self.done += 1
        self.at_ms = self._steps[wanted - 1].at_ms if wanted else self.since_ms

    def faster(self, by: int) -> int:
        """The next speed, or the one before; the ends are ends."""
        place = min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)
        self.speed = SPEEDS[place]
        return self.speed

    # --- how it stood ---

    def _fresh(self) -> MonitorState:
        state = MonitorState(complete=True)
        state.known.me = self._me
        return state

    def _take(self, step: Step) -> None:
        state, ref = self.state, step.ref
        tile = state.tiles.get(ref) or Tile(self._as_it_began(step), 1)
        transcript = state.known.transcript(ref)
        transcript.loaded = transcript.reaches_start = True
        place = OrderKey(len(transcript.entries) + 1)
        entry = msgspec.structs.replace(step.entry, key=place) if step.entry else _audit(step, place)
        transcript.put(entry)
        state.lines[ref] = tuple(transcript.entries[-_LINES:])
        record = _after(tile.conversation, entry, place)
        facts = _flagged(record)
        state.tiles[ref] = Tile(record, tile.version + 1, facts, tile.first_answer_ms)
        state.known.conversations[ref] = record
        if record.state is State.RESOLVED:
            del state.tiles[ref]

    def _as_it_began(self, step: Step) -> Conversation:
        known = self.state.known.conversations.get(step.ref) or self._records.get(step.ref)
        if known is None:
            known = Conversation(
                ref=step.ref,
                label=f"c{step.ref}",
                revision=0,
                state=State.WAITING,
                stage=Stage.AWARENESS,
                stage_set=False,
                outcome=Outcome.UNKNOWN,
                customer=Customer(""),
                created_ms=step.at_ms,
                last_key=OrderKey(0),
                last_ms=step.at_ms,
                last_preview=NOTHING,
            )
        return msgspec.structs.replace(
            known,
            state=State.WAITING,
            owner=None,
            waiting_since_ms=None,
            outcome=Outcome.UNKNOWN,
            came_back=False,
            wants_call=False,
            flag=None,
            last_key=OrderKey(0),
            last_ms=step.at_ms,
            last_preview=NOTHING,
            read=OrderKey(0),
        )


def _audit(step: Step, place: OrderKey) -> Entry:
    """Who watched and what was refused stand between the lines, at their time."""
    detail = f": {step.detail}" if step.detail else ""
    said = f"{step.who or 'somebody'} {step.action}{detail}"
    return Entry(place, EntryKind.SYSTEM, _AUDIT, step.at_ms, SafeText(said))


def _after(record: Conversation, entry: Entry, place: OrderKey) -> Conversation:
    """The record once this was said or done."""
    replace = msgspec.structs.replace
    record = replace(record, last_key=place, last_ms=entry.at_ms)
    if entry.kind is EntryKind.NOTE:
        return record
    if entry.kind is EntryKind.PUBLIC:
        record = replace(record, last_preview=NOTHING if entry.withdrawn else entry.body)
        if entry.from_customer:
            since = record.waiting_since_ms if record.waiting_since_ms is not None else entry.at_ms
            state = State.OPEN if record.owner else State.WAITING
            return replace(record, waiting_since_ms=since, state=state)
        owner = record.owner or Owner(AgentId(entry.author.id), entry.author.name)
        return replace(record, waiting_since_ms=None, owner=owner, state=State.OPEN)
    return _after_line(record, entry.system, entry.at_ms) if entry.system else record


def _after_line(record: Conversation, line: SystemLine, at_ms: int) -> Conversation:
    replace = msgspec.structs.replace
    if line.code in _OWNS:
        return replace(record, owner=Owner(AgentId(line.who), line.who), state=State.OPEN)
    if line.code == "transferred":
        return replace(record, owner=Owner(AgentId(line.what), line.what), state=State.OPEN)
    if line.code in _NOBODY_OWNS:
        return replace(record, owner=None, state=State.WAITING)
    if line.code == "resolved":
        return replace(record, state=State.RESOLVED, waiting_since_ms=None)
    if line.code in ("flagged", "unflagged"):
        flag = Flag(Owner(AgentId(line.who), line.who), line.what, at_ms) if line.code == "flagged" else None
        return replace(record, flag=flag)
    if line.code == "snoozed":
        return replace(record, state=State.SNOOZED)
    if line.code in ("woken", "came_back"):
        return replace(record, state=State.OPEN if record.owner else State.WAITING)
    if line.code == "stage" and line.what in _STAGES:
        return replace(record, stage=Stage(line.what), stage_set=True)
    return record


def _flagged(record: Conversation) -> tuple[Fact, ...]:
    flag = record.flag
    return (Fact(FactKind.FLAG, flag.since_ms, flag.by.name, flag.reason),) if flag else ()
