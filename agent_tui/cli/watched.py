"""`agent-tui watched`: who watched one's own conversations, and whether the audit that says so is whole."""

from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, leave, sentences
from agent_tui.cli.home import home_option

if TYPE_CHECKING:
    from agent_tui.protocol.requests import AuditChecked


@click.command()
@click.option("--check", is_flag=True, help="For admins: is the audit as it was written? Exit code 1 where it is not.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most this many.")
@home_option
@click.pass_obj
def watched(chosen: Chosen, check: bool, as_json: bool, limit: int) -> None:
    """Show who watched your conversations, when and how long.

    It can be read from the next day on, unless the desk's admin set another time (`watched_shown_after_days`). An admin
    reads everybody's, at once.
    """
    if check:
        _check(chosen, as_json=as_json)
        return
    import asyncio
    import json

    from agent_tui.cli.scripting import way_for_scripts
    from agent_tui.cli.times import local_time
    from agent_tui.cli.ways import sign_off
    from agent_tui.model.wall import Watched
    from agent_tui.model.words import Role
    from agent_tui.runtime.connecting import overseeing_at
    from agent_tui.runtime.net import Net

    async def read() -> list[Watched]:
        way = way_for_scripts(chosen, Role.ADMIN)
        net = Net(way.find)
        desk = overseeing_at(net)
        found: list[Watched] = []
        try:
            after = ""
            while len(found) < limit:
                page = await desk.watched(after)
                found += page.watched
                after = page.next
                if not after:
                    break
            return found[:limit]
        finally:
            await sign_off(way, net)
            await desk.aclose()

    with sentences():
        lines = asyncio.run(read())
    for line in lines:
        if as_json:
            row = {"conversation": int(line.ref), "who": line.who, "at": line.at_ms, "how": line.how}
            click.echo(json.dumps(row, ensure_ascii=True))
        else:
            click.echo(f"{local_time(line.at_ms)}  {line.label:<8}{line.who}: {line.how}")
    if not lines and not as_json:
        click.echo("Nobody watched a conversation whose looks you can read today.")


def _check(chosen: Chosen, *, as_json: bool) -> None:
    import asyncio

    import msgspec

    from agent_tui.cli.desk_calls import called
    from agent_tui.config.paths import find_paths
    from agent_tui.protocol.requests import AuditChecked

    async def run() -> AuditChecked:
        async with called(chosen, find_paths()) as desk:
            found: AuditChecked = await desk.ask("audit_check")
            return found

    with sentences():
        found = asyncio.run(run())
    wrong = _what_is_wrong(found)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        raise SystemExit(int(Exit.FAILED if wrong else Exit.DONE))
    if wrong:
        leave(Exit.FAILED, wrong)
    click.echo(_whole(found))


def _what_is_wrong(found: "AuditChecked") -> str:
    look = "compare desk.db with a backup, and look who could write it."
    if found.broken_at is not None:
        sound = (
            f"the {_stretch(found)} before it are as they were written" if found.lines else "no line before it is left"
        )
        return (
            f"The audit is broken at line {found.broken_at}: that line was changed or put in, or one before it was "
            f"taken out; {sound}. Don't rely on what stands from there on: {look}"
        )
    if found.lines and found.unsealed == found.lines:
        return f"No line of the audit has a seal, and a desk seals each one it writes: they were taken off; {look}"
    return ""


def _whole(found: "AuditChecked") -> str:
    if not found.lines:
        return "The audit is empty: nothing was written down yet."
    said = f"The audit is whole: {_stretch(found)}. Its newest seal: {found.seal}."
    if found.unsealed:
        from agent_tui.cli.counting import counted

        said += f" The first {counted(found.unsealed, 'line')} have no seal: they are from before there were seals."
    return said


def _stretch(found: "AuditChecked") -> str:
    from agent_tui.cli.counting import counted
    from agent_tui.cli.times import local_time

    return f"{counted(found.lines, 'line')} from {local_time(found.since)} to {local_time(found.until)}"
