"""Every hostile string through the real console's screens on a real terminal: nothing acts, types or is sent."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest

from agent_tui.model.text import clean
from agent_tui.protocol import commands as c
from agent_tui.ui import notices
from agent_tui.ui.monitor.calling import NOTICE as MONITORS_NOTICE
from tests.clients import Refused, StaffClient, VisitorClient
from tests.desk.conftest import ROOMY
from tests.desk_process import DeskProcess, running_desk
from tests.e2e.crowd import lasting_token
from tests.e2e.terminal import PATIENCE_S, Terminal
from tests.egress_allowlist import check_output
from tests.hostile import hostile, hostile_strings
from tests.pty_runner import Screen

NOTICES = "|".join(
    re.escape(sentence) for sentence in (notices.NEW_CHAT, notices.ASSIGNED, notices.LATE, MONITORS_NOTICE)
)
MEANT_TO_BE_WRITTEN = (f"\x1b\\]9;(?:{NOTICES})\x1b\\\\", f"\x1b\\]777;notify;agent-tui;(?:{NOTICES})\x1b\\\\")
STRINGS = [string.text for string in hostile_strings() if "surrogate" not in string.name]
"""A lone surrogate can't be sent as UTF-8; the desk's answer to an escaped one has tests of its own."""
FOUND_AT_ONCE = 20
"""A line and a note of each fit into one page of what was found."""
A_HIT = re.compile(r"c\d+  \d\d \w+ \d\d:\d\d")
PAGE_DOWN = b"\x1b[6~"
ESCAPE, TAB, CTRL_G, CTRL_R, CTRL_K, CTRL_Q = b"\x1b", b"\t", b"\x07", b"\x12", b"\x0b", b"\x11"


def body_of(number: int, text: str) -> str:
    """As long as the desk takes it, with a word to search for."""
    return f"zebra{number // FOUND_AT_ONCE} {text}"[:7_900].encode()[:31_900].decode(errors="ignore")


async def hostile_visitor(desk: DeskProcess, number: int, text: str) -> None:
    """Name, ways to be reached, page, place, language and line are all the string, as far as the desk takes it."""
    short = text[:200]
    token, _ = desk.visitor(page_title=short, page_url=short, language=short[:20], time_zone=short[:40])
    visitor = VisitorClient(desk.socket_url, lambda: desk.ticket(token, page_title=short, page_url=short))
    async with visitor:
        for said in ({"name": short}, {"phone": short}, {"email": short}):
            with suppress(Refused):
                await visitor.ask(c.Introduce, **said)
        await visitor.say(body_of(number, text))


async def hostile_colleague(desk: DeskProcess, number: int, text: str, owner: str) -> str:
    """A colleague of this name writes a note, and takes the first chat over; answers who has that now.

    The desk takes only names that can be printed; where it does not, the colleague is called otherwise.
    """
    try:
        token = lasting_token(desk, text[:200])
    except HTTPError as refused:
        refused.close()
        token = lasting_token(desk, f"Colleague {number}")
    async with StaffClient(desk.socket_url, token) as colleague:
        assert colleague.welcome is not None
        await colleague.ask(c.Claim, conversation=1, expect_owner=owner)
        with suppress(Refused):
            await colleague.ask(c.SetFlag, conversation=number + 2, reason=text[:200])
        await colleague.send(number + 2, body_of(number, text), kind="note", seen_seq=9, draft_seq=9)
        await colleague.ask(c.Typing, conversation=1, on=True)
        return colleague.welcome.you.id


def shown_chat(screen: Screen) -> str:
    """The number on the customer's card."""
    found = re.search(r"CUSTOMER +(c\d+)", screen.text)
    return found[1] if found else ""


@pytest.mark.xdist_group("hostile")
async def test_every_screen_shows_every_string_and_nothing_acts(tmp_path: Path) -> None:
    desk_name = {"AGENT_TUI_DESK_NAME": hostile("osc2-title-ST")}
    with running_desk(tmp_path / "desk", env=ROOMY | desk_name) as desk:
        ada = lasting_token(desk, "Ada")
        with Terminal(desk, ada, tmp_path / "ada", AGENT_TUI_SENTENCE_GUARD="false") as console:
            await console.live()
            await hostile_visitor(desk, 0, "parade")
            owner = ""
            for number, text in enumerate(STRINGS):
                await hostile_visitor(desk, number, text)
            console.write(CTRL_G)
            await console.screen_shows(lambda screen: shown_chat(screen) != "", timeout=PATIENCE_S)
            for number, text in enumerate(STRINGS):
                owner = await hostile_colleague(desk, number, text, owner)
            assert owner
            console.write(TAB)
            seen = await look_at_every_chat(console)
            assert len(seen) >= len(STRINGS)
            console.resize(200, 150)
            await look_at_lists_and_pickers(console)
            await look_through_the_search(console)
            for columns, rows in ((60, 16), (20, 5), (80, 24), (120, 34)):
                console.resize(columns, rows)
                await console.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.2)
                console.write(ESCAPE + b"j" * 40)
                await console.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.2)
            console.write(CTRL_Q)
            assert console.wait_exit(PATIENCE_S) == 0, "it asks where a draft or an unsent line exists"
        watched = await look_through_the_monitor(desk, tmp_path / "vera")
        me = desk.get("/v1/me", ada)["you"]["id"]
        conversations = range(1, len(STRINGS) + 2)
        entries = [
            e for n in conversations for e in desk.get(f"/v1/conversations/{n}/entries?limit=500", ada)["entries"]
        ]
        assert len(entries) > 2 * len(STRINGS)
        assert not [entry for entry in entries if entry.get("by", {}).get("id") == me]
        said = {str(clean(entry.get("body", ""))) for entry in entries}
        check_output(console.output(), clipboard=said, extra=MEANT_TO_BE_WRITTEN)
        check_output(watched.output(), extra=MEANT_TO_BE_WRITTEN)


async def look_through_the_monitor(desk: DeskProcess, home: Path) -> Terminal:
    """Every tile, flag, agent's row and list of the wall, some conversations whole, a replay; in several sizes."""
    supervisor = lasting_token(desk, "Vera", "supervisor")
    with Terminal(desk, supervisor, home, arguments=("monitor",), columns=200, rows=50) as monitor:
        await monitor.shows("READ ONLY", "● live", "24 of")
        for first in range(25, len(STRINGS), 24):
            monitor.write(PAGE_DOWN)
            await monitor.shows(f"{first}-")
        monitor.resize(200, 150)
        monitor.write(b"f")
        await monitor.shows("TO LOOK AT", "yours only")
        monitor.write(b"2")
        await monitor.shows("TEAM")
        monitor.write(b"\r")
        await monitor.shows("waiting", "a name, a number")
        monitor.write(ESCAPE)
        await monitor.no_longer_shows("a name, a number")
        monitor.write(b"3")
        await monitor.shows("STUDY")
        monitor.resize(120, 34)
        for _ in range(8):
            monitor.write(b"1n\r")
            await monitor.shows("CUSTOMER")
            monitor.write(ESCAPE)
            await monitor.no_longer_shows("CUSTOMER")
        monitor.write(b"5")
        await monitor.shows("Replay which time?")
        monitor.write(b"h")
        await monitor.shows("REPLAY", "the last hour")
        monitor.write(b"." * 3 + b">" * 40)
        await monitor.shows("step ")
        monitor.write(ESCAPE)
        await monitor.no_longer_shows("REPLAY")
        for columns, rows in ((60, 16), (20, 5), (80, 24)):
            monitor.resize(columns, rows)
            await monitor.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.2)
        monitor.write(CTRL_Q)
        assert monitor.wait_exit(PATIENCE_S) == 0
    return monitor


async def look_at_every_chat(console: Terminal) -> set[str]:
    """Header, tab, transcript, card, the sentence of what was done: of everybody who waits, one after the other."""
    seen: set[str] = set()
    for _ in range(len(STRINGS) + 20):
        before = shown_chat(console.screen())
        seen.add(before)
        console.write("kym")
        await console.screen_shows(lambda screen: "waits " not in screen.rows[2], timeout=PATIENCE_S)
        console.write(CTRL_G)
        screen = await console.screen_shows(
            lambda screen: shown_chat(screen) not in ("", before) or "is waiting." in screen.rows[-1],  # noqa: B023
            timeout=PATIENCE_S,
        )
        if shown_chat(screen) == before:
            return seen
    raise AssertionError("somebody waits for ever")


async def look_at_lists_and_pickers(console: Terminal) -> None:
    """Those to hand over to, every conversation there is, the filter."""
    console.write("t")
    await console.shows("Hand over", "back to the queue")
    console.write(ESCAPE)
    await console.no_longer_shows("back to the queue")
    console.write(CTRL_K)
    await console.shows("Show waiting")
    console.write("show all\r")
    await console.shows("only all")
    console.write("/")
    await console.shows("Filter the list")
    console.write("zebra2\r")
    await console.shows("filter: zebra2")
    console.write("/")
    await console.shows("Filter the list")
    console.write(b"\x7f" * 8 + b"\r")
    await console.no_longer_shows("filter:")


async def look_through_the_search(console: Terminal) -> None:
    """Every line as something found."""
    for part in range((len(STRINGS) - 1) // FOUND_AT_ONCE + 1):
        console.write(CTRL_R)
        await console.shows("Search all chats")
        console.write(b"\x05\x15")  # the words of the last search are kept: to the end of the line, delete to its start
        await console.screen_shows("words to look for", timeout=PATIENCE_S, settled=0.15)
        console.write(f"zebra{part}")
        most = min(FOUND_AT_ONCE, len(STRINGS) - part * FOUND_AT_ONCE)
        await console.screen_shows(
            lambda screen: len(A_HIT.findall(screen.text)) >= most,  # noqa: B023
            timeout=PATIENCE_S,
        )
        console.write(ESCAPE)
        await console.no_longer_shows("Search all chats")


@contextmanager
def refusing_server(sentence: str) -> Iterator[str]:
    """What says it is a desk, and answers everything with this."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = json.dumps({"code": "not_allowed", "detail": sentence}).encode()
            self.send_response(403)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sentences() -> list[str]:
    """The strings in batches, as long as an error's sentence is shown."""
    batches = ["why:"]
    for string in STRINGS:
        piece = f" {string[:150]}"
        if len(batches[-1]) + len(piece) > 480:
            batches.append("why:")
        batches[-1] += piece
    return batches


async def test_another_servers_sentence_is_shown_and_does_nothing(tmp_path: Path) -> None:
    async def shown(sentence: str, home: Path) -> None:
        with refusing_server(sentence) as url, Terminal(url, "at_x", home, columns=200, rows=40) as console:
            await console.shows("why:")
            console.write(CTRL_Q)
            assert await asyncio.to_thread(console.wait_exit, PATIENCE_S) == 4
            assert b"agent-tui: why:" in console.output()
            check_output(console.output())

    told = sentences()
    for start in range(0, len(told), 3):
        await asyncio.gather(*(shown(sentence, tmp_path / "home") for sentence in told[start : start + 3]))
