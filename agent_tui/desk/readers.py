"""Fan-out: who is connected, and what is published to them."""

from collections.abc import Callable, Iterable

from agent_tui.desk.masks import masked_json
from agent_tui.desk.metrics import Metrics
from agent_tui.desk.reader import Reader
from agent_tui.desk.staff_log import StaffEvent, StaffLog
from agent_tui.protocol.limits import Limits


class Readers:
    """Everybody who is connected, and what was published last."""

    def __init__(self, limits: Limits, metrics: Metrics, clock: Callable[[], float]) -> None:
        self.limits = limits
        self.metrics = metrics
        self.clock = clock
        self.log = StaffLog()
        self.head = 0
        """The newest published event; readers that begin now begin after it."""
        self._staff: set[Reader] = set()
        self._visitors: dict[str, set[Reader]] = {}

    def enter(self, reader: Reader) -> None:
        """Take a reader in: from now on it can be ended, and is given what is fleeting."""
        if reader.is_staff:
            self._staff.add(reader)
        else:
            self._visitors.setdefault(reader.account, set()).add(reader)

    def leave(self, reader: Reader) -> None:
        """The reader's connection has ended."""
        reader.live = False
        self._staff.discard(reader)
        if not reader.is_staff:
            others = self._visitors.get(reader.account, set())
            others.discard(reader)
            if not others:
                self._visitors.pop(reader.account, None)

    def go_live(self, reader: Reader) -> None:
        """From the next published event on, the reader gets them as they happen."""
        reader.live = True
        reader.place = self.log.end

    @property
    def staff(self) -> Iterable[Reader]:
        """The connected staff sockets."""
        return self._staff

    @property
    def everybody(self) -> list[Reader]:
        """Every connected socket."""
        return [*self._staff, *(reader for group in self._visitors.values() for reader in group)]

    @property
    def connected_visitors(self) -> list[str]:
        """Visitors who have a page open."""
        return list(self._visitors)

    def of_account(self, account: str) -> list[Reader]:
        """An agent's sockets."""
        return [reader for reader in self._staff if reader.account == account]

    def of_session(self, session: str) -> list[Reader]:
        """One device's sockets."""
        return [reader for reader in self._staff if reader.session == session]

    def of_visitor(self, visitor: str) -> list[Reader]:
        """A visitor's sockets."""
        return list(self._visitors.get(visitor, ()))

    def publish_staff(self, event: StaffEvent) -> None:
        """Append an event for staff; `wake_staff` after the last of a group."""
        self.log.append(event)

    def publish_visitor(self, visitor: str, event_id: int, event: bytes) -> None:
        """Give one visitor's open pages what one event means to them (encoded, joined by commas)."""
        for reader in self._visitors.get(visitor, ()):
            if reader.live:
                reader.durable(event_id, event)

    def wake_staff(self) -> None:
        """Let the staff's readers take what was published; forget what all have taken; cut those too far behind."""
        slowest = self.log.end
        for reader in list(self._staff):
            if not reader.live:
                continue
            if reader.bytes_behind > self.limits.backlog_bytes:
                self.cut(reader)
                continue
            slowest = min(slowest, reader.place)
            reader.wake()
        self.log.trim(slowest)

    def now_to_staff(self, event: bytes, conversation: int | None = None, besides: str = "") -> None:
        """A fleeting event for all staff, or those who have `conversation` open; not for the account `besides`."""
        hidden = b""
        for reader in self._staff:
            if (conversation is None or conversation in reader.subscribed) and reader.account != besides:
                if reader.is_masked:
                    hidden = hidden or masked_json(event)
                reader.now(hidden if reader.is_masked else event)

    def now_to_visitor(self, visitor: str, event: bytes) -> None:
        """A fleeting event for one visitor's open pages."""
        for reader in self._visitors.get(visitor, ()):
            reader.now(event)

    def cut(self, reader: Reader) -> None:
        """Disconnect a reader that is too slow; it resumes at its cursor."""
        self.metrics.cut_readers += 1
        reader.cut()

    def cut_stalled(self) -> None:
        """Disconnect those who took nothing for too long; called about once a second."""
        longest = self.limits.stalled_ms / 1000
        now = self.clock()
        for reader in self.everybody:
            if reader.sending_since is not None and now - reader.sending_since > longest:
                self.cut(reader)
