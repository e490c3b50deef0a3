"""Profiles: the accounts this machine knows, in `profiles.toml`. No secret is ever in it."""

import os
import re
import tomllib
from enum import StrEnum

import msgspec
from msgspec import Struct

from agent_tui.config.paths import Paths, private_folder
from agent_tui.config.toml_settings import SettingsError

PROFILE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class Keeper(StrEnum):
    """Where a profile's token is kept."""

    KEYRING = "keyring"
    SEALED_FILE = "sealed file"
    PLAIN_FILE = "plain file"
    OWN_DESK = "own desk"
    """Nowhere: the own desk's per-start secret is traded for a token each time."""


class Profile(Struct, frozen=True):
    """One account on one backend."""

    name: str
    url: str
    """The desk's address; empty for the own desk on this machine, which is found by its home."""
    backend: str = "desk"
    person: str = ""
    role: str = ""
    desk: str = ""
    """The desk's own name, as it said it at sign-in."""
    keeper: Keeper = Keeper.KEYRING


class Profiles(Struct, frozen=True):
    """All of them, and the one to open."""

    last: str = ""
    profiles: tuple[Profile, ...] = ()

    def get(self, name: str) -> Profile | None:
        """The profile of that name."""
        return next((profile for profile in self.profiles if profile.name == name), None)

    def with_profile(self, profile: Profile) -> "Profiles":
        """With `profile` added or replaced, and to be opened next."""
        others = tuple(other for other in self.profiles if other.name != profile.name)
        return Profiles(profile.name, (*others, profile))

    def without(self, name: str) -> "Profiles":
        """With that profile forgotten."""
        others = tuple(other for other in self.profiles if other.name != name)
        return Profiles("" if self.last == name else self.last, others)


def load_profiles(paths: Paths) -> Profiles:
    """What `profiles.toml` holds; nothing where there is no file. Raises `SettingsError`."""
    try:
        return msgspec.convert(tomllib.loads(paths.profiles.read_text(encoding="utf-8")), Profiles)
    except FileNotFoundError:
        return Profiles()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(
            f"{paths.profiles} cannot be read: {error}. Mend it, or move it away and sign in again."
        ) from None


def save_profiles(paths: Paths, profiles: Profiles) -> None:
    """Replace the file in one step, readable by its owner only."""
    private_folder(paths.config)
    lines = [f"last = {_quoted(profiles.last)}"]
    for profile in profiles.profiles:
        lines += ["", "[[profiles]]", *(f"{key} = {_quoted(str(value))}" for key, value in _fields(profile))]
    fresh = paths.profiles.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(paths.profiles)


def _fields(profile: Profile) -> list[tuple[str, object]]:
    return list(msgspec.structs.asdict(profile).items())


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's (TOML 1.0, String), once DEL is escaped too."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def profile_name_from(desk: str, taken: tuple[str, ...]) -> str:
    """A free profile name made of a desk's name."""
    base = re.sub(r"[^a-z0-9]+", "-", desk.lower()).strip("-")[:30] or "desk"
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
