"""Agents and customers who go on whatever happens to the desk, and write down for the checker what they did and saw."""

import asyncio
import contextlib
import random
import urllib.error
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException

from agent_tui.core.state import Changes
from agent_tui.model.ids import ConversationRef, rising_uuid7
from agent_tui.model.outgoing import Delivery
from agent_tui.model.words import EntryKind
from agent_tui.ports.events import Event, OutgoingMoved
from agent_tui.runtime.account import Account
from agent_tui.runtime.connecting import account_at, always_at
from agent_tui.runtime.link import BackOff
from tests.checker import History
from tests.clients import Refused, VisitorClient
from tests.desk_process import DeskProcess


class Agent:
    """One of the staff at a console without a screen."""

    def __init__(self, account: Account, history: History) -> None:
        self.account = account
        self.history = history
        self.pressed: dict[str, str] = {}
        self._told: dict[ConversationRef, int] = {}
        account._link.back_off = BackOff(lambda: 0.02)
        account.listen(self._changed)
        apply = account._engine.apply

        def noted(*events: Event) -> None:
            for event in events:
                if isinstance(event, OutgoingMoved) and event.item.state is Delivery.SENT:
                    history.ack(self.id, event.item.cid, event.item.key)
                    self.pressed[event.item.cid] = "sent"
            apply(*events)

        account._engine.apply = noted  # type: ignore[method-assign]
        self.work = asyncio.ensure_future(account.run())

    @property
    def id(self) -> str:
        """As the desk knows them."""
        assert self.account.me is not None
        return self.account.me.id

    def say(self, ref: ConversationRef, text: str) -> None:
        """Press Enter, having seen what is held."""
        last = self.account.state.transcript(ref).last_key
        posted = self.account.send(ref, EntryKind.PUBLIC, text, last, last)
        assert posted.refusal == ""
        self.history.send(self.id, posted.cid, text)
        self.pressed[posted.cid] = "waiting"

    def look_again(self) -> None:
        """Whatever is held is let go: its author has read what crossed it."""
        for items in self.account.state.outgoing.values():
            for item in items:
                if item.state is Delivery.HELD:
                    self.account.send_anyway(item.cid)

    @property
    def unsettled(self) -> int:
        """Messages not yet known to be stored."""
        return sum(len(items) for items in self.account.state.outgoing.values())

    def transcript(self, ref: ConversationRef) -> list[tuple[int, str]]:
        """What stands on the screen."""
        return [(entry.key, str(entry.body)) for entry in self.account.state.transcript(ref).entries]

    def end(self) -> None:
        """Write down how it all ended here."""
        for ref in self._told:
            self.history.end(self.id, int(ref), self.transcript(ref))
        self.history.outbox[self.id] = dict(self.pressed)

    def _changed(self, changes: Changes) -> None:
        state = self.account.state
        if changes.everything:
            for ref in self._told:
                self.history.gap(self.id, int(ref))
        for ref in changes.transcripts:
            transcript = state.transcript(ref)
            if not transcript.loaded:
                continue
            told = self._told.get(ref, 0)
            if transcript.gap_after is not None:
                self.history.gap(self.id, int(ref))
            for entry in transcript.entries[transcript.place(type(transcript.last_key)(told + 1))[0] :]:
                self.history.see(self.id, int(ref), entry.key, str(entry.body))
                self._told[ref] = entry.key


class Customer:
    """A page in a browser: says its lines in order, each until the desk has it."""

    def __init__(self, desk: DeskProcess, history: History) -> None:
        token, self.id = desk.visitor()
        self.client = VisitorClient(desk.socket_url, lambda: desk.ticket(token))
        self.history = history
        self.lines: deque[tuple[str, str]] = deque()
        self._newest = ""
        self.work = asyncio.ensure_future(self._run())

    def say(self, text: str) -> None:
        """Press Enter."""
        self._newest = rising_uuid7(self._newest)
        self.history.send(self.id, self._newest, text)
        self.lines.append((self._newest, text))

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, urllib.error.URLError, TimeoutError, Refused):
                await self.client.connect()
                while self.client.close_code is None:
                    if self.lines:
                        cid, text = self.lines[0]
                        stored = await self.client.say(text, cid)
                        self.history.ack(self.id, cid, stored.seq)
                        self.lines.popleft()
                    else:
                        await asyncio.sleep(0.02)
            await asyncio.sleep(0.05)

    def end(self) -> None:
        """Write down what the page was shown, and what stands there now."""
        had: set[int] = set()
        for seen in self.client.history:
            if seen.what in ("gap", "afresh"):
                self.history.gap(self.id, 0)
            elif seen.what == "event" and seen.data["e"] == "line" and seen.data["line"]["n"] not in had:
                line = seen.data["line"]
                had.add(line["n"])
                self.history.see(self.id, 0, line["n"], line.get("body", ""))
        self.history.end(self.id, 0, [(line["n"], line.get("body", "")) for line in self.client.lines])


def lasting_token(desk: DeskProcess, name: str, role: str = "agent") -> str:
    """A token of an invite: unlike a local one it outlives the desk's start."""
    invited = desk.post("/v1/invites", {"name": name, "role": role}, desk.token())
    return str(desk.post("/v1/login", {"code": invited["code"], "device": "test"})["token"])


def agent_at(desk: DeskProcess, name: str, folder: Path, history: History, *, watch_only: bool = False) -> Agent:
    """A console of this person, signed in for good."""
    token = lasting_token(desk, name, "supervisor" if watch_only else "agent")
    return Agent(account_at(name, always_at(desk.url, token), folder / name, watch_only=watch_only), history)


async def until(met: Callable[[], Any], seconds: float = 60, *, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait for a state, doing something meanwhile."""
    async with asyncio.timeout(seconds):
        while not met():
            meanwhile()
            await asyncio.sleep(0.02)


def moment(chance: random.Random) -> float:
    """Seconds until the next kill: 50 to 300 ms."""
    return chance.uniform(0.05, 0.3)
