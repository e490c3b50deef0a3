"""Facts into state. Deterministic, without I/O; right when every fact comes twice and in any order."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from agent_tui.core import gaps, last_line
from agent_tui.core.library.reduce import LIBRARY_REDUCERS
from agent_tui.core.library.team import TeamHeld
from agent_tui.core.phone.held import take_in
from agent_tui.core.state import Changes, LinkState, Marks, State
from agent_tui.core.touched import Touched
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.text import SafeText
from agent_tui.ports import events as e
from agent_tui.ports.capabilities import Cap, Level

TYPING_FORGOTTEN_MS = 10_000
HELD_UNOPENED = 200
"""Entries of a conversation that was never opened are held up to twice this: opening it reads its newest page."""


def reduce(state: State, events: Iterable[e.Event], now_ms: int) -> Changes:
    """Take many facts into the state; says which keys they touched."""
    touched = Touched(now_ms)
    for event in events:
        _REDUCERS[type(event)](state, event, touched)
    return touched.changes()


def forget_typing(state: State, now_ms: int) -> Changes:
    """Whoever was last seen writing 10 s ago is not writing any more."""
    touched = Touched(now_ms)
    for ref, writers in list(state.typing.items()):
        for who, seen in list(writers.items()):
            if now_ms - seen.at_ms >= TYPING_FORGOTTEN_MS:
                del writers[who]
                touched.typing.add(ref)
        if not writers:
            del state.typing[ref]
    return touched.changes()


# --- the line ---


def _connected(state: State, event: e.Connected, touched: Touched) -> None:
    state.me, state.limits = event.me, event.limits
    link = state.link
    link.state, link.since_ms, link.heard_ms = LinkState.CATCHING_UP, touched.now_ms, touched.now_ms
    link.retry_at_ms, link.reason, link.clock_skew_ms = None, "", event.clock_skew_ms
    link.note = event.note or link.note
    for marks in state.marks.values():
        # who came or left meanwhile was not told; the records that follow say it
        marks.here = None
    touched.link = True


def _live(state: State, _event: e.Live, touched: Touched) -> None:
    state.link.state, state.link.since_ms = LinkState.LIVE, touched.now_ms
    touched.link = True


def _disconnected(state: State, event: e.Disconnected, touched: Touched) -> None:
    link = state.link
    ended = event.fatal or event.retry_at_ms is None
    link.state = LinkState.ENDED if ended else LinkState.RECONNECTING
    link.since_ms, link.reason, link.retry_at_ms = touched.now_ms, event.reason, event.retry_at_ms
    link.revoked = link.revoked or event.revoked
    touched.link = True
    state.library.lost(link.heard_ms)
    touched.library = True
    if event.revoked:
        _forget(state, touched)
        state.library = TeamHeld()


def _heard(state: State, event: e.Heard, touched: Touched) -> None:
    link = state.link
    link.heard_ms = max(link.heard_ms, event.at_ms)
    if link.state is LinkState.QUIET:
        link.state, link.since_ms = LinkState.LIVE, touched.now_ms
    touched.link = True


def _quiet(state: State, event: e.Quiet, touched: Touched) -> None:
    if state.link.state is LinkState.LIVE:
        state.link.state, state.link.since_ms = LinkState.QUIET, event.since_ms
        touched.link = True


def _started_afresh(state: State, event: e.StartedAfresh, touched: Touched) -> None:
    _forget(state, touched)
    state.link.note = event.why or state.link.note


def _forget(state: State, touched: Touched) -> None:
    """Everything but what this account has written and not sent."""
    for kept in (state.conversations, state.transcripts, state.agents, state.typing, state.marks, state.calls):
        kept.clear()
    state.gone.clear()
    state.ended_ms.clear()
    state.settled.clear()
    for ref, items in state.outgoing.items():
        state.outgoing[ref] = [item for item in items if item.state is not Delivery.SENT]
    touched.everything = touched.agents = touched.link = True


def _hours(state: State, event: e.HoursKnown, touched: Touched) -> None:
    state.hours = event.hours
    touched.link = True


def _capabilities(state: State, event: e.CapabilitiesKnown, touched: Touched) -> None:
    state.capabilities = dict(event.table)
    touched.link = True


def _degraded(state: State, event: e.Degraded, touched: Touched) -> None:
    state.capabilities[event.capability] = Cap(event.capability, Level.PARTIAL, note=event.note)
    touched.link = True


# --- records ---


def _marks(state: State, ref: ConversationRef) -> Marks:
    found = state.marks.get(ref)
    if found is None:
        found = state.marks[ref] = Marks()
    return found


def _conversation(state: State, event: e.ConversationUpsert, touched: Touched) -> None:
    new = event.conversation
    ref = new.ref
    if ref in state.gone:
        return
    marks = _marks(state, ref)
    old = state.conversations.get(ref)
    if event.own_read:
        marks.read = max(marks.read, new.read)
    marks.customer_seen = max(marks.customer_seen, new.customer_seen)
    newest = new if old is None or new.last_key >= old.last_key else old
    base = new if old is None or (new.revision, new.last_key) >= (old.revision, old.last_key) else old
    preview = base.last_preview if old is None else old.last_preview
    if new.last_key > marks.preview or (new.last_key == marks.preview and base is new):
        preview, marks.preview = new.last_preview, new.last_key
    record = _with_marks(base, marks, newest.last_key, newest.last_ms, preview)
    for entry in last_line.not_in(record, marks, state.transcripts.get(ref)):
        record = last_line.with_entry(record, marks, entry)
    if record != old:
        state.conversations[ref] = record
        touched.records.add(ref)


def _with_marks(
    record: Conversation, marks: Marks, last_key: OrderKey, last_ms: int, preview: SafeText
) -> Conversation:
    customer = record.customer
    if marks.here is not None and marks.here != customer.present:
        left_ms = customer.left_ms if marks.here else marks.here_ms
        customer = msgspec.structs.replace(customer, present=marks.here, left_ms=left_ms)
    return msgspec.structs.replace(
        record,
        customer=customer,
        customer_seen=marks.customer_seen,
        read=marks.read,
        last_key=last_key,
        last_ms=last_ms,
        last_preview=preview,
    )


def _apply_marks(state: State, ref: ConversationRef, touched: Touched) -> None:
    old = state.conversations.get(ref)
    if old is not None:
        record = _with_marks(old, state.marks[ref], old.last_key, old.last_ms, old.last_preview)
        if record != old:
            state.conversations[ref] = record
            touched.records.add(ref)


def _conversation_gone(state: State, event: e.ConversationGone, touched: Touched) -> None:
    ref = event.ref
    state.gone.add(ref)
    for kept in (state.conversations, state.transcripts, state.typing, state.marks):
        kept.pop(ref, None)
    touched.records.add(ref)
    touched.transcripts.add(ref)


def _seen_by_customer(state: State, event: e.SeenByCustomer, touched: Touched) -> None:
    marks = _marks(state, event.ref)
    if event.up_to > marks.customer_seen:
        marks.customer_seen = event.up_to
        _apply_marks(state, event.ref, touched)


def _read_by_me(state: State, event: e.ReadByMe, touched: Touched) -> None:
    marks = _marks(state, event.ref)
    if event.up_to > marks.read:
        marks.read = event.up_to
        _apply_marks(state, event.ref, touched)


def _customer_here(state: State, event: e.CustomerHere, touched: Touched) -> None:
    marks = _marks(state, event.ref)
    if marks.here is None or (event.at_ms, event.present) > (marks.here_ms, marks.here):
        marks.here, marks.here_ms = event.present, event.at_ms
        _apply_marks(state, event.ref, touched)


# --- entries ---


def _entry(state: State, event: e.EntryUpsert, touched: Touched) -> None:
    ref, entry = event.ref, event.entry
    if ref in state.gone:
        return
    transcript = state.transcript(ref)
    if transcript.put(entry):
        touched.transcripts.add(ref)
        _last_line(state, ref, entry, touched)
    gap = transcript.gap_after
    if event.after is None:
        gaps.follow(transcript, entry.key)
    else:
        gaps.join(transcript, event.after if event.after != START else entry.key, entry.key)
    if transcript.gap_after != gap:
        touched.transcripts.add(ref)
    if entry.cid:
        _settle(state, ref, entry)
    if not transcript.loaded and len(transcript.entries) >= 2 * HELD_UNOPENED:
        del transcript.entries[:-HELD_UNOPENED]
        gaps.begin_at(transcript, transcript.entries[0].key)


def _last_line(state: State, ref: ConversationRef, entry: Entry, touched: Touched) -> None:
    """Keep the record's last line in step with an entry that is newer than the record, or changed under it."""
    old = state.conversations.get(ref)
    if old is not None:
        record = last_line.with_entry(old, state.marks[ref], entry)
        if record is not old:
            state.conversations[ref] = record
            touched.records.add(ref)


def _settle(state: State, ref: ConversationRef, entry: Entry) -> None:
    """An own message is here: it is no longer on its way."""
    state.settled.add(entry.cid)
    waiting = state.outgoing.get(ref)
    if waiting:
        state.outgoing[ref] = [item for item in waiting if item.cid != entry.cid]


def _entries_loaded(state: State, event: e.EntriesLoaded, touched: Touched) -> None:
    ref = event.ref
    if ref in state.gone:
        return
    transcript = state.transcript(ref)
    for entry in event.entries:
        if transcript.put(entry):
            _last_line(state, ref, entry, touched)
        if entry.cid:
            _settle(state, ref, entry)
    if event.entries:
        first, last = event.entries[0].key, event.entries[-1].key
        gaps.join(transcript, first if event.after is None else min(first, event.after), event.before or last)
    elif event.after is not None and event.before is not None:
        gaps.join(transcript, event.after, event.before)
    if event.reaches_end:
        gaps.reached_end(transcript)
    transcript.reaches_start = transcript.reaches_start or event.reaches_start
    transcript.loaded = True
    touched.transcripts.add(ref)


def _gap_seen(state: State, event: e.GapSeen, touched: Touched) -> None:
    gaps.note_gap(state.transcript(event.ref), event.after)
    touched.transcripts.add(event.ref)


# --- people ---


def _typing(state: State, event: e.TypingSeen, touched: Touched) -> None:
    writers = state.typing.setdefault(event.ref, {})
    who = (event.who.kind.value, event.who.id)
    known = writers.get(who)
    # heard at once, the stop counts: begun, written and sent while this console was busy
    if known is None or (event.at_ms, not event.on) > (known.at_ms, not known.on):
        writers[who] = event
        touched.typing.add(event.ref)


def _agent(state: State, event: e.AgentSeen, touched: Touched) -> None:
    agent = event.agent
    known = state.agents.get(agent.id)
    if agent.since_ms <= state.ended_ms.get(agent.id, -1) or (known is not None and agent.since_ms < known.since_ms):
        return
    if agent.gone:
        state.ended_ms[agent.id] = agent.since_ms
        touched.agents = state.agents.pop(agent.id, None) is not None or touched.agents
    elif known != agent:
        state.ended_ms.pop(agent.id, None)
        state.agents[agent.id] = agent
        touched.agents = True


# --- calls ---


def _call(state: State, event: e.CallSeen, touched: Touched) -> None:
    if take_in(state, event.call):
        touched.calls.add(event.call.ref)


def _telephone(state: State, event: e.PhoneKnown, touched: Touched) -> None:
    touched.telephone = touched.telephone or state.telephone != event.telephone
    state.telephone = event.telephone


# --- the own outbox ---


def _outgoing(state: State, event: e.OutgoingMoved, touched: Touched) -> None:
    item = event.item
    if item.cid in state.settled:
        return
    held = state.outgoing.setdefault(item.ref, [])
    touched.transcripts.add(item.ref)
    for index, known in enumerate(held):
        if known.cid == item.cid:
            held[index] = item
            return
    held.append(item)
    held.sort(key=_by_cid)


def _by_cid(item: Outgoing) -> str:
    return item.cid


def _taken_back(state: State, event: e.OutgoingTakenBack, touched: Touched) -> None:
    state.settled.add(event.cid)
    held = state.outgoing.get(event.ref)
    if held:
        state.outgoing[event.ref] = [item for item in held if item.cid != event.cid]
        touched.transcripts.add(event.ref)


_REDUCERS: dict[type[Any], Callable[[State, Any, Touched], None]] = {
    e.Connected: _connected,
    e.Live: _live,
    e.Disconnected: _disconnected,
    e.Heard: _heard,
    e.Quiet: _quiet,
    e.StartedAfresh: _started_afresh,
    e.HoursKnown: _hours,
    e.ConversationUpsert: _conversation,
    e.ConversationGone: _conversation_gone,
    e.EntryUpsert: _entry,
    e.EntriesLoaded: _entries_loaded,
    e.GapSeen: _gap_seen,
    e.SeenByCustomer: _seen_by_customer,
    e.ReadByMe: _read_by_me,
    e.TypingSeen: _typing,
    e.AgentSeen: _agent,
    e.CustomerHere: _customer_here,
    e.CallSeen: _call,
    e.PhoneKnown: _telephone,
    e.CapabilitiesKnown: _capabilities,
    e.Degraded: _degraded,
    **LIBRARY_REDUCERS,
    e.OutgoingMoved: _outgoing,
    e.OutgoingTakenBack: _taken_back,
}
