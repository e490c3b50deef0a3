"""One line of text to type into; nothing in it is ever parsed."""

from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input


class TextLine(Input):
    """Tells its screen what is typed. Its cursor is steady."""

    DEFAULT_CSS = """
    TextLine { height: 1; border: none; padding: 0; background: $panel; }
    TextLine:focus { border: none; }
    """

    class Typed(Message):
        """The text is now this."""

        def __init__(self, value: str) -> None:
            self.value = value
            super().__init__()

    class Entered(Message):
        """Enter."""

    def __init__(self, text: str = "", *, hint: str = "") -> None:
        """`hint`: words of ours, shown while it is empty."""
        super().__init__(text, placeholder=hint, select_on_focus=False)
        self.cursor_blink = False

    BINDINGS = [Binding("enter", "tell", show=False)]

    def action_tell(self) -> None:
        """Enter was pressed."""
        self.post_message(self.Entered())

    def _watch_value(self, value: str) -> None:
        super()._watch_value(value)
        self.post_message(self.Typed(value))
