"""The demo's customers at work: real visitors over the real socket, as any program can be one."""

import asyncio
import contextlib
import itertools
import random
import secrets
import time
from collections.abc import Awaitable, Callable

import msgspec

from agent_tui.desk.demo.script import Person, Step, load_script
from agent_tui.desk.demo.seeding import Cast, enter
from agent_tui.desk.service import Actor, Service
from agent_tui.model.ids import uuid7
from agent_tui.model.words import AuthorKind, State
from agent_tui.ports.errors import Unreachable
from agent_tui.ports.transport import Socket, Transport
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.frames import decode_server_frame, decode_visitor_push, encode_command
from agent_tui.protocol.pushes import Line, YourCall
from agent_tui.protocol.table import SOCKET_PATH

LATER_EVERY_S = 45.0
LATER_STAYS_S = 600.0
"""Who came later and had their say closes the page after this long."""
MOST_WAITING = 8
"""While so many wait, nobody new comes: a demo left alone stays as it was."""
_LETTERS_A_SECOND = 24.0
_LONGEST_TYPING_S = 4.0
_READS_AFTER_S = 1.5
_THINKS_S = 4.0
_NEWEST = 200
"""Chats that are looked through for an earlier one of the same customer."""


class Performance:
    """All scripted customers. Nothing is written before somebody watches."""

    def __init__(
        self,
        service: Service,
        *,
        transport: Transport,
        ticket: Callable[[Actor], str],
        watched: Callable[[], bool],
        later_every_s: float = LATER_EVERY_S,
    ) -> None:
        """`transport` leads to the demo's own desk; `ticket` lets a visitor in; `watched`: is a console open."""
        self._service = service
        self._transport = transport
        self._ticket = ticket
        self._watched = watched
        self._later_every_s = later_every_s
        self._came: dict[Person, str] = {}
        """Who came later, and as which visitor the last time."""

    async def run(self, cast: Cast, visitor_of: Callable[[str], Awaitable[Actor | None]]) -> None:
        """Play until cancelled. `visitor_of` finds the visitor whose token is given."""
        script = load_script()
        async with asyncio.TaskGroup() as group:
            for person in script.visitor:
                actor = await visitor_of(cast.tokens.get(person.name, ""))
                if actor is not None:
                    group.create_task(self._play(actor, person))
            await self._until_watched()
            for person in itertools.cycle(script.later):
                await asyncio.sleep(self._later_every_s)
                await self._until_watched()
                waiting = await self._service.conversations("", "waiting", limit=MOST_WAITING)
                if len(waiting.conversations) < MOST_WAITING and not await self._is_still_here(person):
                    actor = await enter(self._service, person, secrets.token_urlsafe(32))
                    self._came[person] = actor.id
                    group.create_task(self._play(actor, person, stays_s=LATER_STAYS_S))

    async def _is_still_here(self, person: Person) -> bool:
        """The chat of the last time is not resolved: the same name with the same words twice would be no customer."""
        last = self._came.get(person)
        if last is None:
            return False
        newest = await self._service.conversations("", "all", limit=_NEWEST)
        return any(it.customer.id == last and it.state is not State.RESOLVED for it in newest.conversations)

    async def _until_watched(self) -> None:
        while not self._watched():
            await asyncio.sleep(0.2)

    async def _play(self, actor: Actor, person: Person, stays_s: float | None = None) -> None:
        try:
            socket = await self._transport.socket(SOCKET_PATH)
        except Unreachable:
            return  # the desk is ending
        customer = _Customer(socket, person)
        listening = asyncio.ensure_future(customer.listen())
        try:
            await customer.send(c.Hello(1, ticket=self._ticket(actor), client="demo"))
            await self._until_watched()
            async with asyncio.timeout(stays_s):
                for step in person.live:
                    await customer.act(step)
                await listening
        except (Unreachable, TimeoutError):
            return
        finally:
            listening.cancel()
            await socket.aclose()


class _Customer:
    """One open page: reads what comes, types like a person."""

    def __init__(self, socket: Socket, person: Person) -> None:
        self._socket = socket
        self._person = person
        self._ids = itertools.count(2)
        self._answered = False
        self._called = asyncio.Event()
        self._heard_from = asyncio.Event()
        """Somebody answered or called."""
        self._answering: asyncio.Future[None] | None = None
        self._came_ms = time.time_ns() // 1_000_000
        self._shown = 0
        self._seeing: asyncio.Future[None] | None = None

    async def send(self, command: c.Command) -> None:
        await self._socket.send(encode_command(command))

    async def listen(self) -> None:
        """Hear until the connection ends; what an agent wrote is seen a moment later. Raises `Unreachable`."""
        while True:
            heard = await self._socket.receive()
            if not isinstance(heard, bytes):
                continue
            for event in decode_server_frame(heard).events or ():
                try:
                    push = decode_visitor_push(event)
                except msgspec.ValidationError:
                    continue
                if isinstance(push, Line):
                    self._heard(push)
                elif isinstance(push, YourCall):
                    self._of_a_call(push)

    def _heard(self, push: Line) -> None:
        self._shown = push.line.n
        is_new = push.line.at >= self._came_ms
        if is_new and push.line.by.kind is AuthorKind.AGENT and push.line.system is None:
            self._answered = True
            self._heard_from.set()
            asyncio.get_running_loop().call_later(_READS_AFTER_S, self._saw)

    def _of_a_call(self, push: YourCall) -> None:
        if push.state in ("offered", "number_wanted"):
            self._answering = asyncio.ensure_future(self._answer(push))
        elif push.state == "ended" and push.reached:
            self._called.set()
            self._heard_from.set()

    async def _answer(self, push: YourCall) -> None:
        """They think a moment before they say whether they may be called."""
        await asyncio.sleep(_THINKS_S)
        wants = bool(self._person.number or self._person.phone)
        number = self._person.number if push.state == "number_wanted" else ""
        with contextlib.suppress(Unreachable):
            await self.send(cc.AnswerOffer(next(self._ids), yes=wants, number=number))

    def _saw(self) -> None:
        self._seeing = asyncio.ensure_future(self._tell_seen())

    async def _tell_seen(self) -> None:
        with contextlib.suppress(Unreachable):
            await self.send(c.Seen(next(self._ids), n=self._shown))

    async def act(self, step: Step) -> None:
        """Wait as long as the step says, type, say it. An answer counts for the next step that waits for one."""
        if step.called:
            await self._called.wait()
        elif step.answered:
            await self._heard_from.wait()
            if not self._answered:
                return  # they were called instead: what they would have said is no answer to that
            self._answered = False
            if not self._called.is_set():
                self._heard_from.clear()
        typing_s = min(len(step.text) / _LETTERS_A_SECOND, _LONGEST_TYPING_S, step.after)
        pause_s = (step.after - typing_s) * random.uniform(0.9, 1.1)  # noqa: S311
        if step.impatient and await self._heard_within(pause_s):
            return
        if not step.impatient:
            await asyncio.sleep(pause_s)
        await self.send(c.Writing(next(self._ids), on=True))
        await asyncio.sleep(typing_s)
        await self.send(c.Say(next(self._ids), cid=uuid7(), body=step.text))

    async def _heard_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._heard_from.wait(), seconds)
        except TimeoutError:
            return False
        return True
