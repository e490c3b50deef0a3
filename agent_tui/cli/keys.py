"""`agent-tui keys`: the table of keys as it is in force, and what is wrong with a keymap."""

import click

from agent_tui.cli.exits import Exit, leave

_WHERE = {
    "everywhere": "everywhere, also while typing",
    "typing": "while typing",
    "moving": "while moving (Esc)",
    "monitor": "in the monitor",
}


@click.command()
@click.option("--check", is_flag=True, help="Only check the keymap file; exit code 2 when something in it is wrong.")
@click.option("--example", is_flag=True, help="Print a keymap file that works, to begin with.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def keys(check: bool, example: bool, as_json: bool) -> None:
    """List every key that is in force, or check the keymap."""
    import msgspec

    from agent_tui.config.actions import Where
    from agent_tui.config.keymap import ALL_ACTIONS, DEFAULT_KEYMAP, EXAMPLE, KeymapError, load_keymap
    from agent_tui.config.paths import find_paths

    path = find_paths().keymap
    if example:
        click.echo(f"# {path}\n{EXAMPLE}", nl=False)
        return
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
    rows = [(", ".join(keymap.get(action.id, action.keys)) or "(palette)", action) for action in ALL_ACTIONS.values()]
    keys_width = max(len(shown) for shown, _ in rows)
    title_width = max(len(action.title) for _, action in rows)
    for where in Where:
        if not as_json:
            click.secho(f"\n{_WHERE[where]}", bold=True)
        for shown, action in rows:
            if action.where is not where:
                continue
            if as_json:
                bound = keymap.get(action.id, action.keys)
                row = {"id": action.id, "title": action.title, "keys": bound, "where": where}
                click.echo(msgspec.json.encode(row).decode())
            else:
                click.echo(f"  {shown:{keys_width}}  {action.title:{title_width}}  {action.id}")
