"""A desk's service on a real database, its clock in the test's hand, and people who use it."""

import asyncio
import itertools
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agent_tui.desk.service import Actor, Service
from agent_tui.desk.service.calling.running import Way
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store, StoredEvent, accounts
from agent_tui.desk.store.migrating import upgrade
from agent_tui.desk.store.opening import DATABASE
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code, ErrorAnswer, Refusal
from agent_tui.protocol.records import WireConversation, WireEntry
from agent_tui.protocol.requests import NewVisitor

START_MS = 1_764_000_000_000


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START_MS

    def __call__(self) -> int:
        return self.now

    def pass_by(self, milliseconds: int) -> None:
        self.now += milliseconds


@cache
def _empty_database() -> bytes:
    """What the migrations build, built once: most of a desk's first start is that."""
    with tempfile.TemporaryDirectory() as folder:
        upgrade(Path(folder) / DATABASE)
        return (Path(folder) / DATABASE).read_bytes()


def _lay_empty_database(folder: Path) -> None:
    if not (folder / DATABASE).exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / DATABASE).write_bytes(_empty_database())


class DeskInTest:
    """Store and service, what they told, and short ways to do what people do."""

    def __init__(
        self,
        folder: Path,
        settings: DeskSettings | None = None,
        clock: Clock | None = None,
        ways: Mapping[str, Way] | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock or Clock()
        _lay_empty_database(folder)
        self.store = Store.open(folder)
        self.service = Service(self.store, settings or DeskSettings(), now_ms=self.clock, new_id=uuid7, ways=ways)
        self.told: list[StoredEvent] = []
        self.store.subscribe(self.told.extend)
        self._numbers = itertools.count()

    def agent(self, name: str, role: Role = Role.AGENT) -> Actor:
        """One of the staff, connected."""
        row = self.store.write_now(lambda tx: accounts.add_agent(tx, name, role, self.clock.now))
        return Actor(role, row.id, name)

    async def connected(self, name: str, role: Role = Role.AGENT) -> Actor:
        """The same, with an open console."""
        agent = self.agent(name, role)
        await self.service.agent_back(agent.id)
        return agent

    async def visitor(self, **said: str) -> Actor:
        """A browser on the page."""
        number = await self.service.new_visitor(NewVisitor(**said), f"token {next(self._numbers)}".encode())
        return Actor(Role.VISITOR, number)

    async def does(self, actor: Actor, command: c.Command) -> Any:
        """The answer to a command."""
        answer = await self.service.carry_out(actor, command)
        await asyncio.sleep(0)  # the news comes right after the answer
        return answer

    async def says(self, visitor: Actor, body: str = "hello", cid: str = "") -> c.Stored:
        answer = await self.does(visitor, c.Say(0, cid=cid or uuid7(), body=body))
        assert isinstance(answer, c.Stored)
        return answer

    async def sends(
        self, agent: Actor, conversation: int, body: str = "hi", *, kind: Any = "public", cid: str = "",
        seen: int | None = None, draft: int | None = None,
    ) -> c.Stored:  # fmt: skip
        """Send with everything on the screen that there is, unless said otherwise."""
        last = (await self.service.entries(conversation)).last_seq
        command = c.Send(
            0,
            conversation=conversation,
            cid=cid or uuid7(),
            kind=kind,
            body=body,
            seen_seq=last if seen is None else seen,
            draft_seq=last if draft is None else draft,
        )
        answer = await self.does(agent, command)
        assert isinstance(answer, c.Stored)
        return answer

    async def record(self, conversation: int, agent: Actor | None = None) -> WireConversation:
        return await self.service.conversation(agent.id if agent else "", conversation)

    async def transcript(self, conversation: int) -> Sequence[WireEntry]:
        return (await self.service.entries(conversation, limit=500)).entries

    async def codes(self, conversation: int) -> list[str]:
        """The transcript in short: the code of system lines, the body of messages."""
        return [entry.system.code if entry.system else entry.body for entry in await self.transcript(conversation)]

    async def refused(self, code: Code, actor: Actor, command: c.Command) -> ErrorAnswer:
        """The refusal of a command that has to be refused with this code, and has changed nothing."""
        await asyncio.sleep(0)
        before = len(self.told)
        with pytest.raises(Refusal) as caught:
            await self.does(actor, command)
        assert caught.value.answer.code is code, caught.value.answer
        assert caught.value.answer.detail.endswith("."), "people read it: a sentence"
        assert len(self.told) == before
        return caught.value.answer

    def audit(self) -> list[tuple[str, str, int, str]]:
        """Actor's name, action, conversation, detail."""
        query = "SELECT actor_name, action, conversation, detail FROM audit ORDER BY id"
        return [tuple(row) for row in self.store.read_now(lambda db: db.exec_driver_sql(query).all())]
