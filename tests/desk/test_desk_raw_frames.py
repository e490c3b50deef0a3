"""Frames no WebSocket library sends: the connection ends, with the right code where one can be said."""

import base64
import os
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.desk.conftest import ROOMY
from tests.desk_process import DeskProcess, running_desk

TEXT, BINARY, CLOSE, PING, PONG, CONTINUED = 0x1, 0x2, 0x8, 0x9, 0xA, 0x0


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    """A desk that waits long for a hello: what ends the connection is the frame."""
    env = {**ROOMY, "AGENT_TUI_DESK_HELLO_MS": "60000"}
    with running_desk(tmp_path_factory.mktemp("raw") / "home", env=env) as running:
        yield running


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A frame as RFC 6455, 5.2 draws it; its mask is of zeros, so that the data can be read here."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    flag = 0x80 if masked else 0
    if len(data) < 126:
        head = struct.pack("!BB", first, flag | len(data))
    elif len(data) < 65536:
        head = struct.pack("!BBH", first, flag | 126, len(data))
    else:
        head = struct.pack("!BBQ", first, flag | 127, len(data))
    return head + (b"\0\0\0\0" if masked else b"") + data


def length_only(opcode: int, length: int) -> bytes:
    """A frame's head that promises `length` bytes, and nothing of them."""
    return struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length) + b"\0\0\0\0"


CASES: dict[str, tuple[bytes, set[int]]] = {
    "unknown data opcode": (frame(0x3, b"x"), {1002}),
    "unknown control opcode": (frame(0xB, b"x"), {1002}),
    "RSV1 without an extension": (frame(TEXT, b"{}", rsv=4), {1002}),
    "RSV2": (frame(TEXT, b"{}", rsv=2), {1002}),
    "RSV3": (frame(TEXT, b"{}", rsv=1), {1002}),
    "not masked": (frame(TEXT, b"{}", masked=False), {1002}),
    "ping of 126 bytes": (frame(PING, b"x" * 126), {1002}),
    "ping in fragments": (frame(PING, b"x", fin=False), {1002}),
    "close in fragments": (frame(CLOSE, b"", fin=False), {1002}),
    "close of one byte": (frame(CLOSE, b"x"), {1002}),
    "close with a code that is none": (frame(CLOSE, struct.pack("!H", 999)), {1002}),
    "close with a code for inside": (frame(CLOSE, struct.pack("!H", 1006)), {1002}),
    "close with a reason that is not UTF-8": (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), {1002, 1007}),
    "close": (frame(CLOSE, struct.pack("!H", 1000)), {1000}),
    "close without a code": (frame(CLOSE), {1000, 1005}),
    "continuation of nothing": (frame(CONTINUED, b"x"), {1002}),
    "a text inside a text": (frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"), {1002}),
    "a promise of 2^62 bytes": (length_only(TEXT, 2**62), {1002, 1009}),
    "a promise of 2^63 bytes": (length_only(TEXT, 2**63), {1002, 1009}),
    "a promise of 1 MiB": (length_only(TEXT, 2**20), {1009}),
    "too much in fragments": (
        frame(TEXT, b"x" * 60_000, fin=False) + frame(CONTINUED, b"x" * 60_000, fin=False) * 3,
        {1009},
    ),
    "half a character": (frame(TEXT, b"\xe2\x82"), {1007}),
    "a surrogate in UTF-8": (frame(TEXT, b"\xed\xa0\x80"), {1007}),
    "beyond Unicode": (frame(TEXT, b"\xf4\x90\x80\x80"), {1007}),
    "an overlong slash": (frame(TEXT, b"\xc0\xaf"), {1007}),
    "binary": (frame(BINARY, b"{}"), {4400}),
    "an empty text": (frame(TEXT), {4400}),
}


def opened(desk: DeskProcess) -> socket.socket:
    """A socket after the handshake."""
    host, port = desk.url.removeprefix("http://").split(":")
    raw = socket.create_connection((host, int(port)), timeout=10)
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET /v1/socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += raw.recv(1024)
    assert b"101" in answer.split(b"\r\n")[0]
    return raw


def close_code(raw: socket.socket) -> int:
    """Read to the end; the code of the close frame, 1006 where none came."""
    heard = b""
    try:
        while got := raw.recv(65536):
            heard += got
            if close_in(heard) is not None:
                raw.sendall(frame(CLOSE))
    except ConnectionError:
        pass
    found = close_in(heard)
    return 1006 if found is None else found


def close_in(heard: bytes) -> int | None:
    while len(heard) >= 2:
        length, start = heard[1] & 0x7F, 2
        if length == 126:
            if len(heard) < 4:
                return None
            length, start = int(struct.unpack("!H", heard[2:4])[0]), 4
        if len(heard) < start + length:
            return None
        if heard[0] & 0x0F == CLOSE:
            return int(struct.unpack("!H", heard[start : start + 2])[0]) if length >= 2 else 1005
        heard = heard[start + length :]
    return None


@pytest.mark.parametrize(("sent", "codes"), CASES.values(), ids=CASES.keys())
def test_a_broken_frame_ends_its_own_connection(patient: DeskProcess, sent: bytes, codes: set[int]) -> None:
    with opened(patient) as raw:
        raw.sendall(sent)
        assert close_code(raw) in codes
    assert patient.get("/healthz")["ok"]
    assert "failed" not in patient.said()


def test_a_ping_is_answered(patient: DeskProcess) -> None:
    with opened(patient) as raw:
        raw.sendall(frame(PING, b"are you there"))
        assert raw.recv(1024) == bytes([0x80 | PONG, 13]) + b"are you there"


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: eHg=\r\nSec-WebSocket-Version: 13\r\n\r\n",
        b"GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 8\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"x" * 100_000,
        b"POST /v1/visitors HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/visitors HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["no key", "short key", "old version", "TLS", "long line", "negative length", "bad chunk"],
)
def test_a_broken_request_is_refused(patient: DeskProcess, request_text: bytes) -> None:
    host, port = patient.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(request_text)
        try:
            answer = raw.recv(65536)
        except ConnectionError:
            answer = b""
    assert answer == b"" or answer.split()[1][:1] == b"4"
    assert patient.get("/healthz")["ok"]
