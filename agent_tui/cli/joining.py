"""Joining a desk: an invite traded for a token, and the profile that remembers where it is."""

import socket
from urllib.parse import urlsplit

from agent_tui.cli.asking import ask
from agent_tui.config.profiles import Keeper, Profile, Profiles
from agent_tui.model.text import clean
from agent_tui.ports.errors import ServerTrouble
from agent_tui.protocol.requests import Empty, LogIn, SignedIn
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.net import Net

_LONGEST_NAME = 40
_LONGEST_FOREIGN = 200


def device_name() -> str:
    """What the desk's list of devices calls this machine, unless the user says otherwise."""
    return socket.gethostname() or "a device"


def profile_name_for(url: str, known: Profiles) -> str:
    """The name of the profile for a desk's address: the one it has already, else its host."""
    at_home = next((profile.name for profile in known.profiles if profile.url == url), None)
    return at_home or free_name((urlsplit(url).hostname or "desk").replace(":", "-")[:_LONGEST_NAME], known)


def free_name(base: str, known: Profiles) -> str:
    """`base`, with a number where it is taken."""
    names = [base, *(f"{base[: _LONGEST_NAME - 4]}-{number}" for number in range(2, len(known.profiles) + 3))]
    return next(name for name in names if known.get(name) is None)


def joined(profile: Profile, signed: SignedIn) -> Profile:
    """The profile with what the desk said of itself and of who signed in."""
    return Profile(
        name=profile.name,
        url=profile.url,
        person=clean(signed.you.name, limit=_LONGEST_FOREIGN, multiline=False),
        role=signed.you.role.value,
        desk=clean(signed.desk, limit=_LONGEST_FOREIGN, multiline=False),
        keeper=profile.keeper,
    )


def draft_profile(url: str, name: str, keeper: Keeper) -> Profile:
    """A profile nobody has signed in with yet."""
    return Profile(name=name, url=url, keeper=keeper)


async def reach(url: str) -> None:
    """Whether a desk answers there, before anything is asked or kept. Raises the port's errors where none does."""
    net = Net(always_at(url, ""))
    try:
        await ask(net, "health")
    except ServerTrouble:
        return  # it is a desk, and says itself what it can't do now
    finally:
        await net.aclose()


async def trade(url: str, code: str, device: str) -> SignedIn:
    """Use up an invite. Raises the port's errors."""
    net = Net(always_at(url, ""))
    try:
        signed: SignedIn = await ask(net, "log_in", LogIn(code, device))
        return signed
    finally:
        await net.aclose()


async def sign_out(url: str, token: str) -> None:
    """End a token at its desk. Raises the port's errors."""
    net = Net(always_at(url, token))
    try:
        await ask(net, "log_out", Empty())
    finally:
        await net.aclose()
