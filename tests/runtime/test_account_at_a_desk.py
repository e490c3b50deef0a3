"""An account at a real desk: both ways, through cuts, restarts and another history."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent_tui.core.state import LinkState
from agent_tui.model.ids import ConversationRef
from agent_tui.model.outgoing import Delivery
from agent_tui.model.words import EntryKind, Outcome, State
from agent_tui.ports import intents as i
from agent_tui.ports.backend import View
from agent_tui.ports.errors import Forbidden
from agent_tui.protocol.commands import Claim
from agent_tui.runtime.account import Account
from agent_tui.runtime.connecting import account_at, always_at
from agent_tui.runtime.link import BackOff
from tests.clients import VisitorClient
from tests.desk_process import DeskProcess, running_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    with running_desk(tmp_path / "desk") as desk:
        yield desk


@asynccontextmanager
async def account(
    desk: DeskProcess, name: str = "Ada", folder: Path | None = None, watch_only: bool = False
) -> AsyncIterator[Account]:
    role = "supervisor" if watch_only else "agent"
    token = await asyncio.to_thread(desk.token, name, role)
    made = account_at("test", always_at(desk.url, token), folder, watch_only=watch_only)
    made._link.back_off = BackOff(lambda: 0.1)
    work = asyncio.ensure_future(made.run())
    try:
        await until(lambda: made.state.link.state is LinkState.LIVE, work)
        yield made
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await made.close()


async def until(met: Callable[[], object], work: "asyncio.Future[None] | None" = None, seconds: float = 15) -> None:
    """Wait for a state; where the account's run has ended with an error, raise that instead."""
    async with asyncio.timeout(seconds):
        while not met():
            if work is not None and work.done():
                work.result()
            await asyncio.sleep(0.005)


def visitor(desk: DeskProcess) -> VisitorClient:
    token, _ = desk.visitor(language="nl")
    return VisitorClient(desk.socket_url, lambda: desk.ticket(token))


def bodies(account: Account, ref: ConversationRef) -> list[str]:
    return [str(entry.body) for entry in account.state.transcript(ref).entries if entry.kind is not EntryKind.SYSTEM]


def only(account: Account) -> ConversationRef:
    (ref,) = account.state.conversations
    return ref


def say(account: Account, ref: ConversationRef, text: str) -> None:
    last = account.state.transcript(ref).last_key
    posted = account.send(ref, EntryKind.PUBLIC, text, last, last)
    assert posted.refusal == ""


async def test_a_customer_and_an_agent_talk(desk: DeskProcess) -> None:
    async with visitor(desk) as jane, account(desk) as ada:
        await jane.say("Is anybody there?")
        await until(lambda: ada.state.conversations)
        ref = only(ada)
        await ada.open(ref)
        assert bodies(ada, ref) == ["Is anybody there?"]
        assert (await ada.wish(i.Claim(ref, ""))).ok
        say(ada, ref, "One moment.")
        await jane.sees("One moment.")
        await until(lambda: bodies(ada, ref)[-1:] == ["One moment."] and not ada.state.outgoing[ref])
        assert ada.state.transcript(ref).gap_after is None
        await jane.say("Thanks \x1b]52;c;aGk=\x07!")
        await until(lambda: len(bodies(ada, ref)) == 3)
        assert "\x1b" not in bodies(ada, ref)[-1]
        resolved = await ada.wish(i.Resolve(ref, Outcome.SOLVED))
        assert resolved.ok, resolved.sentence
        await until(lambda: ada.state.conversations[ref].state is State.RESOLVED)
        assert resolved.undo is not None
        assert (await ada.wish(resolved.undo)).ok
        await until(lambda: ada.state.conversations[ref].state is State.OPEN)


async def test_the_desk_restarts_and_nothing_is_lost_or_doubled(desk: DeskProcess, tmp_path: Path) -> None:
    async with visitor(desk) as jane:
        await jane.say("hello")
        token = await asyncio.to_thread(desk.token, "Ada", "agent")
        # a token of an invite outlives the desk's start, a local one does not
        code = await asyncio.to_thread(desk.post, "/v1/invites", {"name": "Ada", "role": "agent", "me": True}, token)
        signed = await asyncio.to_thread(desk.post, "/v1/login", {"code": code["code"], "device": "laptop"})
        ada = account_at("test", always_at(desk.url, signed["token"]), tmp_path / "acme")
        ada._link.back_off = BackOff(lambda: 0.1)
        work = asyncio.ensure_future(ada.run())
        try:
            await until(lambda: ada.state.conversations, work)
            ref = only(ada)
            await ada.open(ref)
            desk.kill()
            await until(lambda: ada.state.link.state is LinkState.RECONNECTING, work)
            for number in range(20):
                last = ada.state.transcript(ref).last_key
                assert ada.send(ref, EntryKind.PUBLIC, f"while down {number}", last, last).refusal == ""
            await asyncio.to_thread(desk.start)
            expected = ["hello", *(f"while down {number}" for number in range(20))]
            await until(lambda: bodies(ada, ref) == expected and not ada.state.outgoing[ref], work)
            assert ada.state.transcript(ref).gap_after is None
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await ada.close()


async def test_a_line_that_crossed_is_held(desk: DeskProcess) -> None:
    async with visitor(desk) as jane, account(desk) as ada:
        await jane.say("one")
        await until(lambda: ada.state.conversations)
        ref = only(ada)
        await ada.open(ref)
        seen = ada.state.transcript(ref).last_key
        await jane.say("two")
        await until(lambda: len(bodies(ada, ref)) == 2)
        ada.send(ref, EntryKind.PUBLIC, "answer to one", seen, seen)
        await until(lambda: [it.state for it in ada.state.outgoing.get(ref, [])] == [Delivery.HELD])
        await jane.say("three")
        assert ada.send_anyway(ada.state.outgoing[ref][0].cid) == ""
        await jane.sees("answer to one")


async def test_a_supervisor_sees_all_and_can_do_nothing(desk: DeskProcess) -> None:
    async with visitor(desk) as jane, account(desk, "Sven", watch_only=True) as sven:
        await jane.say("hello")
        await until(lambda: sven.state.conversations)
        ref = only(sven)
        await sven.open(ref)
        assert bodies(sven, ref) == ["hello"]
        assert sven.watches_only
        assert not (await sven.wish(i.Claim(ref, ""))).ok
        line = sven._watching.line  # type: ignore[attr-defined]
        with pytest.raises(Forbidden):
            await line.tell(Claim(99, conversation=1))
        with pytest.raises(Forbidden):
            await line._transport.request("POST", "/v1/stop")


async def test_lists_history_search_and_earlier(desk: DeskProcess) -> None:
    async with visitor(desk) as jane, account(desk) as ada:
        for number in range(12):
            await jane.say(f"about invoices {number}")
        await until(lambda: ada.state.conversations)
        ref = only(ada)
        page = await ada.list(View.ALL)
        assert [record.ref for record in page.conversations] == [ref]
        newest = await ada._watching.history(ref, limit=5)
        assert [str(entry.body) for entry in newest.entries if entry.kind is EntryKind.PUBLIC][
            -1
        ] == "about invoices 11"
        assert newest.more
        older = await ada._watching.history(ref, before=newest.entries[0].key, limit=100)
        assert not older.more
        assert (await ada.get(ref)).ref == ref
        assert await ada.earlier(ref) == ()

        async def found() -> int:
            return len((await ada.search("invoices")).hits)

        async with asyncio.timeout(10):
            while await found() < 12:
                await asyncio.sleep(0.1)


async def test_a_revoked_device_is_told_and_stops(desk: DeskProcess) -> None:
    admin = await asyncio.to_thread(desk.token)
    async with account(desk, "Ada") as ada:
        await asyncio.to_thread(desk.post, "/v1/revocations", {"name": "Ada"}, admin)
        await until(lambda: ada.state.link.state is LinkState.ENDED)
        assert ada.state.link.revoked
        assert "invite" in ada.state.link.reason
