"""`agent-tui`, `agent-tui console`, `agent-tui open c42`: the console on the account that is meant."""

import re
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, exit_of, leave, sentences

if TYPE_CHECKING:
    from agent_tui.ui.options import AppOptions, OpenAccount, Opened

_CONVERSATION = re.compile(r"c?([1-9][0-9]{0,14})", re.IGNORECASE)


@click.command()
@click.pass_obj
def console(chosen: Chosen) -> None:
    """Open the console on the account used last; at the first start it asks what you want."""
    run(chosen)


@click.command("open")
@click.argument("conversation")
@click.pass_obj
def open_conversation(chosen: Chosen, conversation: str) -> None:
    """Open the console on one CONVERSATION, such as c42 (or 42)."""
    run(chosen, number_of(conversation))


def number_of(conversation: str) -> str:
    """`c42` or `42` as the desk's number. Leaves with a sentence for anything else."""
    found = _CONVERSATION.fullmatch(conversation.strip())
    if found is None:
        leave(Exit.USAGE, f"{conversation!r} names no conversation; they are called c42, or 42.")
    return found[1]


def run(chosen: Chosen, first: str = "") -> None:
    """Run the console, and end with its exit code."""
    from dataclasses import replace

    require_terminal()

    from agent_tui.cli.console_options import load_options
    from agent_tui.cli.ways import way_to
    from agent_tui.config.paths import find_paths
    from agent_tui.model.ids import ConversationRef

    paths = find_paths()
    settings, options = load_options(paths)
    with sentences():
        way = way_to(chosen, paths, settings.profile)
    options = replace(options, open_first=ConversationRef(first) if first else None)
    if way is None:
        from agent_tui.cli.accounts import FirstScreen

        show(replace(options, doors=FirstScreen(paths)))
        return

    async def open_account() -> "Opened":
        # What connects is imported once the first screen is painted: it costs as much again as the screen's own parts.
        from agent_tui.cli.accounts import open_way

        return await open_way(way, paths)

    show(options, open_account)


def show(options: "AppOptions", opener: "OpenAccount | None" = None) -> None:
    """Run the console with these options. Where its account never opened, end with the sentence and the code for it."""
    from dataclasses import replace

    from agent_tui.ui.app import run_console

    if opener is None:
        raise SystemExit(run_console(options))
    why: list[Exception] = []
    code = run_console(replace(options, open_account=_remembering(opener, why)))
    if why:
        leave(exit_of(why[-1]), str(why[-1]))
    raise SystemExit(code)


def require_terminal() -> None:
    """The console can't be piped."""
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        leave(Exit.USAGE, "The console needs a terminal. For scripts there are `agent-tui tail` and `agent-tui send`.")


def _remembering(opener: "OpenAccount", why: list[Exception]) -> "Callable[[], Awaitable[Opened]]":
    """The opener; the last reason why it failed stays in `why`, until it succeeds."""

    async def open_account() -> "Opened":
        try:
            opened = await opener()
        except Exception as error:
            why.append(error)
            raise
        why.clear()
        return opened

    return open_account
