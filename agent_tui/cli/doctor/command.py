"""`agent-tui doctor`: looks at everything the console needs, and says what to mend and how."""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, exit_of, leave, sentences

if TYPE_CHECKING:
    from agent_tui.cli.checks import Check
    from agent_tui.cli.ways import Way

_MARKS = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "mend": ("MEND", "red")}


@click.command()
@click.option("--desk", "with_desk", is_flag=True, help="Ask the desk too: health, round trip, token, clocks.")
@click.option("--ask/--no-ask", default=True, help="Ring and ask what arrived, where somebody can answer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; nothing is asked.")
@click.pass_obj
def doctor(chosen: Chosen, with_desk: bool, ask: bool, as_json: bool) -> None:
    """Check this terminal, this machine and the desk. Exit code 1 when something has to be mended."""
    import msgspec

    worst = Exit.DONE
    part = ""
    for check in _checks(chosen, with_desk or bool(chosen.address), ask and not as_json):
        if check.how == "mend":
            worst = Exit.FAILED
        if as_json:
            click.echo(msgspec.json.encode(check).decode())
            continue
        if check.part != part:
            part = check.part
            click.secho(f"\n{part}", bold=True)
        mark, colour = _MARKS[check.how]
        click.echo(f"  {click.style(mark, fg=colour)}  {check.what:24} {check.says}")
        if check.mend:
            click.echo(f"        {'':24} → {check.mend}")
    raise SystemExit(int(worst))


def _checks(chosen: Chosen, with_desk: bool, may_ask: bool) -> "Iterator[Check]":
    from agent_tui.cli.doctor.machine import check_machine
    from agent_tui.cli.doctor.notices import try_notices
    from agent_tui.cli.doctor.phone import check_phone
    from agent_tui.cli.doctor.terminal import check_terminal
    from agent_tui.config.paths import find_paths

    yield from check_terminal(os.environ)
    if may_ask and sys.stdin.isatty() and sys.stdout.isatty():
        yield from try_notices(os.environ, _write, lambda question: click.confirm(f"  {question}", default=True))
    yield from check_machine(find_paths(), os.environ)
    yield from check_phone(find_paths(), os.environ)
    if with_desk:
        yield from _desk_checks(_way(chosen))


def _desk_checks(way: "Way") -> "Iterator[Check]":
    import asyncio

    from agent_tui.cli.checks import Check
    from agent_tui.cli.doctor.desk import check_desk
    from agent_tui.ports.errors import PortError

    found: list[Check] = []
    why: list[PortError] = []

    async def run() -> None:
        try:
            async for check in check_desk(way):
                found.append(check)
        except PortError as error:
            why.append(error)

    asyncio.run(run())
    yield from found
    for error in why:
        leave(exit_of(error), f"The desk can't be checked further: {error}")


def _way(chosen: Chosen) -> "Way":
    from agent_tui.cli.ways import OWN, own_way, way_to
    from agent_tui.config.paths import find_paths

    paths = find_paths()
    with sentences():
        way = way_to(chosen, paths)
    return own_way(paths, may_start=False) if way is None or way.name == OWN else way


def _write(sequence: str) -> None:
    sys.stdout.write(sequence)
    sys.stdout.flush()
