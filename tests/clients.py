"""Small scripted clients of a desk: a visitor and one of the staff. Each keeps the history of all it saw and did."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Self

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agent_tui.model.ids import uuid7
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import ErrorAnswer
from agent_tui.protocol.frames import ServerFrame, decode_server_frame, encode_command
from agent_tui.protocol.table import COMMAND_BY_TYPE

ANSWER_SECONDS = 15.0


class Refused(Exception):
    """The desk answered with an error."""

    def __init__(self, answer: ErrorAnswer) -> None:
        super().__init__(f"{answer.code}: {answer.detail}")
        self.answer = answer


class Seen(Struct):
    """One thing in a client's history."""

    what: str
    """`connected`, `event`, `now`, `gap`, `sent`, `acked`, `refused`, `closed`."""
    data: Any


class Client:
    """One connection after another of one reader, with its cursor. Use `connected()` or `connect`/`close`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.wall = False
        """Say hello as a monitor."""
        self.epoch = ""
        self.cursor = ""
        self.history: list[Seen] = []
        self.events: list[dict[str, Any]] = []
        self.now: list[dict[str, Any]] = []
        self.welcome: c.Welcome | None = None
        self.errors: list[ErrorAnswer] = []
        """Errors that answered no command."""
        self.close_code: int | None = None
        self._socket: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[ServerFrame]] = {}
        self._next_id = 0
        self._hello_id = 0
        self._news = asyncio.Event()

    async def _credentials(self) -> tuple[dict[str, str], str]:
        raise NotImplementedError

    async def connect(self, **options: Any) -> c.Welcome:
        """Say hello at the cursor kept, and listen from now on."""
        headers, ticket = await self._credentials()
        self._socket = await connect(
            self.url,
            additional_headers=headers,
            compression=None,
            proxy=None,
            max_size=4 * 1024 * 1024,
            close_timeout=2,
            **options,
        )
        self.close_code = None
        self._listening = asyncio.create_task(self._listen(self._socket))
        hello = c.Hello(
            self._take_id(), epoch=self.epoch, cursor=self.cursor, ticket=ticket, client="test", wall=self.wall
        )
        self._hello_id = hello.id
        welcome: c.Welcome = await self._ask(hello)
        return welcome

    async def close(self) -> None:
        """Close the connection in order."""
        if self._socket is not None:
            await self._socket.close()
        if self._listening is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def drop(self) -> None:
        """Lose the connection, as a cut cable does."""
        assert self._socket is not None
        self._socket.transport.abort()
        if self._listening is not None:
            await self._listening

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def ask(self, command: type[c.Command], /, **fields: Any) -> Any:
        """Carry out a command; its answer. Raises `Refused`, or `ConnectionClosed`."""
        return await self._ask(command(self._take_id(), **fields))

    async def raw(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        assert self._socket is not None
        await self._socket.send(frame)

    async def _ask(self, command: c.Command) -> Any:
        assert self._socket is not None
        waiting: asyncio.Future[ServerFrame] = asyncio.get_running_loop().create_future()
        self._waiting[command.id] = waiting
        self.history.append(Seen("sent", msgspec.to_builtins(command)))
        try:
            await self._socket.send(encode_command(command).decode())
            frame = await asyncio.wait_for(waiting, ANSWER_SECONDS)
        finally:
            self._waiting.pop(command.id, None)
        if frame.error is not None:
            self.history.append(Seen("refused", {"command": msgspec.to_builtins(command), "code": frame.error.code}))
            raise Refused(frame.error)
        assert frame.ok
        answer = msgspec.json.decode(frame.ok, type=COMMAND_BY_TYPE[type(command)].answer)
        self.history.append(
            Seen("acked", {"command": msgspec.to_builtins(command), "answer": msgspec.to_builtins(answer)})
        )
        return answer

    async def until(self, met: Callable[[], Any], seconds: float = ANSWER_SECONDS) -> Any:
        """Wait until `met()` is true; what it returned."""
        async with asyncio.timeout(seconds):
            while not (found := met()):
                self._news.clear()
                await self._news.wait()
        return found

    async def closed(self) -> int | None:
        """Wait until the desk has closed the connection; its close code."""
        assert self._listening is not None
        await asyncio.wait_for(asyncio.shield(self._listening), ANSWER_SECONDS)
        return self.close_code

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for raw in socket:
                self._take(decode_server_frame(raw))
                self._news.set()
        except ConnectionClosed:
            pass
        finally:
            self.close_code = socket.close_code
            self.history.append(Seen("closed", socket.close_code))
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError("the connection ended before the answer"))
            self._news.set()

    def _take(self, frame: ServerFrame) -> None:
        if frame.events is not None:
            if frame.prev != self.cursor:
                self.history.append(Seen("gap", {"had": self.cursor, "prev": frame.prev}))
            self.cursor = frame.cursor
            for raw in frame.events:
                event = msgspec.json.decode(raw)
                self.events.append(event)
                self.history.append(Seen("event", event))
        if frame.now is not None:
            for raw in frame.now:
                self.now.append(msgspec.json.decode(raw))
                self.history.append(Seen("now", self.now[-1]))
        if frame.ok or frame.error is not None:
            if frame.ok and frame.re == self._hello_id:
                self._begin(msgspec.json.decode(frame.ok, type=c.Welcome))
            waiting = self._waiting.get(frame.re) if frame.re is not None else None
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
            elif frame.error is not None:
                self.errors.append(frame.error)

    def _begin(self, welcome: c.Welcome) -> None:
        # here and not where hello is awaited: the first events may be in the same read
        if not welcome.resumed and self.cursor:
            self.history.append(Seen("afresh", welcome.why))
        self.epoch, self.cursor = welcome.epoch, welcome.cursor
        self.welcome = welcome
        self.history.append(Seen("connected", msgspec.to_builtins(welcome)))

    @property
    def gaps(self) -> list[Any]:
        """Every place where the chain of cursors was broken."""
        return [seen.data for seen in self.history if seen.what == "gap"]


class StaffClient(Client):
    """An agent, a supervisor or an admin."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url)
        self.token = token

    async def _credentials(self) -> tuple[dict[str, str], str]:
        return {"Authorization": f"Bearer {self.token}"}, ""

    def entries(self, conversation: int) -> list[dict[str, Any]]:
        """The entries this client was told of, as they are now, by seq."""
        found = {
            event["entry"]["seq"]: event["entry"]
            for event in self.events
            if event["e"] in ("entry", "entry_changed") and event["conversation"] == conversation
        }
        return [found[seq] for seq in sorted(found)]

    async def sees(self, body: str) -> dict[str, Any]:
        """Wait for the event of an entry with this body."""
        return await self.until(
            lambda: next((e for e in self.events if e["e"] == "entry" and e["entry"].get("body") == body), None)
        )

    async def send(self, conversation: int, body: str, cid: str = "", **fields: Any) -> c.Stored:
        """Send a public message, having seen everything this client was told of."""
        last = max((entry["seq"] for entry in self.entries(conversation)), default=0)
        values = {"kind": "public", "seen_seq": last, "draft_seq": last, **fields}
        answer: c.Stored = await self.ask(c.Send, conversation=conversation, cid=cid or uuid7(), body=body, **values)
        return answer


class VisitorClient(Client):
    """A customer's page. `new_ticket` is called for every connection."""

    def __init__(self, url: str, new_ticket: Callable[[], str]) -> None:
        super().__init__(url)
        self._new_ticket = new_ticket

    async def _credentials(self) -> tuple[dict[str, str], str]:
        return {}, await asyncio.to_thread(self._new_ticket)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The transcript as this page shows it, by n."""
        found = {event["line"]["n"]: event["line"] for event in self.events if event["e"] in ("line", "line_changed")}
        return [found[n] for n in sorted(found)]

    async def say(self, body: str, cid: str = "") -> c.Stored:
        """Write a line."""
        answer: c.Stored = await self.ask(c.Say, cid=cid or uuid7(), body=body)
        return answer

    async def sees(self, body: str) -> dict[str, Any]:
        """Wait for a line with this body."""
        return await self.until(lambda: next((line for line in self.lines if line.get("body") == body), None))
