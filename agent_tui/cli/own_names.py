"""How customers read the own desk and its agent: asked once, before the desk's first start."""

import json
from typing import Final

from agent_tui.config.paths import Paths, private_folder
from agent_tui.model.text import clean
from agent_tui.ui.options import OwnNames

_SETTINGS: Final = "desk.toml"
_DATABASE: Final = "desk.db"
_LONGEST: Final = 60
_USUAL_DESK: Final = "Chat"
"""A word that English and Dutch customers read alike."""


def to_be_asked(paths: Paths) -> OwnNames | None:
    """What to suggest for a desk that never ran and has no settings; None where it has its names."""
    if (paths.desk / _DATABASE).exists() or (paths.desk / _SETTINGS).exists():
        return None
    from agent_tui.desk.serve import system_user

    return OwnNames(system_user(), _USUAL_DESK)


def ask_on_the_terminal(usual: OwnNames) -> OwnNames:
    """Two lines, each with a suggestion that Enter takes."""
    import click

    click.echo("A desk of your own on this machine: two questions, then it opens. Enter takes what stands in brackets.")
    agent = click.prompt("Your name, as customers read it", default=usual.agent)
    desk = click.prompt("The desk's name, which stands above their chat", default=usual.desk)
    return OwnNames(agent, desk)


def keep_desk_name(paths: Paths, names: OwnNames) -> OwnNames:
    """Write the desk's name into its settings, where an admin changes it; the names as they will be shown.

    Raises `OSError`.
    """
    kept = OwnNames(_shown(names.agent), _shown(names.desk))
    if kept.desk:
        text = f"# The desk's settings. `name` stands above the customers' chat.\nname = {_in_toml(kept.desk)}\n"
        (private_folder(paths.desk) / _SETTINGS).write_text(text, encoding="utf-8")
    return kept


def not_kept(error: OSError) -> str:
    """Why `keep_desk_name` raised."""
    return f"The desk's name could not be kept ({error.strerror}: {error.filename}); nothing was started."


def _shown(name: str) -> str:
    return clean(name, limit=_LONGEST, multiline=False).strip()


def _in_toml(text: str) -> str:
    # JSON's way to quote a line without control characters is one of TOML's
    return json.dumps(text, ensure_ascii=False)
