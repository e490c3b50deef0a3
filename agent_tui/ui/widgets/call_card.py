"""The call card over the composer: rows made elsewhere, as high as they need, and a code that a camera reads."""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Final

from textual.content import Content
from textual.widget import Widget

from agent_tui.core.phone.card_parts import PHONE, CardKey, CardView, Does, Hint, Row, Tone
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.keys import spelled
from agent_tui.ui.painting import PaintsNow
from agent_tui.ui.widgets.lines import NOTHING, Line, Lines

STYLE: Final = {
    Tone.PLAIN: "$foreground",
    Tone.MUTED: "$muted",
    Tone.STRONG: "bold $foreground",
    Tone.GOOD: "bold $success",
    Tone.WARN: "bold $warning",
    Tone.BAD: "bold $error",
    Tone.CUSTOMER: "$customer",
}
_SHAPE: Final = {Tone.GOOD: "● ", Tone.WARN: "▲ ", Tone.BAD: "✕ ", Tone.CUSTOMER: "▎"}
"""A state is a shape before it is a colour."""
_CODE_COLOURS: Final = "rgb(255,255,255) on rgb(0,0,0)"
"""A camera reads dark on light only: the theme's colours could turn the code round."""
_SMALL: Final = (60, 16)
_LEAST_ROWS: Final = 6
_LEAST_ROWS_NARROW: Final = 8
_NARROW: Final = 76
"""As high as most cards are, folded or not: what is checked comes into rows that are there, without a layout."""
_ROOM_FROM: Final = 30
"""Rows of a terminal that has this room."""
_SEPARATOR: Final = " ·"
_BESIDE_CODE: Final = 24
"""Columns of text that must fit beside the code; else it isn't drawn."""


class CallCard(PaintsNow, Lines, can_focus=True):
    """Not there while no card is open. Its keys are dealt with by the keyboard, which asks the card's owner."""

    DEFAULT_CSS = """
    CallCard { height: 1; display: none; background: $surface; padding: 0 1; }
    CallCard.-open { display: block; }
    CallCard:focus { background: $panel; }
    """

    def __init__(
        self, pull: Callable[[], CardView | None], code: Callable[[str], Sequence[str]], phone_key: str
    ) -> None:
        """`pull`: what the card is now; `code`: the rows of a QR code for a number; `phone_key`: as people read it."""
        super().__init__("call-card")
        self._pull = pull
        self._code = code
        self._phone_key = phone_key

    @property
    def brief(self) -> bool:
        """One line only: the terminal is small."""
        width, height = self.app.size
        return width < _SMALL[0] or height < _SMALL[1]

    def changed(self) -> bool:
        """What the card is has changed: as high as that is, or away. Whether it needs other room than before."""
        view = self._pull()
        moved = self.has_class("-open") != (view is not None)
        if moved:
            self.set_class(view is not None, "-open")
        if view is None:
            self.styles.height = None
            return moved
        # not laid out yet, it gets the width of the chat it stands in; that too may be yet to come
        chat = self.parent.content_size.width if isinstance(self.parent, Widget) else 0
        width = self.content_size.width or (chat or self.app.size.width) - 2
        rows = len(self.lines(width, self.app.size.height))
        if not self.brief and self.app.size.height >= _ROOM_FROM:
            # it grows while it is open, and never shrinks: the lines above stay where the eye left them
            held = self.styles.height.value if self.styles.height else 0
            least = _LEAST_ROWS if width > _NARROW else _LEAST_ROWS_NARROW
            rows = max(rows, int(held), least)
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows
            moved = True
        self.redraw()
        return moved

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The card's rows for this width."""
        view = self._pull()
        if view is None:
            return ()
        if self.brief:
            return (_brief(view, self.has_focus, self._phone_key),)
        rows = [Line(piece) for row in view.rows for piece in _row(row, width)]
        code = list(self._code(view.qr)) if view.qr else []
        if code and width - len(code[0]) >= _BESIDE_CODE:
            rows = _beside(code, view, width)
        return (
            _title(view, self.has_focus, width, self._phone_key),
            *rows,
            *_keys(view, self.has_focus, width, self._phone_key),
        )

    def watch_has_focus(self, has_focus: bool) -> None:
        """Whose keys count is said in the title."""
        super().watch_has_focus(has_focus)
        self.changed()


def _row(row: Row, width: int) -> list[Content]:
    style = STYLE[row.tone]
    shape = _SHAPE.get(row.tone, "") if row.here is None else "› " if row.here else "  "
    room = max(8, width - len(shape))
    said = words.text(row.text, style)
    if row.number is not None:
        said = words.joined(words.telephone(row.number, style), said)
    if row.tone is Tone.CUSTOMER or row.here is not None:
        pieces = [said.truncate(room, ellipsis=True)]
    else:
        pieces = [_ended(piece) for piece in said.wrap(room)] if said.cell_length > room else [said]
    lead = words.text(SafeText(shape), style)
    blank = words.text(SafeText(" " * len(shape)))
    return [words.joined(blank if at else lead, piece) for at, piece in enumerate(pieces)]


def _ended(piece: Content) -> Content:
    """A row that is wrapped at a separator ends before it."""
    return piece[: -len(_SEPARATOR)] if piece.plain.endswith(_SEPARATOR) else piece


def _beside(code: Sequence[str], view: CardView, width: int) -> list[Line]:
    room = width - len(code[0]) - 2
    texts = [piece for row in view.rows for piece in _row(row, room)]
    blank = " " * len(code[0])
    return [
        Line(
            words.joined(
                words.text(SafeText(dots or blank), _CODE_COLOURS if dots else ""), SafeText("  "), text or NOTHING
            )
        )
        for dots, text in zip_longest(code, texts)
    ]


def _title(view: CardView, focused: bool, width: int, phone: str) -> Line:
    left = words.joined(
        words.text(SafeText("─ ☎ "), "$accent"), words.text(view.title, "bold $accent"), words.text(SafeText(" "))
    )
    said = "these keys count now" if focused else f"{phone} answers here" if view.asks else ""
    right = words.text(SafeText(f" {said} ─"), "bold $accent") if said else NOTHING
    rule = max(0, width - left.cell_length - right.cell_length - 1)
    return Line(words.joined(left, words.text(SafeText("─" * rule), "$accent")), right)


def _keys(view: CardView, focused: bool, width: int, phone: str) -> list[Line]:
    """The keys that count now, in as many rows as they need."""
    keys = [key for key in view.keys if key.words]
    if not (focused or view.counts):
        # it gets the focus by F9 first, whatever F9 means on it; who is writing needs no key back to it
        keys = [key for key in keys if key.does is not Does.WRITE]
    pieces = [_key(key, phone) for key in keys]
    if pieces and not (focused or view.counts):
        pieces[0] = words.joined(_name(phone), words.text(SafeText(", then  "), "$muted"), pieces[0])
    pieces += [_hint(hint) for hint in view.hints]
    rows: list[list[Content]] = [[]]
    for piece in pieces:
        if rows[-1] and sum(each.cell_length + 2 for each in rows[-1]) + piece.cell_length > width:
            rows.append([])
        rows[-1].append(piece)
    return [Line(words.joined(*row, between="  ")) for row in rows if row]


def _key(key: CardKey, phone: str) -> Content:
    return _hint(Hint(phone if key.key == PHONE else spelled(key.key), key.words))


def _hint(hint: Hint) -> Content:
    return words.joined(_name(hint.key), words.text(SafeText(f" {hint.words}"), "$muted"))


def _name(key: str) -> Content:
    return words.text(SafeText(key), "bold $accent")


def _brief(view: CardView, focused: bool, phone: str) -> Line:
    keys = [_key(key._replace(words=""), phone) for key in view.keys if key.words and (focused or view.counts)]
    hint = words.joined(*keys) if keys else _name(phone if view.keys else "")
    return Line(words.joined(words.text(SafeText("☎ "), "$accent"), words.text(view.brief, "bold")), hint)
