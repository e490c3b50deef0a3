"""Where the theme files lie: in the installed package, or beside it in a checkout."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


class NoThemes(FileNotFoundError):
    """Neither place holds the theme files: the installation is broken."""


def themes_folder(package: Traversable | None = None) -> Traversable:
    """The folder with one `.toml` a theme.

    `package` is the installed package's folder (ours, unless a test says otherwise). A wheel carries the themes as
    `agent_tui/themes`; a checkout has them beside the package, where they are edited.

    Raises NoThemes where there is neither.
    """
    package = files("agent_tui") if package is None else package
    packed = package / "themes"
    if packed.is_dir():
        return packed
    # Only a package that is a real folder has anything beside it; one inside a zip file does not.
    if isinstance(package, Path) and (beside := package.parent / "themes").is_dir():
        return beside
    raise NoThemes(f"The theme files are missing beside {package}. Nothing is lost: install agent-tui again.")
