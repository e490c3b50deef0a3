"""A small Textual app that shows every hostile string, one after the other, and says what it was typed.

Ctrl+G shows the next; it is announced as "shown-<number>" and its toast as "toast-<number>".

    python -m tests.hostile_screen [raw] [unfiltered]

`raw` shows the strings as they came, `unfiltered` leaves the egress filter out: what is left of the two walls.
"""

import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static, TextArea

from agent_tui.model.text import SafeText, clean
from agent_tui.ui import words
from agent_tui.ui.egress import install_egress
from agent_tui.ui.terminal import driver_class
from tests.hostile import hostile_strings


class Lines(Widget):
    """A Line API widget, as the transcript is."""

    shown = ""

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self.shown, Style(link=self.shown))]) if y == 0 else Strip([])


class HostileScreen(App[None]):
    """Content, a border title, a toast, a Line API strip with a link, and a text field, all of one string."""

    CSS = "Static { height: 4; border: round white } Lines { height: 1 } TextArea { height: 8 }"
    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+g", "show_next", "show the next")]

    def __init__(self, *, raw: bool, unfiltered: bool) -> None:
        super().__init__(driver_class=driver_class())
        self.raw = raw
        self.strings = iter(hostile_strings())
        self.keys: list[str] = []
        if not unfiltered:
            install_egress(self)

    def compose(self) -> ComposeResult:
        yield Static(Content("ready"), id="body")
        yield Lines()
        yield TextArea()
        yield Static(Content(""), id="keys")

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()

    def action_show_next(self) -> None:
        string = next(self.strings, None)
        if string is None:
            self.query_one("#body", Static).update(Content("all shown"))
            return
        shown = SafeText(string.text) if self.raw else clean(string.text)
        body = self.query_one("#body", Static)
        body.update(words.joined(SafeText(f"shown-{string.number}:"), (shown, "bold"), shown, between="│"))
        body.border_title = words.text(shown)
        lines = self.query_one(Lines)
        lines.shown = shown
        lines.refresh()
        self.query_one(TextArea).load_text(shown[:400])
        self.clear_notifications()
        self.notify(shown[:400], title=f"toast-{string.number}: {shown[:40]}", markup=False)

    def _say(self, name: str) -> None:
        self.keys.append(name)
        self.query_one("#keys", Static).update(Content(" ".join(["typed:", *self.keys, "."])))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and self._running:
            self._say(event.key if isinstance(event, events.Key) else f"paste({len(event.text)})")
        await super().on_event(event)


if __name__ == "__main__":
    HostileScreen(raw="raw" in sys.argv, unfiltered="unfiltered" in sys.argv).run()
