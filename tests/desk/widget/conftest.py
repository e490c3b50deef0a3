"""A desk for all widget tests of a module, and a browser with its visitors for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.desk.widget.visitor import CHROMIUM_ARGUMENTS, Visitor, open_visitor
from tests.desk_process import DeskProcess, running_desk
from tests.required import require

# all visitors of a test come from one address
ROOM = {
    "AGENT_TUI_DESK_NAME": "Umbra Logistics",
    "AGENT_TUI_DESK_LIMITS_CONVERSATIONS_PER_ADDRESS_MINUTE": "1000",
    "AGENT_TUI_DESK_LIMITS_SOCKETS_PER_ADDRESS": "100",
    "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "1000",
    "AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "1000",
}

OpenVisitor = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
def chromium() -> str:
    return require("chromium", "apt-get install chromium")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    with running_desk(tmp_path_factory.mktemp("widget") / "desk", env=ROOM) as desk:
        yield desk


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def new_visitor(browser: Browser, desk: DeskProcess) -> AsyncIterator[OpenVisitor]:
    """Opens the page as somebody new; afterwards no page may have done what none ever must."""
    opened: list[Visitor] = []

    async def new(url: str = "", **how: object) -> Visitor:
        opened.append(await open_visitor(browser, url or f"{desk.url}/", **how))  # type: ignore[arg-type]
        return opened[-1]

    yield new
    assert [misdeed for visitor in opened for misdeed in visitor.misdeeds] == []
