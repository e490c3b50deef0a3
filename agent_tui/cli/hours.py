"""`agent-tui hours`: when the desk is open."""

import re
from typing import TextIO

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, leave, sentences
from agent_tui.cli.home import home_option

_NAMED = re.compile(r"[`'\"]([^`'\"]+)[`'\"]|opening hours of (\S+)")


@click.command()
@click.option("--set", "source", type=click.File(encoding="utf-8"), help="A file with the new hours; - is stdin.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@home_option
@click.pass_obj
def hours(chosen: Chosen, source: TextIO | None, as_json: bool) -> None:
    """Show the opening hours, or set them from a file. An empty file means: always open."""
    import asyncio

    import msgspec

    from agent_tui.cli.desk_calls import called
    from agent_tui.config.paths import find_paths
    from agent_tui.protocol.records import WireHours
    from agent_tui.protocol.requests import HoursFile

    body = None
    if source is not None:
        text = _read(source)
        body = HoursFile(text, WireHours(open=True, time_zone=""))

    async def run() -> HoursFile:
        async with called(chosen, find_paths()) as desk:
            found: HoursFile = await desk.ask("set_hours" if body else "hours", body)
            return found

    with sentences():
        found = asyncio.run(run())
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    from agent_tui.model.text import clean

    click.echo(clean(found.text).rstrip() or "# No hours are set: the desk is always open.")
    sentence = clean(found.now.sentence, limit=200, multiline=False)
    now = "open" if found.now.open else "closed"
    told = f"{'Hours set. ' if body else ''}{now.capitalize()} now"
    click.echo(f"{told}; visitors read: {sentence}" if sentence else f"{told}.", err=True)


def _read(source: TextIO) -> str:
    from agent_tui.core.hours import HoursError, parse_hours

    try:
        text: str = source.read()
        parse_hours(text)
    except UnicodeDecodeError:
        leave(Exit.USAGE, f"{source.name} is not UTF-8. The hours stay as they are.")
    except HoursError as error:
        leave(Exit.USAGE, f"{source.name}{_line(str(error), text)}: {error} The hours stay as they are.")
    return text


def _line(problem: str, text: str) -> str:
    """Where what the problem names stands; nothing for what is missing, or where the problem names its line itself."""
    if re.search(r"line \d", problem):
        return ""
    words = [word for pair in _NAMED.findall(problem) for word in pair if word]
    lines = text.splitlines()
    for wanted in (words, words[:1], words[1:2]):
        for number, line in enumerate(lines, start=1):
            if wanted and all(word in line for word in wanted):
                return f", line {number}"
    return ""
