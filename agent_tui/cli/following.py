"""A desk's events as lines: each with the cursor to go on after it. The socket is read, nothing is ever said on it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from agent_tui.backends.desk.codec import Codec
from agent_tui.cli.asking import refusal
from agent_tui.config.toml_settings import SettingsError
from agent_tui.ports.errors import ServerTrouble, Unreachable
from agent_tui.ports.transport import HandshakeRefused, Transport
from agent_tui.protocol.commands import Hello, Welcome
from agent_tui.protocol.errors import ErrorAnswer
from agent_tui.protocol.frames import ServerFrame, decode_answer, decode_server_frame, encode_command
from agent_tui.protocol.table import SOCKET_PATH
from agent_tui.runtime.link import BackOff

BEGUN: Final = "tail"
"""The word (`e`) of the line that opens a connection; every other line is an event of the desk's table."""
_HELLO_ID: Final = 1


class Place(Struct, frozen=True):
    """Where a reader is in a desk's events. Opaque to whoever keeps it."""

    epoch: str = ""
    cursor: str = ""

    def __str__(self) -> str:
        return f"{self.epoch}:{self.cursor}" if self.cursor else ""


def place_after(cursor: str) -> Place:
    """The place a line named. Raises `SettingsError` for what no line has."""
    if not cursor:
        return Place()
    epoch, colon, inside = cursor.rpartition(":")
    if not colon or not epoch or not inside:
        raise SettingsError(f"--after wants the `cursor` of a line that was printed before; {cursor!r} is none.")
    return Place(epoch, inside)


class Line(Struct, frozen=True):
    """One line: an event, or (`e` is "tail") how a connection began."""

    cursor: str
    fields: dict[str, Any]

    def json(self) -> str:
        """In ASCII: nothing in it can act on a terminal."""
        return json.dumps({"cursor": self.cursor, **self.fields}, ensure_ascii=True, separators=(",", ":"))


class Follower:
    """Follows one desk through cuts and restarts. `raw` of a line's event is what the desk sent."""

    def __init__(self, transport: Transport, place: Place) -> None:
        self._transport = transport
        self._place = place

    async def lines(self) -> AsyncIterator[Line]:
        """Until it is not allowed any more. Raises the port's errors where the first connection fails already."""
        back_off = BackOff()
        ever = False
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                async for line in self._one_connection():
                    ever = True
                    yield line
            except (Unreachable, ServerTrouble) as lost:
                if not ever:
                    raise
                asked = lost.retry_after_ms if isinstance(lost, Unreachable) else None
                await asyncio.sleep(back_off.pause_s(loop.time() - began, asked))

    async def _one_connection(self) -> AsyncIterator[Line]:
        try:
            socket = await self._transport.socket(SOCKET_PATH)
        except HandshakeRefused as refused:
            raise _refused(refused) from None
        try:
            hello = Hello(_HELLO_ID, epoch=self._place.epoch, cursor=self._place.cursor, client="agent-tui tail")
            await socket.send(encode_command(hello))
            while True:
                heard = await socket.receive()
                if not isinstance(heard, bytes):
                    continue
                try:
                    frame = decode_server_frame(heard)
                except msgspec.MsgspecError:
                    raise ServerTrouble("The desk's events can't be read: update the older of the two.") from None
                for line in self._lines(frame):
                    yield line
        finally:
            await socket.aclose()

    def _lines(self, frame: ServerFrame) -> list[Line]:
        if frame.error is not None:
            raise Codec().error(frame.error)
        if frame.re == _HELLO_ID and frame.ok is not None:
            return [self._welcomed(decode_answer(frame.ok, Welcome))]
        events = [json.loads(bytes(raw)) for raw in frame.events or ()]
        if not events:
            return []
        # A cursor stands after a whole frame: within it, whoever goes on begins at the frame again.
        before = str(self._place)
        self._place = Place(self._place.epoch, frame.cursor)
        cursors = [before] * (len(events) - 1) + [str(self._place)]
        return [Line(cursor, event) for cursor, event in zip(cursors, events, strict=True)]

    def _welcomed(self, welcome: Welcome) -> Line:
        self._place = Place(welcome.epoch, welcome.cursor)
        said = {"e": BEGUN, "desk": welcome.desk, "you": welcome.you.name, "resumed": welcome.resumed}
        return Line(str(self._place), {**said, "why": welcome.why} if welcome.why else said)


class _Refusal(Struct):
    error: ErrorAnswer


def _refused(refused: HandshakeRefused) -> Exception:
    try:
        return Codec().error(msgspec.json.decode(refused.answer.body, type=_Refusal).error)
    except msgspec.MsgspecError:
        return refusal(refused.answer)
