"""Commands that ask a desk one thing: the joined one, or this machine's own, running or not."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec import Struct

from agent_tui.backends.desk.codec import Codec
from agent_tui.cli.asking import ask
from agent_tui.cli.chosen import Chosen
from agent_tui.cli.ways import OWN, OWN_PLACE, Way, way_to
from agent_tui.config.paths import Paths
from agent_tui.model.words import Role
from agent_tui.ports.errors import Refused, Unreachable
from agent_tui.protocol.errors import Refusal
from agent_tui.runtime import own_desk
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.net import Net

THIS_COMMAND = "command line"
"""The device a command is at the own desk, for as long as it runs."""
NO_ADDRESS = "ADDRESS"
"""Stands where the desk's address for others is not known."""


@dataclass(frozen=True, slots=True)
class Called:
    """A desk to ask."""

    place: str
    """What people call it."""
    address: str
    """Where others reach it, as far as that is known here."""
    ask: Callable[..., Awaitable[Any]]
    """A route's name, its body, query and path; the answer as the table types it. Raises the port's errors."""


@asynccontextmanager
async def called(chosen: Chosen, paths: Paths) -> AsyncIterator[Called]:
    """The desk that is meant: a joined one if the options or the last choice say so, else the own one.

    The own desk is asked where it runs; with none running its store is opened under the lock.
    """
    way = None if chosen.own else way_to(chosen, paths)
    if way is not None and way.name != OWN:
        async with _joined(way) as desk:
            yield desk
        return
    address = _own_address(paths)
    signed_in = await own_desk.sign_in(paths.desk, Role.ADMIN, device=THIS_COMMAND)
    running = own_desk.announced(paths.desk)
    if signed_in is not None and running is not None:
        net = Net(always_at(running.url, signed_in.token))
        try:
            yield Called(OWN_PLACE, address or running.url, partial(ask, net))
            await ask(net, "log_out")
        finally:
            await net.aclose()
        return
    async with _at_rest(paths, address or NO_ADDRESS) as desk:
        yield desk


@asynccontextmanager
async def _joined(way: Way) -> AsyncIterator[Called]:
    place = await way.find(False)
    net = Net(always_at(place.url, place.token))
    try:
        yield Called(way.place or place.url, place.url, partial(ask, net))
    finally:
        await net.aclose()


@asynccontextmanager
async def _at_rest(paths: Paths, address: str) -> AsyncIterator[Called]:
    from agent_tui.desk.at_rest import desk_at_rest
    from agent_tui.desk.home_lock import HomeTaken
    from agent_tui.desk.serve import system_user
    from agent_tui.desk.store.opening import StoreError

    try:
        async with desk_at_rest(paths.desk, system_user()) as ask_at_rest:

            async def asked(
                route: str,
                body: Struct | None = None,
                query: Mapping[str, Any] | None = None,
                path: Mapping[str, int] | None = None,
            ) -> Any:
                try:
                    return await ask_at_rest(route, body, query or {}, path or {})
                except Refusal as refusal:
                    raise Codec().error(refusal.answer) from None

            yield Called(f"{OWN_PLACE} (not running)", address, asked)
    except HomeTaken:
        raise Unreachable(f"A desk has {paths.desk} open and does not answer: wait a moment, then try again.") from None
    except StoreError as error:
        raise Refused(str(error)) from None


def _own_address(paths: Paths) -> str:
    from agent_tui.desk.settings import load_settings

    return load_settings(paths.desk, os.environ).public_url
