"""`agent-tui library withdraw | recall | stats`: consent that ended, who got what, and what became of it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent_tui.cli.exits import Exit, leave
from agent_tui.cli.home import home_option
from agent_tui.cli.library.folders import kept_or_leave, shelf_in_force
from agent_tui.cli.library.team import at_desk

if TYPE_CHECKING:
    from agent_tui.core.library.layers import Kept
    from agent_tui.protocol.library import ConsentWithdrawn, RecallPage, UsesPage, WireUse


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--undo", is_flag=True, help="It was a mistake: the consent holds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@home_option
@click.pass_obj
def withdraw(company: Path | None, identifier: str, undo: bool, as_json: bool) -> None:
    """Stop a testimonial at once on all consoles of the desk: its speaker withdrew consent. For admins."""
    import msgspec

    from agent_tui.model.snippet import Testimonial
    from agent_tui.protocol.library import WithdrawConsent

    kept = kept_or_leave(shelf_in_force(company), identifier)
    if not isinstance(kept.snippet, Testimonial):
        leave(Exit.USAGE, f"`{identifier}` is a {kept.snippet.kind}: only a testimonial has a consent.")
    done: ConsentWithdrawn = at_desk("withdraw_consent", WithdrawConsent(identifier, undo))
    also_here = _in_own_file(kept, done)
    if as_json:
        click.echo(msgspec.json.encode(done).decode())
        return
    if done.since is None:
        click.echo(f"`{identifier}` may be sent again, as far as its record says.")
        return
    click.echo(f"`{identifier}` is withdrawn since {done.since}: no console of this desk sends it any more.")
    if not done.written and not also_here:
        click.echo(f"No file of the team says so yet: add withdrawn_on = {done.since} where it is kept.", err=True)
    if done.conversations:
        click.echo(f"It went into {_conversations(done.conversations)} before: agent-tui library recall {identifier}")


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@home_option
@click.pass_obj
def recall(company: Path | None, identifier: str, as_json: bool) -> None:
    """List every conversation that got a snippet, newest first."""
    import msgspec

    page: RecallPage = at_desk("recall", query={"snippet": identifier})
    while True:
        for use in page.uses:
            click.echo(msgspec.json.encode(use).decode() if as_json else _use_line(use))
        if not page.next:
            break
        page = at_desk("recall", query={"snippet": identifier, "after": page.next})
    if not as_json:
        click.echo(f"{_conversations(page.conversations)} got `{page.snippet}`.", err=True)
    if not page.conversations:
        kept_or_leave(shelf_in_force(company), identifier)  # nobody got what is only misspelt


@click.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@home_option
def stats(identifiers: tuple[str, ...], as_json: bool) -> None:
    """Show what became of snippets: used, answered in 24 hours, before a call or a sale, stopped by the gate."""
    import msgspec

    from agent_tui.model.uses import Uses

    page: UsesPage = at_desk("library_uses")
    stopped: dict[str, int] = {}
    for each in page.refused:
        stopped[each.snippet] = stopped.get(each.snippet, 0) + each.refused
    names = sorted({count.snippet for count in page.counts} | stopped.keys())
    shown = [name for name in names if not identifiers or name in identifiers]
    if not shown and not as_json:
        click.echo("Nothing was used yet." if not identifiers else "None of these was used yet.", err=True)
    for name in shown:
        by_stage = {count.stage.value: count.uses for count in page.counts if count.snippet == name}
        rules = {each.rule: each.refused for each in page.refused if each.snippet == name}
        if as_json:
            row = {"snippet": name, "stages": by_stage, "refused": rules}
            click.echo(msgspec.json.encode(row).decode())
            continue
        total = Uses(
            sum(uses.used for uses in by_stage.values()),
            sum(uses.answered for uses in by_stage.values()),
            sum(uses.went_before for uses in by_stage.values()),
        )
        click.echo(f"{name:<34}{total.in_words()}{f' · stopped {stopped[name]}' if name in stopped else ''}")
        if len(by_stage) > 1:
            for stage, uses in sorted(by_stage.items()):
                click.echo(f"    {stage:<30}{uses.in_words()}")


def _in_own_file(kept: "Kept", done: "ConsentWithdrawn") -> bool:
    """A record that is on this machine says it too."""
    from agent_tui.storage.library.writing import NotWritten, consent_withdrawn, writable_layer

    if not writable_layer(kept.layer):
        return False
    try:
        consent_withdrawn(Path(kept.place.file), kept.snippet.id, done.since)
    except NotWritten as error:
        click.echo(str(error), err=True)
        return False
    return True


def _use_line(use: "WireUse") -> str:
    from agent_tui.model.text import clean

    at = f"{datetime.fromtimestamp(use.at / 1000):%Y-%m-%d %H:%M}"
    marks = [f"revision {use.revision}", use.language, use.stage.value]
    marks += [clean(use.warned, limit=100, multiline=False)] * bool(use.warned)
    marks += ["words recognised"] * use.recognised + ["message withdrawn"] * use.withdrawn
    return f"c{use.conversation:<8}{at}  {clean(use.agent, limit=30, multiline=False):<16}{' · '.join(marks)}"


def _conversations(number: int) -> str:
    return f"{number} conversation{'' if number == 1 else 's'}"
