"""Who needs me most: pure ranking of waiting customers, and when a wait is long."""

from enum import IntEnum

from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import Stage, State

LIMIT_MS: dict[Stage, int] = {
    Stage.AWARENESS: 120_000,
    Stage.INTEREST: 90_000,
    Stage.EARLY: 60_000,
    Stage.MID: 60_000,
    Stage.CLOSING: 40_000,
    Stage.SUPPORT: 90_000,
}
"""How long a customer may wait for an answer, by stage, before it is late. The 40 s of the shortest is the rim that
LiveChat shows; the others are ours, and settings."""


Closed = tuple[tuple[int, int], ...]
"""Stretches (from, until; ms) in which we are closed, in order."""


class Urgency(IntEnum):
    """How a wait stands against its limit; shown as a word and a shape before it is a colour."""

    NOBODY_WAITS = 0
    WAITING = 1
    SOON = 2
    LATE = 3


def wait_ms(conversation: Conversation, now_ms: int, closed: Closed = ()) -> int | None:
    """How long the customer has waited for us while we were open; None when nobody waits.

    Never negative, whatever the clocks say.
    """
    since = conversation.waiting_since_ms
    if since is None or conversation.state is State.RESOLVED:
        return None
    shut = sum(max(0, min(now_ms, until) - max(since, begin)) for begin, until in closed)
    return max(0, now_ms - since - shut)


def urgency(
    conversation: Conversation, now_ms: int, limits: dict[Stage, int] = LIMIT_MS, closed: Closed = ()
) -> Urgency:
    """Late past the limit of its stage, soon past two thirds of it."""
    waited = wait_ms(conversation, now_ms, closed)
    if waited is None:
        return Urgency.NOBODY_WAITS
    limit = limits[conversation.stage]
    if waited >= limit:
        return Urgency.LATE
    return Urgency.SOON if waited * 3 >= limit * 2 else Urgency.WAITING


def by_need(
    conversations: list[Conversation],
    me: str,
    now_ms: int,
    limits: dict[Stage, int] = LIMIT_MS,
    closed: Closed = (),
) -> list[ConversationRef]:
    """Waiting conversations that are mine or nobody's, the one that needs me most first.

    Ranked by waiting time as a multiple of the stage's limit: 80 s of a 40 s limit come before 100 s of a 120 s one.
    """
    ranked = []
    for conversation in conversations:
        waited = wait_ms(conversation, now_ms, closed)
        if waited is None or (conversation.owner is not None and conversation.owner.id != me):
            continue
        ranked.append((-waited / limits[conversation.stage], conversation.created_ms, conversation.ref))
    return [ref for _, _, ref in sorted(ranked)]


def clock(ms: int) -> str:
    """A wait as people say it: `0:42`, `12:05`, `3h10`, `2d`."""
    seconds = ms // 1000
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    if seconds < 86_400:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02}"
    return f"{seconds // 86_400}d"
