"""To the phone and back: a visitor in Chromium, an agent at the real console, a desk, and a stub of Asterisk."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from agent_tui.protocol import call_commands as cc
from tests.clients import StaffClient
from tests.desk.widget.conftest import ROOM, browser, chromium
from tests.desk.widget.visitor import open_visitor
from tests.desk_process import running_desk
from tests.e2e.crowd import lasting_token
from tests.e2e.terminal import PATIENCE_S, Terminal

__all__ = ["browser", "chromium"]

F8, F9 = b"\x1b[19~", b"\x1b[20~"
GUARD_S = 0.5
"""A second press counts after 400 ms."""
SETTINGS = """
name = "Acme"

[phone]
region = "NL"
company = "Acme"
caller_id = "+31201234567"
chain = ["asterisk", "queue"]

[phone.providers.asterisk]
url = "{url}"
user = "{user}"
"""


@contextmanager
def running_exchange() -> Iterator[dict[str, str]]:
    """An exchange in a process of its own: its address, user and password."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.phones.asterisk.stub"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        assert program.stdout is not None
        yield json.loads(program.stdout.readline())
    finally:
        program.terminate()
        program.wait(10)


def steer(exchange: dict[str, str], wish: str) -> None:
    request = urllib.request.Request(f"{exchange['url']}/stub/{wish}", method="POST")
    with urllib.request.urlopen(request, timeout=10):
        pass


def a_zone_at_noon() -> str:
    """Whenever this test runs, it is an hour at which its customer may be called."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"


@pytest.mark.xdist_group("browser")
async def test_a_visitor_asks_to_be_called_and_the_agent_calls_with_one_key(browser: Browser, tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_S * 1000)
    home = tmp_path / "desk"
    home.mkdir()
    with running_exchange() as exchange:
        (home / "desk.toml").write_text(SETTINGS.format(**exchange))
        env = {**ROOM, "AGENT_TUI_SECRET_PHONE_ASTERISK": exchange["password"]}
        with running_desk(home, env=env) as desk:
            token = lasting_token(desk, "Ada")
            (ada,) = [one["id"] for one in desk.get("/v1/inbox", token)["agents"] if one["name"] == "Ada"]
            async with StaffClient(desk.socket_url, desk.token()) as admin:
                await admin.ask(cc.SetPhone, agent=ada, extension="agent7")
            with Terminal(desk, token, tmp_path / "ada", rows=40) as console:
                await console.live()
                jane = await open_visitor(browser, f"{desk.url}/", time_zone=a_zone_at_noon())
                await jane.write("My order 7781 came twice, it's complicated")
                await console.shows("1 waiting")
                console.write(F8)
                await console.shows("order 7781", "TYPING")

                await jane.page.locator("#menu-button").click()
                await jane.page.locator("#menu-call").click()
                await jane.page.locator("#call [name=number]").fill("06 12345678")
                await jane.page.locator("#call [type=submit]").click()
                await console.shows("☎")

                console.write(F9)
                await console.shows("Calling +31 6 12345678", "Esc undo")
                await asyncio.sleep(GUARD_S)
                console.write(F9)
                await expect(jane.log).to_contain_text("Ada from Acme is calling you now from +31 20 123 4567")
                screen = await console.shows("In call", "say the code")
                code = screen.text.split("say the code ")[1][:4]
                await expect(jane.log).to_contain_text(f"the code {code}")
                await expect(jane.page.locator("#call-says")).to_contain_text("You are on the phone with Ada")

                steer(exchange, "hang_up?ends=cust")
                await console.shows("Ended after", "The customer hung up.")
                await asyncio.sleep(GUARD_S)
                console.write(F9)
                await console.shows("these keys count now")
                await asyncio.sleep(GUARD_S)
                console.write("1")
                await console.shows("Kept: spoke.")
                await expect(jane.log).to_contain_text("Thanks for the call")

                (call,) = desk.get("/v1/calls?view=all", token)["calls"]
                assert (call["state"], call["reason"], call["result"]) == (
                    "ended", "completed_customer_hung_up", "spoke",
                )  # fmt: skip
                assert (call["provider"], call["last4"]) == ("asterisk", "5678")
                check_audit(desk.get("/v1/call-audit", desk.token()))
            assert jane.misdeeds == []


def check_audit(page: dict[str, Any]) -> None:
    """The line that counts says who, why, whom (not the whole number) and how; nothing of the chat is in any."""
    records = [json.loads(line["record"]) for line in page["lines"]]
    (answered,) = [record for record in records if record.get("to") == "in_call"]
    assert answered["actor"]["type"]
    assert answered["number"]["last4"] == "5678"
    assert answered["basis"]["type"] == "customer_request"
    assert answered["provider"] == "asterisk"
    assert answered["caller_id"] == "+31201234567"
    whole = json.dumps(records)
    assert "+31612345678" not in whole
    assert "order 7781" not in whole
