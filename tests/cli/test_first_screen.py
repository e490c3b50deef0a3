"""The doors of the first screen: what each opens, what it remembers, and what it says when it can't."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.cli.accounts import FirstScreen
from agent_tui.cli.invite_text import login_command
from agent_tui.config.paths import Paths, find_paths
from agent_tui.config.profiles import Keeper, load_profiles
from agent_tui.ports.errors import Refused, Unreachable
from agent_tui.ui.options import OwnNames
from tests.cli.command import agent_tui, code_of, desk_of
from tests.desk_process import DeskProcess


@pytest.fixture
def paths(agent_tui_home: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    return find_paths(agent_tui_home)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    """A team's desk."""
    with desk_of(tmp_path / "server") as running:
        yield running


async def test_a_desk_of_ones_own_is_found_and_remembered(paths: Paths, agent_tui_home: Path) -> None:
    with desk_of(agent_tui_home) as desk:
        door = FirstScreen(paths)
        assert door.own_names() is None
        opened = await door.own(OwnNames())
        await opened.account.close()
        assert opened.place == "own desk on this machine"
        assert opened.visitor_address == f"{desk.url}/"
        assert opened.second_screen.endswith("--own")
        known = load_profiles(paths)
        assert (known.last, known.profiles[0].keeper) == ("own", Keeper.OWN_DESK)
        assert (await asyncio.to_thread(agent_tui, "sessions")).code == 0


async def test_an_invite_that_is_none_is_said(paths: Paths) -> None:
    for pasted in ("", "hello", "https://chat.example.org", "ABCDE-FGHJK-MNPQR-STVWX-YZ234"):
        with pytest.raises(Refused, match="Paste the whole line"):
            await FirstScreen(paths).join(pasted)
    with pytest.raises(Refused, match="not encrypted"):
        await FirstScreen(paths).join(login_command("http://chat.example.org", "ABCDE-FGHJK-MNPQR-STVWX-YZ234"))


async def test_without_a_keyring_joining_says_what_to_type_and_uses_nothing(
    paths: Paths, desk: DeskProcess, tmp_path: Path
) -> None:
    code = code_of(await asyncio.to_thread(agent_tui, "--home", str(tmp_path / "server"), "invite", "Ada", "--json"))
    with pytest.raises(Refused) as refused:
        await FirstScreen(paths).join(login_command(desk.url, code))
    assert login_command(desk.url, code) in str(refused.value)
    assert "The invite was not used." in str(refused.value)
    assert load_profiles(paths).profiles == ()
    typed = await asyncio.to_thread(agent_tui, "login", desk.url, "--code", code, "--keep", "file", "--yes")
    assert typed.code == 0


async def test_a_desk_that_is_away_is_said_once_a_keyring_is_there(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The keyring itself has tests of its own; here it only has to be there.
    from agent_tui.config import secrets

    kept: list[str] = []
    monkeypatch.setattr(secrets, "keyring_name", lambda: "a keyring")
    monkeypatch.setattr(secrets, "keep", lambda _paths, _profile, token, _passphrase="": kept.append(token))
    monkeypatch.setattr(secrets, "forget", lambda _paths, _profile: kept.clear())
    with pytest.raises(Unreachable, match="Nobody answers"):
        await FirstScreen(paths).join(login_command("http://127.0.0.1:9", "ABCDE-FGHJK-MNPQR-STVWX-YZ234"))
    assert kept == [], "nothing worthless is left in it"
    assert load_profiles(paths).profiles == ()
