"""Accounts for the console: opened from a way, and the three doors of the first screen."""

import asyncio
import sys
from datetime import date
from typing import TYPE_CHECKING

from agent_tui.cli import joining, own_names
from agent_tui.cli.asking import ask
from agent_tui.cli.demo import folder as demo_folder
from agent_tui.cli.invite_text import login_command, read_invite
from agent_tui.cli.library.layers import company_folder, layers_at
from agent_tui.cli.token_keeping import UNUSED, CannotKeep, check_can_keep
from agent_tui.cli.typed import as_typed
from agent_tui.cli.ways import Way, own_profile, own_way, profile_way
from agent_tui.config import secrets
from agent_tui.config.paths import Paths
from agent_tui.config.profiles import Keeper, Profile, load_profiles, save_profiles
from agent_tui.config.toml_settings import SettingsError
from agent_tui.model.words import Role
from agent_tui.ports.errors import OnlyWatches, PortError, Refused
from agent_tui.protocol.requests import Me
from agent_tui.runtime.account import Account
from agent_tui.runtime.connecting import account_at, always_at
from agent_tui.runtime.net import Find, Net, Place, checked_url
from agent_tui.runtime.own_desk import OwnDesk
from agent_tui.runtime.shelving import Shelving
from agent_tui.storage.account_file import NotWritable
from agent_tui.storage.library.team_copy import LIBRARY_CACHE, TeamCopy
from agent_tui.ui.options import Opened, OwnNames

if TYPE_CHECKING:
    from agent_tui.storage.library.folders import Folders

DEMO_PLACE = "DEMO"
DEMO_COLLEAGUE = "Ruben"
"""Whom a second screen on the demo is: one of the people of its history."""


async def open_way(way: Way, paths: Paths) -> Opened:
    """The account at the end of a way. Raises `PortError`."""
    place = await way.find(False)
    role = way.role or (await _me(place)).you.role.value
    if role == Role.SUPERVISOR.value:
        raise OnlyWatches("This account only watches: `agent-tui monitor` is its screen.")
    account = _account(way.name, first_place(place, way.find), paths)
    if not way.on_this_machine:
        return Opened(account, way.place)
    return Opened(account, way.place, visitor_page(place), as_typed("--own"), as_typed("--own", "monitor"))


async def open_demo(name: str, *, join: bool = False) -> Opened:
    """The demo of this name: begun, or joined as a colleague. Raises `PortError`."""
    paths = demo_folder.paths_of(name)
    if join:
        desk = OwnDesk(paths.desk, Role.AGENT, DEMO_COLLEAGUE, may_start=False)
    else:
        demo_folder.make(name)
        desk = OwnDesk(paths.desk, command=[sys.executable, "-m", "agent_tui.cli.demo.desk", name])
    place = await desk.find()
    account = _account("colleague" if join else "you", first_place(place, desk.find), paths)
    colleague = as_typed("demo", "--join", name, same_home=False)
    supervisor = as_typed("monitor", "--demo", name, same_home=False)
    return Opened(account, DEMO_PLACE, visitor_page(place), colleague, supervisor)


class FirstScreen:
    """The doors (`ui.options.Doors`). Own desk and team are remembered; a demo is thrown away, and so not."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    async def demo(self) -> Opened:
        """A desk with throwaway data."""
        return await open_demo(demo_folder.new_demo())

    def own_names(self) -> OwnNames | None:
        """What to suggest where the desk of this home never ran."""
        return own_names.to_be_asked(self._paths)

    async def own(self, names: OwnNames) -> Opened:
        """The desk of this home."""
        try:
            kept = own_names.keep_desk_name(self._paths, names)
        except OSError as error:
            raise Refused(own_names.not_kept(error)) from None
        opened = await open_way(own_way(self._paths, agent=kept.agent), self._paths)
        self._remember(own_profile())
        return opened

    async def join(self, invite: str) -> Opened:
        """Trade an invite for a token in the keyring; where there is none, `login` asks what the user wants."""
        said = read_invite(invite)
        if not said.url or not said.code:
            raise Refused("An invite has an address and a code. Paste the whole line that `agent-tui invite` printed.")
        url = checked_url(said.url)
        known = load_profiles(self._paths)
        profile = joining.draft_profile(url, joining.profile_name_for(url, known), Keeper.KEYRING)
        if known.get(profile.name) is not None:
            profile = joining.draft_profile(url, joining.free_name(profile.name, known), Keeper.KEYRING)
        await asyncio.to_thread(self._check_keyring, profile, said.code)
        try:
            signed = await joining.trade(url, said.code, joining.device_name())
        except PortError:
            await asyncio.to_thread(secrets.forget, self._paths, profile)
            raise
        profile = joining.joined(profile, signed)
        await asyncio.to_thread(secrets.keep, self._paths, profile, signed.token)
        self._remember(profile)
        return await open_way(profile_way(self._paths, profile), self._paths)

    def _check_keyring(self, profile: Profile, code: str) -> None:
        if secrets.keyring_name() is None:
            raise Refused(
                "No keyring runs on this machine, so you have to say where the token may be kept. "
                f"Leave, and type: {login_command(profile.url, code)}   {UNUSED}"
            )
        try:
            check_can_keep(self._paths, profile)
        except CannotKeep as error:
            raise Refused(str(error)) from None

    def _remember(self, profile: Profile) -> None:
        save_profiles(self._paths, load_profiles(self._paths).with_profile(profile))


def visitor_page(place: Place) -> str:
    """Where customers write."""
    return f"{place.url}/"


def _account(name: str, find: Find, paths: Paths) -> Account:
    folder = paths.account(name)
    team = TeamCopy(folder)
    library = Shelving(lambda: _layers(paths, team), folder / LIBRARY_CACHE, date.today)
    try:
        return account_at(name, find, folder, library=library, team_copy=team)
    except NotWritable as error:
        raise Refused(str(error)) from None


def _layers(paths: Paths, team: TeamCopy) -> "Folders":
    try:
        company = company_folder(paths)
    except SettingsError:
        company = None  # said when the console started: the usual settings are in force
    return layers_at(paths, company, team.path)


def first_place(place: Place, find: Find) -> Find:
    """Begin with the place that was found already: one sign-in for one console."""
    known: list[Place] = [place]

    async def find_again(again: bool) -> Place:
        return known.pop() if known and not again else await find(again)

    return find_again


async def _me(place: Place) -> Me:
    net = Net(always_at(place.url, place.token))
    try:
        me: Me = await ask(net, "me")
        return me
    finally:
        await net.aclose()
