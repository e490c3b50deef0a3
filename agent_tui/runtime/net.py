"""The only place where network clients are made, and one TLS context; imported at the first connection, not before."""

import asyncio
import ipaddress
import ssl
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from agent_tui.ports.errors import Refused, Unreachable
from agent_tui.ports.events import Heard, Quiet
from agent_tui.ports.transport import HandshakeRefused, HttpAnswer, SocketEnded
from agent_tui.runtime import plain_http
from agent_tui.runtime.pulse import Beat, Pulse

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection

ANSWER_WITHIN_S: Final = 10.0
CLOSE_WITHIN_S: Final = 2.0
LARGEST_FRAME: Final = 32 * 1024 * 1024
"""Bytes: a page of 500 events, each with the longest message."""
FRAMES_AHEAD: Final = 4
_NOT_SIGNED_IN: Final = 401


class Place(Struct, frozen=True):
    """Where a backend is, and the token that opens it; without one it is asked as anybody."""

    url: str
    token: str = ""
    user: str = ""
    """Whose password the token is, where names sign in (RFC 7617); empty: it is a bearer's (RFC 6750)."""
    body_type: str = ""
    """What the bodies of requests are, where the other side asks for it to be said."""

    @property
    def headers(self) -> dict[str, str]:
        """How a request signs in."""
        if self.user:
            pair = b64encode(f"{self.user}:{self.token}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def headers_with(self, body: bytes | None) -> dict[str, str]:
        """The same, and what the body is where there is one."""
        return {**self.headers, "Content-Type": self.body_type} if body and self.body_type else self.headers


Find = Callable[[bool], Awaitable[Place]]
"""Where the backend is now. Called with True when the last answer to that did not open it any more."""


def checked_url(url: str) -> str:
    """The address without a slash at its end. Raises `Refused` for one that would carry a token in the clear."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"{url!r} is not a desk's address: it looks like https://chat.example.org.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Refused("This address is not encrypted (http): only a desk on this machine is spoken to that way.")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """This machine, by its fixed addresses or its usual name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def tls() -> ssl.SSLContext:
    """The one TLS context: the system's trust, host names checked."""
    return ssl.create_default_context()


async def page_client() -> "httpx.AsyncClient":
    """A client for public pages: no token, no proxy, and no redirect followed; whoever reads checks each hop."""
    module = await _module("httpx")
    client: httpx.AsyncClient = module.AsyncClient(
        verify=await asyncio.to_thread(tls),
        timeout=ANSWER_WITHIN_S,
        trust_env=False,
        headers={"User-Agent": "agent-tui library check", "Accept": "text/html, text/plain, */*"},
    )
    return client


class Net:
    """HTTP and sockets to one backend. Finds it again when it has moved or has a new token."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._place: Place | None = None
        self._stale = False
        self._http: httpx.AsyncClient | None = None

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        """Ask once; again only where a token was refused and there is another one now. Raises `Unreachable`."""
        answer = await self._ask(method, path, query, body)
        if answer.status == _NOT_SIGNED_IN and await self._has_moved():
            answer = await self._ask(method, path, query, body)
        return answer

    async def socket(self, path: str) -> "WebSocket":
        """Connect, as `request` asks. Raises `Unreachable` or `HandshakeRefused`."""
        try:
            return await self._connect(path)
        except HandshakeRefused as refused:
            if refused.answer.status != _NOT_SIGNED_IN or not await self._has_moved():
                raise
        return await self._connect(path)

    async def _has_moved(self) -> bool:
        """A desk that was restarted knows its earlier tokens no more; whoever finds it again has a new one."""
        before = self._place
        self._stale = True
        return await self._found() != before

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str | int] | None, body: bytes | None
    ) -> HttpAnswer:
        place = await self._found()
        if urlsplit(place.url).scheme == "http":  # on this machine, see `checked_url`
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    return await plain_http.ask(
                        place.url, method, path, query or {}, place.headers_with(body), body, largest=LARGEST_FRAME
                    )
            except (OSError, EOFError) as error:
                self._stale = True
                raise Unreachable(f"Nobody answers at {self._shown}: {_why(error)}.") from None
        client = await self._client(place)
        httpx = await _module("httpx")
        try:
            answer = await client.request(
                method, path, params=dict(query or {}), content=body, headers=place.headers_with(body)
            )
        except httpx.HTTPError as error:
            self._stale = True
            raise Unreachable(f"Nobody answers at {self._shown}: {_why(error)}.") from None
        return HttpAnswer(answer.status_code, answer.content)

    async def _connect(self, path: str) -> "WebSocket":
        place = await self._found()
        client = await _module("websockets.asyncio.client")
        exceptions = await _module("websockets.exceptions")
        local = is_loopback(urlsplit(place.url).hostname or "")
        try:
            connection = await client.connect(
                place.url.replace("http", "ws", 1) + path,
                additional_headers=place.headers,
                ssl=await asyncio.to_thread(tls) if place.url.startswith("https") else None,
                compression=None,
                proxy=None if local else True,
                max_size=LARGEST_FRAME,
                max_queue=FRAMES_AHEAD,
                ping_interval=None,
                open_timeout=ANSWER_WITHIN_S,
                close_timeout=CLOSE_WITHIN_S,
            )
        except exceptions.InvalidStatus as error:
            self._stale = True
            answer = HttpAnswer(error.response.status_code, bytes(error.response.body or b""))
            raise HandshakeRefused("The connection was refused.", answer) from None
        except (OSError, TimeoutError, exceptions.WebSocketException) as error:
            self._stale = True
            raise Unreachable(f"Nobody answers at {self._shown}: {_why(error)}.") from None
        return WebSocket(connection, exceptions.ConnectionClosed)

    async def aclose(self) -> None:
        """Let go of all connections."""
        client, self._http = self._http, None
        if client is not None:
            await client.aclose()

    @property
    def _shown(self) -> str:
        return urlsplit(self._place.url).netloc if self._place else "the desk's address"

    async def _found(self) -> Place:
        if self._place is None or self._stale:
            place = await self._find(self._stale)
            checked_url(place.url)
            self._stale = False
            if place != self._place:
                await self.aclose()
                self._place = place
        return self._place

    async def _client(self, place: Place) -> "httpx.AsyncClient":
        if self._http is None:
            httpx = await _module("httpx")
            self._http = httpx.AsyncClient(
                base_url=place.url,
                headers=place.headers,
                verify=await asyncio.to_thread(tls),
                timeout=ANSWER_WITHIN_S,
                trust_env=not is_loopback(urlsplit(place.url).hostname or ""),
            )
        return self._http


class WebSocket:
    """One connection, with a pulse: what is heard of it comes between its frames."""

    def __init__(self, connection: "ClientConnection", closed: type[Exception]) -> None:
        self._connection = connection
        self._closed = closed
        self._pulse = Pulse(asyncio.get_running_loop().time())
        self._pings: set[asyncio.Task[None]] = set()

    async def send(self, frame: bytes) -> None:
        """Send one text frame. Raises `SocketEnded`."""
        try:
            await self._connection.send(frame, text=True)
        except self._closed as error:
            raise self._ended(error) from None

    async def receive(self) -> bytes | Heard | Quiet:
        """The next frame, or how alive the connection is. Raises `SocketEnded`."""
        loop = asyncio.get_running_loop()
        while True:
            match self._pulse.look(loop.time()):
                case Beat.HEARD:
                    return Heard(_wall_ms(loop, self._pulse.heard_at))
                case Beat.QUIET:
                    return Quiet(_wall_ms(loop, self._pulse.heard_at))
                case Beat.DEAD:
                    self._connection.transport.abort()
                    raise SocketEnded("The connection is dead: nothing came back for 20 seconds.", 1006)
                case Beat.PING:
                    ping = asyncio.create_task(self._ping())
                    self._pings.add(ping)
                    ping.add_done_callback(self._pings.discard)
                case Beat.NOTHING:
                    pass
            # a frame that waits already is taken even when the time is over: it proves more than any ping
            until = max(self._pulse.next_look(), loop.time() + 0.05)
            try:
                async with asyncio.timeout_at(until):
                    frame = await self._connection.recv(decode=False)
            except TimeoutError:
                continue
            except self._closed as error:
                raise self._ended(error) from None
            self._pulse.heard(loop.time())
            return frame

    async def aclose(self) -> None:
        """Close it, in at most two seconds."""
        for ping in self._pings:
            ping.cancel()
        await self._connection.close()

    async def _ping(self) -> None:
        try:
            await (await self._connection.ping())
        except self._closed:
            return  # whoever receives is told
        self._pulse.heard(asyncio.get_running_loop().time())

    def _ended(self, error: Any) -> SocketEnded:
        received = error.rcvd
        code = received.code if received else 1006
        reason = "the desk closed it" if received else "it was lost"
        return SocketEnded(f"The connection ended: {reason}.", code)


def _wall_ms(loop: asyncio.AbstractEventLoop, moment: float) -> int:
    return time.time_ns() // 1_000_000 - int((loop.time() - moment) * 1000)


async def _module(name: str) -> Any:
    """Imported in a thread: it takes a tenth of a second, in which the screen goes on."""
    return await asyncio.to_thread(import_module, name)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "its certificate is not trusted here"
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError) or "refused" in str(error).lower():
        return "the connection is refused"
    return "no connection"
