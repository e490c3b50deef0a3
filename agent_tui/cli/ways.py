"""Ways to a desk: which one the options, the settings or the last choice mean, and how to find it.

What speaks to a network is imported where a way is gone: the console paints before that.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent_tui.cli.chosen import Chosen
from agent_tui.config import secrets
from agent_tui.config.paths import Paths
from agent_tui.config.profiles import Keeper, Profile, load_profiles
from agent_tui.config.toml_settings import SettingsError, nearest
from agent_tui.model.words import Role
from agent_tui.ports.errors import AuthExpired, PortError

if TYPE_CHECKING:
    from agent_tui.runtime.net import Find, Net, Place

OWN = "own"
OWN_PLACE = "own desk on this machine"


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach one desk, as somebody."""

    name: str
    """Names the account's folder on this machine."""
    place: str
    """What people call the desk; empty: the name it gives."""
    find: Find = field(repr=False)
    role: str = ""
    """As said at sign-in; empty where it has to be asked."""
    on_this_machine: bool = False


def way_to(chosen: Chosen, paths: Paths, preferred: str = "", *, own_role: Role = Role.ADMIN) -> Way | None:
    """The way that is meant; None where nobody has chosen one yet.

    `preferred`: the profile the settings name. `own_role`: as whom to use the own desk. Raises `SettingsError`, and
    `NoToken` where an address comes without one.
    """
    if chosen.own:
        return own_way(paths, own_role)
    if chosen.address:
        return _address_way(chosen.address)
    known = load_profiles(paths)
    name = chosen.profile or preferred or known.last
    if not name:
        return None
    profile = known.get(name)
    if profile is None:
        hint = nearest(name, [one.name for one in known.profiles]) if known.profiles else "Sign in: agent-tui login."
        raise SettingsError(f"There is no profile {name!r} on this machine. {hint}")
    return own_way(paths, own_role) if profile.keeper is Keeper.OWN_DESK else profile_way(paths, profile)


def own_way(paths: Paths, role: Role = Role.ADMIN, *, may_start: bool = True, agent: str = "") -> Way:
    """The desk of this home; started when it is needed, where `may_start`. `agent` names its first admin."""

    async def find(again: bool) -> Place:
        from agent_tui.runtime.own_desk import OwnDesk

        return await OwnDesk(paths.desk, role, may_start=may_start, own_name=agent).find(again)

    return Way(OWN, OWN_PLACE, find, role.value, on_this_machine=True)


def profile_way(paths: Paths, profile: Profile) -> Way:
    """A desk joined earlier. A passphrase is asked for here, while the terminal is still ours."""
    from agent_tui.cli.token_keeping import kept_token

    known = kept_token(paths, profile) if profile.keeper is Keeper.SEALED_FILE else ""

    async def find(_again: bool) -> Place:
        from agent_tui.runtime.net import Place

        return Place(profile.url, known or await asyncio.to_thread(fetched_token, paths, profile))

    return Way(profile.name, profile.desk, find, profile.role)


async def sign_off(way: Way, net: Net) -> None:
    """A command that is done leaves no device behind in the own desk's list. A desk that is gone has none."""
    from agent_tui.cli.asking import ask

    if way.on_this_machine:
        with contextlib.suppress(PortError):
            await ask(net, "log_out")


def own_profile() -> Profile:
    """What remembers that the own desk was chosen."""
    return Profile(name=OWN, url="", keeper=Keeper.OWN_DESK)


def _address_way(address: str) -> Way:
    token = secrets.from_environment()
    if token is None:
        raise secrets.NoToken(
            f"--desk needs a token in {secrets.TOKEN_VARIABLE}. To keep one on this machine: agent-tui login {address}"
        )

    async def find(_again: bool) -> Place:
        from agent_tui.runtime.net import Place, checked_url

        return Place(checked_url(address), token)

    # the token's own folder: what one person wrote must never leave as another
    whose = hashlib.sha256(token.encode()).hexdigest()[:12]
    return Way(f"{urlsplit(address).hostname}-{whose}", "", find)


def fetched_token(paths: Paths, profile: Profile) -> str:
    """A profile's token from where it is kept. Raises `AuthExpired`. May block."""
    import keyring.errors

    try:
        return secrets.fetch(paths, profile)
    except secrets.NoToken as error:
        raise AuthExpired(str(error)) from None
    except keyring.errors.KeyringError as error:
        raise AuthExpired(f"The keyring did not give the token: {str(error) or type(error).__name__}.") from None
