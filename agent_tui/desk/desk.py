"""Everything a running desk is made of, wired once and handed to routes and sockets."""

import logging
import time
from collections.abc import Callable, Sequence

from agent_tui.desk.auth import Auth, signed_out
from agent_tui.desk.board import BoardKeeper
from agent_tui.desk.health import HealthCheck
from agent_tui.desk.limits import Addresses, Buckets, Counts
from agent_tui.desk.logs import say
from agent_tui.desk.metrics import Metrics
from agent_tui.desk.origins import Origins
from agent_tui.desk.presence import Presence
from agent_tui.desk.reader import Ending
from agent_tui.desk.readers import Readers
from agent_tui.desk.service import Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.staff_log import StaffEvent
from agent_tui.desk.store import EventKind, Store, StoredEvent
from agent_tui.desk.store.casework import facts_since, proof_place
from agent_tui.desk.waiting_news import WaitingNews
from agent_tui.desk.wall import Wall
from agent_tui.desk.wall_facts import WallFacts
from agent_tui.desk.watching import Watching
from agent_tui.model.wall import REFUSED_FOR_MS
from agent_tui.protocol.errors import CLOSE_CODES, Code, ErrorAnswer
from agent_tui.protocol.frames import encode_error, encode_event
from agent_tui.protocol.pushes import LibraryMoved
from agent_tui.protocol.system_lines import OWNER_CHANGES
from agent_tui.storage.signals.reading import load_rules

_WRITTEN_DOWN = frozenset({Code.UNAUTHORISED, Code.REVOKED, Code.NOT_ALLOWED, Code.ORIGIN, Code.TOO_LARGE})


class Desk:
    """The parts of one running desk. `request_stop` is set by whoever serves it."""

    def __init__(
        self,
        store: Store,
        service: Service,
        settings: DeskSettings,
        *,
        now_ms: Callable[[], int],
        own_name: str,
        demo: bool = False,
        behind_proxy: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.service = service
        self.library = service.library
        self.settings = settings
        self.now_ms = now_ms
        self.clock = clock
        self.own_name = own_name
        self.demo = demo
        self.behind_proxy = behind_proxy
        self.stopping = False
        self.busy = 0
        """Commands being carried out at this moment."""
        self.request_stop: Callable[[], None] = lambda: None
        limits = settings.limits
        self.metrics = Metrics()
        self.readers = Readers(limits, self.metrics, clock)
        self.auth = Auth(store, service, settings, now_ms=now_ms)
        self.presence = Presence(self.readers, service, settings, now_ms=now_ms)
        self.watching = Watching(store, now_ms)
        self.board = BoardKeeper(service.opening_hours, now_ms)
        self.facts = WallFacts()
        self.wall = Wall(store, service, self.board, self.facts, load_rules(settings.signals), now_ms)
        self._early: list[StoredEvent] | None = None
        """What is stored while the wall is read from the database."""
        self.waiting_news = WaitingNews(self.readers, service)
        self.origins = Origins(settings)
        self.addresses = Addresses()
        self.health = HealthCheck(store, lambda: self.metrics.refusals(Code.DISK_FULL))
        self.lines = Buckets(limits.visitor_messages_per_second, limits.visitor_burst, clock)
        self.visitor_frames = Buckets(limits.visitor_messages_per_second * 4, limits.visitor_burst * 4, clock)
        self.new_visitors = Buckets(
            limits.conversations_per_address_minute / 60, limits.conversations_per_address_minute, clock
        )
        self.new_tickets = Buckets(1.0, 30, clock)
        self.sign_ins = Buckets(
            settings.login_attempts * 1000 / settings.login_window_ms, settings.login_attempts, clock
        )
        self._log_pace = Buckets(1.0, 10, clock)
        self.sockets_of_address = Counts(limits.sockets_per_address)
        self.sockets_of_visitor = Counts(settings.sockets_per_visitor)
        self._gauges()

    async def start(self) -> None:
        """Begin: events reach readers from now on."""
        self.readers.head = await self.service.last_event()
        self.library.moved = self._library_moved
        self.store.subscribe(self._publish)
        await self.service.start()
        await self.watching.begin()
        await self._begin_wall()
        self.waiting_news.begin()

    async def _begin_wall(self) -> None:
        early: list[StoredEvent] = []
        self.store.subscribe(lambda events: early.extend(events) if self._early is early else self._tell_wall(events))
        self._early = early
        inbox = await self.service.inbox("")
        since = self.board.since_ms
        self.board.begin(inbox.conversations, inbox.agents, await self.store.read(lambda db: facts_since(db, since)))
        for call in inbox.calls:
            self.facts.call(call)
        refused_since = self.now_ms() - REFUSED_FOR_MS
        proof = await self.store.read(lambda db: proof_place(db, refused_since))
        self.wall.begin(inbox.conversations, inbox.agents, int(inbox.cursor), proof)
        self._early = None
        self._tell_wall(early)

    def _tell_wall(self, events: Sequence[StoredEvent]) -> None:
        self.board.hear(events)
        self.wall.hear(events)

    def _library_moved(self, version: str) -> None:
        self.readers.now_to_staff(encode_event(LibraryMoved(version)))

    def _publish(self, events: Sequence[StoredEvent]) -> None:
        for event in events:
            self._publish_one(event)
        self.readers.head = events[-1].id
        self.metrics.events += len(events)
        self.readers.wake_staff()

    def _publish_one(self, event: StoredEvent) -> None:
        if event.visitor:
            self.presence.belongs(event.conversation, event.visitor)
        if event.kind is EventKind.ENTRY and event.entry is not None:
            self.presence.wrote(event.conversation, event.entry.by)
            if event.entry.system is not None and event.entry.system.code in OWNER_CHANGES:
                self.presence.changed_hands(event.conversation)
        staff_event = self.staff_event(event)
        if staff_event is not None:
            self.readers.publish_staff(staff_event)
        if event.visitor and self.readers.of_visitor(event.visitor):
            told = self.visitor_event(event)
            if told:
                self.readers.publish_visitor(event.visitor, event.id, told)

    def staff_event(self, event: StoredEvent) -> StaffEvent | None:
        """An event as staff are told it, encoded; None when it is none of theirs."""
        push = self.service.staff_push(event)
        if push is None:
            return None
        return StaffEvent(event.id, encode_event(push), event.agent if event.kind is EventKind.READ else "")

    def visitor_event(self, event: StoredEvent) -> bytes:
        """An event as its visitor is told it: encoded, joined by commas; empty when it is none of theirs."""
        return b",".join(encode_event(push) for push in self.service.visitor_pushes(event))

    def saw_visitor(self, address: str, *, forwarded: bool) -> None:
        """A new visitor: warn once when all of them seem to share one address."""
        before = self.addresses.warning
        self.addresses.saw(address, forwarded=forwarded, trusted_proxy=self.behind_proxy)
        if self.addresses.warning and not before:
            say(self.addresses.warning, level=logging.WARNING)

    def refused(self, answer: ErrorAnswer, address: str, what: str) -> None:
        """Count a refusal. One that may have been tried on purpose is written down, but no flood of them."""
        self.metrics.refused(answer.code)
        if answer.code in _WRITTEN_DOWN and not self._log_pace.take(address):
            say("refused", level=logging.WARNING, code=answer.code.value, address=address, asked=what)

    def end_sessions(self, sessions: Sequence[str], sentence: str = "") -> None:
        """Close the sockets of these sessions at once: their sign-in has ended, and `sentence` says how.

        Without one an admin did it.
        """
        for session in sessions:
            for reader in self.readers.of_session(session):
                reader.say_and_end(
                    encode_error(None, ErrorAnswer(Code.REVOKED, sentence or signed_out(reader.role))),
                    Ending(CLOSE_CODES[Code.REVOKED], "signed out"),
                )

    def _gauges(self) -> None:
        gauge = self.metrics.gauge
        gauge("agent_tui_staff_sockets", "Sockets of staff.", lambda: len(list(self.readers.staff)))
        gauge(
            "agent_tui_visitors_connected", "Visitors with an open page.", lambda: len(self.readers.connected_visitors)
        )
        gauge("agent_tui_last_event", "Id of the newest published event.", lambda: self.readers.head)
