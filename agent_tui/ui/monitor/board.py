"""The board: figures by panel, and the team. Enter opens those behind a number, d says what it means."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from agent_tui.core.metrics.definitions import DEFINITIONS
from agent_tui.core.metrics.words import value_words
from agent_tui.model.figures import Board, Figure, Panel, Value
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.monitor.big import big
from agent_tui.ui.monitor.chooser import Chooser, Item
from agent_tui.ui.monitor.team import team_items
from agent_tui.ui.monitor.values import spark
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line, fitted

if TYPE_CHECKING:
    from agent_tui.ui.monitor.screen import MonitorScreen

_LARGE: Final = (140, 34)
"""From this size of the view on the first figures stand in large type."""
_FIRST: Final = (Figure.WAITING, Figure.LONGEST_WAIT, Figure.SERVICE_LEVEL, Figure.AVAILABLE, Figure.OPEN)
_TITLE_CELLS: Final = 29
_VALUE_CELLS: Final = 18


class BoardView(Vertical):
    """Figures on the left, the team on the right; below each other where it is narrow."""

    DEFAULT_CSS = """
    BoardView { height: 1fr; }
    BoardView > #large { height: 6; display: none; padding: 1 2 0 2; }
    BoardView.-large > #large { display: block; }
    BoardView > Horizontal { height: 1fr; }
    BoardView #figures { width: 5fr; }
    BoardView #team { width: 4fr; }
    """

    def __init__(self, screen: MonitorScreen) -> None:
        super().__init__(id="board")
        self._screen = screen
        self._calendar = Calendar(screen.options.zone)
        self.large = Card(self._large_rows, "large")
        self.figures = Chooser(lambda width, _: self._figure_items(width), "figures")
        self.team = Chooser(lambda width, _: self._team_items(width), "team")
        self.team.active = False

    def compose(self) -> ComposeResult:
        """Large type, figures, team."""
        yield self.large
        with Horizontal():
            yield self.figures
            yield self.team

    @property
    def active(self) -> Chooser:
        """Where the keys move."""
        return self.team if self.team.active else self.figures

    @property
    def chosen(self) -> Hashable | None:
        """The figure or the agent the cursor is on."""
        return self.active.chosen

    def to_side(self, *, team: bool) -> None:
        """The keys move there."""
        self.team.active, self.figures.active = team, not team
        self.redraw()

    def redraw(self) -> None:
        """All of it as it is now."""
        width, height = self.size
        self.set_class(width >= _LARGE[0] and height >= _LARGE[1], "-large")
        for part in (self.large, self.figures, self.team):
            if part.display:
                part.redraw()

    def on_resize(self) -> None:
        self.redraw()

    def _large_rows(self, width: int) -> list[Line]:
        board = self._screen.live_state.board
        cells = width // len(_FIRST)
        columns = [_large(figure, board) for figure in _FIRST]
        return [
            Line(words.joined(*(fitted(Line(column[row]), cells) for column in columns)))
            for row in range(len(columns[0]))
        ]

    def _figure_items(self, width: int) -> list[Item]:
        board = self._screen.live_state.board
        return figure_items(board, width, self._calendar.moment(board.since_ms, board.at_ms) if board else "")

    def _team_items(self, width: int) -> list[Item]:
        screen = self._screen
        return team_items(screen.live_state, screen.shown_ms, screen.wall.limits, width)


def _large(figure: Figure, board: Board | None) -> list[Content]:
    """Its name, and the number in three rows."""
    value = board.figures.get(figure, Value(None)) if board else Value(None)
    said = value_words(figure, value).split("  ")[0]
    late = figure in (Figure.WAITING, Figure.LONGEST_WAIT) and bool(value.value)
    rows = [plain(row, "bold $soon" if late else "bold") for row in big(said)]
    return [plain(DEFINITIONS[figure].title, "$muted"), *rows]


def figure_items(board: Board | None, width: int, since: str) -> list[Item]:
    """Every figure under its panel, with its course over the shift where there is one; `since` when they count."""
    if board is None:
        return [Item(Line(plain("The figures are not here yet.", "$muted")))]
    items: list[Item] = []
    trends: dict[Figure, Sequence[int | None]] = {
        Figure.WAITING: board.trend.waiting,
        Figure.BEGUN: board.trend.begun,
        Figure.FIRST_ANSWER: board.trend.first_answer_ms,
    }
    room = max(0, width - _TITLE_CELLS - _VALUE_CELLS - 3)
    for panel in Panel:
        if items:
            items.append(Item(Line(NOTHING)))
        items.append(
            Item(Line(plain(panel.value.upper(), "$muted"), plain("" if items else f"since {since}", "$muted")))
        )
        for figure, definition in DEFINITIONS.items():
            if definition.panel is not panel:
                continue
            value = board.figures.get(figure, Value(None))
            title = plain(f" {definition.title}").truncate(_TITLE_CELLS, ellipsis=True, pad=True)
            said = plain(value_words(figure, value), "bold" if value.value else "$muted")
            row = words.joined(title, said.truncate(_VALUE_CELLS, ellipsis=True, pad=True))
            course = plain(spark(trends.get(figure, ()), min(room, 60)), "$accent")
            items.append(Item(Line(words.joined(row, course)), figure))
    return items
