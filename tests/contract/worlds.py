"""Worlds for the contract: a backend with a customer and a colleague who do what a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from agent_tui.backends.desk.client.watching import DeskWatching
from agent_tui.model.ids import ConversationRef
from agent_tui.model.snippet import AnySnippet, Place, Placed
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.library import TeamPage
from agent_tui.protocol import commands as c
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.net import Net
from agent_tui.runtime.plugins import backend
from agent_tui.storage.library.writing import as_toml
from tests.clients import StaffClient, VisitorClient
from tests.desk_process import running_desk
from tests.scripted_backend import ScriptedAnswering, ScriptedDesk, ScriptedWatching


class World(Protocol):
    """One backend with an agent Ada, whose two halves are tested, a colleague Bob, and customers."""

    bob: str
    """The colleague's id."""

    @property
    def watching(self) -> Watching:
        """One half."""
        ...

    @property
    def answering(self) -> Answering:
        """The other half."""
        ...

    async def new_customer(self, text: str) -> ConversationRef:
        """A new customer writes a first line."""
        ...

    async def customer_says(self, ref: ConversationRef, text: str) -> None:
        """The customer of a conversation writes again."""
        ...

    async def bob_claims(self, ref: ConversationRef) -> None:
        """The colleague takes a conversation that nobody has."""
        ...

    async def team_has(self, *snippets: AnySnippet) -> None:
        """The team's library holds these from now on, and no others."""
        ...

    def another_watching(self) -> Watching:
        """Ada's second console, without an answering half."""
        ...

    def cut(self) -> None:
        """The line of the tested half is cut, and can be connected again."""
        ...

    def bytes_sent(self) -> int:
        """How much the tested halves have sent: any measure that grows with it."""
        ...


class ScriptedWorld:
    """In memory."""

    bob = "bob"

    def __init__(self) -> None:
        self.desk = ScriptedDesk(wall_ms)
        self.desk.agent("Bob")
        self.watching = ScriptedWatching(self.desk)
        self.answering = ScriptedAnswering(self.desk)

    async def new_customer(self, text: str) -> ConversationRef:
        ref = self.desk.conversation(len(self.desk.conversations) + 1, "Jane")
        self.desk.customer_says(ref, text)
        return ref

    async def customer_says(self, ref: ConversationRef, text: str) -> None:
        self.desk.customer_says(ref, text)

    async def bob_claims(self, ref: ConversationRef) -> None:
        self.desk.change(ref, owner=self.desk.owner("Bob"), state="open")

    async def team_has(self, *snippets: AnySnippet) -> None:
        place = Place("library/team.toml", 1)
        version = f"{self.desk.team.version}+"
        self.desk.team_moved(TeamPage(version, True, tuple(Placed(each, place) for each in snippets)))

    def another_watching(self) -> Watching:
        self.desk.fresh = True
        return ScriptedWatching(self.desk)

    def cut(self) -> None:
        self.desk.cut()
        self.desk.restore()

    def bytes_sent(self) -> int:
        return len(self.desk.asked)


class DeskWorld:
    """A real desk in a process of its own."""

    def __init__(
        self,
        url: str,
        stack: AsyncExitStack,
        token: str,
        bob: StaffClient,
        new_visitor: Callable[[], Any],
        library: Path,
    ):
        self._library = library
        plugin = backend("desk")
        self._find = always_at(url, token)
        self._net = _Counting(self._find)
        watching = plugin.watching(self._net, wall_ms)
        assert isinstance(watching, DeskWatching)
        self.watching = watching
        self.answering = plugin.answering(watching)
        self._bob = bob
        assert bob.welcome is not None
        self.bob = bob.welcome.you.id
        self._stack = stack
        self._new_visitor = new_visitor
        self._customers: dict[ConversationRef, VisitorClient] = {}

    async def new_customer(self, text: str) -> ConversationRef:
        customer = await self._stack.enter_async_context(await asyncio.to_thread(self._new_visitor))
        await customer.say(text)
        event = await self._bob.sees(text)
        ref = ConversationRef(str(event["conversation"]))
        self._customers[ref] = customer
        return ref

    async def customer_says(self, ref: ConversationRef, text: str) -> None:
        await self._customers[ref].say(text)

    async def bob_claims(self, ref: ConversationRef) -> None:
        await self._bob.ask(c.Claim, conversation=int(ref))

    async def team_has(self, *snippets: AnySnippet) -> None:
        self._library.mkdir(exist_ok=True)
        (self._library / "team.toml").write_text("\n".join(map(as_toml, snippets)), encoding="utf-8")

    def another_watching(self) -> Watching:
        return backend("desk").watching(Net(self._find), wall_ms)

    def cut(self) -> None:
        socket: Any = self.watching.line._socket
        socket._connection.transport.abort()

    def bytes_sent(self) -> int:
        return self._net.sent


class _Counting(Net):
    """Counts what is asked, by HTTP and on the socket."""

    sent = 0

    async def request(self, *arguments: Any, **more: Any) -> Any:
        self.sent += 1
        return await super().request(*arguments, **more)

    async def socket(self, path: str) -> Any:
        socket = await super().socket(path)
        send = socket.send

        async def counted(frame: bytes) -> None:
            self.sent += len(frame)
            await send(frame)

        socket.send = counted  # type: ignore[method-assign]
        return socket


@asynccontextmanager
async def scripted_world(_folder: Path) -> AsyncIterator[World]:
    """In memory."""
    yield ScriptedWorld()


@asynccontextmanager
async def desk_world(folder: Path) -> AsyncIterator[World]:
    """A real desk."""
    async with AsyncExitStack() as stack:
        phone = {"AGENT_TUI_DESK_PHONE_REGION": "NL", "AGENT_TUI_DESK_PHONE_CHAIN": '["handover", "queue"]'}
        desk = stack.enter_context(running_desk(folder / "desk", env=phone))
        token, bobs = desk.token("Ada", "agent"), desk.token("Bob", "agent")
        bob = await stack.enter_async_context(StaffClient(desk.socket_url, bobs))

        def new_visitor() -> VisitorClient:
            visitors, _ = desk.visitor()
            return VisitorClient(desk.socket_url, lambda: desk.ticket(visitors))

        yield DeskWorld(desk.url, stack, token, bob, new_visitor, desk.home / "library")


WORLDS = {"scripted": scripted_world, "desk": desk_world}
