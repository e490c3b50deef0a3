"""What one tile of the wall says: whose conversation, who has it, how long somebody waits, what was said last."""

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from agent_tui.core import select
from agent_tui.core.attention import Closed, Urgency, clock, urgency, wait_ms
from agent_tui.core.monitor import alerts
from agent_tui.core.monitor.alerts import Alert, Limits
from agent_tui.core.monitor.order import Candidate, Sorting
from agent_tui.core.monitor.state import MonitorState
from agent_tui.core.state import Transcript
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.model.wall import Tile
from agent_tui.model.words import AuthorKind, EntryKind, Stage
from agent_tui.model.words import State as Life

LINES: Final = 12
"""So many of the last lines are handed to a tile: more than any tile has room for."""
NOBODY: Final = SafeText("nobody has it")
WITHDRAWN: Final = SafeText("message withdrawn")


_NONE: Final = Transcript()


class Voice(StrEnum):
    """Who speaks in a line, for its mark and its colour."""

    CUSTOMER = "customer"
    AGENT = "agent"
    NOTE = "note"


class Said(NamedTuple):
    """One line of a tile."""

    voice: Voice
    name: SafeText
    body: SafeText


class TileWords(NamedTuple):
    """A conversation on the wall. Two tiles that are equal look the same."""

    ref: ConversationRef
    label: str
    name: SafeText
    owner: SafeText
    stage: str
    state: Life
    wait: str
    urgency: Urgency
    alert: SafeText
    """The first alert nobody has acknowledged here, in words; else the first that somebody has; else empty."""
    acknowledged: bool
    """There are alerts, and all of them were acknowledged here."""
    more_alerts: int
    pinned: bool
    lines: tuple[Said, ...]


def tile_words(
    state: MonitorState,
    tile: Tile,
    found: Sequence[Alert],
    now_ms: int,
    limits: Limits,
    acknowledged: Collection[str] = (),
    *,
    pinned: bool = False,
) -> TileWords:
    """The tile of a conversation whose alerts were `found`."""
    record, closed = tile.conversation, state.known.closed
    fresh = [alert for alert in found if alert.key not in acknowledged]
    first = next(iter(fresh or found), None)
    waited = wait_ms(record, now_ms, closed)
    return TileWords(
        ref=record.ref,
        label=record.label,
        name=select.name_of(record),
        owner=record.owner.name if record.owner else NOBODY,
        stage=select.stage_words(record),
        state=record.state,
        wait="" if waited is None else clock(waited),
        urgency=urgency(record, now_ms, dict(limits), closed),
        alert=alerts.said(first, now_ms, wait_shown=True) if first else SafeText(""),
        acknowledged=bool(found) and not fresh,
        more_alerts=max(0, len(found) - 1),
        pinned=pinned,
        lines=last_lines(state, record),
    )


def last_lines(state: MonitorState, record: Conversation) -> tuple[Said, ...]:
    """What was said last, oldest first; the record's own preview where the lines did not come yet."""
    entries = state.lines.get(record.ref) or state.known.transcripts.get(record.ref, _NONE).entries
    found = [_said(entry) for entry in entries[-2 * LINES :] if entry.kind is not EntryKind.SYSTEM]
    if not found and record.last_preview:
        waits = record.waiting_since_ms is not None
        found.append(Said(Voice.CUSTOMER if waits else Voice.AGENT, SafeText(""), record.last_preview))
    return tuple(found[-LINES:])


def _said(entry: Entry) -> Said:
    body = WITHDRAWN if entry.withdrawn else entry.body
    if entry.kind is EntryKind.NOTE:
        return Said(Voice.NOTE, entry.author.name, body)
    return Said(Voice.CUSTOMER if entry.author.kind is AuthorKind.CUSTOMER else Voice.AGENT, entry.author.name, body)


def on_the_wall(record: Conversation, *, alerting: bool) -> bool:
    """Whether a conversation may have a tile: what is put away or done only while something is wrong with it."""
    return record.state in (Life.WAITING, Life.OPEN) or (alerting and record.state is Life.SNOOZED)


def candidate(record: Conversation, found: Iterable[Alert], acknowledged: Collection[str], by: Sorting) -> Candidate:
    """The conversation as the order sees it."""
    fresh = next((alert.order for alert in found if alert.key not in acknowledged), None)
    return Candidate(record.ref, fresh, _RANKS[by](record))


def _by_wait(record: Conversation) -> tuple[Any, ...]:
    if record.waiting_since_ms is not None:
        return 0, record.waiting_since_ms, record.ref
    return 1, -record.last_ms, record.ref


def _by_agent(record: Conversation) -> tuple[Any, ...]:
    return record.owner is None, record.owner.name.casefold() if record.owner else "", *_by_wait(record)


def _by_stage(record: Conversation) -> tuple[Any, ...]:
    return _STAGES[record.stage], *_by_wait(record)


_STAGES: Final = {stage: place for place, stage in enumerate(Stage)}
_RANKS: Final[dict[Sorting, Callable[[Conversation], tuple[Any, ...]]]] = {
    Sorting.RISK: _by_wait,
    Sorting.WAIT: _by_wait,
    Sorting.AGENT: _by_agent,
    Sorting.STAGE: _by_stage,
}


def about(record: Conversation, now_ms: int, closed: Closed = ()) -> str:
    """One line for whatever channel the team talks in: `c42 Ruben waiting 6:10`."""
    name = record.customer.name or "Visitor"
    waited = wait_ms(record, now_ms, closed)
    stands = f"waiting {clock(waited)}" if waited is not None else record.state.value
    return f"{record.label} {name} {stands}"
