"""A visitor in real Chromium: a profile, a page, and a record of everything such a page must never do."""

from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP ${event.effectiveDirective} ${event.blockedURI}`));
"""

expect.set_options(timeout=10_000)


@dataclass
class Visitor:
    """What one sees and does on the page at `url`."""

    context: BrowserContext
    page: Page
    url: str
    misdeeds: list[str] = field(default_factory=list)
    """Dialogs, violations of the policy, requests to another origin, exceptions."""

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def composer(self) -> Locator:
        return self.page.locator("#text")

    @property
    def standing(self) -> Locator:
        return self.page.locator("#standing")

    @property
    def trouble(self) -> Locator:
        return self.page.locator("#trouble")

    @property
    def notice(self) -> Locator:
        return self.page.locator("#notice")

    async def write(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    def line(self, text: str) -> Locator:
        """The line with exactly this text; there has to be one."""
        return self.page.locator(".line", has=self.page.get_by_text(text, exact=True))

    async def bodies(self) -> list[str]:
        """Every message on the page in order, as its text is."""
        bodies: list[str] = await self.page.eval_on_selector_all(".body", "all => all.map(body => body.textContent)")
        return bodies

    async def another_page(self) -> "Visitor":
        """A second tab of the same browser."""
        return await _open(self.context, self.url)


async def _open(context: BrowserContext, url: str) -> Visitor:
    page = await context.new_page()
    visitor = Visitor(context, page, url)
    origin = "/".join(url.split("/")[:3])
    own = (origin, origin.replace("http", "ws"), "blob:", "data:")
    misdeeds = visitor.misdeeds
    page.on("dialog", lambda dialog: misdeeds.append(f"dialog {dialog.message}"))
    page.on("pageerror", lambda error: misdeeds.append(f"exception {error}"))
    page.on("console", lambda said: misdeeds.append(said.text) if said.text.startswith("CSP ") else None)
    page.on("request", lambda asked: None if asked.url.startswith(own) else misdeeds.append(f"request {asked.url}"))
    page.on("popup", lambda popup: misdeeds.append(f"popup {popup.url}"))
    await page.goto(url)
    return visitor


async def open_visitor(
    browser: Browser,
    url: str,
    *,
    locale: str = "en-GB",
    time_zone: str = "Europe/Amsterdam",
    width: int = 900,
    height: int = 700,
) -> Visitor:
    """Somebody who was never here before."""
    context = await browser.new_context(
        locale=locale, timezone_id=time_zone, viewport={"width": width, "height": height}
    )
    await context.add_init_script(_TELL_VIOLATIONS)
    return await _open(context, url)
