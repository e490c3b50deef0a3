"""Profiles on disk, and tokens where they are kept."""

import os
import stat
from pathlib import Path

import pytest

from agent_tui.config import secrets
from agent_tui.config.paths import find_paths
from agent_tui.config.profiles import (
    Keeper,
    Profile,
    Profiles,
    load_profiles,
    profile_name_from,
    save_profiles,
)
from agent_tui.config.settings import Settings, load_settings
from agent_tui.config.toml_settings import SettingsError

ACME = Profile("acme", "https://chat.acme.example", person='Ada "Countess" \x7f', role="agent", desk="Acme")


def test_profiles_come_back_as_they_were_saved(tmp_path: Path) -> None:
    paths = find_paths(tmp_path)
    profiles = Profiles().with_profile(ACME).with_profile(Profile("own", "", keeper=Keeper.OWN_DESK))
    save_profiles(paths, profiles)
    assert load_profiles(paths) == profiles
    assert stat.S_IMODE(paths.profiles.stat().st_mode) == 0o600
    assert load_profiles(paths).without("own").last == ""


def test_a_broken_profiles_file_is_named(tmp_path: Path) -> None:
    paths = find_paths(tmp_path)
    paths.config.mkdir(parents=True)
    paths.profiles.write_text("last = 3", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"profiles\.toml cannot be read"):
        load_profiles(paths)


def test_names_are_made_free() -> None:
    assert profile_name_from("Acme B.V.", ()) == "acme-b-v"
    assert profile_name_from("Acme", ("acme", "acme-2")) == "acme-3"
    assert profile_name_from("日本", ()) == "desk"


@pytest.mark.parametrize("keeper", [Keeper.PLAIN_FILE, Keeper.SEALED_FILE])
def test_a_token_in_a_file(tmp_path: Path, keeper: Keeper) -> None:
    paths = find_paths(tmp_path)
    profile = Profile("acme", "https://x.example", keeper=keeper)
    environ = {"AGENT_TUI_PASSPHRASE": "correct horse"}
    secrets.keep(paths, profile, "sesame", "correct horse")
    assert secrets.fetch(paths, profile, environ) == "sesame"
    path = secrets.token_file(paths, "acme", keeper)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (b"sesame" in path.read_bytes()) is (keeper is Keeper.PLAIN_FILE)
    os.chmod(path, 0o644)
    with pytest.raises(secrets.NoToken, match="chmod 600"):
        secrets.fetch(paths, profile, environ)
    secrets.forget(paths, profile)
    with pytest.raises(secrets.NoToken, match="agent-tui login"):
        secrets.fetch(paths, profile, environ)


def test_a_wrong_passphrase_is_said_and_changes_nothing(tmp_path: Path) -> None:
    paths = find_paths(tmp_path)
    profile = Profile("acme", "https://x.example", keeper=Keeper.SEALED_FILE)
    secrets.keep(paths, profile, "sesame", "right")
    with pytest.raises(secrets.NoToken, match="could not be opened"):
        secrets.fetch(paths, profile, {"AGENT_TUI_PASSPHRASE": "wrong"})
    assert secrets.fetch(paths, profile, {"AGENT_TUI_PASSPHRASE": "right"}) == "sesame"


def test_the_environment_wins(tmp_path: Path) -> None:
    assert secrets.fetch(find_paths(tmp_path), ACME, {"AGENT_TUI_TOKEN": "given"}) == "given"
    (tmp_path / secrets.CREDENTIAL).write_text("by systemd\n", encoding="utf-8")
    handed = {"CREDENTIALS_DIRECTORY": str(tmp_path), "AGENT_TUI_TOKEN": "given"}
    assert secrets.fetch(find_paths(tmp_path), ACME, handed) == "by systemd"


def test_without_a_keyring_nothing_is_kept_in_the_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setattr(secrets, "TRUSTED_KEYRINGS", ("keyring.backends.SecretService.Keyring",))
    with pytest.raises(secrets.NoKeyring):
        secrets.keep(find_paths(tmp_path), ACME, "sesame")
    with pytest.raises(secrets.NoToken, match="no keyring runs"):
        secrets.fetch(find_paths(tmp_path), ACME, {})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_phone_providers_secret_is_handed_over_and_never_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"AGENT_TUI_SECRET_PHONE_ASTERISK": "sesame"}
    assert secrets.phone_secret("asterisk", given) == "sesame"
    assert load_settings(find_paths(tmp_path), given) == Settings()
    (tmp_path / "agent-tui-phone-asterisk").write_text("by systemd\n", encoding="utf-8")
    assert secrets.phone_secret("asterisk", {**given, "CREDENTIALS_DIRECTORY": str(tmp_path)}) == "by systemd"
    monkeypatch.setattr(secrets, "TRUSTED_KEYRINGS", ())
    with pytest.raises(secrets.NoSecret, match="keyring set agent-tui phone:twilio"):
        secrets.phone_secret("twilio", given)
