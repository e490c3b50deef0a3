"""`agent-tui signals`: what speaks for offering a call, and what the rules are worth."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent_tui.cli.exits import sentences
from agent_tui.cli.home import home_option
from agent_tui.model.words import Stage

if TYPE_CHECKING:
    from agent_tui.core.signals.seeing import Rules

_STAGE = click.Choice([stage.value for stage in Stage])
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
@click.option("--rules", "path", type=_FILE, help="A rules file instead of the one in force.")
@home_option
@click.pass_context
def signals(ctx: click.Context, path: Path | None) -> None:
    """Rules by which the console offers a call: show them, try a line, measure them on labelled excerpts."""
    ctx.obj = path


@signals.command()
@home_option
@click.pass_obj
def show(path: Path | None) -> None:
    """Print the rules file in force: the beginning of one of your own."""
    from agent_tui.storage.signals.reading import own_rules_file

    _rules(path)
    place = path or _chosen() or own_rules_file()
    click.echo(place.read_text(encoding="utf-8"), nl=False)
    click.echo(f"# {place}", err=True)


@signals.command("try")
@click.argument("lines", nargs=-1, required=True)
@click.option("--stage", type=_STAGE, default=Stage.SUPPORT.value, show_default=True, help="Of the conversation.")
@home_option
@click.pass_obj
def try_(path: Path | None, lines: tuple[str, ...], stage: str) -> None:
    """Say what is seen in a customer's LINES, oldest first."""
    from agent_tui.core.signals.seeing import SaidLine, read_signals
    from agent_tui.model.ids import OrderKey

    said = [SaidLine(OrderKey(number), True, line) for number, line in enumerate(lines, start=1)]
    reading = read_signals(said, Stage(stage), _rules(path))
    for signal in reading.signals:
        click.echo(f"{signal.kind.value:12} {signal.seen}  (line {', '.join(map(str, signal.entries))})")
    if reading.declined is not None:
        click.echo(f"No call is offered: line {reading.declined} asks not to be called.")
    elif not reading.signals:
        click.echo("Nothing speaks for a call.")


@signals.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@home_option
@click.pass_obj
def measure(path: Path | None, files: tuple[Path, ...]) -> None:
    """Precision and recall on labelled excerpts: of each file, each language, and all."""
    from agent_tui.core.signals.judging import misjudged, parted, score
    from agent_tui.storage.signals.excerpts import read_excerpts

    rules = _rules(path)
    with sentences():
        by_file = {file.stem: read_excerpts(file) for file in files}
    everything = [each for excerpts in by_file.values() for each in excerpts]
    languages = {f"language {name}": part for name, part in parted(everything, lambda each: each.language).items()}
    for name, part in ({"all": everything} | languages | by_file).items():
        click.echo(f"{name:14} {len(part):4} excerpts: {score(part, rules)}")
    for each in misjudged(everything, rules):
        click.echo(f"  {'missed' if each.call else 'offered'} {each.id} ({each.kind})", err=True)


def _rules(path: Path | None) -> "Rules":
    from agent_tui.storage.signals.reading import load_rules

    with sentences():
        return load_rules(path or _chosen())


def _chosen() -> Path | None:
    """The file the settings name; None for the usual rules."""
    from agent_tui.config.paths import find_paths
    from agent_tui.config.settings import load_settings

    with sentences():
        named = load_settings(find_paths()).phone.signals
    return Path(named).expanduser() if named else None
