"""How long a sign-in lasts, with a clock of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_tui.desk.auth import Auth
from agent_tui.desk.service import Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Code, Refusal

DAY_MS = 24 * 3_600_000


class Desk:
    """What sign-in needs, and the hands of the clock."""

    def __init__(self, home: Path) -> None:
        self.now = 1_700_000_000_000
        self.store = Store.open(home)
        self.start()

    def start(self) -> None:
        """As a start of the desk: what was in memory is gone."""
        service = Service(self.store, DeskSettings(), now_ms=lambda: self.now, new_id=uuid7)
        self.auth = Auth(self.store, service, DeskSettings(), now_ms=lambda: self.now)

    async def code_for(self, name: str, role: Role = Role.AGENT) -> str:
        return (await self.auth.invite(name, role, None)).code

    async def refusal(self, token: str) -> Code:
        with pytest.raises(Refusal) as refusal:
            await self.auth.actor(token)
        return refusal.value.answer.code


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.store.close()


async def test_a_token_renews_itself_while_in_use_and_ends_after_60_days_without(desk: Desk) -> None:
    token = (await desk.auth.log_in(await desk.code_for("Ada"), "laptop")).token
    for _ in range(5):
        desk.now += 50 * DAY_MS
        assert (await desk.auth.actor(token)).name == "Ada"
        await desk.store.write(lambda tx: None)  # what was queued before it is on disk then
        desk.start()
    desk.now += 61 * DAY_MS
    assert await desk.refusal(token) is Code.EXPIRED
    desk.start()
    assert await desk.refusal(token) is Code.EXPIRED


async def test_an_invite_is_good_for_24_hours(desk: Desk) -> None:
    code = await desk.code_for("Ada")
    desk.now += DAY_MS + 1
    with pytest.raises(Refusal) as refusal:
        await desk.auth.log_in(code, "laptop")
    assert refusal.value.answer.code is Code.EXPIRED


async def test_a_ticket_is_good_for_30_seconds(desk: Desk) -> None:
    visitor = (await desk.auth.log_in(await desk.code_for("Ada"), "laptop")).session
    actor = await desk.auth.actor((await desk.auth.sign_in_locally(Role.AGENT, visitor.name, "here", "Own")).token)
    good, old = desk.auth.tickets.issue(actor), desk.auth.tickets.issue(actor)
    desk.now += 30_000
    assert desk.auth.tickets.redeem(good) == actor
    desk.now += 1
    with pytest.raises(Refusal):
        desk.auth.tickets.redeem(old)


async def test_a_revoked_person_is_back_with_a_new_invite_in_another_role(desk: Desk) -> None:
    await desk.auth.log_in(await desk.code_for("Boss", Role.ADMIN), "desk")
    first = (await desk.auth.log_in(await desk.code_for("Ada"), "laptop")).token
    with pytest.raises(Refusal):
        await desk.code_for("Ada", Role.SUPERVISOR)
    await desk.auth.revoke("Ada", "", None)
    again = await desk.auth.log_in(await desk.code_for("ada", Role.SUPERVISOR), "laptop")
    assert (again.session.name, again.session.role) == ("Ada", Role.SUPERVISOR)
    assert await desk.refusal(first) is Code.REVOKED


async def test_revoking_voids_open_invites(desk: Desk) -> None:
    await desk.auth.log_in(await desk.code_for("Boss", Role.ADMIN), "desk")
    await desk.auth.log_in(await desk.code_for("Ada"), "laptop")
    second = await desk.code_for("Ada")
    await desk.auth.revoke("Ada", "", None)
    with pytest.raises(Refusal):
        await desk.auth.log_in(second, "phone")


async def test_devices_of_one_name_get_a_number(desk: Desk) -> None:
    devices = [(await desk.auth.log_in(await desk.code_for("Ada"), "laptop")).session.device for _ in range(3)]
    assert devices == ["laptop", "laptop (2)", "laptop (3)"]
