"""The floor: the least a Textual chat console can do, painted as stock Textual paints it.

A virtual Line API transcript with a strip cache, a TextArea, and messages over one WebSocket; no store, no inbox, no
selection. What it takes is what Textual, Python and this machine take: the console's figures are printed beside it.
"""

from __future__ import annotations

import sys
from array import array
from typing import ClassVar

import msgspec
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static, TextArea


class Author(msgspec.Struct):
    name: str


class Entry(msgspec.Struct):
    seq: int
    at: int
    by: Author
    body: str


class Event(msgspec.Struct):
    conversation: int
    entry: Entry


class Push(msgspec.Struct):
    """The part of the desk's push that the floor reads."""

    events: list[Event]


class Conversation:
    """Messages and, for each painted row, the message it belongs to."""

    def __init__(self) -> None:
        self.messages: list[Entry] = []
        self.first_rows = array("I")
        self.row_messages = array("I")

    def add(self, message: Entry, width: int) -> None:
        self.first_rows.append(len(self.row_messages))
        rows = 1 + (len(message.body) - 1) // width
        self.row_messages.extend([len(self.messages)] * rows)
        self.messages.append(message)


class Transcript(ScrollView):
    DEFAULT_CSS = """
    Transcript { height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-gutter: stable; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown = 1
        self.conversations: dict[int, Conversation] = {}
        self._strips: LRUCache[tuple[int, int, int], Strip] = LRUCache(512)

    @property
    def wrap_width(self) -> int:
        return self.scrollable_content_region.width or 118

    def add(self, events: list[Event]) -> None:
        width = self.wrap_width
        repaint = False
        for event in events:
            number = event.conversation
            if number not in self.conversations:
                self.conversations[number] = Conversation()
            self.conversations[number].add(event.entry, width)
            repaint = repaint or number == self.shown
        if repaint:
            self.follow()

    def show(self, conversation: int) -> None:
        self.shown = conversation
        self.follow()

    def follow(self) -> None:
        conversation = self.conversations.get(self.shown)
        rows = len(conversation.row_messages) if conversation else 0
        self.virtual_size = Size(self.wrap_width, rows)
        self.scroll_end(animate=False, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        width = self.wrap_width
        conversation = self.conversations.get(self.shown)
        if conversation is None or row >= len(conversation.row_messages):
            return Strip.blank(width, self.rich_style)
        key = (self.shown, row, width)
        strip = self._strips.get(key)
        if strip is None:
            index = conversation.row_messages[row]
            start = (row - conversation.first_rows[index]) * width
            text = conversation.messages[index].body[start : start + width]
            strip = Strip([Segment(text, self.rich_style)]).extend_cell_length(width, self.rich_style)
            self._strips[key] = strip
        return strip


class FloorApp(App[None]):
    CSS = "TextArea { height: 5; } Static { height: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "show(1)", priority=True),
        Binding("f3", "show(2)", priority=True),
        Binding("pageup", "page_up", priority=True),
    ]

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def compose(self) -> ComposeResult:
        yield Static("floor ready")
        yield Transcript()
        yield TextArea()

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        self.run_worker(self.receive())

    async def receive(self) -> None:
        # Imported here because the console, too, does not pay for it before its first paint.
        from websockets.asyncio.client import connect

        transcript = self.query_one(Transcript)
        decoder = msgspec.json.Decoder(Push)
        async with connect(self.url, compression=None, max_size=None, proxy=None) as socket:
            async for frame in socket:
                transcript.add(decoder.decode(frame).events)

    def action_show(self, conversation: int) -> None:
        self.query_one(Transcript).show(conversation)

    def action_page_up(self) -> None:
        self.query_one(Transcript).scroll_page_up(animate=False)


if __name__ == "__main__":
    FloorApp(sys.argv[1]).run()
