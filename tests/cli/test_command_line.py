"""The root: help, arguments that can't be, exit codes."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from agent_tui.cli.main import COMMANDS
from agent_tui.cli.main import agent_tui as root
from agent_tui.cli.typed import as_typed
from tests.cli.command import agent_tui


def test_help_names_every_command() -> None:
    said = agent_tui("--help")
    assert said.code == 0
    assert all(f"  {name} " in said.out for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_there_and_has_help(name: str) -> None:
    context = click.Context(root)
    command = root.get_command(context, name)
    assert command is not None
    assert command.name == name
    assert command.get_help(click.Context(command, info_name=name, parent=context))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rubbish"], "No such command"),
        (["--rubbish"], "No such option"),
        (["open"], "Missing argument"),
        (["open", "jane"], "names no conversation"),
        (["open", "c0"], "names no conversation"),
        (["send", "hello"], "--conversation"),
        (["send", "--conversation", "c-1", "hello"], "names no conversation"),
        (["send", "--conversation", "c1", "--expect-seq", "-1", "hello"], "expect-seq"),
        (["send", "--conversation", "c1", "   "], "There is no text"),
        (["tail", "--after", "yesterday"], "--after wants the `cursor`"),
        (["invite"], "Say who is invited"),
        (["invite", "Ada", "--me"], "Say who is invited"),
        (["invite", "Ada", "--role", "boss"], "--role"),
        (["serve", "--listen", "here"], "--listen needs HOST:PORT"),
        (["serve", "--listen", "0.0.0.0:0"], "can be reached from other machines"),
        (["profiles", "acme"], "There is no profile 'acme'"),
        (["--profile", "acme", "tail"], "There is no profile 'acme'"),
        (["hours", "--set", "/nowhere/hours.toml"], "No such file"),
    ],
)
def test_arguments_that_cannot_be_end_with_a_sentence_and_code_2(arguments: list[str], says: str) -> None:
    ended = agent_tui(*arguments)
    assert ended.code == 2
    assert says in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [[], ["console"], ["demo"], ["open", "c1"]])
def test_the_console_says_that_it_needs_a_terminal(arguments: list[str]) -> None:
    ended = agent_tui(*arguments)
    assert ended.code == 2
    assert "needs a terminal" in ended.err


def test_an_address_in_the_clear_is_not_used() -> None:
    ended = agent_tui("--desk", "http://chat.example.org", "tail", AGENT_TUI_TOKEN="at_x")
    assert ended.code == 1
    assert "not encrypted" in ended.err


def test_an_address_needs_a_token() -> None:
    ended = agent_tui("--desk", "https://chat.example.org", "tail")
    assert ended.code == 4
    assert "AGENT_TUI_TOKEN" in ended.err


def test_a_desk_that_is_not_there_is_code_3() -> None:
    # port 9 (discard) of this machine: nobody listens there
    for command in (["tail"], ["send", "--conversation", "c1", "hello"], ["sessions"], ["doctor", "--desk"]):
        ended = agent_tui("--desk", "http://127.0.0.1:9", *command, AGENT_TUI_TOKEN="at_x")
        assert ended.code == 3, command
        assert "Nobody answers at 127.0.0.1:9" in ended.err
    assert agent_tui("tail").code == 3


def test_a_command_is_shown_as_it_must_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TUI_HOME", "/tmp/my home")
    monkeypatch.setattr(sys, "argv", ["/somewhere/agent_tui/__main__.py"])
    assert as_typed("--own") == f"{sys.executable} -m agent_tui --home '/tmp/my home' --own"
    monkeypatch.setattr(sys, "argv", ["/opt/venv/bin/agent-tui"])
    assert as_typed("demo", "--join", "abcd", same_home=False) == "/opt/venv/bin/agent-tui demo --join abcd"


def test_version_is_said() -> None:
    done = subprocess.run([sys.executable, "-m", "agent_tui", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("agent-tui, version ")


def test_the_page_of_commands_names_each_of_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"agent-tui {name}" not in page] == []
