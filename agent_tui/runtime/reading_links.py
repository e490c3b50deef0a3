"""Reading sources' links: few at a time, politely, and never into a private network unless that is allowed."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from agent_tui.core.library.linkcheck import Reading
from agent_tui.model.links import LinkRefused, checked_link
from agent_tui.runtime.net import page_client

if TYPE_CHECKING:
    import httpx

AT_ONCE: Final = 8
BETWEEN_S: Final = 1.0
"""Seconds between two requests to one host."""
WITHIN_S: Final = 30.0
MOST_HOPS: Final = 6
MOST_ADDRESSES: Final = 3
MOST_BYTES: Final = 2 * 1024 * 1024
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_FOR_GOOD: Final = (301, 308)


class _NotGoingThere(Exception):
    """The sentence says why an address is not read; `gone` where its host does not exist."""

    def __init__(self, sentence: str, *, gone: bool = False) -> None:
        super().__init__(sentence)
        self.gone = gone


class LinkReader:
    """Reads links for as long as it is open."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        between_s: float = BETWEEN_S,
        resolve: Callable[[str], Awaitable[list[str]]] | None = None,
    ) -> None:
        """`resolve`: the addresses of a host; otherwise as this machine says."""
        self._resolve = resolve or addresses_of
        self._allow_private = allow_private
        self._between_s = between_s
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._turns: dict[str, asyncio.Lock] = {}
        self._client: httpx.AsyncClient | None = None

    async def read_all(self, wanted: Iterable[tuple[str, bool]]) -> AsyncIterator[Reading]:
        """What each address (and whether its text is wanted) says, in their order, as soon as it is known."""
        self._client = await page_client()
        tasks = [asyncio.create_task(self.read(url, text)) for url, text in wanted]
        try:
            for task in tasks:
                yield await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._client.aclose()

    async def read(self, url: str, text: bool) -> Reading:
        """One link: asked for its head, then for its text where that is wanted or the head is refused."""
        async with self._slots:
            try:
                async with asyncio.timeout(WITHIN_S):
                    head = await self._follow("HEAD", url)
                    if head.status < 400 and not text:
                        return head
                    return await self._follow("GET", url)
            except TimeoutError:
                return Reading(url, trouble=f"no answer within {WITHIN_S:.0f} seconds")
            except _NotGoingThere as refused:
                return Reading(url, trouble=str(refused), gone=refused.gone)
            except Exception as error:
                if not type(error).__module__.startswith(("httpx", "ssl")):
                    raise
                return Reading(url, trouble=f"no connection ({type(error).__name__})")

    async def _follow(self, method: str, url: str) -> Reading:
        hops: list[str] = []
        moved = True
        for _ in range(MOST_HOPS):
            answer = await self._ask(method, url)
            if answer.status not in _REDIRECTS or not answer.text:
                return Reading(
                    url,
                    answer.status,
                    answer.kind,
                    answer.text,
                    tuple(hops),
                    moved=moved and bool(hops),
                )
            moved = moved and answer.status in _FOR_GOOD
            hops.append(url)
            url = urljoin(url, answer.text)
        raise _NotGoingThere(f"it is redirected more than {MOST_HOPS} times")

    async def _sent(self, method: str, parts: SplitResult, addresses: list[str]) -> "httpx.Response":
        """Asked at the addresses that were looked at: a name that is bound to another one meanwhile changes nothing."""
        assert self._client is not None
        for number, address in enumerate(addresses, start=1):
            request = self._client.build_request(
                method,
                parts._replace(netloc=_netloc(address, parts.port)).geturl(),
                headers={"Host": parts.netloc},
                extensions={"sni_hostname": parts.hostname},
            )
            try:
                return await self._client.send(request, stream=True)
            except Exception as error:
                if type(error).__name__ != "ConnectError" or number == len(addresses):
                    raise
        raise _NotGoingThere(f"{parts.hostname} has no address")

    async def _addresses(self, host: str) -> list[str]:
        """Where a host is, once it is clear that it is no place of somebody's own."""
        try:
            found = await self._resolve(host)
        except socket.gaierror as error:
            raise _NotGoingThere(f"{host} is not found", gone=error.errno == socket.EAI_NONAME) from None
        if not (self._allow_private or all(map(_is_public, found))):
            raise _NotGoingThere(f"{host} is in a private network (--allow-private reads it all the same)")
        return found[:MOST_ADDRESSES]

    async def _ask(self, method: str, url: str) -> Reading:
        """One request; of a redirect, `text` is where it leads."""
        try:
            link = checked_link(url)
        except LinkRefused as refused:
            raise _NotGoingThere(str(refused).rstrip(".")) from None
        parts = urlsplit(link.url)
        host = parts.hostname or ""
        async with self._turns.setdefault(host, asyncio.Lock()):
            answer = await self._sent(method, parts, await self._addresses(host))
            try:
                where = answer.headers.get("location", "") if answer.status_code in _REDIRECTS else ""
                text = where or (await _text_of(answer) if method == "GET" else "")
                kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            finally:
                await answer.aclose()
            await asyncio.sleep(self._between_s)
        return Reading(link.url, answer.status_code, kind, text)


async def _text_of(answer: "httpx.Response") -> str:
    raw = bytearray()
    async for piece in answer.aiter_bytes():
        raw += piece
        if len(raw) >= MOST_BYTES:
            break
    return raw[:MOST_BYTES].decode(answer.charset_encoding or "utf-8", "replace")


async def addresses_of(host: str) -> list[str]:
    """What a name stands for. Raises `socket.gaierror`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def _netloc(address: str, port: int | None) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port}" if port else host


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast
