"""A real desk that calls by an Asterisk, and dies: no call is left over, nobody is dialled twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agent_tui.model.call import CallState
from agent_tui.model.ids import uuid7
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.call_records import WireCall
from tests.clients import StaffClient, VisitorClient
from tests.desk_process import DeskProcess
from tests.phones.asterisk.stub import PASSWORD, USER, AriStub, served

S = CallState
CUSTOMER = "+31612345678"
BOTH = ["PJSIP/agent7", f"PJSIP/{CUSTOMER}@trunk"]
SETTINGS = """
name = "Acme"
[phone]
region = "NL"
caller_id = "+31201234567"
chain = ["asterisk", "queue"]
[phone.providers.asterisk]
url = "{url}"
user = "{user}"
"""


class Telephone:
    """A desk, its exchange, an agent who calls and the customer who asked for it."""

    def __init__(self, desk: DeskProcess, stub: AriStub) -> None:
        self.desk = desk
        self.stub = stub
        self.ada: StaffClient
        self.call = uuid7()

    async def begin(self) -> None:
        """An agent with a telephone, and a customer who asks to be called."""
        token = await asyncio.to_thread(self.desk.token, "Ada", "agent")
        admin = StaffClient(self.desk.socket_url, await asyncio.to_thread(self.desk.token))
        self.ada = StaffClient(self.desk.socket_url, token)
        await self.ada.connect()
        assert self.ada.welcome is not None
        async with admin:
            await admin.ask(cc.SetPhone, agent=self.ada.welcome.you.id, extension="agent7")
        visitor, _ = await asyncio.to_thread(self.desk.visitor)
        async with VisitorClient(self.desk.socket_url, lambda: self.desk.ticket(visitor)) as page:
            await page.say(f"please call me on {CUSTOMER}")
        await self.until(lambda: self.ada.entries(1))
        await self.ada.ask(c.Claim, conversation=1, expect_owner="")

    async def reserves(self) -> None:
        """F9: whatever time it is, they asked for it just now."""
        asked = {"conversation": 1, "number": CUSTOMER, "basis_seq": 1}
        await self.until_registered()
        stops = (await self.ada.ask(cc.CheckCall, **asked)).stops
        passed = tuple(stop.code for stop in stops if stop.passable)
        await self.ada.ask(cc.RequestCall, call=self.call, provider="asterisk", confirmed=passed, **asked)

    async def dials(self) -> None:
        """The countdown is over."""
        await self.reserves()
        await self.ada.ask(cc.DialCall, call=self.call)

    async def until_registered(self) -> None:
        """The desk has its line to the exchange, and says that the agent's telephone is ready."""
        async with asyncio.timeout(10):
            while not (await self.ada.ask(cc.CheckCall, conversation=1, number=CUSTOMER)).providers[0].ready:
                await asyncio.sleep(0.02)

    async def dies(self) -> None:
        """The desk, by a power cut; and starts again."""
        await asyncio.to_thread(self.desk.kill)
        await self.ada.closed()
        await asyncio.to_thread(self.desk.start)
        self.ada.token = await asyncio.to_thread(self.desk.token, "Ada", "agent")
        await self.ada.connect()

    async def record(self) -> Any:
        """The call as the desk has it."""
        return await asyncio.to_thread(self.desk.get, f"/v1/calls/{self.call}", self.ada.token)

    async def is_so(self, *states: CallState) -> dict[str, Any]:
        """The call as soon as it is in one of these states."""
        async with asyncio.timeout(15):
            while True:
                record: dict[str, Any] = (await self.record())["call"]
                if record["state"] in states and record.get("connected", True):
                    return record
                await asyncio.sleep(0.02)

    async def until(self, met: Callable[[], Any]) -> None:
        """As soon as that is so."""
        async with asyncio.timeout(15):
            while not met():
                await asyncio.sleep(0.01)

    async def nothing_left(self) -> None:
        """At the exchange."""
        await self.until(lambda: not self.stub.exchange.channels and not self.stub.exchange.bridges)

    @property
    def dialled(self) -> list[str]:
        """All that was ever made to ring."""
        return [channel.endpoint for channel in self.stub.exchange.originated]


@pytest_asyncio.fixture
async def telephone(tmp_path: Path) -> AsyncIterator[Telephone]:
    stub = AriStub()
    async with served(stub.app) as url:
        home = tmp_path / "desk"
        home.mkdir()
        (home / "desk.toml").write_text(SETTINGS.format(url=url, user=USER), "utf-8")
        desk = DeskProcess(home, env={"AGENT_TUI_SECRET_PHONE_ASTERISK": PASSWORD})
        try:
            await asyncio.to_thread(desk.start)
            made = Telephone(desk, stub)
            await made.begin()
            yield made
            await made.ada.close()
            assert PASSWORD not in desk.said()
            assert CUSTOMER.removeprefix("+") not in desk.said()
        finally:
            await asyncio.to_thread(desk.kill)


@pytest.mark.parametrize("at", [S.DIALLING_AGENT, S.DIALLING_CUSTOMER, S.IN_CALL])
async def test_a_desk_that_dies_leaves_no_call_over_and_dials_nobody_twice(telephone: Telephone, at: CallState) -> None:
    exchange = telephone.stub.exchange
    rings = {S.DIALLING_AGENT: "agent7", S.DIALLING_CUSTOMER: CUSTOMER}.get(at)
    if rings:
        exchange.far_ends[rings] = "rings"
    await telephone.dials()
    await telephone.is_so(at)
    await telephone.dies()
    await telephone.is_so(at)
    if rings:  # they pick up only now: it goes on from there
        channel = telephone.stub.leg("agent" if at is S.DIALLING_AGENT else "cust")
        channel.state, channel.in_stasis = "Up", True
        await exchange.tell(channel, "StasisStart", args=channel.args)
    await telephone.is_so(S.IN_CALL)
    assert telephone.dialled == BOTH
    now = await telephone.ada.ask(cc.HangUp, call=telephone.call)
    assert isinstance(now.call, WireCall)
    assert now.call.state is S.ENDED
    await telephone.nothing_left()
    assert telephone.dialled == BOTH


async def test_a_desk_that_dies_in_the_countdown_has_dialled_nobody(telephone: Telephone) -> None:
    await telephone.reserves()
    await telephone.dies()
    await telephone.ada.ask(cc.CancelCall, call=telephone.call)
    assert (await telephone.is_so(S.ENDED))["reason"] == "cancelled"
    assert telephone.dialled == []


async def test_a_call_that_ended_while_the_desk_was_dead_is_cleared_away(telephone: Telephone) -> None:
    await telephone.dials()
    await telephone.is_so(S.IN_CALL)
    await asyncio.to_thread(telephone.desk.kill)
    await telephone.stub.exchange.hang_up(telephone.stub.leg("cust"))
    assert len(telephone.stub.exchange.channels) == 1, "the agent listens to nothing"
    await telephone.dies()
    await telephone.is_so(S.ENDED)
    await telephone.nothing_left()
    assert telephone.dialled == BOTH


async def test_the_line_is_lost_in_a_call_and_the_call_goes_on(telephone: Telephone) -> None:
    await telephone.dials()
    await telephone.is_so(S.IN_CALL)
    telephone.stub.refuses_sockets = True
    await telephone.stub.drop_sockets()
    await telephone.until(
        lambda: any(e["e"] == "call" and not e["call"].get("connected", True) for e in telephone.ada.events)
    )
    assert len(telephone.stub.exchange.channels) == 2
    telephone.stub.refuses_sockets = False
    await telephone.is_so(S.IN_CALL)
    await telephone.stub.exchange.hang_up(telephone.stub.leg("agent"))
    assert (await telephone.is_so(S.ENDED))["reason"] == "completed_agent_hung_up"
    await telephone.nothing_left()


async def test_a_telephone_that_is_not_registered_is_said_before_anything_is_dialled(telephone: Telephone) -> None:
    telephone.stub.exchange.far_ends["agent7"] = "unregistered"
    way = (await telephone.ada.ask(cc.CheckCall, conversation=1, number=CUSTOMER)).providers[0]
    assert (way.ready, way.why) == (False, "not_registered")
    assert telephone.dialled == []
