"""How every visitor's chat stands, kept in memory from the events: nothing is read back to tell a visitor."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from msgspec import Struct

from agent_tui.desk.store import StoredEvent
from agent_tui.model.words import Availability, Role, State
from agent_tui.protocol.pushes import Status
from agent_tui.protocol.records import WireAgent, WireConversation, WireHours

_SEEN_FOR_MS = 3_600_000
_FEWEST = 5
_MOST = 50
_KEPT_CHATS = 20_000
_SHOWN = {State.WAITING: "waiting", State.OPEN: "open", State.SNOOZED: "open", State.RESOLVED: "resolved"}


class _Chat(Struct):
    conversation: int
    state: State
    agent: str
    since: int
    """When the wait began; used while it is `waiting`."""
    unanswered: bool
    """The customer waits for an answer: one given back after an answer is in the queue, but tells nothing of waits."""


class Queue:
    """The visitors' chats, who waits before whom, and how long people waited lately."""

    def __init__(
        self,
        hours: Callable[[], WireHours],
        now_ms: Callable[[], int],
        present: Callable[[str], bool],
        kept_chats: int = _KEPT_CHATS,
    ) -> None:
        """`present`: whether a visitor's page is open. Of more than `kept_chats` those are forgotten that ended."""
        self._hours = hours
        self._now_ms = now_ms
        self._chats: dict[str, _Chat] = {}
        self._present = present
        self._kept = self._most = kept_chats
        self._waiting: dict[str, _Chat] = {}
        self._agents: dict[str, WireAgent] = {}
        self._waits: deque[tuple[int, int]] = deque(maxlen=_MOST)

    def begin(self, conversations: Iterable[WireConversation], agents: Iterable[WireAgent]) -> None:
        """What there is when the desk starts."""
        for record in conversations:
            self._learn(record)
        self._agents = {agent.id: agent for agent in agents}

    def hear(self, events: Sequence[StoredEvent]) -> None:
        """What became true."""
        for event in events:
            if event.record is not None:
                self._learn(event.record)
            if event.member is not None:
                self._agents[event.member.id] = event.member

    def knows(self, visitor: str) -> bool:
        """Whether this visitor's chat was seen since the desk started, or was not resolved then."""
        return visitor in self._chats

    def learn(self, record: WireConversation) -> None:
        """A chat from before, looked up because its visitor is back."""
        if not self.knows(record.customer.id):
            self._learn(record)

    def status(self, visitor: str) -> Status:
        """How this visitor's chat stands."""
        chat = self._chats.get(visitor)
        hours = self._hours()
        staffed = any(
            agent.availability is Availability.AVAILABLE and agent.role is not Role.SUPERVISOR
            for agent in self._agents.values()
        )
        waits = chat is not None and chat.state is State.WAITING
        return Status(
            state=_SHOWN[chat.state] if chat else "none",
            agent=chat.agent if chat else "",
            ahead=self._ahead(chat) if chat and waits else None,
            wait_s=self._usual_wait_s() if waits and staffed else None,
            staffed=staffed,
            open_now=hours.open,
            opens_at=None if hours.open else hours.changes_at,
        )

    def waiting(self) -> list[str]:
        """Visitors who wait for an agent, the longest first."""
        return sorted(self._waiting, key=lambda visitor: self._waiting[visitor].since)

    def _learn(self, record: WireConversation) -> None:
        visitor = record.customer.id
        before = self._chats.get(visitor)
        if before is not None and before.conversation > record.id:
            return
        if before is not None and before.state is State.WAITING and before.unanswered and record.state is State.OPEN:
            now = self._now_ms()
            self._waits.append((now, max(0, now - before.since)))
        owner = record.owner.name if record.owner else ""
        since, unanswered = record.waiting_since or record.created, record.waiting_since is not None
        chat = _Chat(record.id, record.state, owner, since, unanswered)
        self._chats[visitor] = chat
        if len(self._chats) > self._most:
            self._forget_resolved()
        if chat.state is State.WAITING:
            self._waiting[visitor] = chat
        else:
            self._waiting.pop(visitor, None)

    def _forget_resolved(self) -> None:
        """A visitor who comes back is looked up again (`Service.status`)."""
        self._chats = {
            who: chat for who, chat in self._chats.items() if chat.state is not State.RESOLVED or self._present(who)
        }
        self._most = max(self._kept, 2 * len(self._chats))

    def _ahead(self, chat: _Chat) -> int:
        mine = chat.since, chat.conversation
        return sum((other.since, other.conversation) < mine for other in self._waiting.values())

    def _usual_wait_s(self) -> int | None:
        """The middle one of the last hour's waits; None where there were too few to say."""
        after = self._now_ms() - _SEEN_FOR_MS
        lately = [wait for at, wait in self._waits if at >= after]
        return round(median(lately) / 1000) if len(lately) >= _FEWEST else None
