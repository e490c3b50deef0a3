"""The console as it is started: demo, own desk, an address; and what it says when it can't get in."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent_tui.config.paths import find_paths
from agent_tui.desk.settings import load_settings
from agent_tui.runtime import own_desk
from tests.cli.command import AGENT_TUI, agent_tui, code_of, desk_of
from tests.pty_runner import PtyProgram

QUIT = b"\x11"


@contextmanager
def console(*arguments: str, **env: str) -> Iterator[PtyProgram]:
    """`agent-tui` on a terminal, in the test's own home."""
    home = os.environ["AGENT_TUI_HOME"]
    known = {"AGENT_TUI_HOME": home, "DBUS_SESSION_BUS_ADDRESS": "disabled:", **env}
    with PtyProgram([*AGENT_TUI, *arguments], env=known, columns=120, rows=34) as terminal:
        yield terminal


def leave(terminal: PtyProgram) -> int:
    """Quit, and the exit code."""
    terminal.write(QUIT)
    return terminal.wait_exit(20)


def test_the_demo_opens_says_demo_and_something_happens(tmp_path: Path) -> None:
    with console("demo", TMPDIR=str(tmp_path)) as first:
        first.wait_for("DEMO", timeout=30)
        first.wait_screen(lambda screen: "demo --join " in screen.text and "● live" in screen.text, timeout=30)
        (folder,) = tmp_path.glob("agent-tui-demo-*")
        said = own_desk.announced(find_paths(folder).desk)
        assert said is not None
        shown = first.screen().text
        assert f"{said.url}/" in shown
        name = folder.name.removeprefix("agent-tui-demo-")
        assert f"{sys.executable} -m agent_tui demo --join {name}" in shown
        assert "Karl Braun" in shown
        with console("demo", "--join", name, TMPDIR=str(tmp_path)) as second:
            second.wait_screen(lambda screen: "Ruben" in screen.text and "● live" in screen.text, timeout=30)
            assert leave(second) == 0
        first.wait_screen(lambda screen: "Sofie" in screen.text, timeout=10)
        assert leave(first) == 0
    assert not (Path(os.environ["AGENT_TUI_HOME"]) / "state").exists(), "the demo's drafts are the demo's"


def test_a_demo_that_is_not_there_cannot_be_joined(tmp_path: Path) -> None:
    with console("demo", "--join", TMPDIR=str(tmp_path)) as terminal:
        terminal.wait_for("No demo is running", timeout=30)
        assert terminal.wait_exit() == 3


def test_of_two_demos_the_one_to_join_has_to_be_named(tmp_path: Path) -> None:
    with console("demo", TMPDIR=str(tmp_path)) as first, console("demo", TMPDIR=str(tmp_path)) as other:
        for terminal in (first, other):
            terminal.wait_screen(lambda screen: "● live" in screen.text, timeout=40)
        names = sorted(folder.name.removeprefix("agent-tui-demo-") for folder in tmp_path.glob("agent-tui-demo-*"))
        (tmp_path / "agent-tui-demo-dead").mkdir(mode=0o700)
        with console("demo", "--join", TMPDIR=str(tmp_path)) as joining:
            joining.wait_for("2 demos run", timeout=30)
            assert joining.wait_exit() == 2
            shown = joining.screen().text
        assert [f"demo --join {name}" in shown for name in names] == [True, True]
        assert "dead" not in shown
        assert (leave(first), leave(other)) == (0, 0)


def test_the_own_desk_is_started_found_again_and_outlives_its_console(agent_tui_home: Path) -> None:
    home = find_paths(agent_tui_home).desk
    try:
        with console("--own") as terminal:
            terminal.wait_for("Your name, as customers read it", timeout=30)
            terminal.write(b'Ada "A"\r')
            terminal.wait_for("The desk's name", timeout=30)
            terminal.write(b"\r")
            terminal.wait_for("own desk on this machine", timeout=30)
            terminal.wait_screen(lambda screen: "● live" in screen.text and 'Ada "A"' in screen.text, timeout=30)
            assert leave(terminal) == 0
            terminal.close(descendants=False)
        said = own_desk.announced(home)
        assert said is not None
        with console("--own", "open", "c1") as again:
            again.wait_screen(lambda screen: "● live" in screen.text, timeout=30)
            assert leave(again) == 0
        assert own_desk.announced(home) == said
        assert load_settings(home, {}).name == "Chat"
    finally:
        assert agent_tui("stop").code == 0


def test_the_first_screen_asks_and_the_choice_is_kept(agent_tui_home: Path) -> None:
    with desk_of(agent_tui_home):
        with console() as terminal:
            terminal.wait_screen(lambda screen: "demo" in screen.text.lower() and "own" in screen.text, timeout=30)
            assert leave(terminal) == 0
        assert agent_tui("profiles", "--json").lines == []


def test_a_desk_that_is_not_there_is_said_on_the_screen_and_by_the_code() -> None:
    with console("--desk", "http://127.0.0.1:9", AGENT_TUI_TOKEN="at_x") as terminal:
        terminal.wait_screen(lambda screen: "Nobody answers at 127.0.0.1:9" in screen.text, timeout=30)
        assert leave(terminal) == 3


def test_a_token_that_is_not_good_is_said_on_the_screen_and_by_the_code(agent_tui_home: Path) -> None:
    with (
        desk_of(agent_tui_home) as desk,
        console("--desk", desk.url, AGENT_TUI_TOKEN="at_wrong") as terminal,
    ):
        terminal.wait_screen(lambda screen: "does not know that token" in screen.text, timeout=30)
        assert leave(terminal) == 4


def test_a_supervisor_is_given_the_monitor_and_told_why(agent_tui_home: Path) -> None:
    with desk_of(agent_tui_home) as desk:
        token = desk.token("Eve", "supervisor")
        with console("--desk", desk.url, AGENT_TUI_TOKEN=token) as terminal:
            terminal.wait_screen(lambda screen: "so this is the monitor" in screen.text, timeout=30)
            terminal.wait_screen(lambda screen: "READ ONLY" in screen.text and "● live" in screen.text, timeout=30)
            assert leave(terminal) == 0


def test_a_supervisors_invite_leads_to_the_monitor_which_says_why(agent_tui_home: Path, tmp_path: Path) -> None:
    server = tmp_path / "server"
    with desk_of(server) as desk:
        invited = agent_tui("--home", str(server), "invite", "Eve", "--role", "supervisor", "--json")
        joined = agent_tui("login", desk.url, "--code", code_of(invited), "--keep", "file", "--yes")
        assert joined.code == 0, joined.err
        assert "`agent-tui` opens the monitor, which only watches, from now on." in joined.out
        with console() as terminal:
            terminal.wait_screen(lambda screen: "You are a supervisor on this desk" in screen.text, timeout=30)
            terminal.wait_screen(lambda screen: "READ ONLY" in screen.text and "● live" in screen.text, timeout=30)
            assert leave(terminal) == 0


def test_a_token_that_is_revoked_closes_the_monitor_with_the_reason(agent_tui_home: Path) -> None:
    with desk_of(agent_tui_home) as desk:
        token = desk.token("Eve", "supervisor")
        admin = desk.token()
        with console("--desk", desk.url, "monitor", AGENT_TUI_TOKEN=token) as terminal:
            terminal.wait_screen(lambda screen: "● live" in screen.text, timeout=30)
            leaving = terminal.mark()
            desk.post("/v1/revocations", {"name": "Eve"}, admin)
            assert terminal.wait_exit(30) == 4
            said = terminal.output(leaving).decode()
    assert "This device was signed out by an admin. To come back, ask for a new invite." in said


def test_settings_and_keys_that_are_wrong_are_named_and_the_console_works(agent_tui_home: Path) -> None:
    paths = find_paths(agent_tui_home)
    paths.config.mkdir(parents=True)
    paths.settings.write_text("\ntheem = 'dark'\n")
    paths.keymap.write_text('"chat.resolve" = "ctrl+h"\n')
    with desk_of(agent_tui_home), console("--own") as terminal:
        terminal.wait_screen(lambda screen: "● live" in screen.text, timeout=30)
        quitting = terminal.mark()
        assert leave(terminal) == 0
        said = terminal.output(quitting).decode()
    assert "settings.toml, line 2: there is no setting `theem`. Did you mean `theme`?" in said
    assert str(paths.settings) in said
    assert "`ctrl+h` can't be used for `chat.resolve`" in said


def test_a_device_that_is_revoked_says_so_and_forgets_what_it_kept(agent_tui_home: Path, tmp_path: Path) -> None:
    server = tmp_path / "server"
    with desk_of(server) as desk:
        code = code_of(agent_tui("--home", str(server), "invite", "Ada", "--json"))
        assert agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes").code == 0
        with console() as terminal:
            terminal.wait_screen(lambda screen: "● live" in screen.text and "Ada" in screen.text, timeout=30)
            assert agent_tui("--home", str(server), "revoke", "Ada").code == 0
            terminal.wait_screen(lambda screen: "signed out" in screen.text, timeout=20)
            assert leave(terminal) == 4
    paths = find_paths(agent_tui_home)
    assert not paths.account("127.0.0.1").exists()
    assert list((paths.data / "tokens").iterdir()) == []
    assert agent_tui("profiles", "--json").lines == []
