"""invite, sessions, revoke, hours, stop, serve: at a running desk, and at one that is not running."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent_tui.cli.people_file import read_people
from agent_tui.config.paths import find_paths
from agent_tui.config.toml_settings import SettingsError
from tests.cli.command import AGENT_TUI, agent_tui, code_of, desk_of, environment

HOURS = """\
time_zone = "Europe/Amsterdam"

[week]
mon = ["09:00-12:30", "13:00-17:30"]
fri = ["09:00-17:00"]
"""


@pytest.fixture(params=["running", "at rest"])
def desk_home(request: pytest.FixtureRequest, agent_tui_home: Path) -> Iterator[Path]:
    """A home whose desk runs, or does not."""
    if request.param == "running":
        with desk_of(agent_tui_home):
            yield agent_tui_home
    else:
        yield agent_tui_home


def test_an_invite_is_made_listed_used_and_revoked(desk_home: Path) -> None:
    code = code_of(agent_tui("invite", "Ada", "--json"))
    assert agent_tui("sessions", "--json").lines == []
    assert agent_tui("sessions").out.startswith("No device is signed in.")
    with serving(desk_home) as url:
        joined = agent_tui("login", url, "--code", code, "--keep", "file", "--yes", "--device", "laptop")
        assert joined.code == 0, joined.err
        assert "You are Ada, agent" in joined.out
        (session,) = agent_tui("--own", "sessions", "--json").lines
        assert (session["name"], session["device"], session["role"]) == ("Ada", "laptop", "agent")
        refused = agent_tui("--own", "revoke", "Ada", "--device", "phone")
        assert refused.code == 1
        assert "no device called phone" in refused.err
        assert agent_tui("--own", "revoke", "Ada", "--json").lines == [{"devices": 1, "conversations": 0}]
        over = agent_tui("tail")
        assert over.code == 4
        assert "signed out by an admin" in over.err


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of the desk in this home; one is started if none runs."""
    announced = find_paths(home).desk / "desk.json"
    if announced.exists():
        yield json.loads(announced.read_text())["url"]
    else:
        with desk_of(home) as desk:
            yield desk.url


def test_hours_are_shown_set_and_checked(desk_home: Path, tmp_path: Path) -> None:
    assert "always open" in agent_tui("hours").out
    wanted = tmp_path / "hours.toml"
    wanted.write_text(HOURS)
    done = agent_tui("hours", "--set", str(wanted))
    assert done.code == 0, done.err
    assert re.fullmatch(r"Hours set\. (Open|Closed) now; visitors read: .+\n", done.err)
    shown = agent_tui("hours")
    assert shown.out == HOURS
    assert f"Hours set. {shown.err}" == done.err
    assert agent_tui("hours", "--json").lines[0]["now"]["time_zone"] == "Europe/Amsterdam"
    assert agent_tui("hours", "--set", "-", given="").code == 0
    assert "always open" in agent_tui("hours").out


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (HOURS.replace("09:00-17:00", "nine to five"), ", line 5: "),
        (HOURS.replace("fri", "frday"), ", line 5: "),
        (HOURS.replace("Amsterdam", "Nowhere"), ", line 1: "),
        (HOURS.replace("13:00-17:30", "12:00-17:30"), ", line 4: "),
        (HOURS + "\n[weekend]\n", ", line 7: "),
        (HOURS.replace('fri = ["', "fri = ["), "line 5"),
    ],
)
def test_hours_that_make_no_sense_name_their_line_and_change_nothing(tmp_path: Path, wrong: str, line: str) -> None:
    path = tmp_path / "hours.toml"
    path.write_text(wrong)
    ended = agent_tui("hours", "--set", str(path))
    assert ended.code == 2
    assert str(path) in ended.err
    assert line in ended.err
    assert "stay as they are" in ended.err


def test_people_are_invited_from_a_file(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,role\nBob,agent\n\n Eve , Supervisor \nUma\n")
    rows = agent_tui("invite", "--from", str(people), "--json").lines
    assert [(row["name"], row["role"]) for row in rows] == [("Bob", "agent"), ("Eve", "supervisor"), ("Uma", "agent")]
    assert len({row["code"] for row in rows}) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Bob,agent\nEve,superviser\n", "line 2: 'superviser' is no role. Did you mean `supervisor`?"),
        ("Bob,agent,today\n", "line 1: there is more than"),
        ("name,role\n,agent\n", "line 2: there is no name"),
        ("name,role\n", "names nobody"),
        ("", "names nobody"),
    ],
)
def test_one_wrong_line_invites_nobody(tmp_path: Path, text: str, says: str) -> None:
    people = tmp_path / "people.csv"
    people.write_text(text)
    with pytest.raises(SettingsError, match=re.escape(says)):
        read_people(people)


def test_stop_ends_the_desk_of_this_home_and_no_other(agent_tui_home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other-home"
    with desk_of(agent_tui_home) as desk, desk_of(other) as neighbour:
        ended = agent_tui("stop")
        assert (ended.code, ended.out) == (0, "The desk has ended.\n")
        assert desk.wait() == 0
        assert neighbour.get("/healthz")["ok"]
        assert "No desk is running" in agent_tui("stop").out


def test_serve_says_where_it_is_and_ends_in_order(agent_tui_home: Path) -> None:
    command = [*AGENT_TUI, "serve", "--home", str(agent_tui_home), "--listen", "127.0.0.1:0", "--json"]
    desk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    try:
        assert desk.stdout is not None
        said = json.loads(desk.stdout.readline())
        assert said["pid"] == desk.pid
        assert said["invite"]["role"] == "admin"
        second = agent_tui("serve", "--home", str(agent_tui_home), "--listen", "127.0.0.1:0")
        assert second.code == 1
        assert "A desk is running already" in second.err
        os.kill(desk.pid, signal.SIGTERM)
        assert desk.wait(20) == 0
    finally:
        desk.kill()
        desk.communicate()


def test_a_port_that_is_taken_is_said_with_what_to_do(agent_tui_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = agent_tui("serve", "--listen", f"127.0.0.1:{port}")
    assert ended.code == 1
    assert f"Another program listens on 127.0.0.1:{port} already." in ended.err
    assert "--listen" in ended.err


def test_a_broken_setting_of_the_desk_names_file_line_and_the_nearest_key(agent_tui_home: Path) -> None:
    settings = find_paths(agent_tui_home).desk / "desk.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('name = "Acme"\npublic_ulr = "https://chat.example.org"\n')
    ended = agent_tui("serve", "--listen", "127.0.0.1:0")
    assert ended.code == 1
    assert f"desk.toml, line 2: there is no setting `public_ulr`. Did you mean `public_url`? ({settings})" in ended.err


def test_the_address_in_an_invite_is_the_one_customers_and_colleagues_know(agent_tui_home: Path) -> None:
    settings = find_paths(agent_tui_home).desk / "desk.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('public_url = "https://chat.example.org"\n')
    assert "agent-tui login https://chat.example.org --code " in agent_tui("invite", "Ada").out


def test_looking_at_an_empty_desk_does_not_take_its_first_admin_away(agent_tui_home: Path) -> None:
    assert agent_tui("sessions").code == 0
    assert agent_tui("hours").code == 0
    with desk_of(agent_tui_home) as desk:
        assert desk.ready["invite"]["role"] == "admin"
