"""`agent-tui call` and `calls`: a call from the command line, with the console's checks, and what became of calls."""

import sys
from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, leave, sentences

if TYPE_CHECKING:
    from agent_tui.cli.call_making import Asked, Made
    from agent_tui.model.call import Call


@click.command()
@click.option("--conversation", required=True, metavar="c42", help="Whose customer to call.")
@click.option("--number", default="", help="Another number than the one the desk would propose.")
@click.option("--by", default="", metavar="NAME", help="Another way to call than the team's first one.")
@click.option("--pass", "passed", multiple=True, metavar="CODE", help="Looked at, and passed: a code that was printed.")
@click.option("--check", "only_check", is_flag=True, help="Only say what stands in the way; nothing rings.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def call(
    chosen: Chosen, conversation: str, number: str, by: str, passed: tuple[str, ...], only_check: bool, as_json: bool
) -> None:
    """Call a conversation's customer: your own phone rings first.

    The same is looked at as in the console. Exit code 1 means that nothing was dialled: what stands in the way is
    printed with its code, and where you may pass it, --pass CODE does.
    """
    import asyncio

    from agent_tui.cli.call_making import Asked, make
    from agent_tui.cli.console import number_of
    from agent_tui.cli.scripting import way_for_scripts
    from agent_tui.model.words import Role

    asked = Asked(number_of(conversation), number, by, tuple(passed), only_check=only_check)
    with sentences():
        made = asyncio.run(make(way_for_scripts(chosen, Role.ADMIN), asked))
    _show_made(asked, made, as_json=as_json)


@click.group()
def calls() -> None:
    """Calls: what is open, what waits, how they went."""


@calls.command("list")
@click.option(
    "--view", type=click.Choice(["open", "queue", "all"]), default="open", show_default=True, help="Which calls."
)
@click.option("--conversation", default="", metavar="c42", help="Of one conversation only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_calls(chosen: Chosen, view: str, conversation: str, as_json: bool) -> None:
    """List calls, newest first; callbacks in the order of the queue."""
    import asyncio
    import json

    from agent_tui.cli.call_making import as_record, read_calls
    from agent_tui.cli.console import number_of
    from agent_tui.cli.scripting import way_for_scripts
    from agent_tui.model.words import Role

    of = number_of(conversation) if conversation else ""
    with sentences():
        found = asyncio.run(read_calls(way_for_scripts(chosen, Role.ADMIN), view, of))
    if as_json:
        click.echo(json.dumps([as_record(one) for one in found], ensure_ascii=True))
    elif not found:
        click.echo("There are none.")
    else:
        for one in found:
            click.echo(_row(one))


@calls.command("show")
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(chosen: Chosen, call_id: str, as_json: bool) -> None:
    """Show one call."""
    import asyncio
    import json

    from agent_tui.cli.call_making import as_record, read_call
    from agent_tui.cli.scripting import way_for_scripts
    from agent_tui.model.words import Role

    with sentences():
        found = asyncio.run(read_call(way_for_scripts(chosen, Role.ADMIN), call_id))
    if as_json:
        click.echo(json.dumps(as_record(found), ensure_ascii=True))
        return
    for name, value in as_record(found).items():
        if value not in (None, ""):
            click.echo(f"{name:14} {value}")


def _show_made(asked: "Asked", made: "Made", *, as_json: bool) -> None:
    import json

    from agent_tui.cli.call_making import as_record

    if as_json:
        stops = [{"code": stop.code, "sentence": stop.sentence, "passable": stop.passable} for stop in made.stops]
        click.echo(json.dumps({"stops": stops, "call": as_record(made.call) if made.call else None}, ensure_ascii=True))
    else:
        for stop in made.stops:
            more = f"  --pass {stop.code} passes it." if stop.passable else ""
            click.echo(f"{stop.sentence}{more}")
    if made.stops:
        leave(Exit.FAILED, f"Nothing was dialled: {made.stops[0].code}.")
    if made.trouble:
        leave(Exit.FAILED, made.trouble)
    if as_json:
        return
    if made.call is None:
        click.echo("Nothing stands in the way. Nothing was dialled.")
        return
    if made.code_rows:
        _show_code(made.code_rows)
    click.echo(_row(made.call))
    click.echo(made.next)


def _show_code(rows: tuple[str, ...]) -> None:
    """Light blocks on dark whatever the terminal's colours are: a camera reads no inverted code."""
    if not sys.stdout.isatty():
        return
    for row in rows:
        click.echo(f"\x1b[38;5;231;48;5;16m{row}\x1b[0m")


def _row(found: "Call") -> str:
    from agent_tui.cli.times import local_time
    from agent_tui.core.contacts import ending

    reason = f" ({found.reason.value})" if found.reason else ""
    number = found.number.shown or found.number.e164 if found.number else ending(found.last4)
    who = f"  {found.agent_name}" if found.agent_name else ""
    result = f"  {found.result}" if found.result else ""
    when = local_time(found.not_before_ms or found.requested_ms)
    return f"{found.id}  c{found.ref}  {when}  {found.state.value}{reason}  {number}{who}{result}"
