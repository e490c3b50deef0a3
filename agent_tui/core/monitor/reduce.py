"""What a monitor hears into its state. Deterministic, without I/O; right when every fact comes twice.

A line that was lost begins afresh at the backend, but not on the screen: tiles stay where they are until all that
there is was told again, and only then those go that were not told of.
"""

from collections.abc import Iterable

import msgspec

from agent_tui.core import reduce as console
from agent_tui.core.monitor.state import MonitorChanges, MonitorState
from agent_tui.core.state import Changes
from agent_tui.model.ids import ConversationRef
from agent_tui.model.wall import Tile
from agent_tui.ports import events as e
from agent_tui.ports import wall as w

MonitorEvent = w.WallEvent | e.EntriesLoaded | e.ConversationUpsert


class _Touched:
    __slots__ = ("board", "known", "lines", "now_ms", "tiles")

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.tiles: set[ConversationRef] = set()
        self.lines: set[ConversationRef] = set()
        self.board = False
        self.known = Changes()

    def changes(self) -> MonitorChanges:
        return MonitorChanges(frozenset(self.tiles), frozenset(self.lines), self.board, self.known)


def reduce(state: MonitorState, events: Iterable[MonitorEvent], now_ms: int) -> MonitorChanges:
    """Take many facts into the state; says which keys they touched."""
    touched = _Touched(now_ms)
    for event in events:
        match event:
            case w.TileSeen():
                _tile(state, event, touched)
            case w.TileGone():
                _gone(state, event.ref, touched)
            case w.LinesSeen():
                if event.ref in state.looked_at | state.opened and state.lines.get(event.ref) != event.entries:
                    state.lines[event.ref] = event.entries
                    touched.lines.add(event.ref)
            case w.BoardSeen():
                if state.board is None or event.board.at_ms >= state.board.at_ms:
                    state.board = event.board
                    touched.board = True
            case e.StartedAfresh():
                _afresh(state, event, touched)
            case e.Live():
                _complete(state, event, touched)
            case _:
                _known(state, event, touched)
    return touched.changes()


def look(
    state: MonitorState, looked_at: frozenset[ConversationRef], opened: frozenset[ConversationRef]
) -> MonitorChanges:
    """These are on the screen now: what was held of others only because they were is let go."""
    left = (state.looked_at | state.opened) - looked_at - opened
    closed = state.opened - opened
    state.looked_at, state.opened = looked_at, opened
    for ref in left:
        state.lines.pop(ref, None)
    for ref in closed:
        state.known.transcripts.pop(ref, None)
        state.known.typing.pop(ref, None)
        if ref not in state.tiles:
            _forget(state, ref)
    return MonitorChanges(lines=frozenset(left), known=Changes(transcripts=frozenset(closed)))


def _tile(state: MonitorState, event: w.TileSeen, touched: _Touched) -> None:
    tile, ref = event.tile, event.tile.conversation.ref
    state.unconfirmed.discard(ref)
    _known(state, e.ConversationUpsert(tile.conversation), touched)
    old = state.tiles.get(ref)
    if old is not None and old.version > tile.version:
        tile = old
    _put(state, msgspec.structs.replace(tile, conversation=state.known.conversations[ref]), touched)


def _put(state: MonitorState, tile: Tile, touched: _Touched) -> None:
    ref = tile.conversation.ref
    if state.tiles.get(ref) != tile:
        state.tiles[ref] = tile
        touched.tiles.add(ref)


def _gone(state: MonitorState, ref: ConversationRef, touched: _Touched) -> None:
    state.unconfirmed.discard(ref)
    if state.tiles.pop(ref, None) is not None:
        touched.tiles.add(ref)
    if ref not in state.opened:
        _forget(state, ref)


def _forget(state: MonitorState, ref: ConversationRef) -> None:
    known = state.known
    for kept in (known.conversations, known.transcripts, known.typing, known.marks, state.lines):
        kept.pop(ref, None)


def _afresh(state: MonitorState, event: e.StartedAfresh, touched: _Touched) -> None:
    if event.why:
        # another desk's data, or an older copy: nothing of before may stand beside it
        touched.tiles.update(state.tiles)
        touched.lines.update(state.lines)
        touched.board = touched.board or state.board is not None
        state.tiles.clear()
        state.lines.clear()
        state.board = None
        state.complete = False
        _known(state, event, touched)
    state.unconfirmed = set(state.tiles)


def _complete(state: MonitorState, event: e.Live, touched: _Touched) -> None:
    for ref in list(state.unconfirmed):
        _gone(state, ref, touched)
    state.complete = True
    _known(state, event, touched)


def _known(state: MonitorState, event: e.Event, touched: _Touched) -> None:
    changes = console.reduce(state.known, (event,), touched.now_ms)
    touched.known |= changes
    for ref in changes.records:
        tile, record = state.tiles.get(ref), state.known.conversations.get(ref)
        if tile is not None and record is not None and tile.conversation is not record:
            _put(state, msgspec.structs.replace(tile, conversation=record), touched)
    if isinstance(event, e.Disconnected) and event.revoked:
        touched.tiles.update(state.tiles)
        touched.lines.update(state.lines)
        touched.board = True
        state.tiles.clear()
        state.lines.clear()
        state.board = None
