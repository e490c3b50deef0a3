"""Proof through a real desk: sent from one console, withdrawn, refused on another, and listed by whom got it."""

import asyncio
import os
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
from agent_tui.model.wall import PROOF_REFUSED, PROOF_SENT
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

UMBRA, TNO = said_by_umbra(), source()
SAID = as_sent(UMBRA, "en")
PROOF = (Proof(UMBRA.id, UMBRA.revision, "en", 0, len(SAID)),)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    library = tmp_path / "desk" / "library"
    library.mkdir(parents=True)
    (library / "proof.toml").write_text(f"{as_toml(UMBRA)}\n{as_toml(TNO)}", encoding="utf-8")
    with running_desk(tmp_path / "desk") as desk:
        yield desk


@asynccontextmanager
async def console(
    desk: DeskProcess, name: str, folder: Path, *, token: str = "", connected: bool = True
) -> AsyncIterator[Account]:
    """A console of this agent; once it is `connected` its library has the team's snippets."""
    token = token or await asyncio.to_thread(desk.token, name, "agent")
    copy = TeamCopy(folder)
    shelving = Shelving(lambda: {Layer.TEAM: copy.path}, folder / "library.cache", date.today)
    shelving.wake()
    made = account_at(name, always_at(desk.url, token), folder, library=shelving, team_copy=copy)
    made._link.back_off = BackOff(lambda: 0.1)
    work = asyncio.ensure_future(made.run())
    try:
        if connected:
            await until(lambda: made.state.link.state is LinkState.LIVE, work)
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
        await until(lambda: UMBRA.id in bob.state.library.withdrawn and bob.state.library.confirmed)
        for body, proof in ((SAID, PROOF), (f"They told us: {QUOTE}", ())):
            posted = send(bob, second, body, proof)
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
        vera = await asyncio.to_thread(desk.token, "Vera", "supervisor")
        for number, who, action, detail in (
            (1, "Ada", PROOF_SENT, UMBRA.id),
            (2, "Bob", PROOF_REFUSED, f"{UMBRA.id}, withdrawn"),
        ):
            replay = await asyncio.to_thread(desk.get, f"/v1/replay?since=0&until={2**42}&conversation={number}", vera)
            told = [(step["who"], step["action"], step["detail"]) for step in replay["steps"] if "entry" not in step]
            assert (who, action, detail) in told
        assert refused == {(UMBRA.id, "withdrawn"): 2}
        assert [count["uses"] for count in uses["counts"]] == [{"used": 1, "answered": 1, "went_before": 0}]
    said = (desk.home / "library" / "proof.toml").read_text(encoding="utf-8")
    assert f"withdrawn_on = {date.today()}" in said


async def test_offline_the_last_copy_serves_with_its_age_and_what_was_sent_counts_once(
    desk: DeskProcess, tmp_path: Path
) -> None:
    study = as_sent(TNO, "en")
    cited = (Proof(TNO.id, TNO.revision, "en", 0, len(study)),)
    admin = await asyncio.to_thread(desk.token)
    code = await asyncio.to_thread(desk.post, "/v1/invites", {"name": "Ada", "role": "agent"}, admin)
    signed = await asyncio.to_thread(desk.post, "/v1/login", {"code": code["code"], "device": "laptop"})
    folder = tmp_path / "ada"
    async with visitor(desk) as jane, console(desk, "Ada", folder, token=signed["token"]) as ada:
        ref = await chat(ada, jane, 1)
        await asyncio.to_thread(desk.kill)
        await until(lambda: not ada.state.library.confirmed)
        posted = send(ada, ref, SAID, PROOF)
        assert [found.rule for found in posted.findings] == ["consent not checkable"]
        assert "the team's library here is from" in posted.refusal
        assert send(ada, ref, study, cited).refusal == ""
        assert [item.proof for item in ada.state.outgoing[ref]] == [cited]
        # as after kill -9: nothing is closed, nothing is written any more
        os.close(ada._file._lock or -1)
        ada._file._lock = None
    again = console(desk, "Ada", folder, token=signed["token"], connected=False)
    async with again as ada:
        await until(lambda: has(ada, UMBRA.id) and has(ada, TNO.id))
        assert (ada.state.library.heard_ms > 0, ada.state.library.confirmed) == (True, False)
        assert "can't be checked" in ada.weigh(ref, EntryKind.PUBLIC, SAID, PROOF).refusal
        await asyncio.to_thread(desk.start)
        await until(lambda: ada.state.library.confirmed)
        await settled(ada, ref)
        assert ada.weigh(ref, EntryKind.PUBLIC, SAID, PROOF).refusal == ""
        token = await asyncio.to_thread(desk.token)
        got = await asyncio.to_thread(desk.get, f"/v1/library/recall?snippet={TNO.id}", token)
        async with asyncio.timeout(10):
            while not got["uses"]:
                got = await asyncio.to_thread(desk.get, f"/v1/library/recall?snippet={TNO.id}", token)
        assert [(use["conversation"], use["revision"]) for use in got["uses"]] == [(1, TNO.revision)]


async def test_an_edit_on_the_desk_is_on_every_console_and_its_consent_counts_at_once(
    desk: DeskProcess, tmp_path: Path
) -> None:
    admin = await asyncio.to_thread(desk.token)
    async with console(desk, "Ada", tmp_path / "ada") as ada:
        internal = as_toml(UMBRA).replace('"external"', '"internal"')
        done = await asyncio.to_thread(desk.post, "/v1/library/edits", {"toml": internal}, admin)
        assert done["revision"] == UMBRA.revision + 1
        newer = ada.state.library.newer
        await until(lambda: (held := newer.get(UMBRA.id)) is not None and held.snippet.revision == done["revision"])
        assert "for the team only" in ada.weigh(ConversationRef("1"), EntryKind.PUBLIC, SAID, PROOF).refusal
        await until(lambda: shelved_revision(ada) == done["revision"])
        path = desk.home / "library" / "proof.toml"
        path.write_text(as_toml(source()), encoding="utf-8")
        await until(lambda: not has(ada, UMBRA.id))
        assert ada.weigh(ConversationRef("1"), EntryKind.PUBLIC, SAID, PROOF).findings[0].rule == "gone"


def shelved_revision(account: Account) -> int:
    shelf = account.library.shelf if account.library else None
    return shelf.library.kept[UMBRA.id].snippet.revision if shelf and UMBRA.id in shelf.library.kept else 0
