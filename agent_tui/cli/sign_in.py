"""`agent-tui login`, `logout` and `profiles`: the accounts this machine knows."""

from typing import TYPE_CHECKING

import click

from agent_tui.cli.exits import Exit, leave, sentences

if TYPE_CHECKING:
    from agent_tui.config.profiles import Profile


@click.command()
@click.argument("address")
@click.option("--code", help="The invite's code; asked for where it is not given.")
@click.option("--device", help="What the desk's list of devices calls this machine.  [default: its host name]")
@click.option("--as", "name", help="What this profile is called here.  [default: the desk's host]")
@click.option("--keep", type=click.Choice(["keyring", "sealed", "file"]), help="Where the token is kept.")
@click.option("--yes", is_flag=True, help="With --keep file: yes, in the clear.")
def login(address: str, code: str | None, device: str | None, name: str | None, keep: str | None, yes: bool) -> None:
    """Join a team: trade an invite for a token of this machine.

    ADDRESS is the desk's, such as https://chat.example.org. The token is kept by the system's keyring; where there
    is none you are asked, and nothing is kept in the clear unasked.
    """
    import asyncio

    import msgspec

    from agent_tui.cli import joining
    from agent_tui.cli.invite_text import read_invite
    from agent_tui.cli.token_keeping import CannotKeep, check_can_keep, choose_keeper, new_passphrase
    from agent_tui.config import secrets
    from agent_tui.config.paths import find_paths
    from agent_tui.config.profiles import PROFILE_NAME, Keeper, load_profiles, save_profiles
    from agent_tui.model.words import Role
    from agent_tui.runtime.net import checked_url

    paths = find_paths()
    invite = read_invite(address)
    with sentences():
        url = checked_url(invite.url or address)
        known = load_profiles(paths)
    if name and not PROFILE_NAME.fullmatch(name):
        leave(Exit.USAGE, f"{name!r} can't name a profile: use small letters, digits, dots and dashes.")
    chosen = name or joining.profile_name_for(url, known)
    with sentences():
        asyncio.run(joining.reach(url))
    given = code or invite.code or click.prompt("The invite's code")
    keeper = choose_keeper(paths, chosen, keep or "", confirmed=yes)
    passphrase = new_passphrase() if keeper is Keeper.SEALED_FILE else ""
    profile = joining.draft_profile(url, chosen, keeper)
    before = known.get(chosen)
    try:
        if before is None:
            check_can_keep(paths, profile, passphrase)
        with sentences():
            signed = asyncio.run(joining.trade(url, given, device or joining.device_name()))
    except CannotKeep as error:
        leave(Exit.FAILED, str(error))
    except SystemExit:
        if before is None:
            secrets.forget(paths, profile)
        raise
    profile = joining.joined(profile, signed)
    if before is not None and before.person not in ("", profile.person):
        # Another person at the same desk: what the first one wrote and did not send must not leave as theirs.
        profile = msgspec.structs.replace(profile, name=joining.free_name(chosen, known))
    secrets.keep(paths, profile, signed.token, passphrase)
    save_profiles(paths, known.with_profile(profile))
    where = {Keeper.KEYRING: "the keyring"}.get(keeper) or secrets.token_file(paths, profile.name, keeper)
    click.echo(f"You are {profile.person}, {profile.role} at {profile.desk}. The token is kept in {where}.")
    watches = profile.role == Role.SUPERVISOR.value
    click.echo(f"`agent-tui` opens {'the monitor, which only watches,' if watches else 'this account'} from now on.")


@click.command()
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Forget what was written and not sent, too.")
def logout(name: str | None, yes: bool) -> None:
    """Sign out, and forget what this machine kept. NAME is a profile; the last one used where it is not given."""
    import asyncio
    import sys

    from agent_tui.cli import joining
    from agent_tui.cli.counting import counted
    from agent_tui.cli.forgetting import forget, unsent
    from agent_tui.cli.ways import fetched_token
    from agent_tui.config.paths import find_paths
    from agent_tui.config.profiles import Keeper, load_profiles
    from agent_tui.ports.errors import AuthExpired, PortError
    from agent_tui.storage.account_file import NotWritable

    paths = find_paths()
    with sentences():
        known = load_profiles(paths)
    profile = known.get(name or known.last)
    if profile is None:
        leave(Exit.USAGE, f"There is no profile {name!r} here." if name else "Nobody is signed in here.")
    try:
        waiting = unsent(paths.account(profile.name))
    except NotWritable as error:
        leave(Exit.FAILED, str(error))
    if waiting and not yes:
        verb, them = ("was", "it") if waiting == 1 else ("were", "them")
        sentence = f"{counted(waiting, 'message')} {verb} written and not sent; signing out forgets {them}."
        if not sys.stdin.isatty():
            leave(Exit.FAILED, f"{sentence} Nothing was done; say --yes to that.")
        if not click.confirm(f"{sentence} Go on?"):
            leave(Exit.FAILED, "Nothing was done.")
    if profile.keeper is not Keeper.OWN_DESK:
        try:
            asyncio.run(joining.sign_out(profile.url, fetched_token(paths, profile)))
        except AuthExpired:
            pass  # it opens nothing any more
        except PortError as error:
            click.echo(f"{error} The desk was not told: ask an admin to revoke this device.", err=True)
    forget(paths, profile, with_unsent=True)
    click.echo(f"Signed out of {profile.name}; what this machine kept of it is gone.")


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def profiles(name: str | None, as_json: bool) -> None:
    """List the accounts this machine knows; with NAME, open that one from now on."""
    import msgspec

    from agent_tui.config.paths import find_paths
    from agent_tui.config.profiles import load_profiles, save_profiles
    from agent_tui.config.toml_settings import nearest

    paths = find_paths()
    with sentences():
        known = load_profiles(paths)
    if name:
        if known.get(name) is None:
            hint = nearest(name, [profile.name for profile in known.profiles]) if known.profiles else "There are none."
            leave(Exit.USAGE, f"There is no profile {name!r}. {hint}")
        save_profiles(paths, msgspec.structs.replace(known, last=name))
        click.echo(f"`agent-tui` opens {name} from now on.")
        return
    if not known.profiles and not as_json:
        click.echo("This machine knows no accounts yet. `agent-tui login ADDRESS` joins a team.")
    for profile in known.profiles:
        if as_json:
            row = {**msgspec.structs.asdict(profile), "last": profile.name == known.last}
            click.echo(msgspec.json.encode(row).decode())
        else:
            mark = "*" if profile.name == known.last else " "
            click.echo(f"{mark} {profile.name:24} {_said(profile)}")


def _said(profile: "Profile") -> str:
    from agent_tui.config.profiles import Keeper

    if profile.keeper is Keeper.OWN_DESK:
        return "own desk on this machine"
    return f"{profile.person}, {profile.role} at {profile.desk} ({profile.url}); token: {profile.keeper}"
