"""`agent-tui keys`: the table of keys as it is in force, and what is wrong with a keymap."""

import click

from agent_tui.cli.exits import Exit, leave

_WHERE = {"everywhere": "everywhere, also while typing", "typing": "while typing", "moving": "while moving (Esc)"}


@click.command()
@click.option("--check", is_flag=True, help="Only check the keymap file; exit code 2 when something in it is wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def keys(check: bool, as_json: bool) -> None:
    """List every key that is in force, or check the keymap."""
    import msgspec

    from agent_tui.config.actions import ACTIONS, Where
    from agent_tui.config.keymap import DEFAULT_KEYMAP, KeymapError, load_keymap
    from agent_tui.config.paths import find_paths

    path = find_paths().keymap
    keymap = DEFAULT_KEYMAP
    try:
        keymap = load_keymap(path)
    except KeymapError as error:
        if check:
            leave(Exit.USAGE, str(error))
        click.echo(str(error), err=True)
    if check:
        click.echo(f"{path}: nothing is wrong." if path.exists() else f"There is no {path}; the usual keys are used.")
        return
    for where in Where:
        if not as_json:
            click.secho(f"\n{_WHERE[where]}", bold=True)
        for action in (action for action in ACTIONS if action.where is where):
            bound = keymap.get(action.id, action.keys)
            if as_json:
                row = {"id": action.id, "title": action.title, "keys": bound, "where": where}
                click.echo(msgspec.json.encode(row).decode())
            else:
                click.echo(f"  {', '.join(bound) or '(palette)':28} {action.title:52} {action.id}")
