"""The backend that speaks to our own chat server, the desk."""

from collections.abc import Callable
from typing import Final

import msgspec

from agent_tui.backends.desk.client.answering import DeskAnswering
from agent_tui.backends.desk.client.line import DeskLine
from agent_tui.backends.desk.client.watching import DeskWatching
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.transport import Transport

LOOKING: Final = frozenset({"hello", "subscribe"})


class _Named(msgspec.Struct):
    do: str


class DeskPlugin:
    """How to speak with a desk."""

    title = "agent-tui desk"

    def only_looks(self, frame: bytes) -> bool:
        """A short list of commands; what can't be read is not on it."""
        try:
            return msgspec.json.decode(frame, type=_Named).do in LOOKING
        except msgspec.MsgspecError:
            return False

    def watching(self, transport: Transport, now_ms: Callable[[], int]) -> Watching:
        """The watching half, with a line of its own."""
        return DeskWatching(DeskLine(transport), now_ms)

    def answering(self, watching: Watching) -> Answering:
        """The answering half on the same line."""
        assert isinstance(watching, DeskWatching)
        return DeskAnswering(watching.line)


plugin = DeskPlugin()
