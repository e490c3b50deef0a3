"""Who is here, as the desk keeps it: also where that could not be written down when it happened."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_tui.desk.metrics import Metrics
from agent_tui.desk.presence import Presence
from agent_tui.desk.reader import Reader, Wire
from agent_tui.desk.readers import Readers
from agent_tui.desk.service import Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store.writer import disk_full
from agent_tui.model.words import Availability, Role
from agent_tui.protocol.limits import DEFAULT
from tests.desk.people import DeskInTest


class Overheard(Readers):
    """What all of the staff are told in passing."""

    def __init__(self) -> None:
        super().__init__(DEFAULT, Metrics(), lambda: 0.0)
        self.told: list[dict[str, Any]] = []

    def now_to_staff(self, event: bytes, conversation: int | None = None, besides: str = "") -> None:
        self.told.append(msgspec.json.decode(event))


class FullDisk:
    """A service whose disk has no room for who comes and goes, until it has."""

    def __init__(self, service: Service) -> None:
        self.full = True
        self._service = service

    async def agent_back(self, agent: str) -> None:
        await self._unless_full(agent, here=True)

    async def agent_lost(self, agent: str) -> None:
        await self._unless_full(agent, here=False)

    async def _unless_full(self, agent: str, *, here: bool) -> None:
        if self.full:
            raise disk_full()
        await (self._service.agent_back(agent) if here else self._service.agent_lost(agent))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskInTest]:
    started = DeskInTest(tmp_path / "desk")
    yield started
    started.store.close()


async def _nothing(*_: object) -> None:
    raise AssertionError("nothing is sent in this test")


async def test_who_came_or_left_while_the_disk_was_full_is_known_when_there_is_room(desk: DeskInTest) -> None:
    readers = Readers(DEFAULT, Metrics(), lambda: 0.0)
    service = FullDisk(desk.service)
    presence = Presence(readers, service, DeskSettings(), now_ms=desk.clock)  # type: ignore[arg-type]
    ada = desk.agent("Ada")

    async def kept() -> Availability:
        (agent,) = (await desk.service.inbox("")).agents
        return agent.availability

    console = Reader(
        Wire(_nothing, _nothing, lambda: None), role=Role.AGENT, account=ada.id, session="", readers=readers
    )
    readers.enter(console)
    await presence.entered(console)
    await presence.tell_again()
    assert await kept() is Availability.AWAY
    service.full = False
    await presence.tell_again()
    assert await kept() is Availability.AVAILABLE

    service.full = True
    readers.leave(console)
    await presence.left(console)
    service.full = False
    await presence.tell_again()
    assert await kept() is Availability.RECONNECTING


async def test_a_page_that_closes_after_the_clock_was_put_back_closes_later_than_it_opened(desk: DeskInTest) -> None:
    readers = Overheard()
    settings = DeskSettings(page_grace_ms=0)
    presence = Presence(readers, desk.service, settings, now_ms=desk.clock)
    jane = await desk.visitor()
    await desk.says(jane)
    page = Reader(
        Wire(_nothing, _nothing, lambda: None), role=Role.VISITOR, account=jane.id, session="", readers=readers
    )
    readers.enter(page)
    await presence.entered(page)
    desk.clock.pass_by(-3_600_000)
    readers.leave(page)
    await presence.left(page)
    async with asyncio.timeout(10):
        while len(readers.told) < 2:
            await asyncio.sleep(0.01)
    opened, closed = readers.told
    assert (opened["present"], closed.get("present", False)) == (True, False)
    assert closed["at"] > opened["at"]
