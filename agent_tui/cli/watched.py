"""`agent-tui watched`: who watched one's own conversations."""

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import sentences


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most this many.")
@click.pass_obj
def watched(chosen: Chosen, as_json: bool, limit: int) -> None:
    """Show who watched your conversations, when and how long.

    It can be read from the next day on, unless the desk's admin set another time (`watched_shown_after_days`). An admin
    reads everybody's, at once.
    """
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
        click.echo("Nobody watched your conversations, as far as can be read today.")
