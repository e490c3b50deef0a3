"""The life of a desk's process: one a home, ports, planned ends, a full disk, readers that do not read."""

import asyncio
import contextlib
import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from tests.clients import Refused, VisitorClient
from tests.desk.conftest import ROOMY, staff_of, visitor_of
from tests.desk_process import DeskProcess, running_desk
from tests.required import require


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent_tui.desk", *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def transcript(desk: DeskProcess, conversation: int, token: str) -> list[dict[str, Any]]:
    """All entries of a conversation, page by page."""
    found: list[dict[str, Any]] = []
    more = True
    while more:
        after = found[-1]["seq"] if found else 0
        page = desk.get(f"/v1/conversations/{conversation}/entries?after={after}&limit=500", token)
        found += page["entries"]
        more = page["more"]
    return found


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--home", str(tmp_path / "home"), "--listen", f"127.0.0.1:{port}")
    assert ended.returncode == 1
    assert f"listens on 127.0.0.1:{port} already" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_one_home_has_one_desk(desk: DeskProcess) -> None:
    ended = run("--home", str(desk.home), "--listen", "127.0.0.1:0")
    assert ended.returncode == 1
    assert "running already" in ended.stderr
    assert desk.get("/healthz")["ok"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--listen", "0.0.0.0:0"), "--behind-proxy ADDRESS"),
        (("--listen", "nowhere"), "--listen needs"),
        (("--listen", "127.0.0.1:0", "--tls-key", "x"), "both a certificate and its key"),
    ],
)
def test_what_cannot_be_is_a_matter_of_usage(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = run("--home", str(tmp_path / "home"), *arguments)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_an_unknown_setting_stops_it_with_a_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "desk.toml").write_text('orgins = ["https://a.b"]\n')
    ended = run("--home", str(home), "--listen", "127.0.0.1:0")
    assert ended.returncode == 1
    assert "line 1" in ended.stderr
    assert "`origins`" in ended.stderr


def test_certificate_that_is_none(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("nothing")
    tls = ("--tls-certificate", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    ended = run("--home", str(tmp_path / "home"), "--listen", "127.0.0.1:0", *tls)
    assert ended.returncode == 1
    assert "certificate" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_announces_itself_and_takes_that_back(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "home").start()
    try:
        said = json.loads((desk.home / "desk.json").read_text())
        assert said == {"url": desk.url, "pid": desk.pid, "epoch": desk.ready["epoch"], "protocol": 1}
    finally:
        assert desk.stop() == 0
    assert not (desk.home / "desk.json").exists()
    assert not (desk.home / "desk.secret").exists()


def test_after_a_kill_it_starts_again_and_keeps_its_epoch(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        epoch = desk.ready["epoch"]
        desk.kill()
        assert (desk.home / "desk.json").exists(), "a stale file is replaced"
        assert desk.start().ready["epoch"] == epoch
        assert json.loads((desk.home / "desk.json").read_text())["pid"] == desk.pid


async def test_a_planned_end_tells_readers_when_to_come_back_and_keeps_what_was_acked(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env=ROOMY) as desk:
        ada, jane = staff_of(desk), visitor_of(desk)
        await ada.connect()
        await jane.connect()
        acked: list[str] = []

        async def write() -> None:
            with contextlib.suppress(Refused, ConnectionError, ConnectionClosed):
                for n in range(10_000):
                    await jane.say(f"line {n}")
                    acked.append(f"line {n}")

        writing = asyncio.create_task(write())
        await ada.sees("line 20")
        assert await asyncio.to_thread(desk.stop) == 0
        await writing
        assert (await ada.closed(), await jane.closed()) == (1012, 1012)
        for client in (ada, jane):
            closing = [event for event in client.now if event["e"] == "closing"]
            assert closing[0]["retry_after_ms"] > 0
        await asyncio.to_thread(desk.start)
        ada.token = desk.token("Ada", "agent")
        stored = [entry["body"] for entry in transcript(desk, 1, ada.token) if entry["kind"] == "public"]
        assert stored[: len(acked)] == acked
        assert len(stored) <= len(acked) + 1, "at most the one that was under way"


def test_the_stop_route_ends_it(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "home").start()
    try:
        desk.post("/v1/stop", {}, desk.token())
        assert desk.wait() == 0
    finally:
        desk.kill()


async def test_it_ends_with_the_last_console(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "home", arguments=("--ends-with-last-staff-ms", "300")).start()
    try:
        async with staff_of(desk) as ada:
            await asyncio.sleep(1.5)
            assert desk.get("/healthz")["ok"], "somebody is here"
            await ada.drop()
        assert await asyncio.to_thread(desk.wait) == 0
    finally:
        desk.kill()


async def test_a_reader_that_does_not_read_is_cut_and_others_are_not(tmp_path: Path) -> None:
    env = {**ROOMY, "AGENT_TUI_DESK_LIMITS_BACKLOG_BYTES": "400000", "AGENT_TUI_DESK_LIMITS_STALLED_MS": "1000"}
    with running_desk(tmp_path / "home", env=env) as desk:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", int(desk.url.rpartition(":")[2])))
        raw.setblocking(False)
        headers = {"Authorization": f"Bearer {desk.token('Slow', 'supervisor')}"}
        slow = await connect(
            desk.socket_url, sock=raw, additional_headers=headers, compression=None, max_queue=1, ping_interval=None
        )
        await slow.send('{"do":"hello","id":1}')
        slow.transport.pause_reading()
        async with staff_of(desk) as ada, visitor_of(desk) as jane:
            # more than the kernel's buffers take for a reader that has stopped
            body = "\U0001f600" * 7900
            for n in range(300):
                await jane.say(f"{n} {body}")
            await ada.sees(f"299 {body}")
            assert ada.gaps == []
            await ada.until(lambda: desk.get("/metrics").count(b"agent_tui_cut_readers_total 1"), 10)
        slow.transport.abort()


async def test_a_full_disk_stays_readable_and_recovers(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={**ROOMY, "AGENT_TUI_DESK_MAX_PAGE_COUNT": "120"}) as desk:
        async with staff_of(desk) as ada, visitor_of(desk) as jane:
            acked = []
            refused = None
            for n in range(2000):
                try:
                    await jane.say(f"{n} " + "x" * 2000)
                except Refused as refusal:
                    refused = refusal.answer
                    break
                acked.append(n)
            assert refused is not None
            assert refused.code is Code.DISK_FULL
            assert refused.detail.endswith(".")
            health = desk.refusal("GET", "/healthz")
            assert health[0] == 503
            assert (health[1]["readable"], health[1]["writable"]) == (True, False)
            conversation = (await ada.sees("0 " + "x" * 2000))["conversation"]
            bodies = [entry["body"] for entry in transcript(desk, conversation, ada.token) if entry["kind"] == "public"]
            assert bodies == [f"{n} " + "x" * 2000 for n in acked]
            with pytest.raises(Refused):
                await jane.say("y" * 2000)
            async with staff_of(desk) as again, VisitorClient(desk.socket_url, jane._new_ticket) as page:
                assert (await again.ask(c.Subscribe)) == c.Done()
                await page.sees("0 " + "x" * 2000)
        desk.stop()
        desk.start(AGENT_TUI_DESK_MAX_PAGE_COUNT="100000")
        assert desk.get("/healthz")["ok"]


async def test_it_speaks_tls(tmp_path: Path) -> None:
    openssl = require("openssl", "apt-get install openssl")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    made = (openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject)
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    arguments = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    trust = ssl.create_default_context(cafile=str(certificate))
    desk = DeskProcess(tmp_path / "home", arguments=arguments).start()
    try:
        assert desk.url.startswith("https://")
        async with connect(desk.socket_url, proxy=None, ssl=trust) as wss:
            await wss.send('{"do":"hello","id":1,"ticket":"none"}')
            assert "unauthorised" in str(await wss.recv())
    finally:
        desk.kill()
