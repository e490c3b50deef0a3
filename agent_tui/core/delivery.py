"""The outbox's rules, pure: which message may leave next, and which is held back until its author looks again."""

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.words import EntryKind, State
from agent_tui.ports.errors import Crossed, Forbidden, NotFound, PortError, Refused, Unsupported

HELD_AFTER_MS: Final = 10 * 60_000
EVERYTHING_SEEN: Final = OrderKey((1 << 53) - 1)
"""The author let it go after a hold: it is not held as crossed again (the largest integer JSON readers agree on)."""

FINAL: Final = (Refused, Forbidden, NotFound, Unsupported)
"""Asking again unchanged gives the same answer."""

_BLOCKS_THE_LINE: Final = frozenset({Delivery.WAITING, Delivery.SENDING, Delivery.HELD, Delivery.UNSURE})


def heads_of_line(rows: Iterable[Outgoing], busy: Collection[ConversationRef]) -> list[Outgoing]:
    """The oldest unsettled row of each conversation, where it may be sent now.

    `busy`: conversations with one on its way. A held one keeps those behind it back, for they were written after it;
    a failed one does not.
    """
    heads: dict[ConversationRef, Outgoing] = {}
    for item in sorted(rows, key=lambda row: row.cid):
        if item.state in _BLOCKS_THE_LINE:
            heads.setdefault(item.ref, item)
    return [item for ref, item in heads.items() if item.state is Delivery.WAITING and ref not in busy]


def reason_to_hold(item: Outgoing, conversation: Conversation | None, me: str, now_ms: int) -> str:
    """Why its author should look again before it goes; "" where it may go. A note is never held."""
    if item.kind is EntryKind.NOTE:
        return ""
    if now_ms - item.written_ms > HELD_AFTER_MS:
        return f"Written {_ago(now_ms - item.written_ms)} ago and not sent yet: send it now, edit it, or discard it?"
    if conversation is None or item.seen == EVERYTHING_SEEN:
        return ""
    if conversation.state is State.RESOLVED and not item.resolved_then:
        return "The chat was resolved since you wrote this: send it now, edit it, or discard it?"
    owner = conversation.owner
    if owner is not None and owner.id not in (me, item.owner_then):
        return f"{owner.name} has taken this chat since you wrote this: send it now, edit it, or discard it?"
    return ""


def _ago(passed_ms: int) -> str:
    minutes = passed_ms // 60_000
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def on_its_way(item: Outgoing) -> Outgoing:
    """The first byte is about to leave. Why the last try failed stays said until this one's answer is here."""
    return msgspec.structs.replace(item, state=Delivery.SENDING, attempted=True)


def held(item: Outgoing, why: str) -> Outgoing:
    """Kept back until its author decides."""
    return msgspec.structs.replace(item, state=Delivery.HELD, why=why)


def let_go(item: Outgoing, now_ms: int) -> Outgoing:
    """Its author has looked again: one hold a draft, and its age counts from now."""
    return msgspec.structs.replace(
        item,
        state=Delivery.WAITING,
        why="",
        seen=EVERYTHING_SEEN,
        draft_begun=EVERYTHING_SEEN,
        written_ms=max(now_ms, item.written_ms),
    )


def after_error(item: Outgoing, error: PortError, *, repeatable: bool = True) -> Outgoing:
    """What a send that raised leaves behind.

    Held and refused ones are known not to be stored. After any other error the backend may have it: where a repeat
    under the same cid is harmless (`repeatable`) it goes again, elsewhere only its author can decide that.
    """
    if isinstance(error, Crossed):
        return msgspec.structs.replace(held(item, str(error)), attempted=False)
    if isinstance(error, FINAL):
        return msgspec.structs.replace(item, state=Delivery.FAILED, why=str(error), attempted=False)
    return after_cut(msgspec.structs.replace(item, why=str(error)), repeatable=repeatable)


def after_cut(item: Outgoing, *, repeatable: bool) -> Outgoing:
    """A message that was on its way when the line, or this program, ended."""
    return msgspec.structs.replace(item, state=Delivery.WAITING if repeatable else Delivery.UNSURE)
