"""One tile as rows of words: a band that says who and how long, what is wrong, whose it is, what was said last."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from agent_tui.core.monitor.tiles import Said, TileWords, Voice
from agent_tui.model.text import SafeText
from agent_tui.model.words import State as Life
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.widgets.bars import URGENCY_SHAPE, URGENCY_STYLE
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.wrapping import wrapped

_VOICES: Final[dict[Voice, tuple[str, str]]] = {
    Voice.CUSTOMER: ("▎", "$customer"),
    Voice.AGENT: ("›", "$agent"),
    Voice.NOTE: ("✎", "$note"),
}
_BODY: Final = {Voice.CUSTOMER: "", Voice.AGENT: "$muted", Voice.NOTE: "$note"}
_CURSOR: Final = "▌"
_PIN: Final = "◆ "
_SHORT: Final = 4
"""A tile of fewer rows says what is wrong in place of whose it is."""
_LONGEST: Final = 2_000
"""Characters of a line that are looked at: no tile shows more of one."""


def tile_head(tile: TileWords, height: int, *, cursor: bool) -> list[Line]:
    """The rows with clocks in them: who and how long, what is wrong, whose it is."""
    wrong = bool(tile.alert) and not tile.acknowledged
    rows = [_band(tile, wrong=wrong, cursor=cursor)]
    if tile.alert:
        rows.append(_alert(tile, cursor=cursor))
    if not tile.alert or height > _SHORT:
        rows.append(_standing(tile, cursor=cursor))
    return rows[:height]


def tile_body(lines: Sequence[Said], width: int, height: int, *, cursor: bool) -> list[Line]:
    """What was said last, in exactly `height` rows."""
    rows = [_row(piece, cursor=cursor) for piece in (_said(lines, width - 1, height) if height > 0 else ())]
    return [*rows, *[_row(NOTHING, cursor=cursor)] * (height - len(rows))]


def _band(tile: TileWords, *, wrong: bool, cursor: bool) -> Line:
    background = "on $late" if wrong else "on $panel"
    ink = "bold $background" if wrong else "bold"
    quiet = "$background" if wrong else "$muted"
    bar = plain(_CURSOR if cursor else " ", "$background" if wrong else "$accent")
    pieces = [bar, plain(_PIN, quiet) if tile.pinned else NOTHING, words.text(tile.name, ink)]
    if tile.label not in tile.name:
        pieces.append(plain(f" {tile.label}", quiet))
    clock = f"{tile.wait}{URGENCY_SHAPE[tile.urgency]}" if tile.wait else ""
    style = ink if wrong else URGENCY_STYLE[tile.urgency]
    return Line(words.joined(*pieces), plain(f"{clock} ", style) if clock else NOTHING, background)


def _alert(tile: TileWords, *, cursor: bool) -> Line:
    more = f"+{tile.more_alerts} " if tile.more_alerts else ""
    if tile.acknowledged:
        return _row(words.text(SafeText(f"seen: {tile.alert}"), "$muted"), plain(more, "$muted"), cursor=cursor)
    return _row(words.text(tile.alert, "bold $late"), plain(more, "$muted") if more else NOTHING, cursor=cursor)


def _standing(tile: TileWords, *, cursor: bool) -> Line:
    state = f" · {tile.state.value}" if tile.state is not Life.OPEN and not tile.wait else ""
    return _row(words.text(SafeText(f"{tile.owner} · {tile.stage}{state}"), "$muted"), cursor=cursor)


def _row(left: Content, right: Content = NOTHING, *, cursor: bool) -> Line:
    bar = plain(_CURSOR if cursor else " ", "$accent")
    return Line(words.joined(bar, left), right)


def _said(lines: Sequence[Said], width: int, room: int) -> list[Content]:
    """The newest rows of what was said, oldest first, as many as there is room for."""
    found: list[Content] = []
    for line in reversed(lines):
        shape, colour = _VOICES[line.voice]
        body = SafeText(line.body[:_LONGEST])
        rows = [body[start:end] for start, end in wrapped(body, max(1, width - 2))]
        for place, row in reversed(list(enumerate(rows))):
            # what is cut off at the top still says whose words they are
            first = place == 0 or line.voice is Voice.CUSTOMER or len(found) == room - 1
            mark = shape if first else " "
            found.append(words.joined(plain(f"{mark} ", colour), words.text(SafeText(row), _BODY[line.voice])))
            if len(found) == room:
                return list(reversed(found))
    return list(reversed(found))
