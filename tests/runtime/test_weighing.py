"""What the gate of a console stops: said to its author at once, told to the backend, now or once it can be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import msgspec
import pytest

from agent_tui.core.library.wording import as_sent
from agent_tui.core.state import LinkState
from agent_tui.model.ids import OrderKey
from agent_tui.model.proof import Proof
from agent_tui.model.snippet import AnySnippet, Layer
from agent_tui.model.words import EntryKind
from agent_tui.ports.capabilities import Cap, Capability, Level
from agent_tui.ports.errors import Refused, Unreachable
from agent_tui.ports.library import Stopped
from agent_tui.runtime.account import Account
from agent_tui.runtime.link import BackOff
from agent_tui.runtime.posting import Posted
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.library.writing import as_toml
from agent_tui.storage.stopped import StoppedFile
from tests.account_of import Cids, Clock
from tests.library_files import said_by_umbra, source
from tests.scripted_backend import ScriptedAnswering, ScriptedDesk, ScriptedWatching

INTERNAL = msgspec.structs.replace(
    said_by_umbra(), consent=msgspec.structs.replace(said_by_umbra().consent, given_on=None)
)
OLD = msgspec.structs.replace(source(), checked_on=date(2025, 1, 1))
TODAY = date(2026, 11, 22)


def proof_of(snippet: AnySnippet) -> tuple[Proof, ...]:
    return (Proof(snippet.id, snippet.revision, "en", 0, 20),)


class World:
    """A scripted desk with Jane's chat, and accounts whose own folder has two snippets."""

    def __init__(self, folder: Path) -> None:
        self.desk = ScriptedDesk(Clock())
        self.jane = self.desk.conversation(1, "Jane", owner="Ada")
        self.folder = folder
        self.mine = folder / "mine"
        self.mine.mkdir(parents=True)
        (self.mine / "own.toml").write_text(f"{as_toml(INTERNAL)}\n{as_toml(OLD)}", encoding="utf-8")

    @asynccontextmanager
    async def console(self) -> AsyncIterator[Account]:
        cache = self.folder / "library.cache"
        shelving = Shelving(lambda: {Layer.PERSONAL: self.mine}, cache, lambda: TODAY)
        shelving.wake()
        account = Account(
            "acme", ScriptedWatching(self.desk), ScriptedAnswering(self.desk), AccountFile(self.folder),
            now_ms=self.desk.now_ms, new_cid=Cids(), back_off=BackOff(lambda: 0.0), library=shelving,
        )  # fmt: skip
        work = asyncio.ensure_future(account.run())
        try:
            async with asyncio.timeout(15):
                while shelving.shelf is None or account.state.link.state is not LinkState.LIVE:
                    await asyncio.sleep(0.01)
            yield account
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await account.close()

    def told(self) -> list[Stopped]:
        return [call[1] for call in self.desk.asked if call[0] == "proof_stopped"]

    async def until_told(self, number: int) -> list[Stopped]:
        async with asyncio.timeout(10):
            while len(self.told()) < number:
                await asyncio.sleep(0.01)
        return self.told()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "acme")


def send(account: Account, world: World, snippet: AnySnippet, **more: bool) -> Posted:
    body = as_sent(snippet, "en")
    return account.send(world.jane, EntryKind.PUBLIC, body, OrderKey(1), OrderKey(1), proof_of(snippet), **more)


async def test_what_is_stopped_is_told_with_its_rule(world: World) -> None:
    async with world.console() as account:
        posted = send(account, world, INTERNAL)
        assert (posted.cid, "no date of consent" in posted.refusal, posted.warning) == ("", True, False)
        (stopped,) = await world.until_told(1)
        assert (stopped.ref, stopped.snippet, stopped.revision, stopped.rule) == (
            world.jane, "umbra-days", 3, "undated consent",
        )  # fmt: skip
        assert account.state.outgoing.get(world.jane, []) == []
        assert account._weighing._stopped.untold() == []


async def test_it_is_told_later_where_the_line_is_lost_and_once(world: World) -> None:
    async with world.console() as account:
        world.desk.refusing.append(Unreachable("Nobody answers."))
        send(account, world, INTERNAL)
        await world.until_told(1)
        assert len(account._weighing._stopped.untold()) == 1
    async with world.console():
        first, second = await world.until_told(2)
        assert first == second
    file = AccountFile(world.folder)
    assert StoppedFile(file).untold() == []
    file.close()


async def test_what_the_backend_refuses_for_good_is_not_told_for_ever(world: World) -> None:
    async with world.console() as account:
        world.desk.refusing.append(Refused("No."))
        send(account, world, INTERNAL)
        await world.until_told(1)
        async with asyncio.timeout(10):
            while account._weighing._stopped.untold():
                await asyncio.sleep(0.01)


async def test_a_backend_without_a_library_is_told_nothing_and_the_gate_holds(world: World) -> None:
    world.desk.table[Capability.TEAM_LIBRARY] = Cap(Capability.TEAM_LIBRARY, Level.NONE, "not_in_protocol")
    async with world.console() as account:
        assert "no date of consent" in account.weigh(
            world.jane, EntryKind.PUBLIC, as_sent(INTERNAL, "en"), proof_of(INTERNAL)
        ).refusal  # fmt: skip
        send(account, world, INTERNAL)
        assert account._weighing._stopped.untold() == []
        assert not account.state.library.has_counts


async def test_a_warning_takes_a_second_enter_and_its_snippet_goes_along(world: World) -> None:
    async with world.console() as account:
        first = send(account, world, OLD)
        assert (first.cid, first.warning, "was to be checked again" in first.refusal) == ("", True, True)
        again = send(account, world, OLD, warned=True)
        assert again.cid
        assert [found.rule for found in again.findings] == ["unchecked"]
        assert account.state.outgoing[world.jane][0].proof == proof_of(OLD)
        assert world.told() == []


async def test_a_note_passes_and_is_no_use(world: World) -> None:
    async with world.console() as account:
        posted = account.send(
            world.jane, EntryKind.NOTE, as_sent(INTERNAL, "en"), OrderKey(1), OrderKey(1), proof_of(INTERNAL)
        )
        assert posted.cid
        assert account.state.outgoing[world.jane][0].proof == ()
