"""`agent-tui stop`, `invite`, `sessions`, `revoke`: who may use a desk."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, leave, sentences
from agent_tui.cli.home import home_option

if TYPE_CHECKING:
    from agent_tui.cli.desk_calls import Called
    from agent_tui.protocol.requests import Invite, Invited

_ROLES = click.Choice(["agent", "supervisor", "admin"])
_LONGEST = 200


@click.command()
@home_option
def stop() -> None:
    """End the own desk on this machine, in order: what was acknowledged is on the disk."""
    import asyncio

    from agent_tui.config.paths import find_paths
    from agent_tui.runtime import own_desk

    home = find_paths().desk
    with sentences():
        was_running = asyncio.run(own_desk.stop(home))
    click.echo("The desk has ended." if was_running else f"No desk is running in {home}.")


@click.command()
@click.argument("name", required=False)
@click.option("--role", type=_ROLES, default="agent", show_default=True)
@click.option("--me", is_flag=True, help="For your own second machine.")
@click.option("--from", "people", type=click.Path(path_type=Path, dir_okay=False), help="CSV: name,role; one a line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@home_option
@click.pass_obj
def invite(chosen: Chosen, name: str | None, role: str, me: bool, people: Path | None, as_json: bool) -> None:
    """Make a sign-in code for NAME, good once, for 24 hours. A new one makes the earlier ones void."""
    import asyncio

    from agent_tui.cli.desk_calls import called
    from agent_tui.cli.people_file import read_people
    from agent_tui.config.paths import find_paths
    from agent_tui.model.words import Role
    from agent_tui.protocol.requests import Invite

    if sum((bool(name), me, people is not None)) != 1:
        leave(Exit.USAGE, "Say who is invited: a NAME, or --me, or --from people.csv.")
    if people is not None:
        with sentences():
            wanted = read_people(people)
    else:
        wanted = [Invite(name or "", Role(role), me=me)]

    async def run() -> None:
        async with called(chosen, find_paths()) as desk:
            for one in wanted:
                _show(desk, one, await desk.ask("invite", one), as_json=as_json)

    with sentences():
        asyncio.run(run())


def _show(desk: "Called", wanted: "Invite", made: "Invited", *, as_json: bool) -> None:
    import msgspec

    from agent_tui.cli.invite_text import login_command
    from agent_tui.model.text import clean

    name = clean(made.name or wanted.name, limit=_LONGEST, multiline=False)
    if as_json:
        row = {**msgspec.structs.asdict(made), "address": desk.address}
        click.echo(msgspec.json.encode(row).decode())
        return
    click.echo(f"{name}, {made.role.value} at {desk.place}: good once, for 24 hours.")
    click.echo(f"  {login_command(desk.address, made.code)}")
    if _is_local(desk.address):
        click.echo("That address works on this machine only; `public_url` in desk.toml says another.", err=True)


def _is_local(address: str) -> bool:
    from urllib.parse import urlsplit

    from agent_tui.runtime.net import is_loopback

    return is_loopback(urlsplit(address).hostname or "")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@home_option
@click.pass_obj
def sessions(chosen: Chosen, as_json: bool) -> None:
    """List the devices that are signed in: an admin sees everybody's, others their own."""
    import asyncio

    import msgspec

    from agent_tui.cli.desk_calls import THIS_COMMAND, called
    from agent_tui.cli.times import local_time
    from agent_tui.config.paths import find_paths
    from agent_tui.model.text import clean
    from agent_tui.protocol.requests import Sessions

    async def run() -> Sessions:
        async with called(chosen, find_paths()) as desk:
            found: Sessions = await desk.ask("sessions", None)
            return found

    with sentences():
        found = asyncio.run(run())
    others = [one for one in found.sessions if one.device != THIS_COMMAND]
    if not others and not as_json:
        click.echo("No device is signed in. `agent-tui invite NAME` invites somebody.")
    for one in others:
        if as_json:
            click.echo(msgspec.json.encode(one).decode())
            continue
        name = clean(one.name, limit=_LONGEST, multiline=False)
        device = clean(one.device, limit=_LONGEST, multiline=False)
        click.echo(f"{name:20} {one.role.value:11} {device:28} used {local_time(one.last_used)}")


@click.command()
@click.argument("name")
@click.option("--device", default="", help="Only this one, as `sessions` names it.")
@click.option("--json", "as_json", is_flag=True)
@home_option
@click.pass_obj
def revoke(chosen: Chosen, name: str, device: str, as_json: bool) -> None:
    """Sign NAME out at once, everywhere or on one device; with the last, their open conversations go to WAITING."""
    import asyncio

    import msgspec

    from agent_tui.cli.counting import counted
    from agent_tui.cli.desk_calls import called
    from agent_tui.config.paths import find_paths
    from agent_tui.protocol.requests import Revoke, Revoked

    async def run() -> Revoked:
        async with called(chosen, find_paths()) as desk:
            done: Revoked = await desk.ask("revoke", Revoke(name, device))
            return done

    with sentences():
        done = asyncio.run(run())
    if as_json:
        click.echo(msgspec.json.encode(done).decode())
    else:
        back = counted(done.conversations, "conversation")
        click.echo(f"Signed out on {counted(done.devices, 'device')}; {back} went back to WAITING.")
