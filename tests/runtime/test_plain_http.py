"""HTTP on loopback without a library: every way in which an answer ends, and those that are none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent_tui.runtime.plain_http import NotHttp, ask

LARGEST = 1_000


@asynccontextmanager
async def answering(answer: bytes, asked: list[bytes] | None = None) -> AsyncIterator[str]:
    """A server that reads one request, gives this answer, and closes; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        body = await reader.readexactly(length)
        if asked is not None:
            asked.append(head + body)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdef", 200, b"abc"),
        (b"HTTP/1.0 404 No\r\n\r\nuntil it closes", 404, b"until it closes"),
        (b"HTTP/1.1 204 Nothing\r\n\r\n", 204, b""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            200,
            b"abcde",
        ),
    ],
)
async def test_every_way_an_answer_ends(answer: bytes, status: int, body: bytes) -> None:
    async with answering(answer) as url:
        got = await ask(url, "GET", "/", {}, {}, None, largest=LARGEST)
    assert (got.status, got.body) == (status, body)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut off",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ncut off",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001,
        b"HTTP/1.1 many\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
    ],
)
async def test_what_is_no_whole_answer_is_said(answer: bytes) -> None:
    async with answering(answer) as url:
        with pytest.raises((OSError, EOFError)):
            await ask(url, "GET", "/", {}, {}, None, largest=LARGEST)


async def test_the_request_as_it_is_sent() -> None:
    asked: list[bytes] = []
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", asked) as url:
        await ask(url, "POST", "/v1/x", {"a": "b c&d", "n": 1}, {"Authorization": "Bearer t"}, b"{}", largest=LARGEST)
    (request,) = asked
    head, _, body = request.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    assert (first, body) == (b"POST /v1/x?a=b+c%26d&n=1 HTTP/1.1", b"{}")
    host = url.removeprefix("http://").encode()
    assert set(headers) == {
        b"Host: " + host,
        b"Connection: close",
        b"Content-Length: 2",
        b"Authorization: Bearer t",
    }


async def test_a_token_can_not_add_a_header() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as url:
        with pytest.raises(NotHttp):
            await ask(url, "GET", "/", {}, {"Authorization": "Bearer t\r\nX: y"}, None, largest=LARGEST)
