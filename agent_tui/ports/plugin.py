"""What an entry point of the group `agent_tui.backend` names: how to make a backend's two halves."""

from collections.abc import Callable
from typing import Protocol

from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.transport import Transport
from agent_tui.ports.wall import Overseeing


class BackendPlugin(Protocol):
    """One kind of backend."""

    @property
    def title(self) -> str:
        """For people."""
        ...

    def only_looks(self, frame: bytes) -> bool:
        """Whether a socket frame changes nothing at the backend: all that a watcher's transport lets through."""
        ...

    def watching(self, transport: Transport, now_ms: Callable[[], int]) -> Watching:
        """The watching half."""
        ...

    def overseeing(self, transport: Transport, now_ms: Callable[[], int]) -> Overseeing | None:
        """The watching half with a wall, for a monitor; None where this backend has no wall."""
        ...

    def answering(self, watching: Watching) -> Answering:
        """The answering half, on the line of a watching half this plugin made. Not called for who only watches."""
        ...
