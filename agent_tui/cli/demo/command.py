"""`agent-tui demo`: a desk with throwaway data, customers who write by themselves, and the console on it."""

from typing import TYPE_CHECKING

import click

from agent_tui.cli.console import require_terminal, show
from agent_tui.cli.exits import Exit, leave

if TYPE_CHECKING:
    from agent_tui.ui.options import Opened


@click.command()
@click.option("--join", is_flag=False, flag_value="", default=None, metavar="[NAME]", help="Be a colleague in a demo.")
def demo(join: str | None) -> None:
    """Try it: a desk on this machine with throwaway data, and customers who write by themselves, in English and Dutch.

    It ends, and its data goes, half a minute after the last console on it was left. `--join` opens a second screen
    on a demo that runs, as a colleague.
    """
    from dataclasses import replace

    require_terminal()

    from agent_tui.cli.console_options import load_options
    from agent_tui.cli.demo import folder as demo_folder
    from agent_tui.config.paths import find_paths

    name = demo_folder.new_demo() if join is None else running_demo(join, "demo", "--join")
    _, options = load_options(find_paths())

    async def open_account() -> "Opened":
        from agent_tui.cli.accounts import open_demo

        return await open_demo(name, join=join is not None)

    show(replace(options, demo=True), open_account)


def running_demo(wanted: str, *command: str) -> str:
    """The demo of this name, or the one that runs. `command`: what to type with a name where there are several."""
    from agent_tui.cli.demo import folder as demo_folder
    from agent_tui.cli.typed import as_typed

    known = demo_folder.running()
    if not known:
        leave(Exit.CANNOT_CONNECT, "No demo is running on this machine. `agent-tui demo` begins one.")
    if wanted and wanted not in known:
        leave(Exit.CANNOT_CONNECT, f"There is no demo {wanted!r}; running: {', '.join(known)}.")
    if not wanted and len(known) > 1:
        lines = "\n".join(f"  {as_typed(*command, name, same_home=False)}" for name in known)
        leave(Exit.USAGE, f"{len(known)} demos run on this machine, the newest first. Say which you mean:\n{lines}")
    return wanted or known[0]
