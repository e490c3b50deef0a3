"""One message from a script: sent once, however often the line breaks meanwhile."""

import asyncio
from typing import Final

from msgspec import Struct

from agent_tui.cli.ways import Way, sign_off
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.words import EntryKind, Role
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.errors import Forbidden, Receipt, ServerTrouble, Unreachable
from agent_tui.ports.events import Connected
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.net import Net
from agent_tui.runtime.plugins import backend

TRIES: Final = 4


class Message(Struct, frozen=True):
    """What is to be sent."""

    conversation: str
    body: str
    cid: str
    expect_seq: int | None = None
    """The last entry its author saw; None: whatever is the newest when it is sent."""
    note: bool = False


class Sent(Struct, frozen=True):
    """It is stored: where, and when."""

    seq: int
    at_ms: int


async def deliver(way: Way, message: Message) -> Sent:
    """Send it. Tried again with the same cid where the line broke. Raises the port's errors, `Crossed` among them."""
    net = Net(way.find)
    plugin = backend("desk")
    watching = plugin.watching(net, wall_ms)
    answering = plugin.answering(watching)
    back_off = BackOff()
    try:
        for left in reversed(range(TRIES)):
            try:
                receipt = await _once(watching, answering, message)
                return Sent(receipt.key, receipt.at_ms)
            except (Unreachable, ServerTrouble):
                if not left:
                    raise
                await asyncio.sleep(back_off.pause_s(0))
        raise AssertionError("unreachable")
    finally:
        await sign_off(way, net)
        await watching.aclose()


async def _once(watching: Watching, answering: Answering, message: Message) -> Receipt:
    connected: asyncio.Future[Connected] = asyncio.get_running_loop().create_future()
    listening = asyncio.ensure_future(_listen(watching, connected))
    try:
        await asyncio.wait((connected, listening), return_when=asyncio.FIRST_COMPLETED)
        if not connected.done():
            listening.result()
            raise Unreachable("The desk closed the connection at once.")
        if connected.result().me.role is Role.SUPERVISOR:
            raise Forbidden("A supervisor only watches; nothing was sent.")
        return await answering.send(await _outgoing(watching, message))
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _listen(watching: Watching, connected: "asyncio.Future[Connected]") -> None:
    async for event in watching.events():
        if isinstance(event, Connected) and not connected.done():
            connected.set_result(event)


async def _outgoing(watching: Watching, message: Message) -> Outgoing:
    ref = ConversationRef(message.conversation)
    seen = OrderKey(message.expect_seq) if message.expect_seq is not None else (await watching.get(ref)).last_key
    kind = EntryKind.NOTE if message.note else EntryKind.PUBLIC
    return Outgoing(ClientId(message.cid), ref, kind, message.body, wall_ms(), seen=seen, draft_begun=seen)
