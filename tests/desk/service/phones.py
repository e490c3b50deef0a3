"""A desk with a telephone, and short ways to do what people do with it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from agent_tui.desk.phone_settings import PhoneSettings
from agent_tui.desk.service import Actor
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store.call_tables import call_audit
from agent_tui.model.call import CallState, Reason
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import call_records as cr
from agent_tui.protocol import pushes as p
from agent_tui.protocol.errors import Code, ErrorAnswer
from tests.desk.people import Clock, DeskInTest
from tests.desk.service.scripted_phone import Exchange, scripted_ways

NUMBER = "+31612345678"
PHONE = PhoneSettings(
    region="NL",
    company="Acme",
    caller_id="+31201234567",
    chain=("scripted", "handover", "queue"),
    countries=("31",),
)
WORKDAY_NOON = 1_764_068_400_000
"""Tuesday 25 November 2025, 12:00 in Amsterdam."""


class PhoneDesk(DeskInTest):
    """The service with a scripted exchange, on a Tuesday at noon."""

    def __init__(
        self, folder: Path, phone: PhoneSettings = PHONE, exchange: Exchange | None = None, clock: Clock | None = None
    ) -> None:
        self.exchange = exchange or Exchange()
        if clock is None:
            clock = Clock()
            clock.now = WORKDAY_NOON
        super().__init__(folder, DeskSettings(name="Acme desk", phone=phone), clock, scripted_ways(self.exchange))
        self.seen: list[p.YourCall] = []
        self.calls: list[cr.WireCall] = []
        self.store.subscribe(self._hear)

    def _hear(self, events: Any) -> None:
        for event in events:
            if event.call is not None:
                self.calls.append(event.call)
            if event.your_call is not None:
                self.seen.append(event.your_call)

    async def customer(self, language: str = "en", zone: str = "Europe/Amsterdam") -> tuple[Actor, int]:
        """A visitor whose page is open and who has written, and the conversation."""
        visitor = await self.visitor(language=language, time_zone=zone)
        await self.service.visitor_here(visitor.id)
        await self.says(visitor, f"please call me on {NUMBER}")
        row = self.store.write_now(lambda tx: tx.newest_of(visitor.id))
        assert row is not None
        return visitor, row.id

    async def requests(self, agent: Actor, conversation: int, **more: Any) -> cr.CallNow:
        """The key is pressed: the customer's first line is the ground."""
        asked = {"call": uuid7(), "number": NUMBER, "provider": "scripted", "basis_seq": 1, **more}
        answer = await self.does(agent, cc.RequestCall(0, conversation=conversation, **asked))
        assert isinstance(answer, cr.CallNow)
        return answer

    async def dials(self, agent: Actor, call: cr.CallNow) -> cr.CallNow:
        """The countdown is over."""
        answer: cr.CallNow = await self.does(agent, cc.DialCall(0, call=call.call.id))
        await self.settled()
        return answer

    async def in_call(self, agent: Actor, conversation: int) -> str:
        """Both talk; the call's id."""
        asked = await self.requests(agent, conversation)
        await self.dials(agent, asked)
        for state in (CallState.AGENT_ANSWERED, CallState.DIALLING_CUSTOMER, CallState.IN_CALL):
            await self.says_exchange(asked.call.id, state)
        return asked.call.id

    async def says_exchange(self, call: str, state: CallState, reason: Reason | None = None) -> None:
        self.exchange.says(call, state, reason)
        await self.settled()

    async def settled(self) -> None:
        """The tasks of the providers have done what there was to do."""
        await self.until(lambda: self.exchange.news.empty())
        for _ in range(3):
            await asyncio.sleep(0)
        while self.service.calls.running._starting and self.exchange.starting.is_set():
            await asyncio.sleep(0.002)
        await self.store.write(lambda _: None)
        await asyncio.sleep(0)

    async def until(self, met: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not met():
                await asyncio.sleep(0.002)

    async def state(self, call: str) -> CallState:
        return (await self.call(call)).state

    async def call(self, call: str) -> cr.WireCall:
        admin = Actor(Role.ADMIN, "nobody")
        return (await self.service.calls.one(admin, call)).call

    async def stopped(self, actor: Actor, stop: str, command: Any) -> ErrorAnswer:
        """Refused, because of this."""
        answer = await self.refused(Code.CALL_STOPPED, actor, command)
        assert answer.stop == stop, answer
        return answer

    def call_audit(self) -> list[dict[str, Any]]:
        rows = self.store.read_now(lambda db: db.execute(call_audit.select().order_by(call_audit.c.seq)).all())
        return [msgspec.json.decode(row.record) for row in rows]
