"""doctor: what it finds, and that each thing to mend comes with how."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.cli.checks import Check, How
from agent_tui.cli.doctor.notices import try_notices
from agent_tui.cli.doctor.terminal import TMUX_OPTIONS, check_terminal, check_tmux
from agent_tui.config.paths import find_paths
from tests.cli.command import AGENT_TUI, agent_tui, desk_of
from tests.desk_process import DeskProcess
from tests.pty_runner import PtyProgram
from tests.required import require


def by_what(checks: Iterator[Check]) -> dict[str, Check]:
    return {check.what: check for check in checks}


def test_a_good_machine_has_nothing_to_mend(agent_tui_home: Path) -> None:
    ended = agent_tui("doctor", "--json")
    assert ended.code == 0, ended.out
    found = {row["what"]: row for row in ended.lines}
    assert found["Python"]["how"] == "ok"
    assert found["settings"]["says"].startswith(str(find_paths(agent_tui_home).settings))
    assert found["keyring"] == {
        "part": "tokens",
        "what": "keyring",
        "how": "note",
        "says": "None that can be trusted runs here.",
        "mend": "`agent-tui login` asks where a token may be kept instead.",
    }


def test_broken_files_are_named_with_line_and_the_nearest_word(agent_tui_home: Path) -> None:
    paths = find_paths(agent_tui_home)
    paths.config.mkdir(parents=True)
    paths.settings.write_text("\n[notices]\nbel = false\n")
    paths.keymap.write_text('"chat.resolv" = "x"\n')
    paths.profiles.write_text("last = 3\n")
    ended = agent_tui("doctor")
    assert ended.code == 1
    assert f"settings.toml, line 3: there is no setting `bel`. Did you mean `bell`? ({paths.settings})" in ended.out
    assert "keymap.toml, line 1: there is no action `chat.resolv`. Did you mean `chat.resolve`?" in ended.out
    assert f"{paths.profiles} cannot be read" in ended.out
    assert ended.out.count("MEND") == 3
    assert f"({paths.keymap})" in ended.out
    keys = agent_tui("keys", "--check")
    assert keys.code == 2
    assert "chat.resolv" in keys.err


def test_a_broken_variable_is_named() -> None:
    ended = agent_tui("doctor", AGENT_TUI_THEEM="light")
    assert ended.code == 1
    assert "AGENT_TUI_THEEM: there is no setting `theem`. Did you mean `theme`?" in ended.out


@pytest.mark.parametrize("key", ["ctrl+h", "alt+1", "ctrl+enter", "f13"])
def test_a_chord_no_terminal_can_send_is_refused_with_its_reason(agent_tui_home: Path, key: str) -> None:
    paths = find_paths(agent_tui_home)
    paths.config.mkdir(parents=True)
    paths.keymap.write_text(f'"chat.resolve" = "{key}"\n')
    ended = agent_tui("keys", "--check")
    assert ended.code == 2
    assert f"`{key}` can't be used for `chat.resolve`" in ended.err
    listed = agent_tui("keys", "--json")
    assert listed.code == 0
    assert {row["id"]: row["keys"] for row in listed.lines}["chat.resolve"] == ["e"]
    shown = [line for line in agent_tui("keys").out.splitlines() if line.startswith("  ")]
    assert len({line.rindex(" ") for line in shown}) == 1, "the ids stand below each other, however many keys there are"
    example = agent_tui("keys", "--example")
    paths = find_paths(agent_tui_home)
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.keymap.write_text(example.out)
    assert agent_tui("keys", "--check").out.endswith("nothing is wrong.\n")


@pytest.mark.parametrize(
    ("environ", "what", "how"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "colours", How.GOOD),
        ({"TERM": "xterm-256color"}, "colours", How.NOTE),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "colours", How.NOTE),
        ({"TERM": "dumb"}, "TERM", How.MEND),
        ({}, "TERM", How.MEND),
        ({"TERM": "xterm", "SSH_CONNECTION": "1 2 3 4"}, "ssh", How.NOTE),
    ],
)
def test_the_terminal_is_judged_by_what_it_says(environ: dict[str, str], what: str, how: How) -> None:
    assert by_what(check_terminal(environ))[what].how is how


@pytest.mark.parametrize(("columns", "how"), [("59", How.MEND), ("70", How.NOTE), ("120", How.GOOD)])
def test_a_terminal_that_is_too_small_is_said(columns: str, how: How, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "34")
    assert by_what(check_terminal({"TERM": "xterm"}))["size"].how is how


def test_missing_lines_of_tmux_are_printed_as_they_are_typed() -> None:
    answers = {"allow-passthrough": "off", "set-clipboard": "external", "extended-keys": "off", "escape-time": "500"}
    found = by_what(check_tmux(lambda *asked: "tmux 3.4" if asked == ("-V",) else answers[asked[-1]]))
    assert found["tmux"].how is How.GOOD
    assert found["tmux allow-passthrough"].mend == "In ~/.tmux.conf: set -g allow-passthrough on"
    assert found["tmux set-clipboard"].how is How.GOOD
    assert found["tmux extended-keys"].mend == "In ~/.tmux.conf: set -s extended-keys on"
    assert found["tmux escape-time"].mend == "In ~/.tmux.conf: set -s escape-time 10"
    old = by_what(check_tmux(lambda *asked: "tmux 2.9a" if asked == ("-V",) else "on"))
    assert old["tmux"].how is How.MEND


def test_a_real_tmux_with_the_printed_lines_has_nothing_more_to_say(tmp_path: Path) -> None:
    tmux = require("tmux", "apt-get install -y tmux")
    conf = tmp_path / "tmux.conf"
    conf.write_text("".join(f"{option.line}\n" for option in TMUX_OPTIONS))
    out = tmp_path / "out"
    command = f"{' '.join(AGENT_TUI)} doctor --json > {out}"
    server = [tmux, "-S", str(tmp_path / "s"), "-f", str(conf), "new-session", command]
    home = os.environ["AGENT_TUI_HOME"]
    with PtyProgram(server, env={"AGENT_TUI_HOME": home, "TMUX": None}) as terminal:
        terminal.wait_exit(30)
    lines = [line for line in out.read_text().splitlines() if '"what":"tmux' in line]
    assert len(lines) == 1 + len(TMUX_OPTIONS)
    assert all('"how":"ok"' in line for line in lines), lines


def test_notices_are_tried_one_by_one_and_asked_about() -> None:
    wrote: list[str] = []
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return len(asked) == 1

    found = list(try_notices({}, wrote.append, confirm))
    assert [check.how for check in found] == [How.GOOD, How.NOTE, How.NOTE]
    assert wrote[0] == "\x07"
    assert wrote[1].startswith("\x1b]9;")
    assert wrote[2].startswith("\x1b]777;notify;")
    wrote.clear()
    list(try_notices({"TMUX": "/tmp/s"}, wrote.append, lambda _: True))
    assert wrote[0] == "\x07"
    assert wrote[1].startswith("\x1bPtmux;\x1b\x1b]9;")


def test_on_a_terminal_it_rings_and_asks() -> None:
    with PtyProgram([*AGENT_TUI, "doctor"], env={"AGENT_TUI_HOME": os.environ["AGENT_TUI_HOME"]}) as terminal:
        read = 0
        for _ in range(3):
            read = terminal.wait_for("[Y/n]", since=read, timeout=30).end
            terminal.write("n\r")
        assert terminal.wait_exit(30) == 0
        assert b"\x1b]777;notify;" in terminal.output()
        assert terminal.output().count(b"It does not arrive.") == 3


def test_what_a_number_goes_to_on_this_machine_is_said() -> None:
    def handover(**env: str) -> dict[str, str]:
        found = agent_tui("doctor", "--json", DISPLAY="", WAYLAND_DISPLAY="", SSH_CONNECTION="", SSH_TTY="", **env)
        return next(row for row in found.lines if row["what"] == "handover")

    shown = handover()
    assert (shown["how"], "There is no desktop" in shown["says"]) == ("note", True)
    set_up = handover(AGENT_TUI_SOFTPHONE_DIAL='["sh", "-c", "true", "{e164}"]')
    assert (set_up["how"], set_up["says"]) == ("ok", "A number goes to sh (softphone.dial).")
    missing = handover(AGENT_TUI_SOFTPHONE_DIAL='["no-such-phone", "{e164}"]')
    assert (missing["how"], missing["mend"]) == ("mend", "Install no-such-phone, or change softphone.dial.")
    wrong = handover(AGENT_TUI_SOFTPHONE_DIAL='["sh", "{number}"]')
    assert wrong["how"] == "mend"
    assert "`softphone.dial` wants `{number}`, which there is not." in wrong["says"]


def test_broken_rules_of_signals_are_named(tmp_path: Path) -> None:
    rules = tmp_path / "ours.toml"
    rules.write_text("[askd]\n")
    ended = agent_tui("doctor", AGENT_TUI_PHONE_SIGNALS=str(rules))
    assert ended.code == 1
    assert "ours.toml, line 1: there is no setting `askd`. Did you mean `asked`?" in ended.out


@pytest.fixture
def desk(agent_tui_home: Path) -> Iterator[DeskProcess]:
    with desk_of(agent_tui_home) as running:
        yield running


def test_the_desk_is_checked(desk: DeskProcess) -> None:
    ended = agent_tui("doctor", "--desk", "--json")
    assert ended.code == 0, ended.err
    found = {row["what"]: row for row in ended.lines if row["part"] == "desk"}
    assert list(found) == ["address", "health", "round trip", "token", "socket"]
    assert found["address"]["says"] == desk.url
    assert "version" in found["health"]["says"]
    assert "admin" in found["token"]["says"]
    assert "the clocks differ by" in found["socket"]["says"]
    telephone = [row for row in ended.lines if row["part"] == "the desk's telephone"]
    assert [(row["what"], row["how"]) for row in telephone] == [("telephone", "note")]
    watcher = desk.token("Eve", "supervisor")
    shown = agent_tui("--desk", desk.url, "doctor", "--json", AGENT_TUI_TOKEN=watcher)
    assert any("only watches" in row["says"] for row in shown.lines)


def test_each_way_of_the_desk_s_telephone_is_asked_whether_it_would_work(agent_tui_home: Path) -> None:
    home = find_paths(agent_tui_home).desk
    home.mkdir(parents=True)
    (home / "desk.toml").write_text(
        '[phone]\nregion = "NL"\ncaller_id = "+31201234567"\nchain = ["asterisk", "handover", "simulated", "queue"]\n'
        '[phone.providers.asterisk]\nurl = "http://127.0.0.1:9"\nuser = "console"\n'
    )
    with desk_of(agent_tui_home):
        ended = agent_tui("doctor", "--desk", "--json")
    found = {row["what"]: row for row in ended.lines if row["part"] == "the desk's telephone"}
    assert list(found) == ["telephone", "asterisk", "handover", "simulated"]
    assert "customers see +31 20 123 4567" in found["telephone"]["says"]
    assert found["asterisk"]["how"] == "mend"
    assert found["asterisk"]["mend"]
    assert ended.code == 1
    assert "each agent's console runs it" in found["handover"]["says"]
    assert "It only plays calls" in found["simulated"]["says"]
