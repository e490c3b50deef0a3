"""Proof at hand, end to end: picked, filled, sent at the real console, read in Chromium, withdrawn, recalled."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from agent_tui.storage.library.writing import as_toml
from tests.cli.command import Ended, agent_tui
from tests.desk.widget.conftest import ROOM, browser, chromium
from tests.desk.widget.visitor import open_visitor
from tests.desk_process import running_desk
from tests.e2e.crowd import lasting_token
from tests.e2e.terminal import PATIENCE_S, Terminal
from tests.library_files import QUOTE, canned, said_by_umbra

__all__ = ["browser", "chromium"]

F2, F8, ENTER = b"\x1bOQ", b"\x1b[19~", "\r"
GREETING = canned("Hello {{customer.first_name}}, this is {{agent.name}}.", "greet")


async def command(*arguments: str, **env: str) -> Ended:
    """Run `agent-tui` to its end, while the consoles live on."""
    ended = await asyncio.to_thread(agent_tui, *arguments, **env)
    assert ended.code == 0, ended
    return ended


@pytest.mark.xdist_group("browser")
async def test_picked_filled_sent_read_withdrawn_refused_elsewhere_and_recalled(
    browser: Browser, tmp_path: Path
) -> None:
    library = tmp_path / "desk" / "library"
    library.mkdir(parents=True)
    (library / "proof.toml").write_text(f"{as_toml(said_by_umbra())}\n{as_toml(GREETING)}", encoding="utf-8")
    expect.set_options(timeout=PATIENCE_S * 1000)
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        ada, ben = lasting_token(desk, "Ada"), lasting_token(desk, "Ben")
        with (
            Terminal(desk, ada, tmp_path / "ada") as console,
            Terminal(desk, ben, tmp_path / "ben") as other,
        ):
            await console.live()
            await other.live()
            jane = await open_visitor(browser, f"{desk.url}/")
            await jane.write("Does anybody get time back with this?")
            await console.shows("1 waiting")
            console.write(F8)
            await console.shows("TO Visitor")

            await console.type_reply("Here: ")
            console.write("/")
            await console.shows("everything kept ready", "canned")
            console.write("hello")
            await console.shows("Hello {{customer.first_name}}, this is Ada.")
            console.write(ENTER)
            await console.no_longer_shows("everything kept ready")
            console.write(ENTER)
            await console.shows("Nothing is known for {{customer.first_name}}")
            console.write("Jane")
            await console.shows("Here: Hello Jane, this is Ada.")
            console.write(ENTER)
            await expect(jane.line("Here: Hello Jane, this is Ada.")).to_be_visible()

            console.write(F2)
            await console.shows("Umbra: two days a month back", "agreed on 2 March 2026")
            console.write("days back")
            console.write(ENTER)
            await console.no_longer_shows("agreed on 2 March 2026")
            console.write(ENTER)
            await expect(jane.log).to_contain_text(f"“{QUOTE}” — Mira Okafor, head of support at Umbra")

            await console.shows("used 1 · answered 0")

            piet = await open_visitor(browser, f"{desk.url}/")
            await piet.write("And for us?")
            await other.shows("1 waiting")
            other.write(F8)
            await other.shows("TO Visitor")
            await other.type_reply("Yes: ")
            other.write(F2)
            await other.shows("Umbra: two days a month back", "agreed on 2 March 2026")
            other.write(ENTER)
            await other.shows("Yes: “We get two whole days back")

            admin = {"AGENT_TUI_HOME": str(tmp_path / "zoe")}
            code = desk.post("/v1/invites", {"name": "Zoe", "role": "admin"}, desk.token())["code"]
            await command("login", desk.url, "--code", code, "--keep", "file", "--yes", **admin)
            withdrawn = await command("library", "withdraw", "umbra-days", **admin)
            assert (withdrawn.code, "no console of this desk sends it any more" in withdrawn.out) == (0, True), (
                withdrawn
            )
            other.write(ENTER)
            await other.shows("withdrew consent on")
            assert "Yes: “We get two whole days back" in other.screen().text
            recalled = await command("library", "recall", "umbra-days", "--json", **admin)
            assert [use["conversation"] for use in recalled.lines] == [1]
            assert "two whole days" not in await piet.log.inner_text()
