"""What comes over a socket and is not what it should be: a clear error, and everybody else goes on."""

import contextlib
import json
import time
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_tui.model.ids import uuid7
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from agent_tui.protocol.limits import Limits
from tests.clients import Refused
from tests.desk.conftest import staff_of, visitor_of
from tests.desk_process import DeskProcess, running_desk

UNREADABLE: dict[str, str | bytes] = {
    "not JSON": "hello",
    "empty": "",
    "half of JSON": '{"do":"say"',
    "two values": '{"do":"end"} {}',
    "a list": "[]",
    "binary": b"\x00\x01",
    "deep": "[" * 1000 + "]" * 1000,
    "deep and open": '{"do":' * 20_000,
    "NaN": '{"do":"seen","n":NaN}',
    "infinity": '{"do":"seen","n":Infinity}',
    "a lone surrogate without an id": '{"do":"say","cid":"x","body":"\\ud800"}',
    "a very long number": '{"do":"seen","n":' + "9" * 5000 + "}",
    "no command": "{}",
    "a command of nobody": '{"do":"drop_tables"}',
}


@pytest.mark.parametrize("frame", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_frame_without_a_readable_id_is_an_error_for_all_to_see(desk: DeskProcess, frame: str | bytes) -> None:
    async with visitor_of(desk) as other:
        jane = visitor_of(desk)
        await jane.connect()
        await jane.raw(frame)
        await jane.until(lambda: jane.errors or jane.close_code)
        error = jane.errors[0]
        assert error.code in (Code.BAD_FRAME, Code.BAD_VALUE, Code.UNKNOWN_COMMAND)
        assert error.detail.endswith(".")
        assert "Traceback" not in error.detail
        if error.code is Code.BAD_FRAME:
            assert await jane.closed() == 4400
        else:
            assert (await jane.say("still here")).seq == 1
        await jane.close()
        assert (await other.say("unharmed")).seq >= 1


REFUSED_WITH_ID = {
    "lone surrogate": '{"do":"say","id":77,"cid":"%s","body":"a\\ud800b"}',
    "unknown command": '{"do":"nothing","id":77,"cid":"%s"}',
    "missing field": '{"do":"say","id":77,"cid":"%s"}',
    "wrong type": '{"do":"say","id":77,"cid":"%s","body":5}',
    "a role's command that is not theirs": '{"do":"take_next","id":77,"cid":"%s"}',
}


@pytest.mark.parametrize("frame", REFUSED_WITH_ID.values(), ids=REFUSED_WITH_ID.keys())
async def test_a_frame_with_an_id_is_answered_and_the_socket_goes_on(desk: DeskProcess, frame: str) -> None:
    async with visitor_of(desk) as jane:
        await jane.raw(frame % uuid7())
        await jane.until(lambda: jane.errors)
        assert (await jane.say("still here")).seq == 1


async def test_a_frame_that_is_too_large_closes_with_1009(desk: DeskProcess) -> None:
    async with visitor_of(desk) as other:
        jane = visitor_of(desk)
        await jane.connect()
        await jane.raw('{"do":"say","id":2,"cid":"x","body":"' + "x" * 200_000 + '"}')
        assert await jane.closed() == 1009
        assert (await other.say("unharmed")).seq == 1


async def test_a_message_in_fragments_is_measured_whole(desk: DeskProcess) -> None:
    jane = visitor_of(desk)
    await jane.connect()
    assert jane._socket is not None
    # The last one goes beyond the limit: after it, a reset by the closed socket could take the code away.
    whole, each = Limits().frame_bytes, 16_000
    with contextlib.suppress(ConnectionClosed):
        await jane._socket.send("x" * each for _ in range(whole // each + 1))
    assert await jane.closed() == 1009


async def test_bytes_that_are_not_utf8_close_with_1007(desk: DeskProcess) -> None:
    jane = visitor_of(desk)
    await jane.connect()
    assert jane._socket is not None
    await jane._socket.send(b'{"do":"say","id":2,"cid":"x","body":"\xff\xfe"}', text=True)
    assert await jane.closed() == 1007


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ("x" * 8000, True),
        ("x" * 8001, False),
        ("\U0001f600" * 8000, True),
        ("\U0001f600" * 8001, False),
        ("é" * 8000, True),
        ("\x01" * 8000, True),
        ("", False),
    ],
    ids=["8,000", "8,001", "8,000 emoji", "8,001 emoji", "8,000 é", "8,000 controls", "nothing"],
)
async def test_the_length_of_a_message(desk: DeskProcess, body: str, stored: bool) -> None:
    async with visitor_of(desk) as jane, staff_of(desk) as ada:
        if stored:
            await jane.say(body)
            assert (await ada.sees(body))["entry"]["body"] == body
        else:
            with pytest.raises(Refused) as refused:
                await jane.say(body)
            assert refused.value.answer.code in (Code.TOO_LONG, Code.BAD_VALUE)


async def test_hello_comes_first_and_once(desk: DeskProcess) -> None:
    async with connect(desk.socket_url, proxy=None) as socket:
        await socket.send('{"do":"say","id":1,"cid":"x","body":"x"}')
        answer = json.loads(await socket.recv())
        assert answer["error"]["code"] == "unauthorised"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401
    async with visitor_of(desk) as jane:
        await jane.raw('{"do":"hello","id":9}')
        await jane.until(lambda: jane.errors)
        assert jane.errors[0].code is Code.WRONG_STATE


async def test_another_protocol_is_told_which_one(desk: DeskProcess) -> None:
    async with connect(desk.socket_url, proxy=None) as socket:
        await socket.send('{"do":"hello","id":1,"protocol":99}')
        answer = json.loads(await socket.recv())
        assert answer["error"]["code"] == "protocol"
        assert "you speak 99" in answer["error"]["detail"]
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4426


@pytest.mark.parametrize("path", ["/", "/v1/sockets", "/v1/socket/", "/v1/socket/../inbox"])
async def test_a_socket_elsewhere_is_refused(desk: DeskProcess, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(desk.url.replace("http", "ws") + path, proxy=None):
            pytest.fail("connected")
    assert refused.value.response.status_code == 404


BAD_BODIES: dict[str, tuple[bytes, int]] = {
    "not JSON": (b"hello", 400),
    "not UTF-8": (b'{"language":"\xff"}', 400),
    "NaN": (b'{"language":NaN}', 400),
    "deep": (b"[" * 5000 + b"]" * 5000, 400),
    "wrong type": (b'{"language":5}', 422),
    "a lone surrogate": (b'{"language":"\\ud800"}', 400),
    "too large": (b'{"language":"' + b"x" * 200_000 + b'"}', 413),
}


@pytest.mark.parametrize(("body", "status"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_bodies_are_refused(desk: DeskProcess, body: bytes, status: int) -> None:
    found, answer = desk.refusal("POST", "/v1/visitors", body)
    assert found == status
    assert answer["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/conversations/x",
        "/v1/conversations/-1",
        "/v1/conversations/1e3/entries",
        "/v1/conversations/" + "9" * 30,
        "/v1/conversations?limit=x",
        "/v1/conversations/1/entries?before=%00",
        "/v1/conversations/١",
    ],
)
def test_bad_numbers_are_refused(desk: DeskProcess, path: str) -> None:
    status, answer = desk.refusal("GET", path.replace("١", "%D9%A1"), token=desk.token("Ada", "agent"))
    assert (status, answer["code"]) == (422, "bad_value")


async def test_a_visitors_frames_are_read_at_the_pace_of_the_settings(tmp_path: Path) -> None:
    env = {"AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "1", "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "5.0"}
    with running_desk(tmp_path / "home", env=env) as desk:
        async with visitor_of(desk) as page:
            began = time.monotonic()
            for _ in range(24):
                await page.ask(c.Writing, on=True)
            # four times as many frames as messages: 4 at once, then 20 a second
            assert time.monotonic() - began > 0.95


async def test_the_log_says_with_what_program_staff_connected(desk: DeskProcess) -> None:
    async with staff_of(desk, "Sil", "supervisor"), visitor_of(desk):
        lines = [json.loads(line) for line in desk.said().splitlines() if '"connected"' in line]
    assert {(line["role"], line["client"]) for line in lines} >= {("supervisor", "test")}
    assert "visitor" not in {line["role"] for line in lines}, "there is no end of them"
