"""What the console is started with, from the settings.

What is wrong in them is said on its screen: no reason to keep an agent from her customers.
"""

import os
import re
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import asdict

from agent_tui.config.keymap import DEFAULT_KEYMAP, KeymapError, load_keymap
from agent_tui.config.paths import Paths, private_folder
from agent_tui.config.settings import Settings, load_settings
from agent_tui.config.toml_settings import SettingsError
from agent_tui.model.words import Stage
from agent_tui.ui.options import AppOptions

_THEME: Final = re.compile(r"^theme[ \t]*=.*$", re.MULTILINE)
_TABLE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)


def load_options(paths: Paths) -> tuple[Settings, AppOptions]:
    """Settings and keymap as they are in force, the defaults where they can't be used, and the sentences why."""
    complaints: list[str] = []
    try:
        settings = load_settings(paths)
    except SettingsError as error:
        settings = Settings()
        complaints.append(f"{error} The usual settings are in force.")
    try:
        keymap = load_keymap(paths.keymap)
    except KeymapError as error:
        keymap = DEFAULT_KEYMAP
        complaints.append(str(error))
    zone, why = _zone(settings.time_zone)
    options = AppOptions(
        theme=settings.theme,
        keymap=keymap,
        zone=zone,
        limits={Stage(stage): seconds * 1000 for stage, seconds in asdict(settings.wait).items()},
        notices=settings.notices,
        softphone=settings.softphone,
        signals=settings.phone.signals,
        blink=settings.blink,
        sentence_guard=settings.sentence_guard,
        save_theme=lambda theme: save_theme(paths.settings, theme),
    )
    return settings, replace(options, complaints=(*complaints, *why))


def save_theme(path: Path, theme: str) -> None:
    """Write the theme into the settings file; its other lines stay. A file that can't be written stays as it is."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        line = f'theme = "{theme}"'
        table = _TABLE.search(text)
        top = text[: table.start()] if table else text
        rest = text[len(top) :]
        top = _THEME.sub(line, top, count=1) if _THEME.search(top) else f"{line}\n{top}"
        private_folder(path.parent)
        fresh = path.with_suffix(".new")
        fresh.write_text(top + rest, encoding="utf-8")
        os.replace(fresh, path)
    except (OSError, UnicodeDecodeError):
        return  # the theme is in force all the same, until the console is left


def _zone(name: str) -> tuple[tzinfo | None, tuple[str, ...]]:
    if not name:
        return None, ()
    try:
        return ZoneInfo(name), ()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None, (
            f"There is no time zone `{name}`; this machine's own is in use. Write one like Europe/Amsterdam.",
        )
