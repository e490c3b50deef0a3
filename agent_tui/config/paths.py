"""Where agent-tui keeps its files: the platform's folders, or one for everything (`--home`, `AGENT_TUI_HOME`)."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

APP = "agent-tui"
HOME_VARIABLE = "AGENT_TUI_HOME"


class Paths(Struct, frozen=True):
    """Folders; made when something is first written there, 0700."""

    config: Path
    data: Path
    state: Path

    @property
    def settings(self) -> Path:
        """The console's settings."""
        return self.config / "settings.toml"

    @property
    def keymap(self) -> Path:
        """Remapped keys."""
        return self.config / "keymap.toml"

    @property
    def profiles(self) -> Path:
        """The accounts this machine knows; no secrets are in it."""
        return self.config / "profiles.toml"

    @property
    def library(self) -> Path:
        """One's own snippets: a folder of TOML files."""
        return self.config / "library"

    @property
    def library_cache(self) -> Path:
        """What was read of all libraries; made anew whenever it is gone."""
        return self.state / "library.cache"

    @property
    def desk(self) -> Path:
        """The own desk's home."""
        return self.data / "desk"

    @property
    def alerts(self) -> Path:
        """The monitor's alerts by threshold."""
        return self.config / "alerts.toml"

    def monitor(self, profile: str) -> Path:
        """What the monitor on this account keeps: acknowledged alerts, pinned tiles."""
        return self.state / "monitors" / f"{profile}.json"

    def account(self, profile: str) -> Path:
        """An account's own files: outbox, drafts, layout."""
        return self.state / "accounts" / profile


def find_paths(home: Path | None = None, environ: Mapping[str, str] = os.environ) -> Paths:
    """The folders in force: `home`, else `AGENT_TUI_HOME`, else the platform's."""
    root = home or (Path(environ[HOME_VARIABLE]) if environ.get(HOME_VARIABLE) else None)
    if root is not None:
        root = root.expanduser().absolute()
        return Paths(root / "config", root / "data", root / "state")
    import platformdirs

    return Paths(
        Path(platformdirs.user_config_dir(APP)),
        Path(platformdirs.user_data_dir(APP)),
        Path(platformdirs.user_state_dir(APP)),
    )


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can read, with its parents, and return it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
