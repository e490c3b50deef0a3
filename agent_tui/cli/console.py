"""`agent-tui`, `agent-tui console`, `agent-tui open c42`: the console on the account that is meant."""

import re
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, exit_of, leave, sentences

if TYPE_CHECKING:
    from agent_tui.cli.ways import Way
    from agent_tui.config.paths import Paths
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
    import gc
    from dataclasses import replace

    require_terminal()
    # What a start makes is no garbage, and looking for some takes a tenth of it; `ui.collector` begins again.
    gc.disable()

    from agent_tui.cli.console_options import load_options
    from agent_tui.cli.ways import way_to
    from agent_tui.config.paths import find_paths
    from agent_tui.model.ids import ConversationRef
    from agent_tui.model.words import Role

    paths = find_paths()
    settings, options = load_options(paths)
    with sentences():
        way = way_to(chosen, paths, settings.profile)
    if way is not None and way.on_this_machine:
        way = _named(way, paths)
    options = replace(options, open_first=ConversationRef(first) if first else None)
    if way is None:
        from agent_tui.cli.accounts import FirstScreen

        show(replace(options, doors=FirstScreen(paths)), watch=lambda: _watch(way_to(Chosen(), paths), paths))
        return
    if way.role == Role.SUPERVISOR.value:
        _watch(way, paths)

    async def open_account() -> "Opened":
        # What connects is imported once the first screen is painted: it costs as much again as the screen's own parts.
        from agent_tui.cli.accounts import open_way

        return await open_way(way, paths)

    show(options, open_account, lambda: _forget(way, paths), lambda: _watch(way, paths))


def _watch(way: "Way | None", paths: "Paths") -> None:
    """The monitor, which says why it is there. Ends the program."""
    from agent_tui.cli.monitor import WHY_HERE, watch

    if way is not None:
        watch(way, paths, WHY_HERE)


def _named(way: "Way", paths: "Paths") -> "Way":
    """The own desk; before its first start it is asked how customers shall read its names."""
    from agent_tui.cli import own_names
    from agent_tui.cli.ways import own_way

    usual = own_names.to_be_asked(paths)
    if usual is None:
        return way
    try:
        kept = own_names.keep_desk_name(paths, own_names.ask_on_the_terminal(usual))
    except OSError as error:
        leave(Exit.FAILED, own_names.not_kept(error))
    return own_way(paths, agent=kept.agent)


def _forget(way: "Way", paths: "Paths") -> None:
    """The desk has revoked this device: what it kept here goes, but for what was written and not sent."""
    from agent_tui.cli.forgetting import forget
    from agent_tui.config.profiles import load_profiles
    from agent_tui.storage.account_file import NotWritable

    profile = load_profiles(paths).get(way.name)
    if profile is None:
        return
    try:
        gone = forget(paths, profile, with_unsent=False)
    except NotWritable as error:
        leave(Exit.FAILED, str(error))
    if not gone:
        click.echo(f"What you had not sent is kept in {paths.account(way.name)}.", err=True)


def show(
    options: "AppOptions",
    opener: "OpenAccount | None" = None,
    revoked: "Callable[[], None]" = lambda: None,
    watch: "Callable[[], None]" = lambda: None,
) -> None:
    """Run the console with these options. Where its account never opened, end with the sentence and the code for it.

    `revoked` is called at the end where the desk has ended this device's sign-in for good; `watch` where the account
    only watches, and opens the monitor.
    """
    from dataclasses import replace

    from agent_tui.ports.errors import AuthExpired
    from agent_tui.ui.app import TO_THE_MONITOR, run_console

    ended = Ended()
    code = run_console(options if opener is None else replace(options, open_account=ended.remembering(opener)))
    if code == TO_THE_MONITOR:
        watch()
    if opener is None:
        raise SystemExit(code)
    for complaint in options.complaints:
        # on the screen there is room for a line of it; here it stays to be read and mended
        click.echo(complaint, err=True)
    if ended.why is not None:
        if isinstance(ended.why, AuthExpired) and ended.why.revoked:
            revoked()
        leave(exit_of(ended.why), str(ended.why))
    link = ended.opened.account.state.link if ended.opened else None
    if link is not None and link.revoked:
        revoked()
        leave(Exit.NOT_ALLOWED, link.reason)
    raise SystemExit(code)


def require_terminal(
    sentence: str = "The console needs a terminal. For scripts there are `agent-tui tail` and `agent-tui send`.",
) -> None:
    """A screen can't be piped."""
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        leave(Exit.USAGE, sentence)


class Ended:
    """How opening an account ended the last time it was tried."""

    def __init__(self) -> None:
        self.why: Exception | None = None
        self.opened: Opened | None = None

    def remembering(self, opener: "OpenAccount") -> "Callable[[], Awaitable[Opened]]":
        """The opener, and what became of it is remembered here."""

        async def open_account() -> "Opened":
            try:
                self.opened = await opener()
            except Exception as error:
                self.why = error
                raise
            self.why = None
            return self.opened

        return open_account
