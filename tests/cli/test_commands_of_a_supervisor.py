"""Every command that takes an account, with a supervisor's token: what only looks works, what acts ends with 4."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.cli.main import COMMANDS
from agent_tui.storage.library.writing import as_toml
from tests.cli.command import Ended, agent_tui
from tests.desk.conftest import ROOMY
from tests.desk_process import DeskProcess, running_desk
from tests.library_files import said_by_umbra

ACTING = {
    "call": ("call", "--conversation", "c1", "--check"),
    "send": ("send", "--conversation", "c1", "--expect-seq", "1", "hello"),
    "invite": ("invite", "Mallory", "--role", "admin"),
    "revoke": ("revoke", "Grace"),
    "hours": ("hours", "--set", "-"),
    "library": ("library", "withdraw", "umbra-days"),
}
LOOKING = {
    "hours": ("hours",),
    "sessions": ("sessions",),
    "report": ("report", "--json"),
    "monitor": ("monitor", "--once", "--json"),
    "watched": ("watched", "--json"),
    "calls": ("calls", "list", "--json"),
    "library": ("library", "stats", "--json"),
}
TESTED_ELSEWHERE = {"tail"}
"""Only looks, and goes on until it is interrupted: tests/cli/test_tail_and_send.py."""
OPENS_A_SCREEN = {"console", "open"}
"""A supervisor's opens the monitor instead, and says why: tests/cli/test_console_starts.py."""
OF_THIS_MACHINE = {"demo", "serve", "stop", "login", "logout", "profiles", "signals", "doctor", "keys"}
"""They change no desk that was joined with this token."""


def test_every_command_is_one_of_these() -> None:
    assert COMMANDS.keys() <= {*ACTING, *LOOKING} | TESTED_ELSEWHERE | OPENS_A_SCREEN | OF_THIS_MACHINE


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    home = tmp_path_factory.mktemp("supervisor") / "home"
    (home / "library").mkdir(parents=True)
    (home / "library" / "proof.toml").write_text(as_toml(said_by_umbra()), encoding="utf-8")
    with running_desk(home, env=ROOMY) as running:
        running.token("Grace", "admin")
        yield running


def as_supervisor(desk: DeskProcess, home: Path, *command: str) -> Ended:
    token = desk.token("Vera", "supervisor")
    return agent_tui("--home", str(home), "--desk", desk.url, *command, AGENT_TUI_TOKEN=token)


@pytest.mark.parametrize("name", ACTING)
def test_what_acts_is_not_allowed(desk: DeskProcess, tmp_path: Path, name: str) -> None:
    ended = as_supervisor(desk, tmp_path, *ACTING[name])
    assert (ended.code, ended.out) == (4, ""), ended
    assert "supervisor" in ended.err or "admin" in ended.err


@pytest.mark.parametrize("name", LOOKING)
def test_what_looks_works(desk: DeskProcess, tmp_path: Path, name: str) -> None:
    ended = as_supervisor(desk, tmp_path, *LOOKING[name])
    assert ended.code == 0, ended.err
