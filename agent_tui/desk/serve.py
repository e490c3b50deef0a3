"""The life of a desk's process: lock, open, listen, announce, drain, end."""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from agent_tui.config.toml_settings import SettingsError
from agent_tui.desk.announcing import Announcement, announce, withdraw_announcement
from agent_tui.desk.desk import Desk
from agent_tui.desk.home_lock import HomeTaken, home_locked
from agent_tui.desk.http import http_app
from agent_tui.desk.keeping import keep_house
from agent_tui.desk.listening import ListenError, Listening, bind, listening_on
from agent_tui.desk.logs import log_to, say
from agent_tui.desk.server import DeskServer, server_config
from agent_tui.desk.service import Service
from agent_tui.desk.settings import DeskSettings, load_settings
from agent_tui.desk.socket import Socket
from agent_tui.desk.store import Store, StoreSettings, accounts
from agent_tui.desk.store.opening import StoreError
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role

if TYPE_CHECKING:
    from agent_tui.desk.demo import Cast

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2


class ServeOptions(Struct, frozen=True):
    """How to run a desk."""

    home: Path
    """The desk's own folder: database, settings, lock."""
    listen: str = "127.0.0.1:8700"
    json: bool = False
    """Say one JSON line when ready, instead of sentences."""
    behind_proxy: str = ""
    """Address of the proxy in front: only its word on where a visitor comes from is believed."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    demo: bool = False
    """Tell an empty home the demo's history, and let its customers write."""
    ends_with_last_staff_ms: int | None = None
    """End this long after the last staff socket closed; None: stay."""
    own_name: str = ""
    """Name of the desk's own admin where there is none yet; empty: the system user's."""
    invite_first_admin: bool = True
    """On an empty home, make an invite for the first admin and print it."""
    out: TextIO = sys.stdout
    log: TextIO = sys.stderr


async def serve(options: ServeOptions) -> int:
    """Run a desk until it is told to stop. The exit code; what went wrong has been said in a sentence on `log`."""
    try:
        listening = listening_on(options.listen, options.behind_proxy, options.tls_certificate, options.tls_key)
    except ListenError as error:
        return _say_why(options, str(error), USAGE)
    try:
        os.umask(0o077)
        options.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = load_settings(options.home, os.environ)
        if options.demo:
            settings = _demo_telephone(settings)
        with home_locked(options.home), bind(listening) as listener:
            store = Store.open(options.home, StoreSettings(max_page_count=settings.max_page_count))
            try:
                await _run(options, settings, listening, listener, store)
            finally:
                store.close()
    except (SettingsError, ListenError, StoreError, HomeTaken) as error:
        return _say_why(options, str(error), FAILED)
    except OSError as error:
        return _say_why(options, f"The desk could not start in {options.home}: {error.strerror or error}.", FAILED)
    return DONE


def _say_why(options: ServeOptions, sentence: str, code: int) -> int:
    print(sentence, file=options.log, flush=True)
    return code


async def _run(
    options: ServeOptions, settings: DeskSettings, listening: Listening, listener: socket.socket, store: Store
) -> None:
    log_to(options.log)
    _raise_file_limit()
    now_ms = _wall_ms
    cast = await _demo_told(store, settings) if options.demo else None
    service = Service(store, settings, now_ms=now_ms, new_id=uuid7)
    desk = Desk(
        store,
        service,
        settings,
        now_ms=now_ms,
        own_name=options.own_name or system_user(),
        demo=options.demo,
        behind_proxy=bool(options.behind_proxy),
    )
    url = listening.url(listener)
    desk.origins.add_own([url])
    await desk.start()
    invitation = None
    if options.invite_first_admin and not await store.read(accounts.admins):
        invitation = await desk.auth.invite(desk.own_name, Role.ADMIN, None)
    server = DeskServer(server_config(_asgi(desk), settings, listening), desk)
    desk.request_stop = server.stop
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    announcement = Announcement(url, os.getpid(), store.epoch, invitation, settings.public_url)

    def ready() -> None:
        announce(options.home, announcement, desk.auth.local_secret)
        print(announcement.line() if options.json else announcement.sentences(), file=options.out, flush=True)
        say("ready", url=url, pid=os.getpid(), epoch=store.epoch)

    server.on_ready = ready
    # what is here now stays: the collector need not look at it again while customers wait
    gc.collect()
    gc.freeze()
    beside = [asyncio.create_task(keep_house(desk, options.ends_with_last_staff_ms))]
    if cast is not None:
        beside.append(asyncio.create_task(_demo_performed(desk, url, cast)))
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in beside:
            task.cancel()
        withdraw_announcement(options.home)
        await service.stop()
        say("stopped")


def _demo_telephone(settings: DeskSettings) -> DeskSettings:
    from agent_tui.desk.demo.telephone import with_telephone

    return with_telephone(settings)


async def _demo_told(store: Store, settings: DeskSettings) -> "Cast":
    from agent_tui.desk.demo import Cast, seed

    return Cast() if await store.read(accounts.admins) else await seed(store, settings, _wall_ms())


async def _demo_performed(desk: Desk, url: str, cast: "Cast") -> None:
    from agent_tui.desk.demo import perform

    await perform(desk, url, cast)


def _asgi(desk: Desk) -> ASGIApp:
    http = http_app(desk)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await Socket(desk, scope, receive, send).serve()
        else:
            await http(scope, receive, send)

    return application


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def system_user() -> str:
    """Who runs this, as the first admin's name until they choose another."""
    import getpass

    try:
        return getpass.getuser().capitalize()
    except (KeyError, OSError):
        return "Admin"


def _raise_file_limit() -> None:
    """As many sockets as the system lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
