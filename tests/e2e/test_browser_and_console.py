"""The product's main job: a customer in real Chromium and an agent at the real console talk, and no word is lost."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.desk.widget.conftest import ROOM, browser, chromium
from tests.desk.widget.visitor import open_visitor
from tests.desk_process import running_desk
from tests.e2e.crowd import lasting_token
from tests.e2e.terminal import PATIENCE_S, Terminal

__all__ = ["browser", "chromium"]

PATIENCE_MS = PATIENCE_S * 1000
TALK = [
    "Is there anyone who came over from Initech?",
    "Yes, two this spring: Umbra and Massive.",
    "That is after my reload.",
    "An answer while the desk was dead.",
    "Written during the restart.",
    "And all of it arrived.",
]


@pytest.mark.xdist_group("browser")
async def test_both_ways_through_a_reload_a_kill_a_restart_and_an_evening_off(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "ada"
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        token = lasting_token(desk, "Ada")
        with Terminal(desk, token, home, rows=50) as console:
            await console.live()
            jane = await open_visitor(browser, f"{desk.url}/")
            expect.set_options(timeout=PATIENCE_MS)

            await jane.write(TALK[0])
            await console.shows("1 waiting", "Visitor")
            console.write(b"\x1b[19~")  # F8
            await console.shows(TALK[0], "TYPING", "TO Visitor")
            await expect(jane.log).to_contain_text("Ada joined the chat")
            await expect(jane.line(TALK[0])).to_contain_text("✓✓ seen")

            await console.type_reply(TALK[1])
            await expect(jane.page.locator("#typing")).to_have_text("Ada is writing …")
            console.write("\r")
            await expect(jane.line(TALK[1])).to_have_class("line theirs")
            await expect(jane.page.locator("#typing")).to_be_hidden()
            await expect(jane.log).to_contain_text("Ada")
            await console.shows("✓✓")

            await jane.composer.press_sequentially("Some")
            await console.shows("Visitor", "…")
            await jane.page.reload()
            await expect(jane.line(TALK[1])).to_be_visible()
            await jane.write(TALK[2])
            await console.shows(TALK[2])

            desk.kill()
            await console.shows("○ reconnecting")
            await console.say(TALK[3])
            await console.shows("waiting")
            desk.start()
            await expect(jane.line(TALK[3])).to_be_visible()
            await console.live()

            desk.stop()
            await console.shows("○ reconnecting")
            await jane.write(TALK[4])
            await expect(jane.line(TALK[4])).to_contain_text("not sent yet")
            desk.start()
            await expect(jane.line(TALK[4])).to_contain_text("✓ sent")
            await console.live()
            await console.shows(TALK[4])
            await console.say(TALK[5])
            await expect(jane.line(TALK[5])).to_be_visible()

            assert console.in_order(TALK) == TALK
            assert await jane.bodies() == TALK
            conversation = desk.get("/v1/conversations?view=all", token)["conversations"][0]["id"]
            entries = desk.get(f"/v1/conversations/{conversation}/entries", token)["entries"]
            assert [entry["body"] for entry in entries if entry["kind"] == "public"] == TALK
            assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))

            await console.type_reply("unfinished, for to")
            console.write(b"\x11")  # Ctrl+Q
            await console.shows("1 draft would stay behind")
            console.write("q")
            assert console.wait_exit(PATIENCE_S) == 0
        with Terminal(desk, token, home, rows=50) as console:
            await console.live()
            screen = await console.shows("unfinished, for to", f"c{conversation}", *TALK)
            assert re.search(rf"1 c{conversation}", screen.rows[1]), "the tab is there"
            assert console.in_order(TALK) == TALK
        assert jane.misdeeds == []
