"""`agent-tui library`: the snippets in force, and what becomes of them. Most of it works without a desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent_tui.cli.exits import Exit, leave
from agent_tui.cli.home import home_option
from agent_tui.cli.library.changing import add, edit, export, import_, verify
from agent_tui.cli.library.checking import check
from agent_tui.cli.library.consent import recall, stats, withdraw
from agent_tui.cli.library.folders import company_option, folders_in_force, kept_or_leave, shelf_in_force
from agent_tui.cli.library.team import team_policy
from agent_tui.config.paths import find_paths
from agent_tui.model.snippet import SnippetKind
from agent_tui.model.words import Stage

if TYPE_CHECKING:
    from agent_tui.core.library.layers import Kept
    from agent_tui.core.library.ranking import Situation

_KIND = click.Choice([kind.value for kind in SnippetKind])
_STAGE = click.Choice([stage.value for stage in Stage])
_SHOWN = 20


@click.group()
@company_option
@home_option
@click.pass_context
def library(ctx: click.Context, company: Path | None) -> None:
    """Testimonials, sources and canned replies: list, search, check and change them."""
    ctx.obj = company


@library.command("list")
@click.option("--kind", type=_KIND, help="Only this kind.")
@click.option("--stage", type=_STAGE, help="Only what is for this stage.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@home_option
@click.pass_obj
def list_(company: Path | None, kind: str | None, stage: str | None, as_json: bool) -> None:
    """List the snippets in force. What did not load is named on stderr, with exit code 1."""
    shelf = shelf_in_force(company)
    for kept in sorted(shelf.library.kept.values(), key=lambda each: (each.snippet.kind, each.snippet.id)):
        if (kind and kept.snippet.kind != kind) or (stage and stage not in kept.snippet.stages):
            continue
        click.echo(_json_of(kept) if as_json else _line_of(kept))
    for problem in shelf.library.problems:
        click.echo(_clean(problem.sentence), err=True)
    raise SystemExit(int(Exit.FAILED if shelf.library.problems else Exit.DONE))


@library.command()
@click.argument("identifier", metavar="ID")
@click.option("--language", default="en", show_default=True, help="As a customer with this language gets it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@home_option
@click.pass_obj
def show(company: Path | None, identifier: str, language: str, as_json: bool) -> None:
    """Show a snippet as it is sent, where it comes from, and whether it may go out now."""
    from datetime import date

    from agent_tui.core.library.gate import snippet_findings
    from agent_tui.core.library.provenance import freshness, provenance
    from agent_tui.core.library.wording import as_sent
    from agent_tui.model.gate import Verdict

    kept = kept_or_leave(shelf_in_force(company), identifier)
    if as_json:
        click.echo(_json_of(kept))
        return
    snippet, today = kept.snippet, date.today()
    hides = f", hides the one of: {', '.join(kept.hides)}" if kept.hides else ""
    click.secho(f"{snippet.title}", bold=True)
    click.echo(f"{snippet.kind} {snippet.id}, revision {snippet.revision} · {kept.layer}{hides}")
    click.echo(f"{_clean(kept.place.file)}, line {kept.place.line}")
    for name in ("stages", "products", "objections", "tags"):
        if values := getattr(snippet, name):
            click.echo(f"{name}: {', '.join(values)}")
    click.echo(f"\n{as_sent(snippet, language)}\n")
    click.echo(" ".join(part for part in (provenance(snippet), freshness(snippet, today)) if part))
    for finding in snippet_findings(snippet, team_policy(find_paths()), today):
        click.secho(finding.sentence, fg="red" if finding.verdict is Verdict.REFUSE else "yellow")


@library.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--kind", type=_KIND, help="Only this kind.")
@click.option("--stage", type=_STAGE, help="Of the conversation.")
@click.option("--language", default="", help="Of the customer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with the points.")
@home_option
@click.pass_obj
def search(
    company: Path | None, query: tuple[str, ...], kind: str | None, stage: str | None, language: str, as_json: bool
) -> None:
    """Search as the console does: typos, half words, English and Dutch. The best comes first."""
    import msgspec

    ranked = _ranked(company, " ".join(query), stage, language, kind)
    if not ranked and not as_json:
        click.echo("Nothing has these words.", err=True)
    for each in ranked:
        if as_json:
            parts = [{"reason": part.reason, "points": part.points} for part in each.parts]
            found = {"id": each.kept.snippet.id, "points": each.points, "parts": parts}
            click.echo(msgspec.json.encode(found).decode())
        else:
            click.echo(f"{each.points:5.0f}  {_line_of(each.kept)}")


@library.command()
@click.argument("identifier", metavar="ID")
@click.argument("query", nargs=-1)
@click.option("--stage", type=_STAGE, help="Of the conversation.")
@click.option("--language", default="", help="Of the customer.")
@click.option("--conversation", help="As the picker ranks in this one, such as c42: its stage, language, page, lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@home_option
@click.pass_obj
def why(
    company: Path | None,
    identifier: str,
    query: tuple[str, ...],
    stage: str | None,
    language: str,
    conversation: str | None,
    as_json: bool,
) -> None:
    """Say which parts give a snippet its points, for a query or in a conversation."""
    import msgspec

    from agent_tui.cli.library.situation import situation_in

    shelf = shelf_in_force(company)
    kept_or_leave(shelf, identifier)
    words = " ".join(query)
    now = situation_in(conversation) if conversation else None
    ranked = _ranked(company, words, stage, language, None, limit=len(shelf.library.kept), now=now)
    for place, each in enumerate(ranked, start=1):
        if each.kept.snippet.id == identifier:
            if as_json:
                parts = [{"reason": part.reason, "points": part.points} for part in each.parts]
                row = {"id": identifier, "place": place, "of": len(ranked), "points": each.points, "parts": parts}
                click.echo(msgspec.json.encode(row).decode())
                return
            click.echo(f"{identifier} is number {place} of {len(ranked)}, with {each.points:.1f} points:")
            for part in each.parts:
                click.echo(f"  {part.points:+6.1f}  {part.reason}")
            number = shelf.search.words.ids.index(identifier)
            for typed, found, points in shelf.search.why(words, number):
                click.echo(f"          of them {points:.1f} because {typed} is {found}")
            return
    leave(Exit.FAILED, f"`{identifier}` does not come up for this: no word of the query is in it.")


for _command in (add, edit, check, verify, import_, export, withdraw, recall, stats):
    library.add_command(_command)


def _ranked(
    company: Path | None,
    query: str,
    stage: str | None,
    language: str,
    kind: str | None,
    limit: int = _SHOWN,
    now: "Situation | None" = None,
) -> Any:
    from datetime import date

    from agent_tui.core.library.ranking import Ranker, Situation

    shelf = shelf_in_force(company)
    now = now or Situation(date.today(), Stage(stage) if stage else None, language, policy=team_policy(find_paths()))
    kinds = (SnippetKind(kind),) if kind else tuple(SnippetKind)
    return Ranker(shelf.library, shelf.search, now, kinds).rank(query, limit)


def _line_of(kept: "Kept") -> str:
    snippet = kept.snippet
    hides = f"  (hides {', '.join(kept.hides)})" if kept.hides else ""
    return f"{snippet.kind:<12}{snippet.id:<34}{kept.layer:<10}{snippet.title}{hides}"


def _json_of(kept: "Kept") -> str:
    import msgspec

    return msgspec.json.encode(kept).decode()


def _clean(text: str) -> str:
    from agent_tui.model.text import clean

    return clean(text)


__all__ = ["folders_in_force", "library"]
