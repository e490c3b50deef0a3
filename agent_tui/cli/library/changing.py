"""`agent-tui library add | edit | verify | import | export`: changes to personal, team's and company's files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from agent_tui.cli.exits import Exit, leave
from agent_tui.cli.home import home_option
from agent_tui.cli.library.folders import folders_in_force, kept_or_leave, shelf_in_force
from agent_tui.cli.library.team import at_desk
from agent_tui.model.snippet import Layer, SnippetKind

if TYPE_CHECKING:
    from agent_tui.model.snippet import AnySnippet
    from agent_tui.protocol.library import SnippetEdited

_FORMATS = ("csv", "espanso", "csl", "bibtex", "chatwoot")
_INTO = click.Choice([Layer.PERSONAL.value, Layer.TEAM.value, Layer.COMPANY.value])
_DRAFTS = {
    SnippetKind.CANNED: '[[canned]]\nid = ""\ntitle = ""\nstages = []\ntags = []\ntext.en = ""\n',
    SnippetKind.TESTIMONIAL: '[[testimonial]]\nid = ""\nrevision = 1\ntitle = ""\nstages = []\nobjections = []\n'
    'speaker = { name = "", role = "", company = "" }\nwords.en = ""\n'
    "# as: full, role or anonymous; without given_on no customer gets it\n"
    'consent = { scope = "internal", as = "anonymous", evidence = "" }\n',
    SnippetKind.SOURCE: '[[source]]\nid = ""\nrevision = 1\ntitle = ""\nstages = []\nobjections = []\nclaim.en = ""\n'
    'figure = ""\npublisher = ""\nurl = ""\n# published_on = 2026-01-31\ncheck_every = "180d"\n',
}


@click.command()
@click.option("--kind", type=click.Choice([kind.value for kind in SnippetKind]), default="canned", show_default=True)
@click.option("--from", "given", type=click.File(encoding="utf-8"), help="TOML with the new ones; - is stdin.")
@click.option("--into", type=_INTO, default="personal", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: what was written.")
@home_option
@click.pass_obj
def add(company: Path | None, kind: str, given: TextIO | None, into: str, as_json: bool) -> None:
    """Add a snippet: opens your editor on an empty one, or takes TOML from a file."""
    text = given.read() if given is not None else click.edit(_DRAFTS[SnippetKind(kind)], extension=".toml")
    if not text or not text.strip():
        leave(Exit.FAILED, "Nothing was written, so nothing was added.")
    snippets = _fitting(text, _folder(company, into))
    taken = shelf_in_force(company).library.kept
    for snippet in snippets:
        if snippet.id in taken and taken[snippet.id].layer == into:
            leave(Exit.FAILED, f"The id `{snippet.id}` is used already: `agent-tui library edit {snippet.id}`.")
    _added(company, into, snippets, as_json=as_json)


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--from", "given", type=click.File(encoding="utf-8"), help="TOML that takes its place; - is stdin.")
@click.option("--into", type=_INTO, default="personal", show_default=True, help="Where a copy goes that hides it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: what was written.")
@home_option
@click.pass_obj
def edit(company: Path | None, identifier: str, given: TextIO | None, into: str, as_json: bool) -> None:
    """Change a snippet in your editor. One that can't be changed here gets a copy that hides it."""
    import msgspec

    from agent_tui.storage.library.writing import NotWritten, as_toml, replace_snippet, writable_layer

    kept = kept_or_leave(shelf_in_force(company), identifier)
    before = as_toml(kept.snippet)
    text = given.read() if given is not None else click.edit(before, extension=".toml")
    if not text or text == before:
        leave(Exit.FAILED, f"`{identifier}` stays as it is: nothing was changed.")
    own = writable_layer(kept.layer)
    snippets = _fitting(text, Path(kept.place.file).parent if own else _folder(company, into))
    if [snippet.id for snippet in snippets] != [identifier] or snippets[0].kind != kept.snippet.kind:
        leave(Exit.FAILED, f"One {kept.snippet.kind} with the id `{identifier}` is expected: nothing was changed.")
    changed = msgspec.structs.replace(snippets[0], revision=max(snippets[0].revision, kept.snippet.revision + 1))
    if kept.layer is Layer.TEAM:
        done = _edited_at_desk(changed)
        sentence = f"`{identifier}` is now revision {done.revision}, in the desk's {done.file}."
        _tell(as_json, sentence, identifier, done.revision, done.file)
        return
    if not own:
        _added(company, into, [changed], as_json=as_json)
        return
    try:
        replace_snippet(Path(kept.place.file), changed)
    except NotWritten as error:
        leave(Exit.FAILED, str(error))
    sentence = f"`{identifier}` is now revision {changed.revision}, in {kept.place.file}."
    _tell(as_json, sentence, identifier, changed.revision, kept.place.file)


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--by", default="", help="Who looked; otherwise the name of your account on this machine.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: what was written.")
@home_option
@click.pass_obj
def verify(company: Path | None, identifier: str, by: str, as_json: bool) -> None:
    """Record that somebody looked today, and that it still holds."""
    import getpass
    from datetime import date

    from agent_tui.protocol.library import CheckedSnippet
    from agent_tui.storage.library.writing import NotWritten, verified, writable_layer

    kept = kept_or_leave(shelf_in_force(company), identifier)
    if not writable_layer(kept.layer) and kept.layer is not Layer.TEAM:
        leave(
            Exit.FAILED, f"`{identifier}` comes with agent-tui: `agent-tui library edit {identifier}` copies it first."
        )
    if kept.layer is Layer.TEAM:
        if by:
            leave(Exit.USAGE, "The desk knows who you are: leave --by out for a snippet of the team's.")
        checked: SnippetEdited = at_desk("check_snippet", CheckedSnippet(identifier))
        sentence = f"`{identifier}` was checked today, in the desk's {checked.file}."
        _tell(as_json, sentence, identifier, checked.revision, checked.file)
        return
    who = by or getpass.getuser()
    try:
        verified(Path(kept.place.file), identifier, date.today(), who)
    except NotWritten as error:
        leave(Exit.FAILED, str(error))
    sentence = f"`{identifier}` was checked today by {who}."
    _tell(as_json, sentence, identifier, kept.snippet.revision, kept.place.file)


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Otherwise told by the name.")
@click.option("--language", default="en", show_default=True, help="Of the texts, where the file does not say.")
@click.option("--into", type=_INTO, default="personal", show_default=True)
@click.option("--yes", is_flag=True, help="Do it; without, it only shows what it would do.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: what would be, or was, written.")
@home_option
@click.pass_obj
def import_(
    company: Path | None, path: Path, form: str | None, language: str, into: str, yes: bool, as_json: bool
) -> None:
    """Take snippets from CSV, espanso (YAML), CSL-JSON, BibTeX or Chatwoot (JSON). Shows what it would do first."""
    from agent_tui.model.text import clean
    from agent_tui.storage.library.importing import FORMAT_OF_SUFFIX, Format, NotReadable, read_import

    if form is None and path.suffix.lower() not in FORMAT_OF_SUFFIX:
        leave(Exit.USAGE, f"{path}: its name doesn't tell what it is. Say --format {'|'.join(_FORMATS)}.")
    kind = Format(form) if form else FORMAT_OF_SUFFIX[path.suffix.lower()]
    try:
        found = read_import(path.read_bytes(), kind, language, shelf_in_force(company).library.kept)
    except OSError as error:
        leave(Exit.FAILED, f"{path} can't be read: {error.strerror}.")
    except NotReadable as error:
        leave(Exit.FAILED, clean(f"{path}: {error}"))
    for snippet in found.snippets:
        row = {"does": "add", "id": snippet.id, "kind": snippet.kind, "title": snippet.title}
        click.echo(_row(row) if as_json else f"add   {snippet.kind:<12}{snippet.id:<34}{snippet.title}")
    for sentence in map(clean, found.refused):
        click.echo(_row({"does": "skip", "says": sentence}) if as_json else f"skip  {sentence}")
    if not found.snippets:
        click.echo("There is nothing in it to add.", err=True)
    elif not yes:
        click.echo(f"Nothing was written yet: --yes adds these {len(found.snippets)}.", err=True)
    else:
        _added(company, into, found.snippets, as_json=as_json)


@click.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--layer", type=click.Choice([layer.value for layer in Layer]), help="Only this layer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of TOML.")
@home_option
@click.pass_obj
def export(company: Path | None, identifiers: tuple[str, ...], layer: str | None, as_json: bool) -> None:
    """Print snippets as a library file, or as JSON; all in force, or those named."""
    import msgspec

    from agent_tui.storage.library.writing import as_toml

    shelf = shelf_in_force(company)
    for identifier in identifiers:
        kept_or_leave(shelf, identifier)
    for kept in shelf.library.kept.values():
        if (layer and kept.layer != layer) or (identifiers and kept.snippet.id not in identifiers):
            continue
        click.echo(msgspec.json.encode(kept.snippet).decode() if as_json else as_toml(kept.snippet))


def _edited_at_desk(snippet: "AnySnippet") -> "SnippetEdited":
    """Put a record into the team's files, through the desk."""
    from agent_tui.protocol.library import EditSnippet
    from agent_tui.storage.library.writing import as_toml

    done: SnippetEdited = at_desk("edit_snippet", EditSnippet(as_toml(snippet)))
    return done


def _folder(company: Path | None, into: str) -> Path:
    if into == Layer.TEAM:
        return folders_in_force(company)[Layer.PERSONAL]  # only to read what was written: the desk has the files
    folder = folders_in_force(company).get(Layer(into))
    if folder is None:
        leave(Exit.USAGE, "No company folder is set: say --company FOLDER, or set library.company.")
    return folder


def _fitting(text: str, folder: Path) -> "list[AnySnippet]":
    from agent_tui.model.text import clean
    from agent_tui.storage.library.writing import edited

    found = edited(text, folder / "what-you-wrote.toml")
    if found.problems or not found.placed:
        for problem in found.problems:
            click.echo(clean(problem.sentence.partition(".toml, ")[2]), err=True)
        leave(Exit.FAILED, "Nothing was changed: mend this and try again.")
    return [placed.snippet for placed in found.placed]


def _added(company: Path | None, into: str, snippets: "list[AnySnippet]", *, as_json: bool) -> None:
    from agent_tui.storage.library.writing import NotWritten, add_snippets, default_file

    if into == Layer.TEAM:
        for snippet in snippets:
            done = _edited_at_desk(snippet)
            sentence = f"`{done.snippet}` is in the desk's {done.file}."
            _tell(as_json, sentence, done.snippet, done.revision, done.file)
        return
    folder = _folder(company, into)
    by_file: dict[Path, list[AnySnippet]] = {}
    for snippet in snippets:
        by_file.setdefault(default_file(folder, snippet), []).append(snippet)
    for path, group in by_file.items():
        try:
            add_snippets(path, group)
        except NotWritten as error:
            leave(Exit.FAILED, str(error))
        if not as_json:
            click.echo(f"{len(group)} added to {path}.")
            continue
        for snippet in group:
            _tell(as_json, "", snippet.id, snippet.revision, str(path))


def _tell(as_json: bool, sentence: str, identifier: str, revision: int, file: str) -> None:
    """What was written, and where."""
    click.echo(_row({"id": identifier, "revision": revision, "file": file}) if as_json else sentence)


def _row(values: dict[str, Any]) -> str:
    import msgspec

    return msgspec.json.encode(values).decode()
