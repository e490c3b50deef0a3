"""The doctor looks at this machine: Python, the files of settings, where tokens are kept."""

import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from agent_tui.cli.checks import Check, broken, good, note
from agent_tui.config import secrets
from agent_tui.config.keymap import KeymapError, load_keymap
from agent_tui.config.paths import Paths
from agent_tui.config.profiles import Keeper, Profiles, load_profiles
from agent_tui.config.settings import load_settings
from agent_tui.config.toml_settings import SettingsError

PART: Final = "this machine"
KEPT: Final = "tokens"


def check_machine(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    """Python, files, keyring."""
    yield _python()
    yield from _files(paths, environ)
    yield from _tokens(paths, environ)


def _python() -> Check:
    return good(PART, "Python", f"{platform.python_version()} ({sys.executable})")


def _files(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    yield _readable("settings", str(paths.settings), paths.settings.exists(), lambda: load_settings(paths, environ))
    yield _readable("keymap", str(paths.keymap), paths.keymap.exists(), lambda: load_keymap(paths.keymap))
    yield _readable("profiles", str(paths.profiles), paths.profiles.exists(), lambda: load_profiles(paths))


def _readable(what: str, path: str, is_there: bool, load: Callable[[], object]) -> Check:
    try:
        load()
    except (SettingsError, KeymapError) as error:
        return broken(PART, what, str(error), f"Mend {path}; until then the usual ones are in force.")
    return good(PART, what, path if is_there else f"{path} (not there: nothing is changed)")


def _tokens(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    if secrets.from_environment(environ):
        yield note(KEPT, "environment", f"A token is handed over ({secrets.TOKEN_VARIABLE} or systemd); it is used.")
    name = secrets.keyring_name()
    if name is not None:
        yield good(KEPT, "keyring", name)
    else:
        hint = "`agent-tui login` asks where a token may be kept instead."
        yield note(KEPT, "keyring", "None that can be trusted runs here.", hint)
    try:
        known = load_profiles(paths)
    except SettingsError:
        known = Profiles()
    for profile in known.profiles:
        if profile.keeper is not Keeper.OWN_DESK:
            is_last = " (opened by `agent-tui`)" if profile.name == known.last else ""
            yield good(KEPT, profile.name, f"token in the {profile.keeper}{is_last}")
