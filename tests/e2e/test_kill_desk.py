"""`kill -9` of the desk with 200 messages in flight: nothing is lost, nothing comes twice, nobody is left out.

The seed of a failing run is in its name.
"""

import asyncio
import contextlib
import random
from pathlib import Path

import pytest

from agent_tui.core.state import LinkState
from agent_tui.desk.store.opening import DATABASE
from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import EntryKind
from agent_tui.protocol.system_lines import SYSTEM_LINES
from tests.checker import History, check
from tests.desk_process import running_desk
from tests.e2e.crowd import Agent, Customer, agent_at, moment, until

CUSTOMERS = 4
IN_FLIGHT = 200
"""Messages of both agents together at each kill."""
FAST = {"AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "1000", "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "1000"}


def public_lines(watcher: Agent, ref: ConversationRef) -> list[Entry]:
    """What the customer is shown of a conversation."""
    entries = watcher.account.state.transcript(ref).entries
    return [it for it in entries if it.kind is EntryKind.PUBLIC or (it.system and SYSTEM_LINES[it.system.code].public)]


@pytest.mark.parametrize(("kills", "seed"), [(6, 1), pytest.param(200, 2, marks=pytest.mark.torture)])
async def test_kill_desk(tmp_path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    history = History()
    with running_desk(tmp_path / "desk", env=FAST) as desk:
        agents = [agent_at(desk, name, tmp_path, history) for name in ("Ada", "Bob")]
        watcher = agent_at(desk, "Sven", tmp_path, history, watch_only=True)
        customers = [Customer(desk, history) for _ in range(CUSTOMERS)]
        everybody = [*agents, watcher]
        for number, customer in enumerate(customers):
            customer.say(f"hello from {number}")
        await until(lambda: all(len(it.account.state.conversations) == CUSTOMERS for it in everybody))
        refs = sorted(agents[0].account.state.conversations)
        for it in everybody:
            for ref in refs:
                await it.account.open(ref)

        def look_again() -> None:
            for agent in agents:
                agent.look_again()

        for round_ in range(kills):
            await until(lambda: all(it.account.state.link.state is LinkState.LIVE for it in agents))
            for number in range(IN_FLIGHT - sum(agent.unsettled for agent in agents)):
                place = number % len(refs)
                agents[place % len(agents)].say(refs[place], f"{round_}.{number}")
            for customer in customers:
                customer.say(f"customer {round_}")
            with contextlib.suppress(TimeoutError):
                await until(lambda: False, moment(chance), meanwhile=look_again)
            await asyncio.to_thread(desk.kill)
            await asyncio.to_thread(desk.start)
        await until(
            lambda: not any(agent.unsettled for agent in agents) and not any(customer.lines for customer in customers),
            120,
            meanwhile=look_again,
        )
        expected = {ref: desk.get(f"/v1/conversations/{ref}", desk.token())["last_seq"] for ref in refs}
        await until(
            lambda: all(
                it.transcript(ref)[-1][0] == expected[ref] and it.account.state.transcript(ref).gap_after is None
                for it in everybody
                for ref in refs
            )
        )
        of = {record.customer.id: ref for ref, record in watcher.account.state.conversations.items()}
        await until(lambda: all(len(it.client.lines) == len(public_lines(watcher, of[it.id])) for it in customers))
        for it in everybody:
            it.end()
        for customer in customers:
            customer.end()
        for task in [*(it.work for it in everybody), *(customer.work for customer in customers)]:
            task.cancel()
        for it in everybody:
            await asyncio.gather(it.work, return_exceptions=True)
            await it.account.close()
        for customer in customers:
            await asyncio.gather(customer.work, return_exceptions=True)
            await customer.client.close()
        desk.stop()
    assert len(history.sent) == len(agents) + len(customers)
    assert check(tmp_path / "desk" / DATABASE, history) == []
