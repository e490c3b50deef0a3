"""Facts about the team's library into the state."""

from collections.abc import Callable
from typing import Any, Final

from agent_tui.core.state import State
from agent_tui.core.touched import Touched
from agent_tui.ports import events as e


def _library_moved(state: State, event: e.LibraryMoved, touched: Touched) -> None:
    state.library.told = event.version
    _heard_of_library(state, touched)


def _library_read(state: State, event: e.TeamLibraryRead, touched: Touched) -> None:
    state.library.take(event.page, first=event.first)
    _heard_of_library(state, touched)


def _heard_of_library(state: State, touched: Touched) -> None:
    if state.library.confirmed:
        state.library.heard_ms = touched.now_ms
    touched.library = True


def _copy_known(state: State, event: e.CopyKnown, touched: Touched) -> None:
    library = state.library
    if not library.version:
        library.version, library.heard_ms, library.policy = event.version, event.heard_ms, event.policy
        library.withdrawn, library.problems = event.withdrawn, event.problems
        touched.library = True


def _uses_known(state: State, event: e.UsesKnown, touched: Touched) -> None:
    state.library.take_counts(event.counts)
    touched.library = True


LIBRARY_REDUCERS: Final[dict[type[Any], Callable[[State, Any, Touched], None]]] = {
    e.LibraryMoved: _library_moved,
    e.TeamLibraryRead: _library_read,
    e.CopyKnown: _copy_known,
    e.UsesKnown: _uses_known,
}
