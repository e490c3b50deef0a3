"""Bad luck between a console and its desk: each ends with a sentence and nothing lost."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent_tui.core.state import LinkState
from agent_tui.desk.store.opening import DATABASE
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery
from agent_tui.model.words import EntryKind
from agent_tui.runtime import sender
from agent_tui.runtime.account import Account, wall_ms
from agent_tui.runtime.connecting import account_at, always_at
from agent_tui.runtime.link import BackOff
from tests.checker import History, check
from tests.desk_process import DeskProcess, running_desk
from tests.e2e.crowd import Agent, Customer, lasting_token, until
from tests.proxy import proxy_to

FAST = {"AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "1000", "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "1000"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    with running_desk(tmp_path / "desk", env=FAST) as desk:
        yield desk


@asynccontextmanager
async def ada_at(
    url: str, token: str, folder: Path | None = None, now_ms: Callable[[], int] = wall_ms
) -> AsyncIterator[Account]:
    account = account_at("Ada", always_at(url, token), folder, now_ms=now_ms)
    account._link.back_off = BackOff(lambda: 0.001)
    work = asyncio.ensure_future(account.run())
    try:
        yield account
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await account.close()


def is_live(account: Account) -> bool:
    return account.state.link.state is LinkState.LIVE


async def one_chat(desk: DeskProcess, account: Account) -> ConversationRef:
    """A customer who has said hello, in an open tab."""
    customer = Customer(desk, History())
    customer.say("hello")
    await until(lambda: is_live(account) and account.state.conversations)
    (ref,) = account.state.conversations
    await account.open(ref)
    customer.work.cancel()
    await asyncio.gather(customer.work, return_exceptions=True)
    await customer.client.close()
    return ref


def say(account: Account, ref: ConversationRef, text: str) -> str:
    last = account.state.transcript(ref).last_key
    posted = account.send(ref, EntryKind.PUBLIC, text, last, last)
    assert posted.refusal == ""
    return posted.cid


def bodies(account: Account, ref: ConversationRef) -> list[str]:
    return [str(entry.body) for entry in account.state.transcript(ref).entries if entry.kind is EntryKind.PUBLIC]


async def test_an_answer_lost_a_hundred_times_stores_one_message(
    desk: DeskProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "TRY_AGAIN_S", 0.01)
    async with proxy_to(desk.url) as proxy, ada_at(proxy.url, lasting_token(desk, "Ada")) as ada:
        ref = await one_chat(desk, ada)
        lost = 0
        send = ada._sender._answering.send  # type: ignore[union-attr]

        async def send_and_lose(item):  # type: ignore[no-untyped-def]
            """The desk gets it, and its answer never arrives."""
            nonlocal lost
            if lost == 100:
                return await send(item)
            proxy.swallow_answers = True
            sending = asyncio.ensure_future(send(item))
            await asyncio.sleep(0.01)
            lost += 1
            proxy.clear_up()
            return await sending

        ada._sender._answering.send = send_and_lose  # type: ignore[union-attr, method-assign]
        say(ada, ref, "once")
        await until(lambda: lost == 100 and not ada.state.outgoing[ref], 90)
        assert bodies(ada, ref) == ["hello", "once"]
        stored = desk.get(f"/v1/conversations/{ref}/entries", desk.token())["entries"]
        assert [entry["body"] for entry in stored if entry.get("body") == "once"] == ["once"]


async def test_nobody_is_there_at_the_start_and_then_somebody_is(desk: DeskProcess) -> None:
    token = lasting_token(desk, "Ada")
    desk.stop()
    async with ada_at(desk.url, token) as ada:
        await until(lambda: ada.state.link.state is LinkState.RECONNECTING)
        assert "Nobody answers at 127.0.0.1" in ada.state.link.reason
        assert ada.state.link.retry_at_ms is not None
        await asyncio.to_thread(desk.start)
        await until(lambda: is_live(ada))


@pytest.mark.parametrize("token", ["", "at_wrong", "at_" + "x" * 500])
async def test_a_wrong_token_is_told_and_not_tried_again(desk: DeskProcess, token: str) -> None:
    async with ada_at(desk.url, token) as ada:
        await until(lambda: ada.state.link.state is LinkState.ENDED)
        assert ada.state.link.reason
        assert not ada.state.link.revoked


async def test_a_desk_that_stops_in_order_says_when_to_come_back(desk: DeskProcess) -> None:
    async with ada_at(desk.url, lasting_token(desk, "Ada")) as ada:
        await until(lambda: is_live(ada))
        stopping = asyncio.ensure_future(asyncio.to_thread(desk.stop))
        await until(lambda: ada.state.link.state is LinkState.RECONNECTING)
        assert "restarted" in ada.state.link.reason
        await stopping
        await asyncio.to_thread(desk.start)
        await until(lambda: is_live(ada))


async def test_a_desk_restored_from_an_older_copy_is_read_anew(desk: DeskProcess, tmp_path: Path) -> None:
    async with ada_at(desk.url, lasting_token(desk, "Ada")) as ada:
        ref = await one_chat(desk, ada)
        desk.stop()
        for suffix in ("", "-wal", "-shm"):
            if (tmp_path / "desk" / f"{DATABASE}{suffix}").exists():
                shutil.copy(tmp_path / "desk" / f"{DATABASE}{suffix}", tmp_path / f"{DATABASE}{suffix}")
        await asyncio.to_thread(desk.start)
        await until(lambda: is_live(ada))
        say(ada, ref, "after the copy was made")
        await until(lambda: bodies(ada, ref)[-1] == "after the copy was made")
        desk.stop()
        for suffix in ("", "-wal", "-shm"):
            (tmp_path / "desk" / f"{DATABASE}{suffix}").unlink(missing_ok=True)
            if (tmp_path / f"{DATABASE}{suffix}").exists():
                shutil.copy(tmp_path / f"{DATABASE}{suffix}", tmp_path / "desk" / f"{DATABASE}{suffix}")
        await asyncio.to_thread(desk.start)
        await until(lambda: is_live(ada) and ada.state.transcript(ref).loaded)
        assert "read anew" in ada.state.link.note
        assert bodies(ada, ref) == ["hello"]
        say(ada, ref, "again")
        await until(lambda: bodies(ada, ref) == ["hello", "again"])


async def test_a_laptop_asleep_overnight_asks_before_it_sends(desk: DeskProcess, tmp_path: Path) -> None:
    later_ms = 0
    token = lasting_token(desk, "Ada")
    async with (
        proxy_to(desk.url) as proxy,
        ada_at(proxy.url, token, tmp_path / "a", lambda: wall_ms() + later_ms) as ada,
    ):
        ref = await one_chat(desk, ada)
        proxy.closed = True
        proxy.cut()
        await until(lambda: not is_live(ada))
        say(ada, ref, "good night")
        later_ms = 9 * 3_600_000
        proxy.closed = False
        await until(lambda: ada.state.outgoing[ref][0].state is Delivery.HELD)
        assert "9 hours ago" in ada.state.outgoing[ref][0].why
        assert bodies(ada, ref) == ["hello"]
        assert ada.send_anyway(ada.state.outgoing[ref][0].cid) == ""
        await until(lambda: bodies(ada, ref) == ["hello", "good night"])


async def test_two_consoles_of_one_agent_send_each_message_once(
    desk: DeskProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ADOPT_EVERY_S", 0.1)
    token = lasting_token(desk, "Ada")
    folder = tmp_path / "acme"
    async with proxy_to(desk.url) as proxy, ada_at(desk.url, token, folder) as second:
        async with ada_at(proxy.url, token, folder) as first:
            ref = await one_chat(desk, second)
            await until(lambda: is_live(first))
            await first.open(ref)
            for number in range(10):
                say(first, ref, f"first {number}")
                say(second, ref, f"second {number}")
            await until(lambda: not first.state.outgoing[ref] and not second.state.outgoing[ref])
            for one in (first, second):
                await until(lambda one=one: len(bodies(one, ref)) == 21)  # type: ignore[misc]
            first.mark_read(ref, OrderKey(4))
            await until(lambda: second.state.conversations[ref].read == 4)
            proxy.closed = True
            proxy.cut()
            await until(lambda: not is_live(first))
            say(first, ref, "left behind")
        # the first console is gone; the second finds its row and sends it
        await until(lambda: bodies(second, ref)[-1] == "left behind")
        assert sorted(bodies(second, ref)) == sorted(
            ["hello", "left behind", *(f"{who} {n}" for who in ("first", "second") for n in range(10))]
        )


@pytest.mark.parametrize(
    ("changes", "seed"),
    [(25, 1), pytest.param(400, 2, marks=pytest.mark.torture), pytest.param(2000, 3, marks=pytest.mark.torture)],
)
async def test_any_weather(
    desk: DeskProcess, tmp_path: Path, changes: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that cuts, delays and swallows by chance; the seed is in the test's name."""
    monkeypatch.setattr(sender, "TRY_AGAIN_S", 0.05)
    chance = random.Random(seed)
    history = History()
    async with proxy_to(desk.url) as proxy:
        agents = [
            Agent(account_at(name, always_at(proxy.url, lasting_token(desk, name)), tmp_path / name), history)
            for name in ("Ada", "Bob")
        ]
        customer = Customer(desk, history)
        customer.say("hello")
        await until(lambda: all(agent.account.state.conversations for agent in agents))
        (ref,) = agents[0].account.state.conversations
        for agent in agents:
            agent.account._link.back_off = BackOff(lambda: 0.001)
            await agent.account.open(ref)
        for number in range(changes):
            for agent in agents:
                agent.say(ref, f"{agent.account.name} {number}")
                agent.look_again()
            if number % 5 == 0:
                customer.say(f"customer {number}")
            await asyncio.sleep(chance.uniform(0, 0.05))
            proxy.weather(chance)

        def look_again() -> None:
            for agent in agents:
                agent.look_again()

        proxy.clear_up()
        await until(
            lambda: not any(agent.unsettled for agent in agents) and not customer.lines, 90, meanwhile=look_again
        )
        last = desk.get(f"/v1/conversations/{ref}", desk.token())["last_seq"]
        await until(
            lambda: all(
                agent.transcript(ref)[-1][0] == last and agent.account.state.transcript(ref).gap_after is None
                for agent in agents
            )
        )
        for agent in agents:
            agent.end()
            agent.work.cancel()
            await asyncio.gather(agent.work, return_exceptions=True)
            await agent.account.close()
        customer.work.cancel()
        await asyncio.gather(customer.work, return_exceptions=True)
        await customer.client.close()
    await asyncio.to_thread(desk.stop)
    assert check(tmp_path / "desk" / DATABASE, history) == []
