"""Where a token is kept: the keyring, or what the user chooses in words. Never silently in plain text."""

import os
import sys
from typing import Final, NoReturn

import click

from agent_tui.cli.exits import Exit, leave
from agent_tui.config import secrets
from agent_tui.config.paths import Paths
from agent_tui.config.profiles import Keeper, Profile

CHOICES: Final = {"keyring": Keeper.KEYRING, "sealed": Keeper.SEALED_FILE, "file": Keeper.PLAIN_FILE}
UNUSED: Final = "The invite was not used."


def choose_keeper(paths: Paths, profile: str, wanted: str, *, confirmed: bool) -> Keeper:
    """Where this profile's token will be kept: as `wanted` says, else the keyring, else what the user answers.

    Before the invite is used: a token that can't be kept would be lost with it. May ask on the terminal.
    """
    if wanted == "file":
        return _confirm_plain(paths, profile, confirmed=confirmed)
    if wanted == "sealed":
        return Keeper.SEALED_FILE
    if secrets.keyring_name() is not None:
        return Keeper.KEYRING
    if wanted == "keyring" or not sys.stdin.isatty():
        _no_keyring()
    sealed = secrets.token_file(paths, profile, Keeper.SEALED_FILE)
    plain = secrets.token_file(paths, profile, Keeper.PLAIN_FILE)
    click.echo(
        "No keyring runs on this machine. Signing in gives this machine a token: who has it is you.\n"
        "Where may it be kept?\n"
        f"  1  sealed with a passphrase, in {sealed}\n"
        f"     (asked each time, or given in {secrets.PASSPHRASE_VARIABLE})\n"
        f"  2  in the clear, in {plain}\n"
        "     (only your user can read it; so can whoever gets a copy of your files)\n"
        "  3  nowhere: leave, the invite stays good"
    )
    answer = click.prompt("Your choice", type=click.Choice(["1", "2", "3"]))
    if answer == "3":
        leave(Exit.FAILED, UNUSED)
    return Keeper.SEALED_FILE if answer == "1" else Keeper.PLAIN_FILE


def new_passphrase() -> str:
    """For sealing: from the environment, or asked twice. Leaves where there is neither."""
    given = _given_passphrase()
    if given:
        return given
    if not sys.stdin.isatty():
        leave(Exit.USAGE, f"Sealing needs a passphrase: set {secrets.PASSPHRASE_VARIABLE}. {UNUSED}")
    asked: str = click.prompt("Passphrase for the sealed file", hide_input=True, confirmation_prompt=True, err=True)
    return asked


class CannotKeep(Exception):
    """The place that was chosen does not take a token; the text says why, and that the invite was not used."""


def check_can_keep(paths: Paths, profile: Profile, passphrase: str = "") -> None:
    """Try it with something worthless. Raises `CannotKeep`. May block."""
    import keyring.errors

    try:
        secrets.keep(paths, profile, "not yet a token", passphrase)
    except (OSError, keyring.errors.KeyringError) as error:
        why = str(error).rstrip(".") or type(error).__name__
        else_where = f"`agent-tui login {profile.url} --keep sealed` keeps it in a file with a passphrase."
        raise CannotKeep(f"The {profile.keeper} can't keep a token: {why}. {UNUSED} {else_where}") from None


def kept_token(paths: Paths, profile: Profile) -> str:
    """A profile's token; asks for the passphrase of a sealed file where somebody can answer. Raises `NoToken`."""
    environ = dict(os.environ)
    is_sealed = profile.keeper is Keeper.SEALED_FILE and not secrets.from_environment()
    if is_sealed and not _given_passphrase() and sys.stdin.isatty():
        asked = click.prompt(f"Passphrase of {profile.name}", hide_input=True, err=True)
        environ[secrets.PASSPHRASE_VARIABLE] = asked
    return secrets.fetch(paths, profile, environ)


def _given_passphrase() -> str:
    return os.environ.get(secrets.PASSPHRASE_VARIABLE, "")


def _confirm_plain(paths: Paths, profile: str, *, confirmed: bool) -> Keeper:
    path = secrets.token_file(paths, profile, Keeper.PLAIN_FILE)
    sentence = f"The token will stand in the clear in {path}; only your user can read it."
    if confirmed:
        click.echo(sentence, err=True)
    elif not sys.stdin.isatty():
        leave(Exit.USAGE, f"{sentence} Say --yes to that. {UNUSED}")
    elif not click.confirm(f"{sentence} Is that what you want?"):
        leave(Exit.FAILED, UNUSED)
    return Keeper.PLAIN_FILE


def _no_keyring() -> NoReturn:
    leave(
        Exit.FAILED,
        "No keyring runs on this machine, and the token is never kept in the clear unasked. Say where it may be: "
        f"--keep sealed (with {secrets.PASSPHRASE_VARIABLE}) or --keep file --yes. {UNUSED}",
    )
