"""Whom a reply reaches, and what to know before writing it."""

from agent_tui.core import select
from agent_tui.core.attention import clock
from agent_tui.core.state import LinkState, State
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.model.words import State as Life
from agent_tui.ui.widgets.composer import Recipient

_SHORT_AGO_MS = 3_600_000
_DOWN = (LinkState.CONNECTING, LinkState.RECONNECTING, LinkState.ENDED)


def recipient(state: State, ref: ConversationRef, now_ms: int, reopen: str = "") -> Recipient:
    """Whom the composer names, with what to know before writing. `reopen`: the keys that do that while typing."""
    record = state.conversations.get(ref)
    if record is None:
        return Recipient(SafeText(ref), SafeText("chat"))
    return Recipient(select.name_of(record), SafeText(record.channel), SafeText(_notice(state, record, now_ms, reopen)))


def _notice(state: State, record: Conversation, now_ms: int, reopen: str) -> str:
    writing = [
        seen.who.name
        for seen in select.writers(state, record.ref)
        if seen.who.id != record.customer.id and (state.me is None or seen.who.id != state.me.id)
    ]
    if writing:
        return f"{writing[0]} is writing here"
    if state.link.state in _DOWN:
        return "offline: sending waits"
    if record.state is Life.RESOLVED:
        return f"resolved: Esc, {reopen} reopens" if reopen else "resolved"
    name = select.name_of(record)
    marks = state.marks.get(record.ref)
    present = marks.here if marks is not None and marks.here is not None else record.customer.present
    if present is False:
        left = record.customer.left_ms or (marks.here_ms if marks else 0)
        return f"{name} left {ago(now_ms - left)}" if left else f"{name} has left"
    if record.owner is not None and not select.is_mine(state, record):
        return f"{record.owner.name} has this chat"
    return ""


def ago(passed_ms: int) -> str:
    """How long ago, as people say it."""
    if passed_ms < 60_000:
        return "just now"
    if passed_ms < _SHORT_AGO_MS:
        return f"{passed_ms // 60_000} min ago"
    return f"{clock(passed_ms)} ago"
