"""The team's library: the desk's folder `library/`, watched, served to consoles, and asked once more at each send."""

from agent_tui.desk.library.team import FOLDER, Gate, TeamLibrary

__all__ = ["FOLDER", "Gate", "TeamLibrary"]
