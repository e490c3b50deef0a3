"""The one-row parts of the console: status, tabs, whose chat this is, and the keys."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from textual.content import Content
from textual.events import Click
from textual.message import Message

from agent_tui.core.attention import Urgency
from agent_tui.core.select import DRAFT, WANTS_CALL, TabRow
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.widgets.lines import NOTHING, Line, Lines, fitted

URGENCY_SHAPE = {Urgency.NOBODY_WAITS: "", Urgency.WAITING: "", Urgency.SOON: "△", Urgency.LATE: "▲"}
URGENCY_STYLE = {
    Urgency.NOBODY_WAITS: "$muted",
    Urgency.WAITING: "$waiting",
    Urgency.SOON: "$soon",
    Urgency.LATE: "bold $late",
}


class Bar(Lines):
    """One row that shows what its owner says."""

    DEFAULT_CSS = "Bar { height: 1; padding: 0 1; }"

    def __init__(self, pull: Callable[[], Line], css_id: str) -> None:
        super().__init__(css_id)
        self._pull = pull

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The one row."""
        return (self._pull(),)


class TabBar(Lines):
    """The open chats, numbered, in an order that never changes by itself. One row; the shown tab is always in it."""

    DEFAULT_CSS = "TabBar { height: 1; padding: 0 1; background: $panel; }"

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, ref: ConversationRef) -> None:
            self.ref = ref
            super().__init__()

    def __init__(self, pull: Callable[[], tuple[tuple[TabRow, ...], ConversationRef | None]], css_id: str) -> None:
        super().__init__(css_id)
        self._pull = pull
        self._places: list[tuple[int, int, ConversationRef]] = []

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The row: all tabs where they fit, else those around the shown one and how many are left out."""
        tabs, shown = self._pull()
        pieces = [_tab(number, tab, tab.ref == shown) for number, tab in enumerate(tabs, start=1)]
        at = next((index for index, tab in enumerate(tabs) if tab.ref == shown), 0)
        first, last = _that_fit([piece.cell_length + 1 for piece in pieces], at, width - 8)
        self._places = []
        row = [words.text(SafeText(f"‹{first} "), "$muted")] if first else []
        x = sum(piece.cell_length for piece in row)
        for tab, piece in zip(tabs[first:last], pieces[first:last], strict=True):
            self._places.append((x, x + piece.cell_length, tab.ref))
            x += piece.cell_length + 1
            row += [piece, words.text(SafeText(" "))]
        left = len(tabs) - last
        return (Line(words.joined(*row), words.text(SafeText(f"{left}›"), "$muted") if left else NOTHING),)

    def on_click(self, event: Click) -> None:
        x = event.x - (self.content_region.x - self.region.x)
        for start, end, ref in self._places:
            if start <= x < end:
                self.post_message(self.Chosen(ref))


@lru_cache(256)
def _tab(number: int, tab: TabRow, shown: bool) -> Content:
    name = tab.name if len(tab.name) <= 14 else SafeText(tab.name.split()[0][:14])
    first_name = SafeText(name.split(" ")[0])
    style = "bold" if shown else "$muted" if tab.gone else ""
    pieces: list[Content] = [
        words.text(SafeText(f" {number} "), "bold" if shown else "$muted"),
        words.text(first_name, style),
    ]
    if tab.unread and not shown:
        pieces.append(words.text(SafeText(" •"), "bold $accent"))
    if tab.clock:
        pieces.append(words.text(SafeText(f" {tab.clock}{URGENCY_SHAPE[tab.urgency]}"), URGENCY_STYLE[tab.urgency]))
    if tab.wants_call:
        pieces.append(words.text(SafeText(f" {WANTS_CALL}"), "$accent"))
    if tab.typing:
        pieces.append(words.text(SafeText(" …"), "$customer"))
    if tab.draft and not shown:
        pieces.append(words.text(SafeText(f" {DRAFT}"), "$accent"))
    if tab.gone:
        pieces.append(words.text(SafeText(" ended"), "$muted"))
    pieces.append(words.text(SafeText(" ")))
    row = words.joined(*pieces)
    return row.stylize_before("on $background") if shown else row


def _that_fit(lengths: list[int], at: int, width: int) -> tuple[int, int]:
    """The stretch of tabs around `at` that fits."""
    if sum(lengths) <= width + 7:
        return 0, len(lengths)
    first = last = at
    used = 0
    while True:
        if last < len(lengths) and used + lengths[last] <= width:
            used += lengths[last]
            last += 1
        elif first > 0 and used + lengths[first - 1] <= width:
            first -= 1
            used += lengths[first]
        else:
            return first, max(last, first + 1)


__all__ = ["URGENCY_SHAPE", "URGENCY_STYLE", "Bar", "TabBar", "fitted"]
