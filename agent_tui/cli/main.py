"""The command line's root: `agent-tui`, its options and its commands.

Commands are a table of names and sentences, so that `--help` imports none of them.
"""

import importlib
from pathlib import Path
from typing import NamedTuple

import click

from agent_tui import __version__


class CommandAt(NamedTuple):
    """Where a command's function is, and its line in `--help`."""

    module: str
    function: str
    help: str


COMMANDS: dict[str, CommandAt] = {
    "console": CommandAt("console", "console", "Open the console (what `agent-tui` alone does)."),
    "demo": CommandAt(
        "demo.command", "demo", "Try it: a desk with throwaway data, and customers who write by themselves."
    ),
    "monitor": CommandAt("monitor", "monitor", "Watch, as a supervisor: the wall, the board, any conversation."),
    "serve": CommandAt("serve", "serve", "Run a desk for a team."),
    "stop": CommandAt("desk_admin", "stop", "End the own desk on this machine."),
    "invite": CommandAt("desk_admin", "invite", "Make a sign-in code for somebody, good once, for 24 hours."),
    "sessions": CommandAt("desk_admin", "sessions", "List the devices that are signed in."),
    "revoke": CommandAt("desk_admin", "revoke", "Sign somebody out, everywhere or on one device."),
    "hours": CommandAt("hours", "hours", "Show or set the opening hours."),
    "login": CommandAt("sign_in", "login", "Join a team: trade an invite for a token of this machine."),
    "logout": CommandAt("sign_in", "logout", "Sign out, and forget what this machine kept."),
    "profiles": CommandAt("sign_in", "profiles", "List the accounts this machine knows, or choose one."),
    "open": CommandAt("console", "open_conversation", "Open the console on one conversation."),
    "tail": CommandAt("scripting", "tail", "Print what happens, as JSON lines; resumable."),
    "send": CommandAt("scripting", "send", "Send a message from a script, once, and only if nothing crossed it."),
    "report": CommandAt("report.command", "report", "A period in figures: text, CSV, JSON, or one page with charts."),
    "watched": CommandAt("watched", "watched", "Who watched your conversations, when and how long."),
    "call": CommandAt("call", "call", "Call a conversation's customer, with the console's checks."),
    "calls": CommandAt("call", "calls", "List calls and callbacks, or show one."),
    "library": CommandAt(
        "library.commands", "library", "Testimonials, sources, canned replies: list, search, check, change."
    ),
    "signals": CommandAt(
        "signals", "signals", "What speaks for offering a call: show the rules, try and measure them."
    ),
    "doctor": CommandAt(
        "doctor.command", "doctor", "Check this terminal, this machine and the desk; says what to mend."
    ),
    "keys": CommandAt("keys", "keys", "List every key, or check a keymap."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        at = COMMANDS.get(cmd_name)
        if at is None:
            return None
        command = getattr(importlib.import_module(f"agent_tui.cli.{at.module}"), at.function)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, at.help) for name, at in COMMANDS.items()])


@click.group(
    name="agent-tui",
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="agent-tui")
@click.option("--home", type=click.Path(path_type=Path), help="One folder for config, data and state (AGENT_TUI_HOME).")
@click.option("--profile", help="The account to use; see `agent-tui profiles`.")
@click.option("--own", is_flag=True, help="Use the desk of your own on this machine; started if it isn't running.")
@click.option(
    "--desk",
    "address",
    metavar="URL",
    envvar="AGENT_TUI_DESK",
    help="A desk's address; the token comes from AGENT_TUI_TOKEN.",
)
@click.pass_context
def agent_tui(ctx: click.Context, home: Path | None, profile: str | None, own: bool, address: str | None) -> None:
    """Answer live chats from the terminal."""
    from agent_tui.cli.chosen import Chosen
    from agent_tui.cli.home import use_home

    use_home(home)
    ctx.obj = Chosen(profile=profile or "", own=own, address=address or "")
    if ctx.invoked_subcommand is None:
        from agent_tui.cli.console import console

        ctx.invoke(console)
