"""The team's layer for commands: the own desk's folder, or the copy of a joined desk's, read again where it answers."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import sentences
from agent_tui.config.paths import Paths, find_paths, private_folder

if TYPE_CHECKING:
    from msgspec import Struct

    from agent_tui.cli.desk_calls import Called
    from agent_tui.cli.ways import Way
    from agent_tui.model.gate import Policy
    from agent_tui.storage.library.team_copy import TeamCopy

T = TypeVar("T")

WITHIN_S: Final = 3.0
_FOLDER: Final = "library"
_POLICY: Final = "gate.toml"


def chosen_desk() -> Chosen:
    """What the root's options say, from within any command below it."""
    return click.get_current_context().find_object(Chosen) or Chosen()


def team_layer(paths: Paths) -> Path | None:
    """The folder, or the copy, that is the team's layer here; None where there is none."""
    from agent_tui.cli.ways import OWN, way_to
    from agent_tui.storage.library.team_copy import TeamCopy

    sealed = _sealed_profile(paths)
    if sealed:
        return TeamCopy(paths.account(sealed)).path  # nobody is asked for a passphrase to see a list
    way = way_to(chosen_desk(), paths)
    if way is None or way.name == OWN:
        folder = paths.desk / _FOLDER
        return folder if folder.is_dir() else None
    copy = TeamCopy(private_folder(paths.account(way.name)))
    asyncio.run(_refresh(way, copy))
    return copy.path


def _sealed_profile(paths: Paths) -> str:
    """The name of the account that is meant, where its token is behind a passphrase."""
    from agent_tui.config.profiles import Keeper, load_profiles

    chosen, known = chosen_desk(), load_profiles(paths)
    profile = None if chosen.own or chosen.address else known.get(chosen.profile or known.last)
    return profile.name if profile is not None and profile.keeper is Keeper.SEALED_FILE else ""


def team_policy(paths: Paths) -> "Policy":
    """What the admin of the desk decided, as far as it is known here; otherwise as strict as without."""
    from agent_tui.cli.ways import OWN, way_to
    from agent_tui.config.toml_settings import SettingsError, load
    from agent_tui.model.gate import Policy
    from agent_tui.ports.errors import PortError
    from agent_tui.storage.library.team_copy import TeamCopy

    try:
        sealed = _sealed_profile(paths)
        way = None if sealed else way_to(chosen_desk(), paths)
        if not sealed and (way is None or way.name == OWN):
            return load(Policy, paths.desk / _POLICY, {}, "")
        head = TeamCopy(paths.account(sealed or (way.name if way else ""))).head()
        return head.policy if head else Policy()
    except (SettingsError, PortError):
        return Policy()


def at_desk(route: str, body: "Struct | None" = None, query: dict[str, Any] | None = None) -> Any:
    """Ask the desk that is meant one route. Leaves with its sentence where it refuses."""
    return with_desk(lambda desk: desk.ask(route, body, query))


def with_desk(work: "Callable[[Called], Awaitable[T]]") -> T:
    """Ask it several, signed in once."""
    from agent_tui.cli.desk_calls import called

    async def run() -> T:
        async with called(chosen_desk(), find_paths()) as desk:
            return await work(desk)

    with sentences():
        return asyncio.run(run())


async def _refresh(way: "Way", copy: "TeamCopy") -> None:
    """Bring the copy up to date; where the desk does not answer, say how old it is and go on with it."""
    from agent_tui.ports.errors import PortError
    from agent_tui.runtime.account import wall_ms
    from agent_tui.runtime.connecting import always_at
    from agent_tui.runtime.guard import ReadOnlyTransport
    from agent_tui.runtime.net import Net
    from agent_tui.runtime.plugins import backend

    head = copy.head()
    have = head.version if head and copy.path.exists() else ""
    try:
        async with asyncio.timeout(WITHIN_S):
            place = await way.find(False)
            plugin, net = backend("desk"), Net(always_at(place.url, place.token))
            watching = plugin.watching(ReadOnlyTransport(net, plugin.only_looks), wall_ms)
            try:
                with copy.writing(have) as writing:
                    page = await watching.library(have)
                    while writing is not None:
                        writing.add(page, wall_ms())
                        if not page.next:
                            break
                        page = await watching.library(have, page.next)
            finally:
                await watching.aclose()
    except (TimeoutError, PortError, OSError):
        click.echo(_as_of(way.place or way.name, head.heard_ms if head else 0), err=True)


def _as_of(desk: str, heard_ms: int) -> str:
    from datetime import datetime

    from agent_tui.model.text import clean

    named = clean(desk, limit=80, multiline=False)
    if not heard_ms:
        return f"{named} did not answer, and nothing of the team's library is kept here yet."
    return f"{named} did not answer: the team's library is as of {datetime.fromtimestamp(heard_ms / 1000):%d %b %H:%M}."
