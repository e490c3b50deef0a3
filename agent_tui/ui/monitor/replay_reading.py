"""What a replay is made of is read page by page, up to a bound that is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from agent_tui.core.monitor.periods import Period

if TYPE_CHECKING:
    from agent_tui.model.conversation import Conversation
    from agent_tui.model.ids import ConversationRef
    from agent_tui.model.wall import Standing, Step
    from agent_tui.runtime.monitor import Monitor

MOST_STEPS: Final = 20_000
"""So many steps of a time are read at once; another replay goes on where they end."""
MOST_STANDING: Final = 1_000
"""Of so many conversations that were open at the beginning it is read how they stood."""


class Read(NamedTuple):
    """A time, as far as it was read."""

    steps: list[Step]
    records: dict[ConversationRef, Conversation]
    standing: list[Standing]
    since_ms: int
    until_ms: int
    wanted_until_ms: int
    name: str
    cut: bool = False
    """There are more steps: they begin at `until_ms`."""
    more_stood: bool = False
    """More were open at the beginning than is known of."""


Tell = Callable[[int, int], None]
"""Told how many steps were read, and up to when."""


async def read_conversation(monitor: Monitor, record: Conversation, now_ms: int, tell: Tell) -> Read:
    """One conversation whole, from its beginning until now. Raises `PortError`."""
    steps, records, _ = await _steps(monitor, record.created_ms, now_ms + 1, record.ref, None, tell)
    records[record.ref] = record
    until_ms = max((step.at_ms for step in steps), default=now_ms)
    return Read(steps, records, [], record.created_ms, until_ms, now_ms, record.label)


async def read_period(monitor: Monitor, period: Period, tell: Tell) -> Read:
    """All conversations in a time, and what was open at its beginning. Raises `PortError`."""
    page = await monitor.standing(period.since_ms)
    standing = list(page.standing)
    while page.next and len(standing) < MOST_STANDING:
        page = await monitor.standing(period.since_ms, page.next)
        standing += page.standing
    steps, records, cut = await _steps(monitor, period.since_ms, period.until_ms, None, MOST_STEPS, tell)
    until_ms = steps[-1].at_ms if cut else period.until_ms
    return Read(steps, records, standing, period.since_ms, until_ms, period.until_ms, period.name, cut, bool(page.next))


async def _steps(
    monitor: Monitor, since_ms: int, until_ms: int, ref: ConversationRef | None, most: int | None, tell: Tell
) -> tuple[list[Step], dict[ConversationRef, Conversation], bool]:
    steps: list[Step] = []
    records: dict[ConversationRef, Conversation] = {}
    after = ""
    while True:
        page = await monitor.replay(since_ms, until_ms, ref, after)
        steps += page.steps
        records.update((record.ref, record) for record in page.records)
        after = page.next
        if not after or (most is not None and len(steps) >= most):
            return steps, records, bool(after)
        tell(len(steps), steps[-1].at_ms)
