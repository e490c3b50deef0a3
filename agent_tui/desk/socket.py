"""The socket: a receive loop that carries out commands, beside the reader's own task that sends.

Rights are looked up in the table for every single message. What is not in the table is refused.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, MutableMapping
from typing import Any, Final

import msgspec
from starlette.types import Receive, Scope, Send

from agent_tui.desk.connection import CONNECTION, DeskConnection
from agent_tui.desk.desk import Desk
from agent_tui.desk.greeting import nothing_missed, replay_for, welcome
from agent_tui.desk.limits import network_of, require_pace
from agent_tui.desk.logs import say
from agent_tui.desk.reader import Ending, Page, Reader, Wire
from agent_tui.desk.service import Actor
from agent_tui.model.words import Role
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import CLOSE_CODES, HTTP_STATUS, Code, ErrorAnswer, Refusal
from agent_tui.protocol.frames import command_id, decode_command, encode_error, encode_ok
from agent_tui.protocol.limits import Limits
from agent_tui.protocol.table import COMMAND_BY_TYPE, OVERSEEING, SOCKET_PATH

_LARGEST_NUMBER: Final = 2**53
"""Beyond it programs of other languages disagree on what a number is (RFC 8259, 6), and databases on whether."""
_MOST_SUBSCRIBED: Final = 1_000
_MOST_WATCHED: Final = 64
_CLIENT_NAME: Final = 80
_ADDS_A_LINE: Final = (c.Say, c.Introduce, c.Rate, c.End, cc.AskCall, cc.AnswerOffer, cc.CancelAsked)
"""What a visitor can say that is kept for good, and therefore paced."""


class _Gone(Exception):
    """The peer has closed the connection or it was lost."""


class Socket:
    """One WebSocket connection, from the handshake to its end."""

    def __init__(self, desk: Desk, scope: Scope, receive: Receive, send: Send) -> None:
        self._desk = desk
        self._scope = scope
        self._receive = receive
        self._send = send
        self._connection: DeskConnection = scope["state"][CONNECTION]
        client = scope.get("client")
        self._address = network_of(client[0]) if client else ""

    async def serve(self) -> None:
        """Live through the whole connection."""
        await self._receive()
        try:
            actor = await self._admit()
        except Refusal as refusal:
            await self._deny(refusal.answer)
            return
        if actor is not None:
            await self._accepted(actor)
            return
        if not self._desk.sockets_of_address.enter(self._address):
            most = self._desk.settings.limits.sockets_per_address
            sentence = f"Your address has {most} open chat pages, the most there may be. Close one of them."
            await self._deny(ErrorAnswer(Code.TOO_FAST, sentence))
            return
        try:
            await self._accepted(None)
        finally:
            self._desk.sockets_of_address.leave(self._address)

    async def _admit(self) -> Actor | None:
        """Before the handshake is answered: who signs with a header, or None: a ticket has to follow."""
        if self._scope["path"] != SOCKET_PATH:
            raise Refusal(Code.NOT_FOUND, f"The socket is at {SOCKET_PATH}.")
        if self._desk.stopping:
            raise Refusal(Code.STOPPING, "The desk is stopping. Come back in a moment.")
        headers = {name: value for name, value in self._scope["headers"] if name in (b"origin", b"authorization")}
        origin = headers[b"origin"].decode("latin-1") if b"origin" in headers else None
        self._desk.origins.check(origin)
        if b"authorization" not in headers:
            return None
        if origin is not None:
            raise Refusal(Code.ORIGIN, "A page in a browser has to present a ticket, not a token.")
        actor = await self._desk.auth.actor(bearer(headers[b"authorization"].decode("latin-1")))
        if actor.role is Role.VISITOR:
            raise Refusal(Code.NOT_ALLOWED, "A visitor's socket has to present a ticket, not a token.")
        return actor

    async def _deny(self, answer: ErrorAnswer) -> None:
        self._desk.refused(answer, self._address, "socket")
        body = encode_error(None, answer)
        headers = [(b"content-type", b"application/json")]
        status = HTTP_STATUS[answer.code]
        await self._send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await self._send({"type": "websocket.http.response.body", "body": body})

    async def _accepted(self, actor: Actor | None) -> None:
        await self._send({"type": "websocket.accept"})
        try:
            hello, who = await self._hello(actor)
        except _Gone:
            return
        except TimeoutError:
            await self._refuse_and_close(None, ErrorAnswer(Code.UNAUTHORISED, "Nothing said hello here in time."))
            return
        except Refusal as refusal:
            await self._refuse_and_close(None, refusal.answer)
            return
        if who.role is Role.VISITOR and not self._desk.sockets_of_visitor.enter(who.id):
            sentence = "This chat is open in too many pages. Close one of them."
            await self._refuse_and_close(hello.id, ErrorAnswer(Code.TOO_FAST, sentence))
            return
        try:
            await self._converse(who, hello)
        finally:
            if who.role is Role.VISITOR:
                self._desk.sockets_of_visitor.leave(who.id)

    async def _hello(self, actor: Actor | None) -> tuple[c.Hello, Actor]:
        async with asyncio.timeout(self._desk.settings.hello_ms / 1000):
            raw = await self._next()
        hello = decode(raw, self._desk.settings.limits)
        if not isinstance(hello, c.Hello):
            raise Refusal(Code.UNAUTHORISED, "The first frame has to be `hello`.")
        if hello.protocol != c.PROTOCOL:
            raise Refusal(
                Code.PROTOCOL,
                f"The desk speaks protocol {c.PROTOCOL}, you speak {hello.protocol}. Update the older of the two.",
            )
        who = actor or self._desk.auth.tickets.redeem(hello.ticket)
        if hello.wall and who.role not in OVERSEEING:
            raise Refusal(Code.NOT_ALLOWED, f"The role {who.role.value} may not watch the wall.")
        return hello, who

    async def _refuse_and_close(self, re: int | None, answer: ErrorAnswer) -> None:
        self._desk.refused(answer, self._address, "hello")
        with contextlib.suppress(OSError):
            await self._connection.send_texts([encode_error(re, answer)])
        await self._close(CLOSE_CODES.get(answer.code, 4400), answer.code)

    async def _converse(self, who: Actor, hello: c.Hello) -> None:
        wire = Wire(self._connection.send_texts, self._close, self._connection.abort)
        readers = self._desk.readers
        reader = Reader(wire, role=who.role, account=who.id, session=who.session, readers=readers)
        reader.watches = hello.wall
        # nothing may be awaited from here to the task: the place in the events and the list of readers go together
        greeting = welcome(self._desk, who, hello)
        reader.start_at(greeting.begin, greeting.welcome.cursor)
        reader.answer(encode_ok(hello.id, greeting.welcome))
        readers.enter(reader)
        if reader.is_staff:
            say("connected", agent=who.id, role=who.role.value, client=hello.client[:_CLIENT_NAME])
        if who.session and self._desk.auth.has_ended(who.session):
            self._desk.end_sessions([who.session])
        replay = nothing_missed(greeting) if reader.watches else replay_for(self._desk, who, greeting)
        sending = asyncio.create_task(self._sending(reader, replay))
        if reader.watches:
            self._desk.wall.enter(reader)
        try:
            await self._desk.presence.entered(reader)
            await self._obey(who, reader)
        except _Gone:
            pass
        finally:
            sending.cancel()
            readers.leave(reader)
            self._desk.wall.leave(reader)
            try:
                await asyncio.shield(self._desk.watching.left(who, reader))
            finally:
                await asyncio.shield(self._desk.presence.left(reader))

    async def _sending(self, reader: Reader, replay: AsyncIterator[Page]) -> None:
        try:
            await reader.run(replay)
        except (OSError, _Gone):
            reader.cut()
        except Exception:
            say("sending failed", level=logging.ERROR, role=reader.role.value)
            reader.cut()

    async def _obey(self, who: Actor, reader: Reader) -> None:
        limits = self._desk.settings.limits
        while True:
            raw = await self._next()
            if who.role is Role.VISITOR:
                # reading slower is the answer to a flood: what is not read fills the sender's own buffers
                while wait := self._desk.visitor_frames.take(who.id):
                    await asyncio.sleep(wait)
            began = self._desk.clock()
            identity: int | None = None
            self._desk.busy += 1
            try:
                command = decode(raw, limits)
                identity = command.id
                answer = await self._carry_out(who, reader, command)
            except Refusal as refusal:
                identity = identity if identity is not None else command_id(raw)
                self._refuse(reader, identity, refusal.answer)
                continue
            except Exception:
                say("a command failed", level=logging.ERROR, role=who.role.value)
                sentence = "The desk could not do that, and has written down why. Nothing was changed."
                self._refuse(reader, identity, ErrorAnswer(Code.INTERNAL, sentence))
                continue
            finally:
                self._desk.busy -= 1
            reader.answer(encode_ok(command.id, answer))
            name = COMMAND_BY_TYPE[type(command)].name
            self._desk.metrics.command(name, who.role.value, (self._desk.clock() - began) * 1000)

    def _refuse(self, reader: Reader, identity: int | None, answer: ErrorAnswer) -> None:
        self._desk.refused(answer, self._address, "command")
        frame = encode_error(identity, answer)
        if identity is None and answer.code in CLOSE_CODES:
            reader.say_and_end(frame, Ending(CLOSE_CODES[answer.code], answer.code.value))
        else:
            reader.answer(frame)

    async def _carry_out(self, who: Actor, reader: Reader, command: c.Command) -> Any:
        if self._desk.stopping:
            raise Refusal(Code.STOPPING, "The desk is stopping. Send this again when you are back.")
        row = COMMAND_BY_TYPE[type(command)]
        if who.role not in row.roles:
            raise Refusal(Code.NOT_ALLOWED, f"The role {who.role.value} may not `{row.name}`.")
        if reader.watches and row.writes:
            raise Refusal(Code.NOT_ALLOWED, f"Here is only watched: `{row.name}` would change something.")
        if isinstance(command, _ADDS_A_LINE):
            sentence = "You write faster than this chat takes it. Nothing is lost; it goes on in a moment."
            require_pace(self._desk.lines, who.id, sentence)
        elif isinstance(command, c.Hello):
            raise Refusal(Code.WRONG_STATE, "This socket said hello already.")
        elif isinstance(command, c.Subscribe):
            if len(command.conversations) > _MOST_SUBSCRIBED:
                raise Refusal(Code.BAD_VALUE, f"One socket can watch {_MOST_SUBSCRIBED} conversations at most.")
            wanted = frozenset(command.conversations)
            await self._desk.watching.opened(who, reader, wanted)
            reader.subscribed = wanted
            return c.Done()
        elif isinstance(command, c.Watch):
            await self._watch(who, reader, command)
            return c.Done()
        elif isinstance(command, c.Typing):
            await self._desk.presence.typing(who, reader, command)
            return c.Done()
        elif isinstance(command, c.Writing):
            self._desk.presence.writing(who, reader, command)
            return c.Done()
        return await self._desk.service.carry_out(who, command)

    async def _watch(self, who: Actor, reader: Reader, command: c.Watch) -> None:
        if not reader.watches:
            raise Refusal(Code.WRONG_STATE, "Say hello with `wall` to watch.")
        if len(command.tiles) + len(command.opened) > _MOST_WATCHED:
            raise Refusal(Code.BAD_VALUE, f"One monitor can look at {_MOST_WATCHED} conversations at most.")
        tiles, opened = frozenset(command.tiles), frozenset(command.opened)
        # written down first: what was shown is in the audit, whatever happens next
        await self._desk.watching.opened(who, reader, opened, tiles)
        reader.subscribed = opened
        await self._desk.wall.look_at(reader, tiles, opened)

    # the connection

    async def _next(self) -> str | bytes:
        message: MutableMapping[str, Any] = await self._receive()
        if message["type"] != "websocket.receive":
            raise _Gone
        frame: str | bytes = message.get("text") or message.get("bytes") or b""
        return frame

    async def _close(self, code: int, reason: str) -> None:
        await self._send({"type": "websocket.close", "code": code, "reason": reason})


def decode(raw: str | bytes, limits: Limits) -> c.Command:
    """A frame as a command. Raises `Refusal`; binary frames are none."""
    if isinstance(raw, bytes):
        raise Refusal(Code.BAD_FRAME, "Frames have to be text.")
    command = decode_command(raw, limits)
    for value in msgspec.structs.astuple(command):
        numbers = value if type(value) is tuple else (value,)
        if any(type(number) is int and abs(number) > _LARGEST_NUMBER for number in numbers):
            raise Refusal(Code.BAD_VALUE, "A number in the frame is larger than any the desk knows.")
    return command


def bearer(authorization: str) -> str:
    """The token of an `Authorization` header. Raises `Refusal`."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(Code.UNAUTHORISED, "Sign in with `Authorization: Bearer` and a token.")
    return token.strip()
