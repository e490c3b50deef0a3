"""A desk for a whole module of tests: real process, real database, limits that only tests of limits reach."""

from collections.abc import Iterator

import pytest

from tests.clients import StaffClient, VisitorClient
from tests.desk_process import DeskProcess, running_desk

ROOMY = {
    "AGENT_TUI_DESK_LIMITS_CONVERSATIONS_PER_ADDRESS_MINUTE": "100000",
    "AGENT_TUI_DESK_LIMITS_SOCKETS_PER_ADDRESS": "10000",
    "AGENT_TUI_DESK_LOGIN_ATTEMPTS": "100000",
    "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "100000.0",
    "AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "100000",
    "AGENT_TUI_DESK_SUPERVISORS_SEE_CONTACTS": "true",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    with running_desk(tmp_path_factory.mktemp("desk") / "home", env=ROOMY) as running:
        yield running


def visitor_of(desk: DeskProcess, **said: str) -> VisitorClient:
    """A new visitor's page, not connected yet."""
    token, _ = desk.visitor(**said)
    return VisitorClient(desk.socket_url, lambda: desk.ticket(token))


def staff_of(desk: DeskProcess, name: str = "Ada", role: str = "agent") -> StaffClient:
    """A console of this agent, not connected yet."""
    return StaffClient(desk.socket_url, desk.token(name, role))
