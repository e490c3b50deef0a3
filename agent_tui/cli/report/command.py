"""`agent-tui report`: a period in figures, for people, for scripts, or as one page to pass on."""

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, leave, sentences

if TYPE_CHECKING:
    from agent_tui.cli.ways import Way
    from agent_tui.core.metrics.report import Report

DAYS_USUAL: Final = 7
_BAR: Final = 30


@click.command()
@click.option("--from", "first", metavar="DATE", help="The first day, such as 2026-11-01; a week ago where not given.")
@click.option("--to", "last", metavar="DATE", help="The last day, itself included; today where not given.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated values.")
@click.option("--json", "form", flag_value="json", help="One JSON object.")
@click.option("--html", "form", flag_value="html", help="One page with charts, in a file that needs no other.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to stdout.")
@click.pass_obj
def report(chosen: Chosen, first: str | None, last: str | None, form: str | None, output: Path | None) -> None:
    """What the team did in a period: queue, service level, agents, stages, channels, calls, proof, outcomes.

    For supervisors and admins. Days are those of the desk's time zone. What each figure counts stands at the end of the
    page, and in docs/monitor.md. Numbers and addresses of customers are in no report.
    """
    import asyncio

    with sentences():
        found = asyncio.run(_collected(_way(chosen), _day(first, "--from"), _day(last, "--to")))
    text = _said(found, form or "text")
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        leave(Exit.FAILED, f"{output} can't be written: {error.strerror or error}.")
    click.echo(f"Written to {output}.", err=True)


def _said(found: "Report", form: str) -> str:
    from agent_tui.cli.report.html import page
    from agent_tui.cli.report.plain import as_csv, as_json, as_text

    return {"text": as_text, "csv": as_csv, "json": as_json, "html": page}[form](found)


async def _collected(way: "Way", first: date | None, last: date | None) -> "Report":
    """Ask for it part by part: the desk is never busy with it for long, and how far it is can be told."""
    from zoneinfo import ZoneInfo

    from agent_tui.cli.ways import sign_off
    from agent_tui.core.metrics.report import report_of, spans_of
    from agent_tui.runtime.connecting import overseeing_at
    from agent_tui.runtime.net import Net

    net = Net(way.find)
    desk = overseeing_at(net)
    try:
        hours = await desk.hours()
        today = datetime.now(ZoneInfo(hours.time_zone)).date()
        last = last or today
        first = first or last - timedelta(days=DAYS_USUAL - 1)
        if first > last:
            leave(Exit.USAGE, f"--from {first} is after --to {last}.")
        spans = spans_of(first, last, hours.time_zone)
        parts = []
        for number, (since, until) in enumerate(spans):
            _progress(number, len(spans))
            parts.append(await desk.report(since, until))
        _progress(len(spans), len(spans))
        return report_of(parts, await desk.desk_name(), hours.time_zone)
    finally:
        await sign_off(way, net)
        await desk.aclose()


def _way(chosen: Chosen) -> "Way":
    from agent_tui.cli.scripting import way_for_scripts
    from agent_tui.model.words import Role

    return way_for_scripts(chosen, Role.SUPERVISOR)


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        leave(Exit.USAGE, f"{option} needs a day such as 2026-11-01; it was {text!r}.")


def _progress(done: int, of: int) -> None:
    """How far it is, where somebody can see it."""
    if not sys.stderr.isatty():
        return
    full = _BAR * done // of
    end = "\r\x1b[K" if done == of else ""
    sys.stderr.write(f"\r{'█' * full}{'░' * (_BAR - full)} {100 * done // of:3} %{end}")
    sys.stderr.flush()
