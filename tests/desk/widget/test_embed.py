"""One script in somebody else's page: a button, and the chat in a frame of the desk's own."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.clients import StaffClient
from tests.desk.widget.conftest import ROOM
from tests.desk_process import running_desk


class _Site(ThreadingHTTPServer):
    """A shop with a strict policy of its own; `desk` is where its chat comes from."""

    desk = ""
    said = 'data-stage="closing" data-lang="en"'
    """What the shop says of the visitor, as attributes of the script."""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Site)
        desk, said = self.server.desk, self.server.said
        body = (
            f'<!doctype html><title>Pricing</title><h1>Pricing</h1><script src="{desk}/embed.js" {said} async></script>'
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {desk}; frame-src {desk}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[_Site]:
    with _Site(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_a_site_embeds_the_chat_with_one_script(site: _Site, browser: Browser, tmp_path: Path) -> None:
    origin = f"http://127.0.0.1:{site.server_address[1]}"
    with running_desk(tmp_path / "desk", env={**ROOM, "AGENT_TUI_DESK_ORIGINS": f'["{origin}"]'}) as desk:
        site.desk = desk.url
        async with StaffClient(desk.socket_url, desk.token("Ada", role="agent")) as ada:
            context = await browser.new_context(locale="nl-NL")
            page = await context.new_page()
            refused: list[str] = []
            page.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
            await page.goto(f"{origin}/pricing?secret=1")
            launcher = page.get_by_role("button", name="Chat with us")
            await launcher.click()
            chat = page.frame_locator("iframe")
            await expect(chat.locator("#text")).to_be_focused()
            await chat.locator("#text").fill("What does it cost?")
            await chat.locator("#text").press("Enter")
            seen = await ada.sees("What does it cost?")
            record = desk.get(f"/v1/conversations/{seen['conversation']}", ada.token)
            assert record["stage"] == "closing"
            assert record["customer"]["page_url"] == f"{origin}/pricing"
            assert record["customer"]["page_title"] == "Pricing"
            assert record["customer"].get("time_zone")

            await chat.locator("#text").press("Escape")
            await expect(launcher).to_be_focused()
            await ada.send(seen["conversation"], "Less than you think.")
            await expect(page.get_by_role("button", name="Chat with us 1 new")).to_be_visible()
            assert not [event for event in ada.events if event["e"] == "seen" and event["seq"] > seen["entry"]["seq"]]

            await page.reload()
            await page.get_by_role("button", name="Chat with us 1 new").click()
            await expect(chat.get_by_text("Less than you think.")).to_be_visible()
            await ada.until(lambda: any(e["e"] == "seen" and e["seq"] > seen["entry"]["seq"] for e in ada.events))
            await chat.get_by_role("button", name="Close the chat").click()
            await expect(page.locator("iframe")).to_be_hidden()
            assert refused == []


async def test_a_site_that_is_not_in_the_settings_cannot_frame_the_chat(
    site: _Site, browser: Browser, tmp_path: Path
) -> None:
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        site.desk = desk.url
        page = await browser.new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if "frame-ancestors" in said.text else None)
        await page.goto(f"http://127.0.0.1:{site.server_address[1]}/")
        await page.get_by_role("button", name="Chat with us").click()
        await expect(page.frame_locator("iframe").locator("#text")).to_have_count(0)
        assert refused


async def test_who_the_site_signs_for_is_the_same_customer_in_every_browser(
    site: _Site, browser: Browser, tmp_path: Path
) -> None:
    origin = f"http://127.0.0.1:{site.server_address[1]}"
    env = {**ROOM, "AGENT_TUI_DESK_ORIGINS": f'["{origin}"]', "AGENT_TUI_DESK_SITE_KEY": "the shop's key"}
    right = hmac.new(b"the shop's key", b"customer-7", hashlib.sha256).hexdigest()
    with running_desk(tmp_path / "desk", env=env) as desk:
        site.desk = desk.url
        async with StaffClient(desk.socket_url, desk.token("Ada", role="agent")) as ada:
            for line, signature in (("at home", right), ("at work", right), ("somebody else", "0" * 64)):
                site.said = f'data-id="customer-7" data-signature="{signature}" data-lang="en"'
                context = await browser.new_context()
                page = await context.new_page()
                await page.goto(f"{origin}/")
                await page.get_by_role("button", name="Chat with us").click()
                text = page.frame_locator("iframe").locator("#text")
                await text.fill(line)
                await text.press("Enter")
                await ada.sees(line)
                await context.close()
            earlier = {
                number: [
                    found["id"] for found in desk.get(f"/v1/conversations/{number}/earlier", ada.token)["conversations"]
                ]
                for number in (1, 2, 3)
            }
            assert earlier == {1: [], 2: [1], 3: []}
