"""The browser is killed with a line in it that the desk has not acknowledged: the line survives, and is stored once."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Playwright, async_playwright, expect

from tests.desk.widget.conftest import ROOM
from tests.desk.widget.visitor import CHROMIUM_ARGUMENTS, Visitor
from tests.desk_process import DeskProcess, running_desk

_READY_SECONDS = 30.0


@contextmanager
def _chromium(program: str, profile: Path) -> Iterator[str]:
    """A browser with its own processes, SIGKILLed at the end; its address for DevTools."""
    told = profile / "DevToolsActivePort"
    told.unlink(missing_ok=True)
    arguments = [*CHROMIUM_ARGUMENTS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    browser = subprocess.Popen(
        [program, *arguments, "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + _READY_SECONDS
        while not told.exists() or "\n" not in told.read_text():
            assert browser.poll() is None, f"{program} ended with {browser.returncode}"
            assert time.monotonic() < deadline, f"{program} did not get ready"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{told.read_text().splitlines()[0]}"
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()


async def _page(playwright: Playwright, address: str, url: str) -> Visitor:
    browser = await playwright.chromium.connect_over_cdp(address)
    context = browser.contexts[0]
    page = context.pages[0] if context.pages else await context.new_page()
    await page.goto(url)
    return Visitor(context, page, url)


def _public(desk: DeskProcess) -> list[list[str]]:
    token = desk.token()
    conversations = desk.get("/v1/conversations?view=all", token)["conversations"]
    pages = [desk.get(f"/v1/conversations/{record['id']}/entries", token)["entries"] for record in conversations]
    return [[entry["body"] for entry in page if entry["kind"] == "public"] for page in pages]


async def _kill_and_come_back(chromium: str, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        url = f"{desk.url}/"
        async with async_playwright() as playwright:
            with _chromium(chromium, profile) as address:
                jane = await _page(playwright, address, url)
                await jane.write("stored and acknowledged")
                await expect(jane.log.get_by_text("✓ sent")).to_be_visible()
                # the desk takes nothing and answers nothing, while the bytes may be on their way already
                os.kill(desk.pid, signal.SIGSTOP)
                await jane.write("on its way")
                await jane.write("not even sent")
                await expect(jane.line("not even sent")).to_be_visible()
            os.kill(desk.pid, signal.SIGCONT)
            with _chromium(chromium, profile) as address:
                jane = await _page(playwright, address, url)
                await expect(jane.line("not even sent")).to_contain_text("✓ sent")
                assert await jane.bodies() == ["stored and acknowledged", "on its way", "not even sent"]
        assert _public(desk) == [["stored and acknowledged", "on its way", "not even sent"]]


async def test_an_unsent_line_survives_the_browser_and_is_stored_once(chromium: str, tmp_path: Path) -> None:
    await _kill_and_come_back(chromium, tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("run", range(20))
async def test_twenty_browsers_killed(chromium: str, tmp_path: Path, run: int) -> None:
    await _kill_and_come_back(chromium, tmp_path)
