"""The text field of the composer: Enter is a wish to send, a paste never is."""

import re
import time
from collections.abc import Callable, Collection, Mapping
from enum import Enum, auto
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from agent_tui.ui.painting import PaintsNow

PASTE_TAIL_SECONDS: Final = 0.030
"""An Enter this soon after a paste's end is the paste's, not the hand's."""
PARKED_SECONDS: Final = 0.300
"""Keys this soon after the focus moved by itself were meant for something else."""
TALLEST: Final = 8
"""Rows the field grows to; then it scrolls."""

_NEWLINES: Final = re.compile("\r\n?|[\u2028\u2029]")
_NEVER_WRITTEN: Final = re.compile(
    # C0 but tab and newline, DEL, C1, surrogates, bidi embeddings, overrides and isolates, tags: nothing one writes.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_NOT_OURS: Final = {"ctrl+k", "ctrl+shift+k", "pageup", "pagedown", "f6", "f7"}
"""Keys of Textual's field that mean something else here, or nothing."""


def pasteable(text: str) -> str:
    """A paste without what acts on a terminal or reorders a line; newlines stay, as `\\n`."""
    return _NEVER_WRITTEN.sub("", _NEWLINES.sub("\n", text))


class Wish(Enum):
    """What a key asks of the composer, apart from editing."""

    SEND = auto()
    TAKE_BACK = auto()
    LEAVE = auto()
    SNIPPETS = auto()
    TAB = auto()


def _without(bindings: Collection[BindingType], keys: Collection[str]) -> list[BindingType]:
    kept: list[BindingType] = []
    for binding in bindings:
        assert isinstance(binding, Binding), "Textual's field declares its keys so"
        left = ",".join(key for key in binding.key.split(",") if key not in keys)
        if left:
            kept.append(Binding(left, binding.action, binding.description, show=False))
    return kept


class ComposerText(PaintsNow, TextArea, inherit_bindings=False):
    """A text field that grows, paints each key at once, and tells its composer of edits as they happen.

    It posts no `Changed`: by the time that message is read, the field may hold another conversation's text.
    """

    BINDINGS: ClassVar[list[BindingType]] = _without(TextArea.BINDINGS, _NOT_OURS)

    def __init__(
        self, keys: Mapping[str, tuple[str, ...]], edited: Callable[[], None], wish: Callable[[Wish], None]
    ) -> None:
        """`keys`: by action, those of the composer's own. A printable one of `proof.all` asks at a word's start only:
        within a word, a path or an address it is the character itself.
        """
        self._wrapped_at = 0
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False)
        self.cursor_blink = False
        self._edited = edited
        self._wish = wish
        self._wishes = {
            key: wish
            for action, wish in (
                ("compose.send", Wish.SEND),
                ("compose.take_back", Wish.TAKE_BACK),
                ("compose.leave", Wish.LEAVE),
                ("compose.field", Wish.TAB),
                ("proof.all", Wish.SNIPPETS),
            )
            for key in keys[action]
        }
        self._newline_keys = keys["compose.newline"]
        self._loading = False
        self._pasted_at = 0.0
        self._parking_until = 0.0
        self.parked = ""
        """What was typed while the focus had just moved here by itself."""

    def put(self, text: str) -> None:
        """Hold this text; it does not count as typing, and can't be undone."""
        self._loading = True
        try:
            self.load_text(_NEWLINES.sub("\n", text))
            self.move_cursor(self.document.end)
        finally:
            self._loading = False

    @property
    def cursor(self) -> int:
        """Where the cursor is, in code points; the end of what is selected."""
        return self._offset(self.selection.end)

    @property
    def selected(self) -> tuple[int, int]:
        """What is selected, in code points; where nothing is, twice the cursor."""
        start, end = sorted((self._offset(self.selection.start), self._offset(self.selection.end)))
        return start, end

    def select(self, start: int, end: int) -> None:
        """Select a stretch, so that what is typed takes its place; an empty one is the cursor."""
        self.selection = Selection(self._location(start), self._location(end))
        self.scroll_cursor_visible()

    def replace_stretch(self, start: int, end: int, text: str) -> None:
        """Put text in the place of a stretch, as if typed; the cursor stands behind it."""
        self.replace(text, self._location(start), self._location(end), maintain_selection_offset=False)

    def _offset(self, location: tuple[int, int]) -> int:
        row, column = location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def _location(self, offset: int) -> tuple[int, int]:
        lines = self.document.lines
        for row, line in enumerate(lines):
            if offset <= len(line):
                return row, offset
            offset -= len(line) + 1
        return len(lines) - 1, len(lines[-1])

    def _at_word_start(self) -> bool:
        row, column = self.selection.start
        return self.selection.is_empty and (column == 0 or self.document.lines[row][column - 1].isspace())

    def park_keys(self) -> None:
        """The focus came by itself: for a moment keys are kept apart instead of acting."""
        self._parking_until = time.monotonic() + PARKED_SECONDS
        self.parked = ""

    def post_message(self, message: Message) -> bool:
        """An edit is told at once, not as a message."""
        if isinstance(message, TextArea.Changed):
            if not self._loading:
                self._edited()
            return True
        return super().post_message(message)

    async def _on_key(self, event: events.Key) -> None:
        if event.time < self._parking_until:
            event.stop()
            event.prevent_default()
            if event.character is not None and event.is_printable:
                self.parked += event.character
                self._edited()
            return
        wish = self._wishes.get(event.key)
        if wish is Wish.TAKE_BACK and self.text:
            return
        if wish is Wish.SNIPPETS and event.is_printable and not self._at_word_start():
            wish = None
        if event.key == "tab":
            wish = Wish.TAB
        if wish is not None or event.key == "shift+tab":
            event.stop()
            event.prevent_default()
            if wish is Wish.SEND and event.time - self._pasted_at < PASTE_TAIL_SECONDS:
                return
            if wish is not None:
                self._wish(wish)
        elif event.key in self._newline_keys:
            event.stop()
            event.prevent_default()
            self.replace("\n", *self.selection, maintain_selection_offset=False)
        elif event.key == "enter":
            # Enter that neither sends nor breaks the line in this keymap.
            event.stop()
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(pasteable(event.text), *self.selection, maintain_selection_offset=False)
        self._pasted_at = time.monotonic()
        self.scroll_cursor_visible()

    def on_mount(self) -> None:
        self.watch(self, "virtual_size", self._fit)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Textual tells no new size to what was hidden while its text was put in: it would stay on one row."""
        changed = super()._size_updated(size, virtual_size, container_size, layout=layout)
        if self.wrap_width != self._wrapped_at:
            self._rewrap_and_refresh_virtual_size()
        return changed

    def _rewrap_and_refresh_virtual_size(self) -> None:
        self._wrapped_at = self.wrap_width
        super()._rewrap_and_refresh_virtual_size()

    def _fit(self) -> None:
        rows = min(max(self.wrapped_document.height, 1), TALLEST)
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows
