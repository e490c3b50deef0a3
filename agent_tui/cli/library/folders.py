"""Which library the commands work on: the personal folder, the team's, the company's, and the starter pack."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agent_tui.cli.exits import Exit, leave, sentences
from agent_tui.cli.library.team import team_layer

if TYPE_CHECKING:
    from agent_tui.core.library.layers import Kept
    from agent_tui.storage.library.folders import Folders
    from agent_tui.storage.library.shelf import Shelf

F = TypeVar("F", bound=Callable[..., Any])


def company_option(command: F) -> F:
    """`--company FOLDER`, which the setting `library.company` says otherwise."""
    return click.option(
        "--company",
        type=click.Path(path_type=Path, file_okay=False),
        help="The folder of the company's library (setting library.company).",
    )(command)


def folders_in_force(company: Path | None) -> "Folders":
    """The folders of the layers that are on this machine."""
    from agent_tui.cli.library.layers import company_folder, layers_at
    from agent_tui.config.paths import find_paths
    from agent_tui.model.snippet import Layer

    paths = find_paths()
    with sentences():
        layers = layers_at(paths, company or company_folder(paths), team_layer(paths))
    folder = layers.get(Layer.COMPANY)
    if folder is not None and not folder.is_dir():
        leave(Exit.USAGE, f"There is no folder {folder}: check --company or the setting library.company.")
    return layers


def shelf_in_force(company: Path | None) -> "Shelf":
    """The library of these folders."""
    from datetime import date

    from agent_tui.config.paths import find_paths
    from agent_tui.storage.library.shelf import open_shelf

    return open_shelf(folders_in_force(company), find_paths().library_cache, date.today())


def kept_or_leave(shelf: "Shelf", identifier: str) -> "Kept":
    """The snippet of this id; without one the command ends and names the nearest."""
    from agent_tui.config.toml_settings import nearest

    kept = shelf.library.kept.get(identifier)
    if kept is None:
        near = nearest(identifier, shelf.library.kept) if len(shelf.library.kept) else ""
        hint = near if near.startswith("Did") else "`agent-tui library list` shows all."
        leave(Exit.FAILED, f"There is no snippet `{identifier}`. {hint}")
    return kept
