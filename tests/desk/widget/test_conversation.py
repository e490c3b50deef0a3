"""A customer in the browser and an agent at the desk: both ways, over reloads, restarts, tabs and refusals."""

from pathlib import Path
from typing import Any

from playwright.async_api import expect

from agent_tui.protocol import commands as c
from tests.clients import StaffClient
from tests.desk.widget.conftest import ROOM, OpenVisitor
from tests.desk.widget.visitor import Visitor
from tests.desk_process import DeskProcess, running_desk


def _agent(desk: DeskProcess, name: str = "Ada") -> StaffClient:
    return StaffClient(desk.socket_url, desk.token(name, role="agent"))


async def _stored(agent: StaffClient, conversation: int) -> list[str]:
    return [entry["body"] for entry in agent.entries(conversation) if entry["kind"] == "public"]


async def test_both_ways_and_a_reload_keeps_it(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with _agent(desk) as ada, _agent(desk, "Ruben") as ruben:
        jane = await new_visitor()
        await expect(jane.standing).to_contain_text("Write to us")
        await jane.write("Is there anyone who came over from Initech?")
        seen = await ada.sees("Is there anyone who came over from Initech?")
        conversation = seen["conversation"]
        await expect(jane.line("Is there anyone who came over from Initech?")).to_contain_text("✓ sent")
        await expect(jane.standing).to_contain_text("You are next.")

        await ada.ask(c.Subscribe, conversations=(conversation,))
        await ada.ask(c.Claim, conversation=conversation)
        await expect(jane.log).to_contain_text("Ada joined the chat")
        await expect(jane.standing).to_have_text("You are talking to Ada.")
        await ada.ask(c.Typing, conversation=conversation, on=True)
        await expect(jane.page.locator("#typing")).to_have_text("Ada is writing …")
        stored = await ada.send(conversation, "Yes, two this spring: https://example.org/stories.")
        await expect(jane.line("Yes, two this spring: https://example.org/stories.")).to_have_class("line theirs")
        await expect(jane.page.locator("#typing")).to_be_hidden()
        link = jane.page.get_by_role("link", name="https://example.org/stories", exact=True)
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")

        await ada.until(lambda: any(e["e"] == "seen" and e["seq"] == stored.seq for e in ada.events))
        await ada.ask(c.MarkRead, conversation=conversation, seq=stored.seq)
        await expect(jane.line("Is there anyone who came over from Initech?")).to_contain_text("✓✓ seen")
        await jane.composer.press_sequentially("Could")
        await ada.until(lambda: any(e["e"] == "typing" and e["on"] for e in ada.now))

        await ruben.ask(c.Claim, conversation=conversation, expect_owner=ada.welcome.you.id if ada.welcome else "")
        await expect(jane.log).to_contain_text("Ruben took over from Ada")

        await jane.page.wait_for_timeout(600)
        await jane.page.reload()
        await expect(jane.log).to_contain_text("Ruben took over from Ada")
        await expect(jane.line("Is there anyone who came over from Initech?")).to_contain_text("✓✓ seen")
        assert await jane.bodies() == [
            "Is there anyone who came over from Initech?",
            "Yes, two this spring: https://example.org/stories.",
        ]
        await expect(jane.composer).to_have_value("Could")
        await expect(jane.standing).to_have_text("You are talking to Ruben.")


async def test_what_is_written_while_the_desk_is_down_is_sent_once_and_in_order(
    new_visitor: OpenVisitor, tmp_path: Path
) -> None:
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        jane = await new_visitor(f"{desk.url}/")
        await jane.write("before")
        await expect(jane.line("before")).to_contain_text("✓ sent")
        desk.kill()
        await jane.write("first while down")
        await jane.write("second while down")
        await expect(jane.trouble).to_contain_text("No connection.")
        await expect(jane.line("second while down")).to_contain_text("not sent yet")
        desk.start()
        await expect(jane.line("second while down")).to_contain_text("✓ sent", timeout=20_000)
        desk.stop()
        await expect(jane.trouble).to_contain_text("the chat is restarting")
        desk.start()
        await expect(jane.trouble).to_be_hidden(timeout=20_000)
        async with _agent(desk) as ada:
            told = desk.get("/v1/conversations?view=all", ada.token)["conversations"]
            entries = desk.get(f"/v1/conversations/{told[0]['id']}/entries", ada.token)["entries"]
            assert [e["body"] for e in entries if e["kind"] == "public"] == [
                "before",
                "first while down",
                "second while down",
            ]
            await ada.ask(c.Claim, conversation=told[0]["id"])
            await expect(jane.log).to_contain_text("Ada joined the chat")
        assert await jane.bodies() == ["before", "first while down", "second while down"]


async def test_two_tabs_show_the_same_and_send_each_line_once(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with _agent(desk) as ada:
        one = await new_visitor()
        await one.write("from one tab")
        conversation = (await ada.sees("from one tab"))["conversation"]
        other = await one.another_page()
        await expect(other.log).to_contain_text("from one tab")
        await other.write("from the other tab")
        await one.write("and from the first again")
        for tab in (one, other):
            await expect(tab.line("and from the first again")).to_contain_text("✓ sent")
            await expect(tab.line("from the other tab")).to_have_count(1)
        await ada.sees("and from the first again")
        assert sorted(await _stored(ada, conversation)) == sorted(await one.bodies())
        assert await one.bodies() == await other.bodies()
        assert other.misdeeds == []


async def test_a_refused_line_keeps_its_text_and_is_sent_when_tried_again(
    desk: DeskProcess, new_visitor: OpenVisitor
) -> None:
    admin = StaffClient(desk.socket_url, desk.token())
    async with admin:
        jane = await new_visitor()
        await jane.write("you will block me")
        conversation = (await admin.sees("you will block me"))["conversation"]
        await admin.ask(c.Block, conversation=conversation, until=4_000_000_000_000, reason="a test")
        await jane.write("I am still here")
        refused = jane.line("I am still here")
        await expect(refused).to_contain_text("✗ Not sent: you can't write here at the moment")
        await expect(jane.trouble).to_contain_text("You can't write here at the moment.")
        await jane.page.reload()
        await expect(refused).to_contain_text("✗ Not sent")
        await admin.ask(c.Block, conversation=conversation, until=0)
        await refused.get_by_role("button", name="Try again").click()
        await expect(jane.line("I am still here")).to_contain_text("✓ sent")
        await expect(jane.trouble).to_be_hidden()
        await admin.sees("I am still here")
        assert await _stored(admin, conversation) == ["you will block me", "I am still here"]


async def test_lines_beyond_the_pace_follow_by_themselves_in_order(new_visitor: OpenVisitor, tmp_path: Path) -> None:
    slow = {"AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "3", "AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "3"}
    lines = [f"line {number}" for number in range(6)]
    with running_desk(tmp_path / "desk", env={**ROOM, **slow}) as desk:
        jane = await new_visitor(f"{desk.url}/")
        for line in lines:
            await jane.write(line)
        await expect(jane.trouble).to_contain_text("That was a lot at once.")
        await expect(jane.line(lines[-1])).to_contain_text("✓ sent")
        await expect(jane.trouble).to_be_hidden()
        assert await jane.bodies() == lines


async def test_a_desk_that_does_not_know_the_browser_takes_it_as_somebody_new(
    new_visitor: OpenVisitor, tmp_path: Path
) -> None:
    with running_desk(tmp_path / "one", env=ROOM) as desk:
        jane = await new_visitor(f"{desk.url}/")
        await jane.write("for the first desk")
        await expect(jane.line("for the first desk")).to_contain_text("✓ sent")
        desk.kill()
        await jane.write("for the second")
        desk.home = tmp_path / "two"
        desk.start()
        await expect(jane.line("for the second")).to_contain_text("✓ sent", timeout=20_000)
        assert await jane.bodies() == ["for the second"]


async def test_with_nobody_here_it_says_so_and_takes_a_way_to_reach_the_customer_in_dutch(
    new_visitor: OpenVisitor, tmp_path: Path
) -> None:
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        piet = await new_visitor(f"{desk.url}/", locale="nl-NL", width=360, height=640)
        await expect(piet.page.locator("html")).to_have_attribute("lang", "nl")
        await expect(piet.standing).to_contain_text("Op dit moment kan niemand antwoorden.")
        await piet.write("Kan ik mijn bestelling nog wijzigen?")
        await expect(piet.line("Kan ik mijn bestelling nog wijzigen?")).to_contain_text("✓ verstuurd")
        await expect(piet.page.get_by_label("Naam")).to_be_hidden()
        await piet.page.locator("#reach").get_by_role("button", name="Hoe we u kunnen bereiken").click()
        await piet.page.get_by_label("Naam").fill("Piet Jansen")
        await piet.page.get_by_label("E-mail").fill("piet@example.org")
        assert await piet.page.evaluate("document.documentElement.scrollWidth") <= 360
        await piet.page.get_by_role("button", name="Bewaren", exact=True).click()
        await expect(piet.notice).to_contain_text("we weten hoe we u kunnen bereiken")
        await expect(piet.standing).to_contain_text("we weten hoe we u kunnen bereiken")
        async with _agent(desk) as ada:
            customer = desk.get("/v1/conversations?view=all", ada.token)["conversations"][0]["customer"]
            assert (customer["name"], customer["email"]) == ("Piet Jansen", "piet@example.org")
            assert customer["language"] == "nl-NL"
            closed = 'time_zone = "Europe/Amsterdam"\n[week]\nmon = ["00:00-00:01"]\n'
            now = desk.get("/v1/hours", ada.token)["now"]
            desk.ask("PUT", "/v1/hours", {"text": closed, "now": now}, desk.token())
        expected = "We zijn nu gesloten. We gaan maandag om 00:00 open."
        await expect(piet.standing).to_contain_text(expected)  # while the page is open: no other words, no reload
        await piet.page.reload()
        await expect(piet.standing).to_contain_text(expected)


async def test_the_offer_to_be_reached_makes_room_once_somebody_is_there(
    new_visitor: OpenVisitor, tmp_path: Path
) -> None:
    with running_desk(tmp_path / "desk", env=ROOM) as desk:
        small = await new_visitor(f"{desk.url}/", width=360, height=640)
        large = await new_visitor(f"{desk.url}/", width=1000, height=800)
        for visitor in (small, large):
            await visitor.write("Is anybody there?")
            await expect(visitor.page.locator("#reach")).to_be_visible()
        await expect(large.page.get_by_label("Name")).to_be_visible()
        height = "element => element.getBoundingClientRect().height"
        assert await small.page.locator("#reach").evaluate(height) < 640 / 6
        begun = await new_visitor(f"{desk.url}/", width=1000, height=800)
        await begun.write("And me?")
        await begun.page.get_by_label("E-mail").fill("jane@exam")
        async with _agent(desk) as ada:
            for chat in desk.get("/v1/conversations?view=waiting", ada.token)["conversations"]:
                await ada.ask(c.Claim, conversation=chat["id"])
        for visitor in (small, large):
            await expect(visitor.standing).to_contain_text("Ada")
            await expect(visitor.page.locator("#reach")).to_be_hidden()
        await expect(begun.standing).to_contain_text("Ada")
        await expect(begun.page.get_by_label("E-mail")).to_be_visible()


async def test_it_can_be_ended_rated_and_kept_as_a_file(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with _agent(desk) as ada:
        jane = await new_visitor()
        await jane.write("One question only")
        conversation = (await ada.sees("One question only"))["conversation"]
        await ada.send(conversation, "And one answer.")
        await expect(jane.log).to_contain_text("And one answer.")
        await _menu(jane, "End the chat")
        await jane.page.locator("#leave").get_by_role("button", name="End the chat").click()
        await expect(jane.log).to_contain_text("You ended the chat")
        await jane.page.get_by_role("button", name="Partly").click()
        await expect(jane.notice).to_have_text("Thank you for your answer.")
        await expect(jane.page.locator("#rating")).to_be_hidden()
        await ada.until(lambda: "partly" in [_system(entry, "rated") for entry in ada.entries(conversation)])
        async with jane.page.expect_download() as download:
            await _menu(jane, "Save a copy")
        copy = Path(await (await download.value).path()).read_text(encoding="utf-8")
        assert "You: One question only\n" in copy.replace("\r\n", "\n")
        assert "Ada: And one answer.\n" in copy.replace("\r\n", "\n")
        await jane.page.reload()
        await expect(jane.standing).to_contain_text("This chat has ended.")
        await expect(jane.page.locator("#rating")).to_be_hidden()
        await jane.write("Oh, one more")
        await ada.sees("Oh, one more")


def _system(entry: dict[str, Any], code: str) -> str:
    """What the system line of this code says; empty for any other entry."""
    said = entry.get("system", {})
    return str(said["what"]) if said.get("code") == code else ""


async def _menu(visitor: Visitor, entry: str) -> None:
    await visitor.page.get_by_role("button", name="More").click()
    await visitor.page.locator("#menu").get_by_role("button", name=entry).click()
