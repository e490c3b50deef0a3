"""Links are read as they should be: head first, redirects followed and counted, private networks left alone."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from agent_tui.core.library.linkcheck import LinkState, Reading, judge
from agent_tui.runtime.reading_links import LinkReader

ASKED: list[str] = []
HOSTS: set[str] = set()


class Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(b"<p>In 2025 41% left.</p>" + b"word " * 60)

    def _answer(self, body: bytes) -> None:
        ASKED.append(f"{self.command} {self.path}")
        HOSTS.add(self.headers["Host"])
        status, where = {
            "/moved": (301, "/page"),
            "/for-now": (302, "/page"),
            "/loop": (302, "/loop"),
            "/inside": (302, "ftp://example.org/"),
            "/gone": (404, ""),
            "/no-head": (405 if self.command == "HEAD" else 200, ""),
        }.get(self.path, (200, ""))
        self.send_response(status)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[str]:
    ASKED.clear()
    HOSTS.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def read(
    *wanted: tuple[str, bool], allow_private: bool = True, resolve: Callable[[str], Awaitable[list[str]]] | None = None
) -> list[Reading]:
    reader = LinkReader(allow_private=allow_private, between_s=0, resolve=resolve)
    return [reading async for reading in reader.read_all(wanted)]


async def test_each_link_is_told_apart(site: str) -> None:
    expected = {
        "/page": LinkState.OK,
        "/moved": LinkState.MOVED,
        "/for-now": LinkState.OK,
        "/loop": LinkState.UNREAD,
        "/inside": LinkState.UNREAD,
        "/gone": LinkState.DEAD,
        "/no-head": LinkState.OK,
    }
    readings = await read(*((site + path, True) for path in expected))
    assert [judge(reading, "41%").state for reading in readings] == list(expected.values())
    assert readings[1].url == f"{site}/page"


async def test_a_head_is_enough_where_no_figure_is_looked_for(site: str) -> None:
    await read((f"{site}/page", False), (f"{site}/no-head", False))
    assert sorted(ASKED) == ["GET /no-head", "HEAD /no-head", "HEAD /page"]


async def test_private_networks_are_not_asked(site: str) -> None:
    addresses = [site, "http://localhost:1/", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest"]
    for reading in await read(*((address, True) for address in addresses), allow_private=False):
        assert judge(reading, "").state is LinkState.UNREAD
        assert "private network" in reading.trouble
    assert ASKED == []


async def test_nobody_listening_is_not_dead() -> None:
    (reading,) = await read(("http://127.0.0.1:9/", True))
    assert judge(reading, "").state is LinkState.UNREAD


async def test_a_host_is_asked_at_the_address_that_was_looked_at(site: str) -> None:
    """A name that is bound to another address between the look and the connection changes nothing."""
    port = site.rpartition(":")[2]
    looked: list[str] = []

    async def resolve(host: str) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["203.0.113.9"]

    (reading,) = await read((f"http://no-such-name.example:{port}/page", False), resolve=resolve)
    assert judge(reading, "").state is LinkState.OK
    assert (looked, HOSTS) == (["no-such-name.example"], {f"no-such-name.example:{port}"})


async def test_one_private_address_among_public_ones_is_enough_to_stay_away(site: str) -> None:
    async def resolve(_: str) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    (reading,) = await read((site, True), allow_private=False, resolve=resolve)
    assert "private network" in reading.trouble
    assert ASKED == []


async def test_the_next_address_is_tried_where_nobody_listens(site: str) -> None:
    async def resolve(_: str) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    (reading,) = await read((f"{site}/page", True), resolve=resolve)
    assert judge(reading, "41%").state is LinkState.OK
