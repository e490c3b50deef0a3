"""HTTP/1.1 without TLS to a desk on this machine, on asyncio alone (RFC 9112).

A client library costs a tenth of a second of imports between a console's first paint and its first message. Nothing
it offers is needed on loopback: no TLS, no proxy, no pool; a connection is made in 0.2 ms and serves one request.
"""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from agent_tui.ports.transport import HttpAnswer

_LONGEST_HEAD: Final = 64 * 1024
_HTTP_PORT: Final = 80
_HEAD_ENDS: Final = b"\r\n\r\n"


class NotHttp(OSError):
    """What answered does not speak HTTP, or says more than is taken."""


async def ask(
    url: str,
    method: str,
    path: str,
    query: Mapping[str, str | int],
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    largest: int,
) -> HttpAnswer:
    """One request to `url` + `path`, and its answer of any status. `largest`: of the answer's body, in bytes.

    Raises OSError or EOFError where there was no whole answer.
    """
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port or _HTTP_PORT, limit=_LONGEST_HEAD)
    try:
        target = f"{place.path}{path}?{urlencode(query)}" if query else f"{place.path}{path}"
        said = {"Host": place.netloc, "Connection": "close", "Content-Length": str(len(body or b"")), **headers}
        if not all(value.isprintable() for value in said.values()):
            raise NotHttp("a header that would end early")
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        writer.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (body or b""))
        await writer.drain()
        return await _answer(reader, method, largest)
    except (asyncio.LimitOverrunError, ValueError) as error:
        raise NotHttp(f"no HTTP ({error})") from None
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader, method: str, largest: int) -> HttpAnswer:
    start, *lines = (await reader.readuntil(_HEAD_ENDS)).decode("latin-1").split("\r\n")
    version, _, rest = start.partition(" ")
    if not version.startswith("HTTP/1."):
        raise NotHttp("another protocol")
    status = int(rest[:3])
    found = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if method == "HEAD" or status in (204, 304):
        return HttpAnswer(status, b"")
    if "chunked" in found.get("transfer-encoding", "").lower():
        return HttpAnswer(status, await _chunks(reader, largest))
    length = found.get("content-length")
    if length is not None:
        return HttpAnswer(status, await reader.readexactly(_within(int(length), largest)))
    body = bytearray()
    while more := await reader.read(_LONGEST_HEAD):
        body += more
        _within(len(body), largest)
    return HttpAnswer(status, bytes(body))


async def _chunks(reader: asyncio.StreamReader, largest: int) -> bytes:
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        body += await reader.readexactly(_within(len(body) + size, largest) - len(body))
        await reader.readuntil(b"\r\n")
    return bytes(body)


def _within(size: int, largest: int) -> int:
    if not 0 <= size <= largest:
        raise NotHttp("an answer of impossible size")
    return size
