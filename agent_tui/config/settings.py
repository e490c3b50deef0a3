"""The console's settings: `settings.toml`, every one of them overridable by `AGENT_TUI_…`."""

import os
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from agent_tui.config.paths import Paths
from agent_tui.config.toml_settings import load

PREFIX = "AGENT_TUI_"
NOT_SETTINGS = frozenset(
    {"AGENT_TUI_HOME", "AGENT_TUI_TOKEN", "AGENT_TUI_REQUIRE", "AGENT_TUI_PASSPHRASE", "AGENT_TUI_DESK"}
)
"""Variables with a meaning of their own."""
NOT_OURS = ("AGENT_TUI_DESK_", "AGENT_TUI_SECRET_")
"""Beginnings of variables that are the desk's, or secrets."""


class NoticeSettings(Struct, frozen=True):
    """When and how the console calls for attention; never with a customer's words."""

    bell: bool = True
    desktop: bool = True
    """OSC 9 and OSC 777, where the terminal and tmux let them through."""
    repeat_s: int = 30
    """A notice is repeated this often until it was seen; 0 never repeats."""


class LimitSettings(Struct, frozen=True):
    """How long a customer may wait, in seconds, by stage, before it is late."""

    awareness: int = 120
    interest: int = 90
    early: int = 60
    mid: int = 60
    closing: int = 40
    support: int = 90


class LibrarySettings(Struct, frozen=True):
    """Where snippets are kept beside the personal folder."""

    company: str = ""
    """A folder with the company's library, perhaps a clone of its git repository; empty: none."""


class PhoneSettings(Struct, frozen=True):
    """Taking a conversation to the phone."""

    signals: str = ""
    """A file of rules by which a call is offered (`agent-tui signals show` prints the usual ones); empty: those."""


class SoftphoneSettings(Struct, frozen=True):
    """How a number is handed to the telephone on this machine. Nothing set: the desktop's own `tel:` opener, if any."""

    dial: tuple[str, ...] = ()
    """A program and its arguments, each by itself, never a shell: `["mysoftphone", "dial", "{e164}"]`. Filled in are
    {e164} (`+31612345678`), {digits} (without the +), {zerozero} (00 for the +), {tel} (`tel:+31612345678`), {ext}."""
    hangup: tuple[str, ...] = ()
    """The same, to hang up; empty: the console can't."""
    env: dict[str, str] = {}
    """Variables the program gets beside the console's own."""
    timeout_s: float = 10.0
    """How long `dial` may take, where it ends by itself."""
    done: Literal["exit", "running"] = "exit"
    """`exit`: `dial` ends when the telephone has the number. `running`: it goes on as long as the call does."""
    open_links: bool = True
    """Hand a `tel:` link to the desktop where no `dial` is set. Over ssh it is never done: it would open over there."""


class Settings(Struct, frozen=True):
    """All of them, with their defaults."""

    theme: str = "dark"
    profile: str = ""
    """The account to open; empty: the last one, or the question on the first screen."""
    blink: bool = False
    """A blinking cursor costs two thirds of the idle CPU."""
    time_zone: str = ""
    """An IANA name; empty: the machine's."""
    sentence_guard: bool = True
    """Three printable keys within 1.2 seconds outside a text field are taken for a sentence, not for commands."""
    notices: NoticeSettings = NoticeSettings()
    wait: LimitSettings = LimitSettings()
    library: LibrarySettings = LibrarySettings()
    phone: PhoneSettings = PhoneSettings()
    softphone: SoftphoneSettings = SoftphoneSettings()


def load_settings(paths: Paths, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force. Raises `SettingsError` with file, line and the nearest known key."""
    own = {name: value for name, value in environ.items() if name not in NOT_SETTINGS and not name.startswith(NOT_OURS)}
    return load(Settings, paths.settings, own, PREFIX)
