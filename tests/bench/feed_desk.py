"""The desk's side of the protocol for the bench: its wire types and routes, over conversations made by rule."""

from __future__ import annotations

import asyncio
import time

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent_tui.protocol import requests as r
from agent_tui.protocol.commands import Done, Hello, Welcome
from agent_tui.protocol.frames import decode_command, encode_event, encode_ok, join_events
from agent_tui.protocol.limits import DEFAULT
from agent_tui.protocol.pushes import EntryAdded
from agent_tui.protocol.records import WireConversation, WireEntry
from agent_tui.protocol.table import ROUTE, SOCKET_PATH
from tests.bench import feed

EPOCH = "bench"
_NAME = "bench"
_SHORT = 20
"""Messages in a conversation that is not one of the large ones."""
_FLOOR_BATCH = 500
_PAGE = 100


class FeedDesk:
    """Answers what a console asks, and pushes what the harness orders."""

    def __init__(self, history: int) -> None:
        self.stored = {
            number: history if number in feed.LARGE else _SHORT for number in range(1, feed.CONVERSATIONS + 1)
        }
        self.somebody_reads = asyncio.Event()
        self._started = dict(self.stored)
        self._start_ms = time.time_ns() // 1_000_000
        self._event = 0
        self._readers: set[WebSocket] = set()

    def app(self) -> Starlette:
        answers = {
            "me": self._me,
            "inbox": self._inbox,
            "conversations": self._conversations,
            "conversation": self._conversation,
            "entries": self._entries,
            "earlier": self._nothing_earlier,
            "search": self._no_hits,
            "hours": self._hours,
            "health": self._health,
        }
        routes = [Route(ROUTE[name].path, answer, methods=[ROUTE[name].method]) for name, answer in answers.items()]
        return Starlette(routes=[*routes, WebSocketRoute(SOCKET_PATH, self._socket)])

    async def push(self, conversation: int, count: int) -> None:
        """Adds ``count`` messages to a conversation and pushes them to every reader in one frame."""
        first = self.stored[conversation]
        self.stored[conversation] += count
        frame = self._frame(conversation, first, count)
        for reader in list(self._readers):
            try:
                await reader.send_text(frame)
            except (RuntimeError, WebSocketDisconnect):
                self._readers.discard(reader)

    def _frame(self, conversation: int, first: int, count: int) -> str:
        prev = self._cursor
        self._event += count
        events = [
            encode_event(EntryAdded(conversation, self._entry(conversation, index)))
            for index in range(first, first + count)
        ]
        return join_events(events, prev, self._cursor).decode()

    def _entry(self, conversation: int, index: int) -> WireEntry:
        return feed.entry(conversation, index, self._start_ms, self._started[conversation])

    @property
    def _cursor(self) -> str:
        return str(self._event)

    # -- the socket -----------------------------------------------------------------------------------------------

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            if "floor" in socket.query_params:
                await self._push_history(socket)
                self._reads(socket)
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._answer(socket, message.get("text") or message["bytes"])
        except (RuntimeError, WebSocketDisconnect):
            return
        finally:
            self._readers.discard(socket)

    async def _answer(self, socket: WebSocket, frame: str | bytes) -> None:
        command = decode_command(frame)
        if not isinstance(command, Hello):
            await socket.send_text(encode_ok(command.id, Done()).decode())
            return
        welcome = Welcome(
            you=feed.YOU,
            epoch=EPOCH,
            cursor=self._cursor,
            desk=_NAME,
            limits=DEFAULT,
            now=time.time_ns() // 1_000_000,
            hours=feed.HOURS,
            resumed=command.cursor == self._cursor,
        )
        await socket.send_text(encode_ok(command.id, welcome).decode())
        self._reads(socket)

    async def _push_history(self, socket: WebSocket) -> None:
        for conversation in feed.LARGE:
            for first in range(0, self.stored[conversation], _FLOOR_BATCH):
                count = min(_FLOOR_BATCH, self.stored[conversation] - first)
                await socket.send_text(self._frame(conversation, first, count))

    def _reads(self, socket: WebSocket) -> None:
        self._readers.add(socket)
        self.somebody_reads.set()

    # -- the routes -----------------------------------------------------------------------------------------------

    async def _me(self, request: Request) -> Response:
        return _json(r.Me(feed.YOU, _NAME, EPOCH))

    async def _inbox(self, request: Request) -> Response:
        records = [self._record(number) for number in self.stored]
        return _json(r.Inbox(self._cursor, EPOCH, records, feed.AGENTS, feed.HOURS))

    async def _conversations(self, request: Request) -> Response:
        return _json(r.ConversationPage([self._record(number) for number in self.stored]))

    async def _conversation(self, request: Request) -> Response:
        return _json(self._record(int(request.path_params["conversation"])))

    async def _entries(self, request: Request) -> Response:
        number, query = int(request.path_params["conversation"]), request.query_params
        stored, limit = self.stored[number], int(query.get("limit", _PAGE))
        if after := query.get("after"):
            first, end = int(after), min(stored, int(after) + limit)
            more = end < stored
        else:
            end = min(stored, int(query.get("before") or stored + 1) - 1)
            first = max(0, end - limit)
            more = first > 0
        return _json(r.EntryPage([self._entry(number, index) for index in range(first, end)], more, stored))

    async def _nothing_earlier(self, request: Request) -> Response:
        return _json(r.ConversationPage([]))

    async def _no_hits(self, request: Request) -> Response:
        return _json(r.HitPage([]))

    async def _hours(self, request: Request) -> Response:
        return _json(r.HoursFile("", feed.HOURS))

    async def _health(self, request: Request) -> Response:
        return _json(r.Health(ok=True, epoch=EPOCH, version="bench", readable=True, writable=True))

    def _record(self, number: int) -> WireConversation:
        return feed.record(number, self.stored[number], self._start_ms)


def _json(answer: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
