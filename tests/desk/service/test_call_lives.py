"""Random lives of calls: whatever is done in whatever order, through restarts and an exchange that comes and goes.

At every moment a conversation and an agent have one open call at most, states go forward only, and nobody is dialled
twice (the scripted exchange refuses that). In the end, when everybody has stopped pressing keys, nothing is left over.
"""

import asyncio
import contextlib
import random
from itertools import pairwise
from pathlib import Path

import pytest

from agent_tui.core.phone.states import NEXT
from agent_tui.desk.service import Actor
from agent_tui.desk.store.call_tables import call as calls
from agent_tui.model.call import CallId, CallState, Reason
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.ports.errors import Unreachable
from agent_tui.ports.phone import CallEvent, CallFailed, LineLost
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol.errors import Refusal
from tests.desk.service.phones import PhoneDesk
from tests.desk.service.scripted_phone import Exchange

STEPS = 250
ENDS = (Reason.CUSTOMER_BUSY, Reason.CUSTOMER_HUNG_UP, Reason.AGENT_NO_ANSWER, Reason.NETWORK, Reason.CUSTOMER_REJECTED)
PASSES = ("outside_hours_asked", "customer_away", "number_limit", "chat_limit")

_WEIGHTS = {
    "request": 14, "dial": 14, "exchange": 24, "cancel": 4, "hang up": 3, "late news": 5, "time": 8, "customer": 6,
    "queue": 6, "hand over": 4, "outcome": 6, "trouble": 3, "restart": 4,
}  # fmt: skip


class Life:
    """One desk after another on one folder, and the people who press keys."""

    def __init__(self, folder: Path, odd: random.Random) -> None:
        self.folder = folder
        self.odd = odd
        self.exchange = Exchange()
        self.desk = PhoneDesk(folder, exchange=self.exchange)
        self.agents: list[Actor] = []
        self.visitors: list[Actor] = []
        self.chats: list[int] = []
        self.told: dict[str, list[tuple[int, CallState]]] = {}

    async def begin(self) -> None:
        await self.desk.service.calls.start()
        self.agents = [await self.desk.connected(name, Role.ADMIN) for name in ("Ada", "Bob")]
        for _ in range(3):
            visitor, chat = await self.desk.customer()
            self.visitors.append(visitor)
            self.chats.append(chat)

    async def restart(self) -> None:
        """Power cut: what was on its way is lost, what is on the disk and at the exchange stays."""
        self.note()
        await self.desk.service.calls.stop()
        self.desk.store.close()
        self.exchange.starting.set()
        self.desk = PhoneDesk(self.folder, exchange=self.exchange, clock=self.desk.clock)
        await self.desk.service.calls.start()

    def note(self) -> None:
        for pushed in self.desk.calls:
            self.told.setdefault(pushed.id, []).append((pushed.rev, pushed.state))
        self.desk.calls.clear()

    def open_calls(self) -> list[tuple[str, int, str | None, str]]:
        query = calls.select().where(calls.c.state != "ended")
        rows = self.desk.store.read_now(lambda db: db.execute(query).all())
        return [(row.id, row.conversation, row.agent, row.state) for row in rows]

    async def step(self) -> None:
        odd, does = self.odd, self.desk.does
        spot = odd.randrange(3)
        chat, visitor, number = self.chats[spot], self.visitors[spot], f"+3161234560{spot}"
        there = self.open_calls()
        one, _, holder, _ = odd.choice(there) if there else (uuid7(), 0, None, "")
        agent = next((it for it in self.agents if it.id == holder and odd.random() < 0.8), odd.choice(self.agents))
        what = odd.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        match what:
            case "request":
                provider = odd.choice(["scripted", "scripted", "scripted", "handover"])
                ask = cc.RequestCall(
                    0, call=uuid7(), conversation=chat, number=number, provider=provider, basis_seq=1, confirmed=PASSES
                )
                await asyncio.gather(does(agent, ask), does(agent, ask))
            case "dial":
                await asyncio.gather(does(agent, cc.DialCall(0, call=one)), does(agent, cc.DialCall(0, call=one)))
            case "cancel":
                await does(agent, cc.CancelCall(0, call=one))
            case "hang up":
                await does(agent, cc.HangUp(0, call=one))
            case "exchange":
                ringing = [it for it, state in self.exchange.calls.items() if state is not CallState.ENDED]
                if ringing:
                    chosen = odd.choice(ringing)
                    state = odd.choice(sorted(NEXT[self.exchange.calls[chosen]]))
                    self.exchange.says(chosen, state, odd.choice(ENDS))
            case "late news":
                if self.exchange.calls:
                    chosen = odd.choice(list(self.exchange.calls))
                    old = CallEvent(CallId(chosen), odd.choice(list(CallState)), 0, Reason.NETWORK)
                    if old.state is not CallState.ENDED:
                        self.exchange.news.put_nowait(old)
            case "time":
                self.desk.clock.pass_by(odd.choice([1_000, 8_000, 20_000, 70_000, 16 * 60_000]))
                await self.desk.service.calls.sweep()
            case "customer":
                await does(visitor, odd.choice([cc.AskCall(0, call=uuid7(), number=number), cc.CancelAsked(0)]))
            case "queue":
                await does(agent, odd.choice([cc.ClaimCall(0), cc.ReleaseCall(0, call=one)]))
            case "hand over":
                await does(agent, cc.ReportCall(0, call=one, state=CallState.HANDED_OVER))
            case "outcome":
                await does(agent, cc.CallOutcome(0, call=one, result="no_answer"))
            case "trouble":
                self.exchange.reachable = odd.random() < 0.5
                self.exchange.refuses = odd.choice([CallFailed("No.", Reason.AGENT_UNREACHABLE), Unreachable("?")])
                self.exchange.news.put_nowait(LineLost(0, "gone"))
            case "restart":
                await self.restart()
        if what != "trouble" and odd.random() < 0.4:
            self.exchange.reachable, self.exchange.refuses = True, None

    def check(self) -> None:
        found = self.open_calls()
        chats = [chat for _, chat, _, _ in found]
        agents = [agent for _, _, agent, _ in found if agent is not None]
        assert len(chats) == len(set(chats))
        assert len(agents) == len(set(agents))

    async def end(self) -> None:
        """Everybody goes home: time passes, and the exchange is there."""
        self.exchange.reachable, self.exchange.refuses = True, None
        for _ in range(30):
            self.desk.clock.pass_by(3_600_000)
            await self.desk.service.calls.sweep()
        self.note()


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_pressed_nothing_is_dialled_twice_or_left_over(tmp_path: Path, seed: int) -> None:
    life = Life(tmp_path / "desk", random.Random(seed))
    await life.begin()
    for _ in range(STEPS):
        with contextlib.suppress(Refusal):
            await life.step()
        await life.desk.settled()
        life.check()
    await life.end()
    states = {state for pushed in life.told.values() for _, state in pushed}
    assert len(life.exchange.started) >= 3, "something happened"
    assert {CallState.DIALLING_AGENT, CallState.IN_CALL} <= states
    assert life.open_calls() == []
    assert set(life.exchange.calls.values()) <= {CallState.ENDED}, "nothing rings any more"
    assert len({it.call_id for it in life.exchange.started}) == len(life.exchange.started)
    for pushed in life.told.values():
        in_order = [state for _, state in sorted(pushed)]
        steps = [(a, b) for a, b in pairwise(in_order) if a is not b]
        assert all(b in NEXT[a] for a, b in steps), steps
    await life.desk.service.calls.stop()
    life.desk.store.close()
