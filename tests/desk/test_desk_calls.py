"""Calls over the real wire, for everybody who is told of one; what a power cut does to them before anything rings.

What it does to them at the exchange is in `test_calls_by_asterisk`.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from agent_tui.model.call import CallState, Reason
from agent_tui.model.ids import uuid7
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import call_records as cr
from agent_tui.protocol import commands as c
from tests.cli.command import agent_tui
from tests.clients import Refused, StaffClient, VisitorClient
from tests.desk.conftest import staff_of, visitor_of
from tests.desk.test_wall import monitor_of
from tests.desk_process import DeskProcess
from tests.phones.asterisk.stub import PASSWORD, USER, AriStub, served

NUMBER = "+31612345678"
PASSES = ("outside_hours_asked", "customer_away", "hours_unknown")


@pytest.fixture
async def stub() -> AriStub:
    made = AriStub()
    made.exchange.far_ends.update({"agent7": "answers", NUMBER: "answers"})
    return made


@pytest.fixture
async def desk(stub: AriStub, tmp_path: Path) -> AsyncIterator[DeskProcess]:
    async with served(stub.app) as url:
        env = {
            "AGENT_TUI_DESK_PHONE_REGION": "NL",
            "AGENT_TUI_DESK_PHONE_CALLER_ID": "+31201234567",
            "AGENT_TUI_DESK_PHONE_COMPANY": "Acme",
            "AGENT_TUI_DESK_PHONE_CHAIN": '["asterisk", "handover", "queue"]',
            "AGENT_TUI_DESK_PHONE_UNDO_KEEPS_MS": "400",
            "AGENT_TUI_DESK_PHONE_PROVIDERS": f'{{asterisk = {{url = "{url}", user = "{USER}"}}}}',
            "AGENT_TUI_SECRET_PHONE_ASTERISK": PASSWORD,
        }
        home = tmp_path / "home"
        running = DeskProcess(home, env=env)
        try:
            yield await asyncio.to_thread(running.start)
        finally:
            await asyncio.to_thread(running.kill)


async def ask(desk: DeskProcess, method: str, path: str, token: str) -> Any:
    return (await asyncio.to_thread(desk.ask, method, path, None, token))[1]


class Scene:
    """An agent with a telephone, and a customer who asked to be called."""

    def __init__(self, desk: DeskProcess, stub: AriStub) -> None:
        self.desk = desk
        self.stub = stub
        self.ada: StaffClient
        self.jane: VisitorClient
        self.chat = 0
        self.call = ""

    async def begin(self) -> "Scene":
        boss = await asyncio.to_thread(staff_of, self.desk, "Boss", "admin")
        self.ada = await asyncio.to_thread(staff_of, self.desk, "Ada")
        self.jane = await asyncio.to_thread(lambda: visitor_of(self.desk, language="en"))
        async with boss:
            await self.ada.connect()
            assert self.ada.welcome is not None
            await boss.ask(cc.SetPhone, agent=self.ada.welcome.you.id, extension="agent7")
        await self.jane.connect()
        await self.jane.say("please call me")
        self.chat = (await self.ada.sees("please call me"))["conversation"]
        return self

    async def asks(self) -> cr.CallNow:
        answer: cr.CallNow = await self.ada.ask(
            cc.RequestCall,
            call=uuid7(),
            conversation=self.chat,
            number=NUMBER,
            provider="asterisk",
            basis_seq=1,
            confirmed=PASSES,
        )
        self.call = answer.call.id
        return answer

    async def dials(self) -> None:
        await self.asks()
        await self.ada.ask(cc.DialCall, call=self.call)

    async def becomes(self, state: CallState, client: StaffClient | None = None) -> dict[str, Any]:
        """Until the call is pushed in this state."""
        who = client or self.ada

        def pushed() -> Any:
            calls = [e["call"] for e in who.events if e["e"] == "call" and e["call"]["id"] == self.call]
            return next((call for call in calls if call["state"] == state.value), None)

        found: dict[str, Any] = await who.until(pushed, seconds=20)
        return found

    async def now(self) -> dict[str, Any]:
        token = await asyncio.to_thread(self.desk.token)
        answer = await ask(self.desk, "GET", f"/v1/calls/{self.call}", token)
        found: dict[str, Any] = answer["call"]
        return found

    async def restarts(self) -> None:
        """Power cut, and back."""
        await asyncio.to_thread(self.desk.kill)
        await self.ada.close()
        await self.jane.close()
        await asyncio.to_thread(self.desk.start)

    async def until(self, met: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while not met(call := await self.now()):
                await asyncio.sleep(0.05)
        return call

    def dialled(self) -> list[str]:
        return sorted(channel.endpoint for channel in self.stub.exchange.originated)


@pytest.fixture
async def scene(desk: DeskProcess, stub: AriStub) -> AsyncIterator[Scene]:
    made = await Scene(desk, stub).begin()
    yield made
    await made.ada.close()
    await made.jane.close()


async def test_a_call_over_the_wire_from_the_key_to_the_audit(scene: Scene) -> None:
    await scene.dials()
    told = await scene.jane.until(
        lambda: next((e for e in scene.jane.events if e["e"] == "line" and "calling you now" in str(e)), None),
        seconds=10,
    )
    assert "Ada from Acme is calling you now from +31 20 123 4567" in told["line"]["system"]["what"]
    pushed = await scene.becomes(CallState.IN_CALL)
    assert "number" not in pushed
    assert pushed["last4"] == "5678"
    assert (await scene.jane.until(lambda: _yours(scene.jane, "in_call"), seconds=10))["agent"] == "Ada"
    assert sorted(scene.dialled()) == ["PJSIP/+31612345678@trunk", "PJSIP/agent7"]
    await scene.stub.exchange.hang_up(scene.stub.leg("cust"))
    ended = await scene.becomes(CallState.ENDED)
    assert ended["reason"] == Reason.CUSTOMER_HUNG_UP.value
    await scene.ada.ask(cc.CallOutcome, call=scene.call, result="spoke", note="sends the contract", cid=uuid7())
    audit = await ask(scene.desk, "GET", f"/v1/call-audit?call={scene.call}", scene.desk.token())
    records = [json.loads(line["record"]) for line in audit["lines"]]
    assert [it.get("to") for it in records if it["event"] == "call.state"][-2:] == ["in_call", "ended"]
    assert records[-1]["result"] == "spoke"
    assert NUMBER not in json.dumps(audit)
    # nobody has to call any more, and all the same she asked: counted as it came, and out of the store
    board = await ask(scene.desk, "GET", "/v1/board", scene.desk.token())
    day = f"since={board['since']}&until={board['at'] + 1}"
    report = await ask(scene.desk, "GET", f"/v1/report?{day}", scene.desk.token())
    for name in ("wanted", "made", "reached"):
        assert (board["figures"][f"calls_{name}"]["value"], report["counts"][f"calls.{name}"]) == (1, 1), name
    watcher = await asyncio.to_thread(scene.desk.token, "Sue", "supervisor")
    seen = await ask(scene.desk, "GET", f"/v1/calls/{scene.call}", watcher)
    assert "number" not in seen["call"]
    assert (await scene.now())["number"]["e164"] == NUMBER
    assert scene.desk.said().count("5678") == 0, "no number in the log"


async def test_a_supervisor_sees_two_digits_of_a_number_in_everything_that_tells_of_a_call(scene: Scene) -> None:
    sue = await asyncio.to_thread(staff_of, scene.desk, "Sue", "supervisor")
    monitor = await asyncio.to_thread(monitor_of, scene.desk)
    await sue.connect()
    await monitor.connect()
    await monitor.ask(c.Watch, tiles=(scene.chat,), opened=(scene.chat,))
    await scene.dials()
    await scene.becomes(CallState.IN_CALL)
    await scene.stub.exchange.hang_up(scene.stub.leg("cust"))
    await scene.becomes(CallState.ENDED)
    await scene.ada.ask(cc.DoNotCall, conversation=scene.chat, number=NUMBER)
    await sue.until(lambda: "call_never" in str(sue.events))
    await monitor.until(lambda: "call_never" in str(monitor.now))
    read: dict[str, Any] = {"socket": sue.history, "wall": monitor.history}
    for path in (
        "inbox", f"conversations/{scene.chat}", f"conversations/{scene.chat}/entries", "calls?view=all",
        f"calls?conversation={scene.chat}", f"calls/{scene.call}", f"replay?conversation={scene.chat}",
        "behind?figure=calls_made", "report", "board",
    ):  # fmt: skip
        read[path] = await ask(scene.desk, "GET", f"/v1/{path}", sue.token)
    await sue.close()
    await monitor.close()
    for where, said in read.items():
        assert not re.findall(r"\d678|[1-9]\D?2\D?3\D?4\D?5\D?6\D?7", str(said)), where
    assert "•••• ••78" in str(read[f"conversations/{scene.chat}/entries"])
    assert "•••• ••78" in str(read["wall"])
    assert read[f"calls/{scene.call}"]["call"]["last4"] == "••78"
    shown = await asyncio.to_thread(
        agent_tui, "--desk", scene.desk.url, "calls", "list", "--view", "all", AGENT_TUI_TOKEN=sue.token
    )
    assert "•••• ••78" in shown.out, shown.err
    assert "•••• 5678" in str(scene.ada.events)


def _yours(jane: VisitorClient, state: str) -> Any:
    return next((e for e in jane.events if e["e"] == "your_call" and e["state"] == state), None)


async def test_a_page_that_is_opened_again_is_told_how_it_stands(scene: Scene) -> None:
    await scene.jane.ask(cc.AskCall, call=uuid7(), number=NUMBER)
    await scene.jane.close()
    scene.jane.events.clear()
    scene.jane.cursor = ""
    await scene.jane.connect()
    yours = await scene.jane.until(lambda: _yours(scene.jane, "queued"), seconds=10)
    assert yours["last4"] == "5678"


async def test_a_desk_killed_before_the_exchange_answered_leaves_nothing_ringing(scene: Scene) -> None:
    scene.stub.fails["POST", "-agent"] = [30.0]
    await scene.asks()
    dialling = asyncio.ensure_future(scene.ada.ask(cc.DialCall, call=scene.call))
    await scene.until(lambda call: call["state"] == "dialling_agent")
    await dialling
    await scene.restarts()
    ended = await scene.until(lambda call: call["state"] == "ended")
    assert ended["reason"] == Reason.LOST.value
    assert ended.get("noticed", False) is False
    assert scene.stub.exchange.channels == {}


async def test_a_desk_killed_in_the_countdown_cancels_and_in_the_queue_keeps(scene: Scene) -> None:
    await scene.asks()
    await scene.restarts()
    undone = await scene.until(lambda call: call["state"] == "ended")
    assert undone["reason"] == Reason.CANCELLED.value
    await scene.jane.connect()
    await scene.jane.ask(cc.AskCall, call=uuid7(), number=NUMBER)
    await scene.jane.close()
    await asyncio.to_thread(scene.desk.kill)
    await asyncio.to_thread(scene.desk.start)
    inbox = await ask(scene.desk, "GET", "/v1/inbox", await asyncio.to_thread(scene.desk.token))
    assert [call["state"] for call in inbox["calls"]] == ["queued"]
    assert scene.dialled() == []


async def test_a_supervisor_calls_nobody(scene: Scene) -> None:
    async with StaffClient(
        scene.desk.socket_url, await asyncio.to_thread(scene.desk.token, "Sue", "supervisor")
    ) as sue:
        for command, fields in (
            (cc.RequestCall, {"call": uuid7(), "conversation": scene.chat, "provider": "asterisk"}),
            (cc.HangUp, {"call": uuid7()}),
            (cc.CheckCall, {"conversation": scene.chat}),
            (cc.ClaimCall, {}),
        ):
            with pytest.raises(Refused, match="not_allowed"):
                await sue.ask(command, **fields)
