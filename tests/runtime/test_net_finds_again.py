"""A token that its desk knows no more: whoever can find the desk again gets a new one, nobody else asks twice."""

from pathlib import Path

from agent_tui.model.words import Role
from agent_tui.protocol.table import SOCKET_PATH
from agent_tui.runtime.net import Net, Place
from agent_tui.runtime.own_desk import OwnDesk
from tests.desk_process import running_desk


async def test_an_own_desk_restarted_between_two_requests_is_not_noticed(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        net = Net(OwnDesk(desk.home, Role.ADMIN, may_start=False).find)
        try:
            assert (await net.request("GET", "/v1/me")).status == 200
            desk.kill()
            desk.start()
            assert (await net.request("GET", "/v1/me")).status == 200
            desk.kill()
            desk.start()
            socket = await net.socket(SOCKET_PATH)
            await socket.aclose()
        finally:
            await net.aclose()


async def test_a_token_that_stays_the_same_is_refused_once(tmp_path: Path) -> None:
    asked = 0

    async def find(_again: bool) -> Place:
        nonlocal asked
        asked += 1
        return Place(desk.url, "at_wrong")

    with running_desk(tmp_path / "home") as desk:
        net = Net(find)
        try:
            assert (await net.request("GET", "/v1/me")).status == 401
            assert asked == 2
        finally:
            await net.aclose()
