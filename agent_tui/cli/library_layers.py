"""Which folders on this machine hold the layers of the library."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from agent_tui.config.paths import Paths

if TYPE_CHECKING:
    from agent_tui.storage.library.folders import Folders


def layers_at(paths: Paths, company: Path | None = None, team: Path | None = None) -> "Folders":
    """Personal, team, company and starter; `company` None: what the setting `library.company` says.

    Raises `SettingsError`.
    """
    from agent_tui.config.settings import load_settings
    from agent_tui.model.snippet import Layer
    from agent_tui.storage.library.folders import starter_folder

    said = load_settings(paths, os.environ).library.company
    folder = company or (Path(said).expanduser() if said else None)
    layers = {
        Layer.PERSONAL: paths.library,
        Layer.TEAM: team,
        Layer.COMPANY: folder,
        Layer.STARTER: starter_folder(),
    }
    return {layer: where.absolute() for layer, where in layers.items() if where is not None}
