"""Themes: read from the theme files, made Textual's. A file that can't be used is a sentence, never a crash."""

import tomllib
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec
from msgspec import Struct
from textual.color import Color, ColorParseError
from textual.theme import Theme

from agent_tui.config.themes_folder import themes_folder

FALLBACK_VARIABLES: Final = {
    "muted": "$foreground",
    "customer": "$warning",
    "agent": "$primary",
    "note-background": "$panel",
    "note": "$foreground",
    "waiting": "$foreground",
    "soon": "$warning",
    "late": "$error",
    "new-line": "$error",
    "match-background": "$panel",
    "cursor-background": "$panel",
}
"""Every variable of our stylesheets, for a theme that lacks one: Textual's parser ends the app on an unknown name."""


class ThemeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a theme file."""

    name: str
    title: str
    dark: bool
    colors: dict[str, str]
    variables: dict[str, str] = {}


class BadTheme(Exception):
    """The file is not a theme; the text says which file and why."""


def read_theme(source: Traversable) -> tuple[Theme, str]:
    """A theme and its title. Raises `BadTheme`."""
    try:
        found = msgspec.convert(tomllib.loads(source.read_text(encoding="utf-8")), ThemeFile)
        for value in (*found.colors.values(), *found.variables.values()):
            Color.parse(value)
        theme = Theme(name=found.name, dark=found.dark, variables=found.variables, **_checked(found.colors))
    except (OSError, ValueError, TypeError, ColorParseError, msgspec.MsgspecError) as error:
        raise BadTheme(f"The theme file {source.name} can't be used: {error}.") from None
    return theme, found.title


def read_themes(folder: Traversable | None = None) -> tuple[dict[str, tuple[Theme, str]], tuple[str, ...]]:
    """The themes by name, each with its title, and a sentence for each file that could not be used."""
    themes: dict[str, tuple[Theme, str]] = {}
    complaints: list[str] = []
    for source in sorted((folder or themes_folder()).iterdir(), key=lambda file: file.name):
        if not source.name.endswith(".toml"):
            continue
        try:
            theme, title = read_theme(source)
        except BadTheme as error:
            complaints.append(str(error))
        else:
            themes[theme.name] = theme, title
    return themes, tuple(complaints)


def variable_defaults(theme: Theme) -> dict[str, str]:
    """A value for every variable of ours that `theme` does not name."""
    colors: dict[str, str] = theme.to_color_system().generate()
    return {name: colors.get(value.removeprefix("$"), value) for name, value in FALLBACK_VARIABLES.items()}


def _checked(colors: dict[str, str]) -> dict[str, Any]:
    if "primary" not in colors:
        raise ValueError("it has no `primary` colour")
    return dict(colors)
