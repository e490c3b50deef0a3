"""Proof through a real desk: sent from one console, withdrawn, refused on another, and listed by whom got it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from agent_tui.core.library.wording import as_sent
from agent_tui.core.state import LinkState
from agent_tui.model.ids import ConversationRef
from agent_tui.model.outgoing import Delivery
from agent_tui.model.proof import Proof
from agent_tui.model.snippet import Layer
from agent_tui.model.words import EntryKind
from agent_tui.ports import intents as i
from agent_tui.runtime.account import Account
from agent_tui.runtime.connecting import account_at, always_at
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.posting import Posted
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.library.team_copy import TeamCopy
from agent_tui.storage.library.writing import as_toml
from tests.clients import VisitorClient
from tests.desk_process import DeskProcess, running_desk
from tests.library_files import QUOTE, said_by_umbra, source

UMBRA = said_by_umbra()
SAID = as_sent(UMBRA, "en")
PROOF = (Proof(UMBRA.id, UMBRA.revision, "en", 0, len(SAID)),)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    library = tmp_path / "desk" / "library"
    library.mkdir(parents=True)
    (library / "proof.toml").write_text(f"{as_toml(UMBRA)}\n{as_toml(source())}", encoding="utf-8")
    with running_desk(tmp_path / "desk") as desk:
        yield desk


@asynccontextmanager
async def console(desk: DeskProcess, name: str, folder: Path, *, known: bool = True) -> AsyncIterator[Account]:
    """A console of this agent; with `known` its library has the team's snippets."""
    token = await asyncio.to_thread(desk.token, name, "agent")
    copy = TeamCopy(folder)
    shelving = Shelving(lambda: {Layer.TEAM: copy.path}, folder / "library.cache", date.today)
    shelving.wake()
    made = account_at(name, always_at(desk.url, token), folder, library=shelving, team_copy=copy)
    made._link.back_off = BackOff(lambda: 0.1)
    work = asyncio.ensure_future(made.run())
    try:
        await until(lambda: made.state.link.state is LinkState.LIVE, work)
        if known:
            await until(lambda: has(made, UMBRA.id) and made.state.library.confirmed, work)
        yield made
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await made.close()


def has(account: Account, identifier: str) -> bool:
    shelf = account.library.shelf if account.library else None
    return shelf is not None and identifier in shelf.library.kept


async def until(met: Callable[[], object], work: "asyncio.Future[None] | None" = None, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not met():
            if work is not None and work.done():
                work.result()
            await asyncio.sleep(0.01)


def visitor(desk: DeskProcess) -> VisitorClient:
    token, _ = desk.visitor(language="en")
    return VisitorClient(desk.socket_url, lambda: desk.ticket(token))


async def chat(account: Account, jane: VisitorClient, number: int) -> ConversationRef:
    """Jane's chat, open and owned."""
    await jane.say("Is anybody happy with it?")
    ref = ConversationRef(str(number))
    await until(lambda: ref in account.state.conversations)
    await account.open(ref)
    assert (await account.wish(i.Claim(ref, ""))).ok
    return ref


def send(account: Account, ref: ConversationRef, body: str, proof: tuple[Proof, ...] = (), **more: bool) -> Posted:
    last = account.state.transcript(ref).last_key
    return account.send(ref, EntryKind.PUBLIC, body, last, last, proof, **more)


async def settled(account: Account, ref: ConversationRef) -> None:
    await until(lambda: all(item.state is Delivery.SENT for item in account.state.outgoing.get(ref, ())))


async def test_sent_withdrawn_refused_on_the_other_console_and_recalled(desk: DeskProcess, tmp_path: Path) -> None:
    admin = await asyncio.to_thread(desk.token)
    async with (
        visitor(desk) as jane,
        visitor(desk) as piet,
        console(desk, "Ada", tmp_path / "ada") as ada,
        console(desk, "Bob", tmp_path / "bob") as bob,
    ):
        first, second = await chat(ada, jane, 1), await chat(bob, piet, 2)
        assert send(ada, first, SAID, PROOF).refusal == ""
        await jane.sees(SAID)
        await settled(ada, first)
        await jane.say("That is what I wanted to hear.")

        done = await asyncio.to_thread(desk.post, "/v1/library/withdrawals", {"snippet": UMBRA.id}, admin)
        assert (done["conversations"], done["written"]) == (1, True)
        # the desk itself, whatever a console knows
        item_refused = send(bob, second, f"They told us: {QUOTE}")
        if not item_refused.refusal:
            await until(lambda: bob.state.outgoing[second][-1].state is Delivery.FAILED)
            assert "withdrew consent" in bob.state.outgoing[second][-1].why
        await until(lambda: UMBRA.id in bob.state.library.withdrawn)
        posted = send(bob, second, SAID, PROOF)
        assert "withdrew consent" in posted.refusal
        assert [found.rule for found in posted.findings] == ["withdrawn"]

        got = await asyncio.to_thread(desk.get, f"/v1/library/recall?snippet={UMBRA.id}", admin)
        assert [(use["conversation"], use["agent"], use["revision"]) for use in got["uses"]] == [(1, "Ada", 3)]
        refused: dict[tuple[str, str], int] = {}
        async with asyncio.timeout(10):
            while sum(refused.values()) < 2:
                uses = await asyncio.to_thread(desk.get, "/v1/library/uses", admin)
                refused = {(each["snippet"], each["rule"]): each["refused"] for each in uses["refused"]}
                await asyncio.sleep(0.05)
        assert refused == {(UMBRA.id, "withdrawn"): 2}
        assert [count["uses"] for count in uses["counts"]] == [{"used": 1, "answered": 1, "went_before": 0}]
    said = (desk.home / "library" / "proof.toml").read_text(encoding="utf-8")
    assert f"withdrawn_on = {date.today()}" in said
