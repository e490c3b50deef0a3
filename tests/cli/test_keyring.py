"""A token in a real keyring: GNOME's, on a session bus of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.cli.invite_text import login_command
from agent_tui.config.paths import find_paths
from agent_tui.config.profiles import load_profiles
from tests.cli.command import AGENT_TUI, Ended, agent_tui, code_of, desk_of, environment
from tests.desk_process import DeskProcess
from tests.pty_runner import PtyProgram
from tests.required import require

WITH_A_KEYRING = 'printf %s "$1" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; shift; exec "$@"'


class Desktop:
    """Runs commands in one session with a keyring, whose files are in `home`."""

    def __init__(self, home: Path) -> None:
        self._bus = require("dbus-run-session", "apt-get install -y dbus-daemon")
        require("gnome-keyring-daemon", "apt-get install -y gnome-keyring")
        self._home = home
        home.mkdir()

    def screen(self) -> PtyProgram:
        """`agent-tui` alone, on a terminal of that session."""
        session = [self._bus, "--", "sh", "-c", WITH_A_KEYRING, "sh", "pw", *AGENT_TUI]
        own = {"HOME": str(self._home), "XDG_RUNTIME_DIR": str(self._home), "DISPLAY": ""}
        home = os.environ["AGENT_TUI_HOME"]
        return PtyProgram(session, env={"AGENT_TUI_HOME": home, **own}, columns=120, rows=34)

    def run(self, *commands: list[str], password: str = "pw") -> list[Ended]:
        """Each `agent-tui` command after the other, in one session. An empty password opens no keyring."""
        done = subprocess.run(
            [self._bus, "--", "sh", "-c", WITH_A_KEYRING, "sh", password, sys.executable, "-c", RUN_ALL],
            input=json.dumps([[*AGENT_TUI, *command] for command in commands]),
            capture_output=True,
            text=True,
            env={**environment(HOME=str(self._home), XDG_RUNTIME_DIR=str(self._home)), "DISPLAY": ""},
            timeout=90,
            check=False,
        )
        assert done.stdout, done.stderr
        return [Ended(*ended) for ended in json.loads(done.stdout)]


RUN_ALL = """
import json, subprocess, sys
ended = [subprocess.run(command, capture_output=True, text=True) for command in json.load(sys.stdin)]
print(json.dumps([[one.returncode, one.stdout, one.stderr] for one in ended]))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    with desk_of(tmp_path / "server") as running:
        yield running


@pytest.fixture
def code(desk: DeskProcess, tmp_path: Path) -> str:
    return code_of(agent_tui("--home", str(tmp_path / "server"), "invite", "Ada", "--json"))


def test_the_keyring_keeps_the_token_and_nothing_else_does(
    desk: DeskProcess, code: str, tmp_path: Path, agent_tui_home: Path
) -> None:
    desktop = Desktop(tmp_path / "user")
    joined, doctor, sessions, out, after = desktop.run(
        ["login", desk.url, "--code", code],
        ["doctor", "--json"],
        ["sessions", "--json"],
        ["logout"],
        ["doctor", "--json"],
    )
    assert joined.code == 0, joined.err
    assert "The token is kept in the keyring." in joined.out
    kept = [json.loads(line) for line in doctor.out.splitlines()]
    assert {"keyring.backends.SecretService.Keyring", "token in the keyring (opened by `agent-tui`)"} <= {
        row["says"] for row in kept if row["part"] == "tokens"
    }
    assert [row["name"] for row in sessions.lines] == ["Ada"], sessions.err
    assert out.code == 0
    assert after.code == 0
    files = [path for path in agent_tui_home.rglob("*") if path.is_file()]
    assert files == [find_paths(agent_tui_home).profiles]
    assert b"at_" not in files[0].read_bytes()


def test_a_supervisor_who_joins_on_the_first_screen_is_led_to_the_monitor_which_says_why(
    desk: DeskProcess, tmp_path: Path, agent_tui_home: Path
) -> None:
    invited = agent_tui("--home", str(tmp_path / "server"), "invite", "Eve", "--role", "supervisor", "--json")
    with Desktop(tmp_path / "user").screen() as terminal:
        terminal.wait_screen(lambda screen: "Join a team" in screen.text, timeout=30)
        terminal.write("j")
        terminal.wait_screen(lambda screen: "Paste" in screen.text, timeout=10)
        terminal.write(f"{login_command(desk.url, code_of(invited))}\r")
        terminal.wait_screen(lambda screen: "You are a supervisor on this desk" in screen.text, timeout=30)
        terminal.wait_screen(lambda screen: "READ ONLY" in screen.text and "● live" in screen.text, timeout=30)
        terminal.write("\x11")
        assert terminal.wait_exit(20) == 0
    assert [profile.role for profile in load_profiles(find_paths(agent_tui_home)).profiles] == ["supervisor"]


def test_a_keyring_that_stays_locked_costs_no_invite(
    desk: DeskProcess, code: str, tmp_path: Path, agent_tui_home: Path
) -> None:
    (refused,) = Desktop(tmp_path / "user").run(["login", desk.url, "--code", code], password="")
    assert refused.code == 1
    assert "The keyring can't keep a token" in refused.err
    assert "The invite was not used." in refused.err
    assert agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes").code == 0
