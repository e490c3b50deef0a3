"""Tokens: kept by the OS keyring, or where there is none, where the user said. Never silently in plain text.

The keyring's backend is chosen by name, never by priority: some packages register a plaintext one. All of these
functions may block (D-Bus, a slow key derivation): call them in a thread.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agent_tui.config.paths import Paths, private_folder
from agent_tui.config.profiles import Keeper, Profile

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "agent-tui"
TOKEN_VARIABLE = "AGENT_TUI_TOKEN"  # noqa: S105
PASSPHRASE_VARIABLE = "AGENT_TUI_PASSPHRASE"  # noqa: S105
CREDENTIAL = "agent-tui-token"
"""Name of the credential that systemd hands over in `$CREDENTIALS_DIRECTORY` (systemd.exec(5))."""

PHONE_VARIABLE = "AGENT_TUI_SECRET_PHONE_"
"""With a provider's name in capitals behind it: what opens its exchange."""
PHONE_CREDENTIAL = "agent-tui-phone-"
"""The same as a credential of systemd's, the provider's name behind it."""

TRUSTED_KEYRINGS = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
)
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1, "maxmem": 256 * 1024 * 1024}
"""OWASP's Password Storage Cheat Sheet: N=2^17, r=8, p=1."""


class NoKeyring(Exception):
    """No keyring that can be trusted runs here. The text says what else there is."""


class NoToken(Exception):
    """There is no token where the profile says it is kept. The text says how to get one."""


class NoSecret(Exception):
    """There is nothing that opens a phone provider's exchange. The text says where to put it."""


def keyring_name() -> str | None:
    """The trusted keyring in use, or None. Imports keyring (60 ms)."""
    backend = _keyring()
    return None if backend is None else f"{type(backend).__module__}.{type(backend).__name__}"


def _keyring() -> "KeyringBackend | None":
    import keyring.core
    import keyring.errors

    for name in TRUSTED_KEYRINGS:
        try:
            return keyring.core.load_keyring(name)
        except (ImportError, AttributeError, RuntimeError, OSError, keyring.errors.KeyringError):
            continue  # not for this platform, or its service does not run
    return None


def from_environment(environ: Mapping[str, str] = os.environ) -> str | None:
    """A token handed over by systemd or by `AGENT_TUI_TOKEN`; both win over what is kept."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder and (handed := Path(folder) / CREDENTIAL).is_file():
        return handed.read_text(encoding="utf-8").strip()
    return environ.get(TOKEN_VARIABLE) or None


def phone_secret(provider: str, environ: Mapping[str, str] = os.environ) -> str:
    """What opens the exchange of a phone provider: a password or a token, the desk's only. Raises `NoSecret`."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder and (handed := Path(folder) / f"{PHONE_CREDENTIAL}{provider}").is_file():
        return handed.read_text(encoding="utf-8").strip()
    variable = f"{PHONE_VARIABLE}{provider.upper()}"
    if environ.get(variable):
        return environ[variable]
    backend = _keyring()
    kept = backend.get_password(SERVICE, f"phone:{provider}") if backend is not None else None
    if not kept:
        raise NoSecret(
            f"The desk has no secret for the phone provider {provider!r}: hand it over as the systemd credential"
            f" {PHONE_CREDENTIAL}{provider}, as {variable}, or run: keyring set {SERVICE} phone:{provider}"
        )
    return str(kept)


def token_file(paths: Paths, profile: str, keeper: Keeper) -> Path:
    """Where a token kept in a file is."""
    return paths.data / "tokens" / f"{profile}.{'sealed' if keeper is Keeper.SEALED_FILE else 'token'}"


def keep(paths: Paths, profile: Profile, token: str, passphrase: str = "") -> None:
    """Keep a token as `profile.keeper` says. Raises `NoKeyring`."""
    if profile.keeper is Keeper.KEYRING:
        backend = _keyring()
        if backend is None:
            raise NoKeyring("No keyring runs on this machine, so the token was not kept.")
        backend.set_password(SERVICE, profile.name, token)
        return
    path = token_file(paths, profile.name, profile.keeper)
    private_folder(path.parent)
    content = _seal(token, passphrase) if profile.keeper is Keeper.SEALED_FILE else token.encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)


def fetch(paths: Paths, profile: Profile, environ: Mapping[str, str] = os.environ) -> str:
    """The token of a profile. Raises `NoToken`."""
    handed = from_environment(environ)
    if handed:
        return handed
    again = f"Sign in again: agent-tui login {profile.url or 'ADDRESS'}"
    if profile.keeper is Keeper.KEYRING:
        backend = _keyring()
        kept = backend.get_password(SERVICE, profile.name) if backend is not None else None
        if kept is None:
            where = "the keyring has no token for it" if backend else "no keyring runs on this machine"
            raise NoToken(f"The profile {profile.name!r} can't be opened: {where}. {again}")
        return str(kept)
    path = token_file(paths, profile.name, profile.keeper)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NoToken(f"{path} can be read by others, so it was not used. Run: chmod 600 {path}")
        content = path.read_bytes()
    except FileNotFoundError:
        raise NoToken(f"The profile {profile.name!r} has no token: {path} is not there. {again}") from None
    if profile.keeper is Keeper.PLAIN_FILE:
        return content.decode().strip()
    passphrase = environ.get(PASSPHRASE_VARIABLE, "")
    if not passphrase:
        raise NoToken(f"{path} is sealed: set {PASSPHRASE_VARIABLE} to its passphrase, or sign in again.")
    return _unseal(content, passphrase, path)


def forget(paths: Paths, profile: Profile) -> None:
    """Remove what is kept; nothing happens where nothing is."""
    if profile.keeper is Keeper.KEYRING:
        import keyring.errors

        backend = _keyring()
        if backend is not None:
            try:
                backend.delete_password(SERVICE, profile.name)
            except keyring.errors.PasswordDeleteError:
                return
        return
    token_file(paths, profile.name, profile.keeper).unlink(missing_ok=True)


def _seal(token: str, passphrase: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = hashlib.scrypt(passphrase.encode(), salt=salt, dklen=32, **_SCRYPT)
    return salt + nonce + AESGCM(key).encrypt(nonce, token.encode(), SERVICE.encode())


def _unseal(content: bytes, passphrase: str, path: Path) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = hashlib.scrypt(passphrase.encode(), salt=content[:16], dklen=32, **_SCRYPT)
    try:
        return AESGCM(key).decrypt(content[16:28], content[28:], SERVICE.encode()).decode()
    except InvalidTag:
        raise NoToken(f"{path} could not be opened with this passphrase. Nothing was changed.") from None
