"""The console: one Textual app, told everything it needs by its options."""

from agent_tui.ui.options import AppOptions, Doors, OpenAccount, Opened

__all__ = ["AppOptions", "Doors", "OpenAccount", "Opened", "run_console"]


def run_console(options: AppOptions) -> int:
    """Run the console until it is left. Returns the exit code."""
    raise NotImplementedError(options)
