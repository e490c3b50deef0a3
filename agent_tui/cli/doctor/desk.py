"""The doctor asks the desk: is it well, how far away is it, whose token is this, do our clocks agree, does it call."""

import time
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from agent_tui import __version__
from agent_tui.cli.asking import ask, refusal
from agent_tui.cli.checks import Check, broken, good, note
from agent_tui.cli.doctor.phone import check_phone_of
from agent_tui.cli.ways import Way, sign_off
from agent_tui.model.text import clean
from agent_tui.model.words import Role
from agent_tui.ports.errors import AuthExpired, Forbidden, PortError
from agent_tui.ports.transport import Transport
from agent_tui.protocol.commands import Hello, Welcome
from agent_tui.protocol.frames import decode_answer, decode_server_frame, encode_command
from agent_tui.protocol.requests import Health, Me
from agent_tui.protocol.table import ROUTE, SOCKET_PATH
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.net import Net

PART: Final = "desk"
ROUND_TRIPS: Final = 5
LARGEST_SKEW_MS: Final = 2_000
SLOW_MS: Final = 250
_LONGEST: Final = 200


async def check_desk(way: Way) -> AsyncIterator[Check]:
    """Everything about it. Raises the port's errors where it can't be reached, or the token is not good."""
    net = Net(way.find)
    try:
        place = await way.find(False)
        yield good(PART, "address", place.url)
        yield await _health(net)
        yield await _round_trip(net)
        me: Me = await ask(net, "me")
        yield _token(me)
        yield await _socket(net)
        for check in await check_phone_of(net):
            yield check
        await sign_off(way, net)
    finally:
        await net.aclose()


async def _health(transport: Transport) -> Check:
    answer = await transport.request("GET", ROUTE["health"].path)
    try:
        health = msgspec.json.decode(answer.body, type=Health)
    except msgspec.MsgspecError:
        raise refusal(answer) from None
    version = clean(health.version, limit=_LONGEST, multiline=False)
    detail = clean(health.detail, limit=_LONGEST, multiline=False)
    if not health.ok:
        says = detail or ("It can't write: its disk may be full." if health.readable else "It can't read its database.")
        return broken(PART, "health", f"version {version}; {says}", "Look at the desk's log on its machine.")
    shown = f"well; version {version}" + (f"; {detail}" if detail else "")
    if version == __version__:
        return good(PART, "health", shown)
    return note(PART, "health", shown, f"This is {__version__}: update the older of the two when you can.")


async def _round_trip(transport: Transport) -> Check:
    took = []
    for _ in range(ROUND_TRIPS):
        began = time.perf_counter()
        await transport.request("GET", ROUTE["health"].path)
        took.append((time.perf_counter() - began) * 1000)
    best, worst = min(took), max(took)
    shown = f"{best:.0f} to {worst:.0f} ms"
    if best > SLOW_MS:
        return note(PART, "round trip", shown, "Everything you do is felt this much later.")
    return good(PART, "round trip", shown)


def _token(me: Me) -> Check:
    name = clean(me.you.name, limit=_LONGEST, multiline=False)
    desk = clean(me.desk, limit=_LONGEST, multiline=False)
    shown = f"{name}, {me.you.role.value} at {desk}"
    if me.you.role is Role.SUPERVISOR:
        return note(PART, "token", f"{shown}: it only watches, the console can't be opened with it.")
    return good(PART, "token", shown)


async def _socket(transport: Transport) -> Check:
    """The socket opens, speaks our protocol, and says what its clock says."""
    try:
        socket = await transport.socket(SOCKET_PATH)
    except (AuthExpired, Forbidden):
        raise
    except PortError as error:
        return broken(PART, "socket", str(error), "A proxy in front of the desk has to let WebSockets through.")
    try:
        sent = wall_ms()
        await socket.send(encode_command(Hello(1, client="agent-tui doctor")))
        while not isinstance(heard := await socket.receive(), bytes):
            continue
        frame = decode_server_frame(heard)
        if frame.error is not None:
            says = clean(frame.error.detail, limit=_LONGEST, multiline=False)
            return broken(PART, "socket", says, "Update the older of the two.")
        assert frame.ok is not None
        welcome: Welcome = decode_answer(frame.ok, Welcome)
    finally:
        await socket.aclose()
    middle = (sent + wall_ms()) // 2
    skew = welcome.now - middle
    shown = f"opens; the clocks differ by {abs(skew)} ms"
    if abs(skew) > LARGEST_SKEW_MS:
        which = "behind" if skew > 0 else "ahead"
        return note(PART, "socket", shown, f"This machine's clock is {which}: times on the screen are off by that.")
    return good(PART, "socket", shown)
