"""An Asterisk that isn't one: what it does over ARI, as unforgiving as phone.md found the real one (20.20.1) to be.

It knows no calls, only channels and bridges. Its far ends are told apart by what is dialled. Events go to whoever
connected last for an application; nothing is replayed; channels live on without a socket.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class FarEnd:
    """What a telephone does. `rings_s` None: for ever. `cause`: how it ends unanswered; 0: it is answered."""

    rings_s: float | None = 0.02
    cause: int = 0
    tech: int = 0
    presses: str = ""
    registered: bool = True
    ringing_event: bool = True


FAR_ENDS = {
    "answers": FarEnd(),
    "answers_and_presses_1": FarEnd(presses="1"),
    "presses_2": FarEnd(presses="2"),
    "rings": FarEnd(rings_s=None),
    "busy": FarEnd(cause=17, tech=486),
    "rejects": FarEnd(cause=21, tech=603),
    "forbidden": FarEnd(cause=21, tech=403),
    "not_found": FarEnd(cause=1, tech=404, ringing_event=False),
    "moved": FarEnd(cause=22, tech=410, ringing_event=False),
    "no_answer": FarEnd(cause=19, tech=480),
    "incomplete": FarEnd(cause=28, tech=484, ringing_event=False),
    "congested": FarEnd(cause=34, tech=503, ringing_event=False),
    "dead": FarEnd(cause=18, tech=408, ringing_event=False),
    "gone": FarEnd(cause=20, tech=0, ringing_event=False),
    "out_of_order": FarEnd(cause=27, tech=502, ringing_event=False),
    "no_network": FarEnd(cause=38, tech=500, ringing_event=False),
    "interworking": FarEnd(cause=127, tech=400, ringing_event=False),
    "unregistered": FarEnd(registered=False),
}
CAUSE_TEXT = {16: "Normal Clearing", 17: "User busy", 19: "User alerting, no answer", 21: "Call Rejected"}
REASONS = {"normal": 16, "busy": 17, "congestion": 34, "no_answer": 19, "timeout": 19, "rejected": 21}


@dataclass
class Channel:
    id: str
    endpoint: str
    app: str
    args: list[str]
    caller_id: str
    variables: dict[str, str]
    timeout_s: float
    did: list[str] = field(default_factory=list)
    """What was played to it, or pressed at it."""
    state: str = "Down"
    in_stasis: bool = False
    bridge: str = ""
    life: "asyncio.Task[None] | None" = None

    def record(self) -> dict[str, Any]:
        name, _, number = self.caller_id.rpartition("<")
        return {
            "id": self.id,
            "name": f"{self.endpoint}-00000001",
            "protocol_id": f"proto-{self.id}",
            "state": self.state,
            "caller": {"name": name.strip(), "number": number.rstrip(">")},
            "connected": {"name": "", "number": ""},
            "accountcode": "",
            "dialplan": {"context": "default", "exten": "s", "priority": 1, "app_name": "", "app_data": ""},
            "creationtime": stamp(),
            "language": "en",
        }


@dataclass
class Bridge:
    id: str
    channels: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "technology": "native_rtp" if len(self.channels) == 2 else "simple_bridge",
            "bridge_type": "mixing",
            "bridge_class": "stasis",
            "creator": "Stasis",
            "name": "",
            "channels": self.channels,
        }


class AriExchange:
    """Channels, bridges, and who listens."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.far_ends: dict[str, str] = {}
        """What is dialled (`+31612345678`, `agent7`) to a name of `FAR_ENDS`."""
        self.originated: list[Channel] = []
        """Every channel that was ever made: nobody may be dialled twice."""
        self.repeats_events = False
        self.gives_cause_0 = False
        """Older ones: no cause where the ringing time was over."""
        self._apps: dict[str, Send] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def subscribe(self, app: str, send: Send) -> None:
        """A socket for an application: the one before is told once, stays open, and hears nothing more."""
        before = self._apps.get(app)
        self._apps[app] = send
        if before is not None:
            await before(json.dumps({"type": "ApplicationReplaced", "application": app, "timestamp": stamp()}))

    def unsubscribe(self, app: str, send: Send) -> None:
        """It closed. What happens now is heard by nobody."""
        if self._apps.get(app) is send:
            del self._apps[app]

    def does(self, endpoint: str) -> FarEnd:
        """What a telephone does, by what is dialled."""
        resource = endpoint.partition("/")[2].partition("@")[0]
        return FAR_ENDS[self.far_ends.get(resource, "answers")]

    def originate(self, channel: Channel) -> None:
        """Ring it. Without a socket for its application it is made, and vanishes without a word."""
        if channel.app not in self._apps:
            return
        self.channels[channel.id] = channel
        self.originated.append(channel)
        channel.life = asyncio.create_task(self._live(channel, self.does(channel.endpoint), channel.timeout_s))

    async def hang_up(self, channel: Channel, cause: int = 16, tech: int = 0) -> None:
        """A channel ends, for whatever reason."""
        if self.channels.pop(channel.id, None) is None:
            return
        if channel.life is not None and channel.life is not asyncio.current_task():
            channel.life.cancel()
        if channel.bridge in self.bridges:
            bridge = self.bridges[channel.bridge]
            bridge.channels.remove(channel.id)
            await self.tell(channel, "ChannelLeftBridge", bridge=bridge.record())
        if channel.in_stasis:
            await self.tell(channel, "StasisEnd")
        told = {"cause": cause, "cause_txt": CAUSE_TEXT.get(cause, "Unknown"), "tech_cause": tech}
        await self.tell(channel, "ChannelDestroyed", **told)

    async def press(self, channel: Channel, digits: str) -> None:
        """Somebody presses keys on their telephone."""
        for digit in digits:
            await self.tell(channel, "ChannelDtmfReceived", digit=digit, duration_ms=120)

    async def enter(self, bridge: Bridge, channel: Channel) -> None:
        """A channel comes into a bridge."""
        bridge.channels.append(channel.id)
        channel.bridge = bridge.id
        await self.tell(channel, "ChannelEnteredBridge", bridge=bridge.record())

    async def tell(self, channel: Channel, kind: str, **more: Any) -> None:
        """An event to whoever connected last for the channel's application."""
        send = self._apps.get(channel.app)
        if send is None:
            return
        event = {"type": kind, "application": channel.app, "timestamp": stamp(), "asterisk_id": "02:42:ac:11:00:02"}
        frame = json.dumps({**event, "channel": channel.record(), **more})
        for _ in range(2 if self.repeats_events else 1):
            await send(frame)

    async def _live(self, channel: Channel, far: FarEnd, timeout_s: float) -> None:
        """What becomes of a channel by itself."""
        await self.tell(channel, "Dial", peer=channel.record(), dialstatus="", dialstring="")
        if far.ringing_event:
            channel.state = "Ringing"
            await self.tell(channel, "ChannelStateChange")
            await self.tell(channel, "Dial", peer=channel.record(), dialstatus="RINGING", dialstring="")
        if far.rings_s is None or far.rings_s > timeout_s:
            await asyncio.sleep(timeout_s)
            await self.hang_up(channel, *((0, 0) if self.gives_cause_0 else (19, 480)))
            return
        await asyncio.sleep(far.rings_s)
        if far.cause:
            # What the dialplan's word for it says is wrong: a rejection is no NOANSWER.
            await self.tell(channel, "Dial", peer=channel.record(), dialstatus="NOANSWER", dialstring="")
            await self.hang_up(channel, far.cause, far.tech)
            return
        channel.state = "Up"
        await self.tell(channel, "ChannelStateChange")
        await self.tell(channel, "Dial", peer=channel.record(), dialstatus="ANSWER", dialstring="")
        channel.in_stasis = True
        await self.tell(channel, "StasisStart", args=channel.args)
        if far.presses:
            await self.press(channel, far.presses)


def stamp() -> str:
    """As Asterisk writes times."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
