"""How things stand after what happened: one thing after the other, taken into a monitor's state. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from agent_tui.core.monitor.state import MonitorState
from agent_tui.core.state import Transcript
from agent_tui.model.conversation import Conversation, Flag, Owner
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import AgentId, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING, Author, Customer
from agent_tui.model.text import SafeText
from agent_tui.model.wall import ENDS, GOES_ON, PROOF_REFUSED, REFUSED_FOR_MS, Fact, FactKind, Standing, Step, Tile
from agent_tui.model.words import AuthorKind, EntryKind, Outcome, Stage, State

_LINES: Final = 12
_OWNS: Final = frozenset({"claimed", "took_over", "given_back"})
_NOBODY_OWNS: Final = frozenset({"released", "handed_back"})
_GOES_ON: Final = GOES_ON | {"woken"}
_CALLED: Final = frozenset({"call_withdrawn", "call_requested", "call_dialling", "call_handed_over", "call_connected"})
"""After these nobody waits to be called any more."""
_STAGES: Final = frozenset(stage.value for stage in Stage)
_AUDIT: Final = Author(AuthorKind.SYSTEM, "", NOTHING)

Records = Mapping[ConversationRef, Conversation]
"""As they are today."""


def copied(state: MonitorState) -> MonitorState:
    """The same once more; what is taken into one of them is not in the other."""
    copy = MonitorState(tiles=dict(state.tiles), lines=dict(state.lines), complete=True)
    copy.known.me, copy.known.hours = state.known.me, state.known.hours
    copy.known.conversations = dict(state.known.conversations)
    copy.known.transcripts = {
        ref: Transcript(list(held.entries), held.reaches_start, held.loaded)
        for ref, held in state.known.transcripts.items()
    }
    return copy


def stand(state: MonitorState, standing: Standing) -> None:
    """A conversation was open at the beginning."""
    record = standing.conversation
    ref = record.ref
    state.known.conversations[ref] = _as_it_began(record, record.created_ms)
    state.known.transcript(ref).reaches_start = not standing.left_out
    for entry in standing.entries:
        take(state, Step(ref, entry.at_ms, entry), {}, 0)


def take(state: MonitorState, step: Step, records: Records, since_ms: int) -> None:
    """The next thing happened. `since_ms`: what had begun before then and is not held had ended by then."""
    ref = step.ref
    record = state.known.conversations.get(ref) or _first_heard_of(step, records.get(ref), since_ms)
    transcript = state.known.transcripts.get(ref)
    if transcript is None:
        transcript = state.known.transcript(ref)
        transcript.reaches_start = record.state is not State.RESOLVED
    transcript.loaded = True
    place = OrderKey(len(transcript.entries) + 1)
    entry = msgspec.structs.replace(step.entry, key=place) if step.entry else _audit(step, place)
    transcript.put(entry)
    state.lines[ref] = tuple(transcript.entries[-_LINES:])
    tile = state.tiles.get(ref)
    facts = {fact.kind: fact for fact in tile.facts} if tile else {}
    record = _after(record, entry, place)
    _look_for_facts(facts, record, step)
    state.known.conversations[ref] = record
    if record.state is State.RESOLVED:
        state.tiles.pop(ref, None)
    else:
        oldest_first = tuple(sorted(facts.values(), key=lambda fact: fact.since_ms))
        state.tiles[ref] = Tile(record, tile.version + 1 if tile else 1, oldest_first)


def forget_refused(state: MonitorState, at_ms: int) -> None:
    """Time has passed: refusals of proof are alerts for an hour."""
    for ref, tile in state.tiles.items():
        kept = tuple(
            fact
            for fact in tile.facts
            if fact.kind is not FactKind.PROOF_REFUSED or at_ms - fact.since_ms < REFUSED_FOR_MS
        )
        if len(kept) < len(tile.facts):
            state.tiles[ref] = msgspec.structs.replace(tile, facts=kept)


def _first_heard_of(step: Step, known: Conversation | None, since_ms: int) -> Conversation:
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
    began = _as_it_began(known, step.at_ms)
    if known.created_ms >= since_ms:
        return began
    return msgspec.structs.replace(began, state=State.RESOLVED, owner=known.owner)


def _as_it_began(known: Conversation, at_ms: int) -> Conversation:
    """Who the customer is and the stage are as today; nothing has happened yet."""
    return msgspec.structs.replace(
        known,
        state=State.WAITING,
        owner=None,
        waiting_since_ms=None,
        outcome=Outcome.UNKNOWN,
        came_back=False,
        wants_call=False,
        flag=None,
        snoozed_until_ms=None,
        last_key=OrderKey(0),
        last_ms=at_ms,
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
            return replace(record, waiting_since_ms=since, state=_held(record))
        owner = record.owner or Owner(AgentId(entry.author.id), entry.author.name)
        return replace(record, waiting_since_ms=None, owner=owner, state=State.OPEN)
    return _after_line(record, entry.system, entry.at_ms) if entry.system else record


def _held(record: Conversation) -> State:
    return State.OPEN if record.owner else State.WAITING


def _after_line(record: Conversation, line: SystemLine, at_ms: int) -> Conversation:
    replace = msgspec.structs.replace
    if line.code in _OWNS:
        return replace(record, owner=Owner(AgentId(line.who), line.who), state=State.OPEN)
    if line.code == "transferred":
        return replace(record, owner=Owner(AgentId(line.what), line.what), state=State.OPEN)
    if line.code in _NOBODY_OWNS:
        return replace(record, owner=None, state=State.WAITING)
    if line.code in ENDS:
        return replace(record, state=State.RESOLVED, waiting_since_ms=None, flag=None, wants_call=False)
    if line.code in ("flagged", "unflagged"):
        flag = Flag(Owner(AgentId(line.who), line.who), line.what, at_ms) if line.code == "flagged" else None
        return replace(record, flag=flag)
    if line.code == "snoozed":
        return replace(record, state=State.SNOOZED)
    if line.code in _GOES_ON:
        return replace(record, state=_held(record))
    if line.code == "call_asked":
        return replace(record, wants_call=True)
    if line.code in _CALLED:
        return replace(record, wants_call=False)
    if line.code == "stage" and line.what in _STAGES:
        return replace(record, stage=Stage(line.what), stage_set=True)
    return record


def _look_for_facts(facts: dict[FactKind, Fact], record: Conversation, step: Step) -> None:
    """What is an alert after the step: flags, wishes to be called, proof that was refused."""
    flag = record.flag
    if flag is not None:
        facts[FactKind.FLAG] = Fact(FactKind.FLAG, flag.since_ms, flag.by.name, flag.reason)
    else:
        facts.pop(FactKind.FLAG, None)
    if record.wants_call:
        facts.setdefault(FactKind.CALL_WANTED, Fact(FactKind.CALL_WANTED, step.at_ms))
    else:
        facts.pop(FactKind.CALL_WANTED, None)
    if step.entry is None and step.action == PROOF_REFUSED:
        facts[FactKind.PROOF_REFUSED] = Fact(FactKind.PROOF_REFUSED, step.at_ms, step.who, step.detail)
