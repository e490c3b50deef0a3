"""Clients are made in one place: addresses, guard, plugins."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping

import pytest
from msgspec.structs import fields

from agent_tui.ports.errors import Forbidden, Refused, Unreachable
from agent_tui.ports.events import Heard, Quiet
from agent_tui.ports.transport import HttpAnswer
from agent_tui.protocol.frames import decode_command, encode_command
from agent_tui.protocol.table import COMMANDS, CommandRow
from agent_tui.runtime.connecting import always_at
from agent_tui.runtime.guard import ReadOnlyTransport
from agent_tui.runtime.net import Net, Place, checked_url, tls
from agent_tui.runtime.plugins import backend, backend_names


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://chat.example.org/", "https://chat.example.org"),
        ("http://127.0.0.1:8700", "http://127.0.0.1:8700"),
        ("http://localhost:8700/", "http://localhost:8700"),
        ("http://[::1]:8700", "http://[::1]:8700"),
    ],
)
def test_addresses_that_may_be_used(url: str, kept: str) -> None:
    assert checked_url(url) == kept


@pytest.mark.parametrize(
    "url", ["http://chat.example.org", "http://127.0.0.1.example.org", "ftp://x", "chat.example.org", "", "http://"]
)
def test_addresses_that_may_not(url: str) -> None:
    with pytest.raises(Refused):
        checked_url(url)


async def test_nobody_there_is_a_sentence_and_the_place_is_asked_for_again() -> None:
    asked: list[bool] = []

    async def find(again: bool) -> Place:
        asked.append(again)
        return Place("http://127.0.0.1:1", "token")

    net = Net(find)
    with pytest.raises(Unreachable, match=r"Nobody answers at 127\.0\.0\.1:1: the connection is refused"):
        await net.socket("/v1/socket")
    with pytest.raises(Unreachable, match="Nobody answers"):
        await net.request("GET", "/healthz")
    assert asked == [False, True]
    await net.aclose()


async def test_a_token_is_never_sent_in_the_clear_to_another_machine() -> None:
    net = Net(always_at("http://chat.example.org", "token"))
    with pytest.raises(Refused, match="not encrypted"):
        await net.socket("/v1/socket")
    with pytest.raises(Refused, match="not encrypted"):
        await net.request("GET", "/healthz")


def test_there_is_one_tls_context_and_it_checks_names() -> None:
    assert tls() is tls()
    assert tls().check_hostname


class Wire:
    """A transport that notes what reaches it."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        self.sent.append(method)
        return HttpAnswer(200, b"{}")

    async def socket(self, path: str) -> "Wire":
        return self

    async def send(self, frame: bytes) -> None:
        self.sent.append(frame)

    async def receive(self) -> bytes | Heard | Quiet:
        await asyncio.sleep(0)
        return b""

    async def aclose(self) -> None:
        return


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "CONNECT", ""])
async def test_the_guard_lets_no_method_out_but_reads(method: str) -> None:
    wire = Wire()
    with pytest.raises(Forbidden, match="only watched"):
        await ReadOnlyTransport(wire, backend("desk").only_looks).request(method, "/v1/stop")
    assert wire.sent == []


async def test_the_guard_lets_reads_out_but_none_with_a_body() -> None:
    wire = Wire()
    guarded = ReadOnlyTransport(wire, backend("desk").only_looks)
    assert (await guarded.request("GET", "/v1/inbox")).status == 200
    with pytest.raises(Forbidden):
        await guarded.request("GET", "/v1/inbox", body=b"{}")
    assert wire.sent == ["GET"]


WELL_FORMED = {
    "conversation": 1,
    "cid": "c",
    "kind": "public",
    "body": "b",
    "seen_seq": 1,
    "draft_seq": 1,
    "until": 1,
    "stage": "mid",
    "outcome": "lead",
    "needed": True,
    "seq": 1,
    "on": True,
    "availability": "away",
    "n": 1,
    "answer": "yes",
    "call": "c",
    "provider": "simulated",
    "state": "handed_over",
    "result": "spoke",
    "not_before": 1,
    "number": "+31612345678",
    "yes": True,
    "report": "r",
    "snippet": "umbra-days",
    "revision": 1,
    "language": "en",
    "rule": "withdrawn",
    "at": 0,
}


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
async def test_the_guard_lets_no_command_out_that_writes(row: CommandRow) -> None:
    wire = Wire()
    socket = await ReadOnlyTransport(wire, backend("desk").only_looks).socket("/v1/socket")
    needed = {
        field.name: WELL_FORMED[field.name] for field in fields(row.request) if field.required and field.name != "id"
    }
    frame = encode_command(row.request(1, **needed))
    assert isinstance(decode_command(frame), row.request)
    if row.writes:
        with pytest.raises(Forbidden):
            await socket.send(frame)
        assert wire.sent == []
    else:
        await socket.send(frame)
        assert wire.sent == [frame]


def test_watching_is_hello_subscribe_and_watch() -> None:
    assert [row.name for row in COMMANDS if not row.writes] == ["hello", "subscribe", "watch"]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"null",
        b"[]",
        b'{"do":1}',
        b'{"do":["hello"]}',
        b'{"id":1}',
        b'{"do":"claim","do":"hello","id":1,"conversation":1}',
        b'{"do":"hello","do":"claim","id":1,"conversation":1}',
        b'{"id":1,"do":"claim","conversation":1,"d\\u006f":"hello"}',
        b'{"do":"HELLO"}',
        b'{"do":"hello"} {"do":"claim"}',
        b"\xff",
    ],
)
async def test_the_guard_lets_nothing_out_that_it_can_not_read(frame: bytes) -> None:
    wire = Wire()
    socket = await ReadOnlyTransport(wire, backend("desk").only_looks).socket("/v1/socket")
    with pytest.raises(Forbidden):
        await socket.send(frame)
    assert wire.sent == []


def test_backends_are_found_by_name_and_loaded_late() -> None:
    assert "desk" in backend_names()
    assert backend("desk").title == "agent-tui desk"
    with pytest.raises(Refused, match=r"no backend 'nope' \(installed: .*desk"):
        backend("nope")


def test_an_account_costs_no_network_library_before_it_connects() -> None:
    program = (
        "import sys, agent_tui.runtime.own_desk;"
        "from agent_tui.runtime.connecting import account_at, always_at;"
        "account_at('x', always_at('http://[::1]:1', ''), None);"
        "assert not {'httpx','websockets'} & set(sys.modules), 'loaded'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
