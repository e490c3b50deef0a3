"""login, logout, profiles: an invite becomes a token, kept where the user said and nowhere else."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.cli.invite_text import InviteText, login_command, read_invite
from agent_tui.config.paths import find_paths
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.words import EntryKind
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.outbox import Outbox
from tests.cli.command import AGENT_TUI, agent_tui, code_of, desk_of
from tests.desk_process import DeskProcess
from tests.pty_runner import PtyProgram

CODE = "ABCDE-FGHJK-MNPQR-STVWX-YZ234"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    """A team's desk; its home is not this user's."""
    with desk_of(tmp_path / "server") as running:
        yield running


def invited(tmp_path: Path, name: str = "Ada", role: str = "agent") -> str:
    """A code of the team's desk."""
    return code_of(agent_tui("--home", str(tmp_path / "server"), "invite", name, "--role", role, "--json"))


def test_an_invite_is_found_in_whatever_was_pasted() -> None:
    both = InviteText("https://chat.example.org", CODE)
    assert read_invite(login_command("https://chat.example.org", CODE)) == both
    assert read_invite(f"Hi! Go to <https://chat.example.org>, your code is {CODE.lower()}.") == both
    assert read_invite(f"https://chat.example.org/ {CODE}\n") == both
    assert read_invite(CODE) == InviteText("", CODE)
    assert read_invite("https://chat.example.org") == InviteText("https://chat.example.org", "")
    assert read_invite("hello") == InviteText()


def test_without_a_keyring_nothing_is_kept_unasked_and_the_invite_stays_good(
    desk: DeskProcess, tmp_path: Path, agent_tui_home: Path
) -> None:
    code = invited(tmp_path)
    for more in ([], ["--keep", "keyring"]):
        ended = agent_tui("login", desk.url, "--code", code, *more)
        assert ended.code == 1
        assert "No keyring runs on this machine" in ended.err
        assert "The invite was not used." in ended.err
    in_the_clear = agent_tui("login", desk.url, "--code", code, "--keep", "file")
    assert in_the_clear.code == 2
    assert "--yes" in in_the_clear.err
    unsealed = agent_tui("login", desk.url, "--code", code, "--keep", "sealed")
    assert unsealed.code == 2
    assert "AGENT_TUI_PASSPHRASE" in unsealed.err
    assert not (agent_tui_home / "data").exists()
    assert agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes").code == 0


def test_a_token_in_the_clear_is_for_this_user_only(desk: DeskProcess, tmp_path: Path, agent_tui_home: Path) -> None:
    ended = agent_tui("login", desk.url, "--code", invited(tmp_path), "--keep", "file", "--yes")
    kept = find_paths(agent_tui_home).data / "tokens" / "127.0.0.1.token"
    assert str(kept) in ended.out
    assert str(kept) in ended.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "at_" not in find_paths(agent_tui_home).profiles.read_text()
    (profile,) = agent_tui("profiles", "--json").lines
    assert (profile["name"], profile["person"], profile["role"], profile["last"]) == ("127.0.0.1", "Ada", "agent", True)
    kept.chmod(0o644)
    refused = agent_tui("sessions")
    assert refused.code == 4
    assert f"chmod 600 {kept}" in refused.err


def test_a_sealed_token_needs_its_passphrase(desk: DeskProcess, tmp_path: Path, agent_tui_home: Path) -> None:
    sealed = {"AGENT_TUI_PASSPHRASE": "correct horse"}
    assert agent_tui("login", desk.url, "--code", invited(tmp_path), "--keep", "sealed", **sealed).code == 0
    kept = find_paths(agent_tui_home).data / "tokens" / "127.0.0.1.sealed"
    assert b"at_" not in kept.read_bytes()
    assert agent_tui("sessions", **sealed).code == 0
    for wrong in ({}, {"AGENT_TUI_PASSPHRASE": "wrong horse"}):
        refused = agent_tui("sessions", **wrong)
        assert refused.code == 4
        assert str(kept) in refused.err


def test_where_to_keep_it_is_asked_in_words_on_a_terminal(
    desk: DeskProcess, tmp_path: Path, agent_tui_home: Path
) -> None:
    env = {"AGENT_TUI_HOME": str(agent_tui_home), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    command = [*AGENT_TUI, "login", desk.url, "--code", invited(tmp_path)]
    with PtyProgram(command, env=env, columns=160) as terminal:
        terminal.wait_for("Your choice", timeout=30)
        shown = terminal.screen().text
        assert "1  sealed with a passphrase" in shown
        assert f"2  in the clear, in {agent_tui_home}/data/tokens/127.0.0.1.token" in shown
        terminal.write("2\r")
        terminal.wait_for("You are Ada", timeout=30)
        assert terminal.wait_exit() == 0


def test_a_wrong_or_used_code_signs_nobody_in_and_leaves_nothing(
    desk: DeskProcess, tmp_path: Path, agent_tui_home: Path
) -> None:
    ended = agent_tui("login", desk.url, "--code", CODE, "--keep", "file", "--yes")
    assert ended.code == 4
    assert "not known here" in ended.err
    assert list((agent_tui_home / "data" / "tokens").iterdir()) == []
    assert agent_tui("profiles").out.startswith("This machine knows no accounts yet.")
    code = invited(tmp_path)
    assert agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes").code == 0
    again = agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes")
    assert again.code == 4
    assert "used already" in again.err
    assert agent_tui("sessions").code == 0, "what was kept before is still good"


def test_a_desk_that_is_not_there_is_code_3_and_keeps_nothing(agent_tui_home: Path) -> None:
    ended = agent_tui("login", "http://127.0.0.1:9", "--code", CODE, "--keep", "file", "--yes")
    assert ended.code == 3
    assert "Nobody answers" in ended.err
    assert "in the clear" not in ended.err, "nothing is said of a token before there is a desk"
    assert not (agent_tui_home / "data").exists()


def test_somebody_else_at_the_same_desk_gets_a_profile_of_their_own(desk: DeskProcess, tmp_path: Path) -> None:
    for name in ("Ada", "Bob", "Ada"):
        code = invited(tmp_path, name)
        assert agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes").code == 0
    people = {row["name"]: row["person"] for row in agent_tui("profiles", "--json").lines}
    assert people["127.0.0.1"] == "Ada"
    assert people["127.0.0.1-2"] == "Bob"
    assert agent_tui("profiles", "127.0.0.1-2").code == 0
    assert [row["person"] for row in agent_tui("profiles", "--json").lines if row["last"]] == ["Bob"]


def test_signing_out_tells_the_desk_and_forgets_what_was_kept(
    desk: DeskProcess, tmp_path: Path, agent_tui_home: Path
) -> None:
    agent_tui("login", desk.url, "--code", invited(tmp_path), "--keep", "file", "--yes")
    paths = find_paths(agent_tui_home)
    token = (paths.data / "tokens" / "127.0.0.1.token").read_text()
    wrote = AccountFile(paths.account("127.0.0.1"))
    start = OrderKey(0)
    unsent = Outgoing(ClientId("cid-1"), ConversationRef("1"), EntryKind.PUBLIC, "not sent yet", 1, start, start)
    Outbox(wrote).add(unsent)
    wrote.close()
    kept = agent_tui("logout")
    assert kept.code == 1
    assert "1 message was written and not sent" in kept.err
    assert desk.get("/v1/me", token)["you"]["name"] == "Ada"
    assert agent_tui("logout", "--yes").code == 0
    assert desk.refusal("GET", "/v1/me", token=token)[0] == 401
    assert not paths.account("127.0.0.1").exists()
    assert list((paths.data / "tokens").iterdir()) == []
    assert agent_tui("logout").code == 2


def test_signing_out_works_while_the_desk_is_away(desk: DeskProcess, tmp_path: Path, agent_tui_home: Path) -> None:
    agent_tui("login", desk.url, "--code", invited(tmp_path), "--keep", "file", "--yes")
    desk.stop()
    ended = agent_tui("logout")
    assert ended.code == 0
    assert "ask an admin to revoke this device" in ended.err
    assert list((find_paths(agent_tui_home).data / "tokens").iterdir()) == []


def test_a_broken_file_of_profiles_is_named(agent_tui_home: Path) -> None:
    path = find_paths(agent_tui_home).profiles
    path.parent.mkdir(parents=True)
    path.write_text("last = [")
    for command in (["profiles"], ["sessions"], ["login", "https://chat.example.org", "--code", CODE]):
        ended = agent_tui(*command)
        assert ended.code == 2
        assert f"{path} cannot be read" in ended.err
