"""Whatever stands in a message, a name or a page's address: it is shown as text and does nothing."""

from playwright.async_api import expect

from agent_tui.protocol import commands as c
from tests.clients import StaffClient
from tests.desk.widget.conftest import OpenVisitor
from tests.desk_process import DeskProcess
from tests.hostile import hostile_strings

_MARKUP = (
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</p></div><script src=https://evil.example/x.js></script>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>bank</a>",
    "javascript:alert(1)//https://bank.example/%0aalert(1)",
    'https://bank.example/"onmouseover="alert(1)',
    "https://evil.example@bank.example/<b>",
    "https://bank.example\u202emoc.live",
    "data:text/html,<script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} %{alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "<style>*{display:none}</style><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><input autofocus onfocus=alert(1)>",
    "$& $1 {who} {what}",
)


def _texts() -> list[str]:
    """Those that a desk can store: text on the wire has no lone surrogates and no more than its limit."""
    corpus = [hostile.text for hostile in hostile_strings()]
    storable = [text for text in corpus if text.strip() and not any("\ud800" <= sign <= "\udfff" for sign in text)]
    return [*_MARKUP, *(text for text in storable if len(text) <= 4_000)]


async def test_hostile_text_from_both_sides_is_only_text(desk: DeskProcess, new_visitor: OpenVisitor) -> None:
    async with StaffClient(desk.socket_url, desk.token("<img src=x onerror=alert(1)>", role="agent")) as ada:
        mallory = await new_visitor(f"{desk.url}/?<script>alert(1)</script>#title=<script>alert(1)</script>&stage=<b>")
        await mallory.write(_MARKUP[0])
        conversation = (await ada.sees(_MARKUP[0]))["conversation"]
        await ada.ask(c.Claim, conversation=conversation)
        for text in _texts():
            await ada.send(conversation, text, seen_seq=9_999, draft_seq=9_999)
        for text in _MARKUP[1:]:
            await mallory.write(text)
        await expect(mallory.line(_MARKUP[-1]).last).to_contain_text("✓ sent")
        await mallory.page.wait_for_timeout(300)
        shown = await mallory.bodies()
        stored = [entry["body"] for entry in ada.entries(conversation) if entry["kind"] == "public"]
        assert shown == stored
        hrefs = await mallory.page.eval_on_selector_all("#log a", "all => all.map(link => link.protocol)")
        assert hrefs
        assert set(hrefs) <= {"http:", "https:"}
        tags = await mallory.page.eval_on_selector_all(
            "#log *", "all => [...new Set(all.map(element => element.localName))].sort()"
        )
        assert set(tags) <= {"a", "b", "button", "div", "p", "span", "time"}
        await mallory.page.reload()
        await expect(mallory.line(_MARKUP[-1]).last).to_contain_text("✓ sent")
