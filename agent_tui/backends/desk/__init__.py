"""The backend that speaks to our own chat server, the desk."""

from collections.abc import Callable

from agent_tui.backends.desk.client.answering import DeskAnswering
from agent_tui.backends.desk.client.line import DeskLine
from agent_tui.backends.desk.client.overseeing import DeskOverseeing
from agent_tui.backends.desk.client.watching import DeskWatching
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.transport import Transport
from agent_tui.ports.wall import Overseeing
from agent_tui.protocol.errors import Refusal
from agent_tui.protocol.frames import decode_command
from agent_tui.protocol.table import COMMAND_BY_TYPE


class DeskPlugin:
    """How to speak with a desk."""

    title = "agent-tui desk"

    def only_looks(self, frame: bytes) -> bool:
        """What the table says does not write; what can't be read, with the desk's own reader, does not pass."""
        try:
            return not COMMAND_BY_TYPE[type(decode_command(frame))].writes
        except Refusal:
            return False

    def watching(self, transport: Transport, now_ms: Callable[[], int]) -> Watching:
        """The watching half, with a line of its own."""
        return DeskWatching(DeskLine(transport), now_ms)

    def overseeing(self, transport: Transport, now_ms: Callable[[], int]) -> Overseeing:
        """The watching half with a wall."""
        return DeskOverseeing(DeskLine(transport), now_ms)

    def answering(self, watching: Watching) -> Answering:
        """The answering half on the same line."""
        assert isinstance(watching, DeskWatching)
        return DeskAnswering(watching.line, lambda: watching.capabilities)


plugin = DeskPlugin()
