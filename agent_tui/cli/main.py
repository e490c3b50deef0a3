"""The command line's root: `agent-tui`, its options and its commands."""

import click

from agent_tui import __version__


@click.group(name="agent-tui", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="agent-tui")
def agent_tui() -> None:
    """Answer live chats from the terminal."""
