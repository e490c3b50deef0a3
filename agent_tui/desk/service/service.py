"""The desk's service: commands, presence, and the reads of the routes."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store, StoredEvent
from agent_tui.protocol import requests as r
from agent_tui.protocol.commands import Command
from agent_tui.protocol.pushes import Push, Status
from agent_tui.protocol.records import VisitorEntry, WireConversation, WireEntry, WireHours


class Service:
    """Carries out commands on a store. Time and ids come in from outside."""

    def __init__(
        self, store: Store, settings: DeskSettings, *, now_ms: Callable[[], int], new_id: Callable[[], str]
    ) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        """Agents who were here when the desk ended are reconnecting; begin the once-a-second sweep."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End the sweep. The store is closed by whoever opened it."""
        raise NotImplementedError

    async def carry_out(self, actor: Actor, command: Command) -> Struct:
        """The answer to a durable command (`Stored` or `Done`). Raises `Refusal`. Roles are checked by the caller's table.

        Hello, subscribe, typing and writing touch nothing durable and belong to the socket: `unknown_command` here.
        """
        raise NotImplementedError

    # who is here

    async def agent_back(self, agent: str) -> None:
        """Her first socket opened. Conversations that went back to the queue for her loss return, if nobody took them."""
        raise NotImplementedError

    async def agent_lost(self, agent: str) -> None:
        """Her last socket closed: reconnecting for `limits.grace_ms`, then her waiting customers go to WAITING."""
        raise NotImplementedError

    async def give_back(self, agent: str) -> int:
        """All her unresolved conversations go to WAITING at once (revoke); how many."""
        raise NotImplementedError

    async def visitor_here(self, visitor: str) -> Sequence[int]:
        """The page is open; its unresolved conversations, for `CustomerHere`."""
        raise NotImplementedError

    async def visitor_left(self, visitor: str) -> Sequence[int]:
        """The page closed; its unresolved conversations."""
        raise NotImplementedError

    # visitors

    async def new_visitor(self, request: r.NewVisitor, token_hash: bytes) -> str:
        """A browser's first call. The visitor's id: an earlier one where the site's signature names a known customer."""
        raise NotImplementedError

    async def visitor_by_token(self, token_hash: bytes) -> Actor | None:
        """Whose token this is."""
        raise NotImplementedError

    async def page_now(self, visitor: str, page: r.PageNow) -> None:
        """What page a returning browser is on."""
        raise NotImplementedError

    async def visitor_lines(self, visitor: str, after_n: int, limit: int = 500) -> list[VisitorEntry]:
        """The visitor's own transcript after `after_n`, in order."""
        raise NotImplementedError

    async def status(self, visitor: str) -> Status:
        """How this visitor's chat stands."""
        raise NotImplementedError

    def hours(self) -> WireHours:
        """Open now, and when that changes."""
        raise NotImplementedError

    # reads for staff; `agent` is whose read positions are filled in

    async def inbox(self, agent: str) -> r.Inbox:
        """All that are not resolved, and the staff, at one cursor."""
        raise NotImplementedError

    async def conversations(
        self, agent: str, view: str = "all", after: str = "", limit: int = 50, text: str = ""
    ) -> r.ConversationPage:
        """A list by view: mine, waiting, snoozed, all, resolved; newest first, `waiting` longest first."""
        raise NotImplementedError

    async def conversation(self, agent: str, conversation: int) -> WireConversation:
        """One record. Raises `Refusal` not_found."""
        raise NotImplementedError

    async def entries(
        self, conversation: int, before: int | None = None, after: int | None = None, limit: int = 100
    ) -> r.EntryPage:
        """Part of a transcript: the newest ones, or those before or after a seq."""
        raise NotImplementedError

    async def earlier(self, agent: str, conversation: int) -> r.ConversationPage:
        """The same customer's earlier conversations."""
        raise NotImplementedError

    async def search(self, text: str, conversation: int = 0, before: str = "", limit: int = 50) -> r.HitPage:
        """Newest first."""
        raise NotImplementedError

    async def original(self, actor: Actor, conversation: int, seq: int) -> WireEntry:
        """A withdrawn entry with its body, for an admin; leaves an audit line."""
        raise NotImplementedError

    # events

    async def replay(self, after: int, limit: int = 500) -> list[StoredEvent]:
        """Events with id > `after`, for staff."""
        raise NotImplementedError

    async def replay_for_visitor(self, visitor: str, after: int, limit: int = 500) -> list[StoredEvent]:
        """Events of this visitor's conversations."""
        raise NotImplementedError

    async def last_event(self) -> int:
        """Id of the newest event."""
        raise NotImplementedError

    def staff_push(self, event: StoredEvent) -> Push | None:
        """The event for staff. `ReadMoved` is for the sessions of `event.agent` only."""
        raise NotImplementedError

    def visitor_pushes(self, event: StoredEvent) -> list[Push]:
        """The event for the visitor `event.visitor`: lines, changed lines, seen marks; a status when it changed."""
        raise NotImplementedError
