"""Stored events as what readers are told, for staff and for the visitor concerned."""

from agent_tui.desk.store import EventKind, StoredEvent
from agent_tui.desk.store.rows import visitor_entry
from agent_tui.protocol.pushes import (
    AgentChanged,
    AgentSaw,
    CallChanged,
    ConversationChanged,
    EntryAdded,
    EntryChanged,
    Line,
    LineChanged,
    Push,
    ReadMoved,
    SeenMoved,
)


def staff_push(event: StoredEvent) -> Push | None:
    """For staff; None where what it refers to is gone. `ReadMoved` is for the sessions of `event.agent` only."""
    number = event.conversation
    if event.entry is not None:
        if event.kind is EventKind.ENTRY:
            return EntryAdded(number, event.entry, event.record)
        return EntryChanged(number, event.entry)
    if event.record is not None:
        return ConversationChanged(event.record)
    if event.member is not None:
        return AgentChanged(event.member)
    if event.call is not None:
        return CallChanged(event.call)
    if event.kind is EventKind.SEEN:
        return SeenMoved(number, event.seq)
    if event.kind is EventKind.READ:
        return ReadMoved(number, event.seq)
    return None


def visitor_lines_of(event: StoredEvent) -> list[Push]:
    """For the visitor of the conversation: lines, changed lines and how far an agent has seen them."""
    if event.your_call is not None:
        return [event.your_call]
    if event.n == 0:
        return []
    if event.kind is EventKind.READ:
        return [AgentSaw(event.n)]
    if event.entry is None:
        return []
    line = visitor_entry(event.entry, event.n)
    return [Line(line) if event.kind is EventKind.ENTRY else LineChanged(line)]
