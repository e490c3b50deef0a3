"""The customer's card: what is known, how it is known, and where the chat stands."""

from collections.abc import Callable, Sequence

from agent_tui.ui.widgets.lines import Line, Lines


class Card(Lines):
    """Rows its owner makes; the masked number stays masked here."""

    DEFAULT_CSS = "Card { padding: 0 1; }"

    def __init__(self, pull: Callable[[int], Sequence[Line]], css_id: str) -> None:
        super().__init__(css_id)
        self._pull = pull

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The rows for this width."""
        return self._pull(width)
