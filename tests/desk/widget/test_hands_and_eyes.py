"""The page without a mouse, with an input method, at a phone's width, and with what cannot be sent."""

from playwright.async_api import expect

from tests.clients import StaffClient
from tests.desk.widget.conftest import OpenVisitor
from tests.desk_process import DeskProcess

_COMPOSED_ENTER = """
text => text.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))
"""
_DROPPED_FILE = """
() => {
  const data = new DataTransfer();
  data.items.add(new File(["x"], "invoice.pdf"));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}
"""


async def test_everything_works_from_the_keyboard(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with StaffClient(desk.socket_url, desk.token("Ada", role="agent")) as ada:
        jane = await new_visitor(width=360, height=640)
        keys = jane.page.keyboard
        focus = jane.page.locator(":focus")
        await expect(jane.composer).to_be_focused()
        await keys.type("two")
        await keys.press("Shift+Enter")
        await keys.type("lines")
        assert await jane.composer.evaluate(_COMPOSED_ENTER) is True
        assert await jane.bodies() == []
        await keys.press("Enter")
        await ada.sees("two\nlines")
        await expect(jane.composer).to_have_value("")

        await keys.press("Shift+Tab")
        await expect(jane.log).to_be_focused()
        await keys.press("Shift+Tab")
        await expect(focus).to_have_accessible_name("More")
        await keys.press("Enter")
        await keys.press("Tab")
        await expect(focus).to_have_text("How we can reach you")
        await keys.press("Enter")
        await expect(focus).to_have_accessible_name("Name")
        await keys.press("Escape")
        await expect(jane.composer).to_be_focused()
        await keys.press("Tab")
        await expect(focus).to_have_text("Send")
        outline = await focus.evaluate("button => getComputedStyle(button).outlineStyle")
        assert outline == "solid"

        await expect(jane.log).to_have_attribute("aria-live", "polite")
        await expect(jane.log).to_have_accessible_name("Messages")
        await expect(jane.composer).to_have_accessible_name("Your message")
        assert await jane.page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_what_cannot_be_sent_is_said_and_nothing_is_lost(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    jane = await new_visitor()
    await expect(jane.standing).not_to_have_text("Connecting …")
    await jane.page.evaluate(_DROPPED_FILE)
    await expect(jane.notice).to_contain_text("Files can't be sent here yet.")
    await jane.write("é" * 8_001)
    await expect(jane.notice).to_have_text("This is too long by 1 characters. Shorten it, or send it in parts.")
    assert len(await jane.composer.input_value()) == 8_001
    await jane.composer.fill("🙂" * 8_000)
    await jane.composer.press("Enter")
    await expect(jane.log.get_by_text("✓ sent")).to_be_visible()
    assert await jane.bodies() == ["🙂" * 8_000]
