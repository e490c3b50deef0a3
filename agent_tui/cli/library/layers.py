"""Which folders on this machine hold the layers of the library."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agent_tui.config.paths import Paths

if TYPE_CHECKING:
    from agent_tui.storage.library.folders import Folders


def layers_at(paths: Paths, company: Path | None, team: Path | None) -> "Folders":
    """Personal, team, company and starter; None: there is no such layer here."""
    from agent_tui.model.snippet import Layer
    from agent_tui.storage.library.folders import starter_folder

    layers = {
        Layer.PERSONAL: paths.library,
        Layer.TEAM: team,
        Layer.COMPANY: company,
        Layer.STARTER: starter_folder(),
    }
    return {layer: where.absolute() for layer, where in layers.items() if where is not None}


def company_folder(paths: Paths) -> Path | None:
    """What the setting `library.company` says. Raises `SettingsError`."""
    from agent_tui.config.settings import load_settings

    said = load_settings(paths, os.environ).library.company
    return Path(said).expanduser() if said else None
