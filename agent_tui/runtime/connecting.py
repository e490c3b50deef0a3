"""From a profile's facts to an account: transport, guard, backend halves and the account's folder."""

from collections.abc import Callable
from pathlib import Path

from agent_tui.ports.errors import Refused
from agent_tui.ports.wall import Overseeing
from agent_tui.runtime.account import Account, wall_ms
from agent_tui.runtime.guard import ReadOnlyTransport
from agent_tui.runtime.monitor import Monitor
from agent_tui.runtime.net import Find, Net, Place
from agent_tui.runtime.plugins import backend
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.library.team_copy import TeamCopy


def account_at(
    name: str,
    find: Find,
    folder: Path | None,
    *,
    backend_name: str = "desk",
    watch_only: bool = False,
    now_ms: Callable[[], int] = wall_ms,
    library: Shelving | None = None,
    team_copy: TeamCopy | None = None,
) -> Account:
    """An account that is not yet running.

    `find` says where the backend is and with which token. `folder`: the account's own on this machine, made at need;
    None keeps nothing. With `watch_only` the answering half is not made, and the transport lets only reads out.
    A folder that can't be used is said when something is to be sent or kept. Raises `Refused` for an unknown backend.
    """
    plugin = backend(backend_name)
    file = AccountFile.open_or_refuse(folder)
    net = Net(find)
    if watch_only:
        watching = plugin.watching(ReadOnlyTransport(net, plugin.only_looks), now_ms)
        return Account(name, watching, None, file, now_ms=now_ms, library=library, team_copy=team_copy)
    watching = plugin.watching(net, now_ms)
    answering = plugin.answering(watching)
    return Account(name, watching, answering, file, now_ms=now_ms, library=library, team_copy=team_copy)


def monitor_at(name: str, find: Find, *, backend_name: str = "desk", now_ms: Callable[[], int] = wall_ms) -> Monitor:
    """A monitor that is not yet running: a watching half with a wall, on a transport that lets only reads out.

    Raises `Refused` for an unknown backend, and for one that has no wall.
    """
    return Monitor(name, overseeing_at(Net(find), backend_name, now_ms), now_ms=now_ms)


def overseeing_at(net: Net, backend_name: str = "desk", now_ms: Callable[[], int] = wall_ms) -> Overseeing:
    """The watching half with a wall; nothing but reads leaves through it. Raises `Refused` where there is no wall."""
    plugin = backend(backend_name)
    overseeing = plugin.overseeing(ReadOnlyTransport(net, plugin.only_looks), now_ms)
    if overseeing is None:
        raise Refused(f"The backend {backend_name!r} has no wall to watch: a monitor needs the desk.")
    return overseeing


def always_at(url: str, token: str) -> Find:
    """A backend whose place and token don't change while the account runs."""

    async def find(_again: bool) -> Place:
        return Place(url.rstrip("/"), token)

    return find
