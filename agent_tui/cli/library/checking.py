"""`agent-tui library check`: files that load, dates that hold, links that answer. For people and for scheduled jobs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent_tui.cli.exits import Exit
from agent_tui.cli.home import home_option
from agent_tui.cli.library.folders import shelf_in_force
from agent_tui.cli.library.team import team_policy
from agent_tui.config.paths import find_paths

if TYPE_CHECKING:
    from agent_tui.core.library.linkcheck import Judgement
    from agent_tui.model.snippet import AnySnippet, Source

_COLOURS = {"ok": "green", "moved": "yellow", "dead": "red", "changed": "red", "could not read": "yellow"}


@click.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--offline", is_flag=True, help="Files and dates only; no link is read.")
@click.option("--allow-private", is_flag=True, help="Read links into this machine and private networks too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@home_option
@click.pass_obj
def check(
    company: Path | None, identifiers: tuple[str, ...], offline: bool, allow_private: bool, as_json: bool
) -> None:
    """Check the files, and read every source's link.

    Exit code 1 where a file did not load, a link is dead or a quoted figure is gone from its page.
    """
    import asyncio

    from agent_tui.core.library.linkcheck import NEEDS_SOMEBODY

    shelf = shelf_in_force(company)
    wrong = bool(shelf.library.problems)
    for problem in shelf.library.problems:
        _say(as_json, "", "not loaded", problem.sentence)
    snippets = [kept.snippet for kept in shelf.library.kept.values()]
    if identifiers:
        snippets = [snippet for snippet in snippets if snippet.id in identifiers]
    for snippet, sentence in _overdue(snippets):
        _say(as_json, snippet.id, "look again", sentence)
    if not offline:
        for source, judgement in asyncio.run(_links(_with_link(snippets), allow_private)):
            wrong = wrong or judgement.state in NEEDS_SOMEBODY
            _say(as_json, source.id, judgement.state.value, judgement.sentence)
    raise SystemExit(int(Exit.FAILED if wrong else Exit.DONE))


def _with_link(snippets: "list[AnySnippet]") -> "list[Source]":
    from agent_tui.model.snippet import Source

    return [snippet for snippet in snippets if isinstance(snippet, Source) and snippet.url]


def _overdue(snippets: "list[AnySnippet]") -> "Iterator[tuple[AnySnippet, str]]":
    from datetime import date

    from agent_tui.core.library.gate import snippet_findings

    policy = team_policy(find_paths())
    for snippet in snippets:
        for finding in snippet_findings(snippet, policy, date.today()):
            if finding.rule in ("unchecked", "expired") and snippet.checked_on:
                yield snippet, finding.sentence


async def _links(sources: "list[Source]", allow_private: bool) -> "list[tuple[Source, Judgement]]":
    from agent_tui.core.library.linkcheck import judge
    from agent_tui.runtime.reading_links import LinkReader

    found = []
    reader = LinkReader(allow_private=allow_private)
    readings = reader.read_all((str(source.url), bool(source.figure)) for source in sources)
    done = 0
    async for reading in readings:
        source = sources[done]
        done += 1
        found.append((source, judge(reading, source.figure)))
        if sys.stderr.isatty():
            bar = "█" * (30 * done // len(sources))
            click.echo(f"\r{bar:<30} {done} of {len(sources)} links", nl=done == len(sources), err=True)
    return found


def _say(as_json: bool, identifier: str, state: str, sentence: str) -> None:
    import msgspec

    from agent_tui.model.text import clean

    if as_json:
        click.echo(msgspec.json.encode({"id": identifier, "state": state, "says": clean(sentence)}).decode())
    else:
        click.echo(f"{click.style(f'{state:<15}', fg=_COLOURS.get(state, 'red'))}{identifier:<34}{clean(sentence)}")
