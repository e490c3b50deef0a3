"""The line to a desk that both halves use: HTTP reads, one socket, answers matched to what was asked."""

import asyncio
import contextlib
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from agent_tui.backends.desk.codec import Codec
from agent_tui.ports.errors import PortError, RateLimited, ServerTrouble, Unreachable
from agent_tui.ports.transport import HandshakeRefused, HttpAnswer, Socket, Transport
from agent_tui.protocol.commands import Command
from agent_tui.protocol.errors import ErrorAnswer
from agent_tui.protocol.frames import ServerFrame, decode_answer, encode_command
from agent_tui.protocol.table import COMMAND_BY_TYPE, ROUTE, SOCKET_PATH

ANSWER_WITHIN_S: Final = 10.0
NOT_CONNECTED: Final = "Not connected to the desk: nothing was changed. It is tried again by itself."

Answer = TypeVar("Answer", bound=Struct)


class _Refusal(Struct):
    """A handshake is refused in the words of the socket: `{"error": {...}}`; a request with the bare error."""

    error: ErrorAnswer


class DeskLine:
    """One account's line to its desk. Never retries by itself."""

    def __init__(self, transport: Transport) -> None:
        self.codec = Codec()
        self._transport = transport
        self._socket: Socket | None = None
        self._waiting: dict[int, asyncio.Future[ServerFrame]] = {}
        self._last_id = 0

    async def read(
        self, route: str, kind: type[Answer], /, query: dict[str, Any] | None = None, **path: int | str
    ) -> Answer:
        """One of the table's routes, read. Raises the port's errors."""
        row = ROUTE[route]
        given = {key: value for key, value in (query or {}).items() if value not in (None, "")}
        answer = await self._transport.request(row.method, row.path.format(**path), given)
        if answer.status != 200:
            raise self._http_error(answer)
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.MsgspecError:
            raise ServerTrouble(f"The desk's answer to `{route}` can't be read: update the older of the two.") from None

    async def open(self) -> Socket:
        """Connect the socket; `close` it afterwards. Raises the port's errors."""
        try:
            self._socket = await self._transport.socket(SOCKET_PATH)
        except HandshakeRefused as refused:
            raise self._http_error(refused.answer) from None
        return self._socket

    async def close(self) -> None:
        """The socket is done with: whoever waits for an answer is told that none will come."""
        socket, self._socket = self._socket, None
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(Unreachable("The connection was lost before the desk answered."))
                answer.exception()  # not everybody who asked is still waiting for it
        if socket is not None:
            await socket.aclose()

    async def aclose(self) -> None:
        """Let go of everything."""
        await self.close()
        await self._transport.aclose()

    def next_id(self) -> int:
        """A command's id."""
        self._last_id += 1
        return self._last_id

    async def tell(self, command: Command) -> "asyncio.Future[ServerFrame]":
        """Send a command; the future is its answer. Raises `Unreachable`."""
        if self._socket is None:
            raise Unreachable(NOT_CONNECTED)
        answer: asyncio.Future[ServerFrame] = asyncio.get_running_loop().create_future()
        self._waiting[command.id] = answer
        try:
            await self._socket.send(encode_command(command))
        except BaseException:
            self._waiting.pop(command.id, None)
            raise
        return answer

    async def ask(self, command: Command) -> Any:
        """Send a command and wait for what the table says is its answer. Raises the port's errors."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                frame = await (await self.tell(command))
        except TimeoutError:
            raise Unreachable(
                "The desk did not answer in time: look whether it was done before you repeat it."
            ) from None
        finally:
            self._waiting.pop(command.id, None)
        return self.answer_in(frame, command)

    def answer_in(self, frame: ServerFrame, command: Command) -> Any:
        """The answer to a command, decoded. Raises the port's errors."""
        if frame.error is not None:
            raise self.codec.error(frame.error)
        try:
            return decode_answer(frame.ok or msgspec.Raw(b"null"), COMMAND_BY_TYPE[type(command)].answer)
        except msgspec.MsgspecError:
            raise ServerTrouble("The desk's answer can't be read: update the older of the two.") from None

    def answered(self, frame: ServerFrame) -> None:
        """A frame that answers came in. Raises the port's error where it is a refusal of the connection itself."""
        if frame.re is None:
            if frame.error is not None:
                raise self.codec.error(frame.error)
            return
        waiting = self._waiting.pop(frame.re, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    def _http_error(self, answer: HttpAnswer) -> PortError:
        with contextlib.suppress(msgspec.MsgspecError):
            return self.codec.error(msgspec.json.decode(answer.body, type=ErrorAnswer))
        with contextlib.suppress(msgspec.MsgspecError):
            return self.codec.error(msgspec.json.decode(answer.body, type=_Refusal).error)
        if answer.status == 429:
            return RateLimited("The desk is asked too often: it is tried again later.")
        if answer.status >= 500:
            return ServerTrouble(f"The desk is in trouble (HTTP {answer.status}): trying later may work.")
        # tried again all the same: a proxy in front answers like this while the desk behind it is being changed
        return ServerTrouble(f"This address does not answer like a desk (HTTP {answer.status}): check it.")
