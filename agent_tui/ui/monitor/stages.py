"""Stages and channels: what is so here, and what a study says; beside each other, on scales of their own.

They answer different questions, so no difference between them is computed, and none is coloured.
"""

from typing import Final, NamedTuple

from agent_tui.core.metrics.definitions import (
    CHANNELS_HERE,
    CHANNELS_STUDY,
    OUTCOMES_BY_STAGE,
    STAGES_HERE,
    STAGES_STUDY,
)
from agent_tui.core.metrics.study import CHANNEL_SHARE, STAGE_SHARE
from agent_tui.model.figures import Board
from agent_tui.model.text import SafeText
from agent_tui.model.words import Stage
from agent_tui.ui import words
from agent_tui.ui.chat_words import folded, plain
from agent_tui.ui.monitor.chooser import Item
from agent_tui.ui.widgets.lines import NOTHING, Line, fitted

DEFINITIONS: Final = (STAGES_HERE, STAGES_STUDY, OUTCOMES_BY_STAGE, CHANNELS_HERE, CHANNELS_STUDY)
_SIDE_BY_SIDE: Final = 96
_NAME_CELLS: Final = 13
_STUDY_SCALE: Final = 50
"""The study's bars are full at so many percent; ours at 100. Two scales on purpose, and both are said."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


class _Panel(NamedTuple):
    heading: list[Line]
    """Its name, what it counts and where that comes from."""
    bars: list[Line]


def stage_items(board: Board | None, width: int) -> list[Item]:
    """Both panels for stages, what became of ours, both panels for channels."""
    half = (width - 4) // 2 if width >= _SIDE_BY_SIDE else width
    rows = _pair(_stages_here(board, half), _stages_study(half), half, width)
    rows += [Line(NOTHING), *_became(board, width), Line(NOTHING)]
    rows += _pair(_channels_here(board, half), _channels_study(half), half, width)
    return [Item(row) for row in rows]


def _pair(here: _Panel, study: _Panel, half: int, width: int) -> list[Line]:
    """Beside each other with their first bars on one row, or below each other where it is narrow."""
    if half == width:
        return [*here.heading, *here.bars, Line(NOTHING), *study.heading, *study.bars]
    high = max(len(here.heading), len(study.heading))
    left, right = (
        [*panel.heading, *[Line(NOTHING)] * (high - len(panel.heading)), *panel.bars] for panel in (here, study)
    )
    rows = []
    for y in range(max(len(left), len(right))):
        one = left[y] if y < len(left) else Line(NOTHING)
        other = right[y] if y < len(right) else Line(NOTHING)
        rows.append(Line(words.joined(fitted(one, half), plain("    "), fitted(other, half))))
    return rows


def _stages_here(board: Board | None, width: int) -> _Panel:
    rows: list[Line] = []
    stages = board.stages if board else ()
    total = sum(row.guessed + row.set for row in stages)
    rows.append(Line(plain("scale to 100 %", "$muted"), plain("guessed / set", "$muted")))
    for row in stages:
        count = row.guessed + row.set
        share = 100 * count / total if total else 0.0
        said = f"{round(share):>3} %  {row.guessed:>4} / {row.set:<4}" if total else "–"
        rows.append(_bar(row.stage.value, share, 100, said, width, "$accent"))
    return _Panel(_heading("HERE · stages", STAGES_HERE, width), rows)


def _stages_study(width: int) -> _Panel:
    rows: list[Line] = []
    rows.append(Line(plain(f"scale to {_STUDY_SCALE} %", "$muted"), plain("more than one answer each", "$muted")))
    for stage in Stage:
        share = STAGE_SHARE[stage]
        rows.append(_bar(stage.value, share, _STUDY_SCALE, f"{share:>3} %", width, "$secondary"))
    return _Panel(_heading("STUDY · stages", STAGES_STUDY, width), rows)


def _became(board: Board | None, width: int) -> list[Line]:
    rows = _heading("HERE · what became of them", OUTCOMES_BY_STAGE, width)
    columns = ("went to a call", "resolved", "bought", "unknown")
    cells = max(8, min(16, (width - _NAME_CELLS) // len(columns)))
    head = words.joined(plain("".ljust(_NAME_CELLS)), *(plain(name[: cells - 1].rjust(cells)) for name in columns))
    rows.append(Line(head.stylize("$muted")))
    for row in board.stages if board else ():
        counts = (row.called, row.resolved, row.bought, row.unknown)
        said = (plain((str(count) if count else "–").rjust(cells), "" if count else "$muted") for count in counts)
        rows.append(Line(words.joined(plain(row.stage.value.ljust(_NAME_CELLS)), *said)))
    return rows


def _channels_here(board: Board | None, width: int) -> _Panel:
    rows: list[Line] = []
    channels = board.channels if board else {}
    total = sum(channels.values())
    rows.append(Line(plain("scale to 100 %", "$muted"), plain("contacts", "$muted")))
    for name, count in sorted(channels.items(), key=lambda item: -item[1]):
        share = 100 * count / total
        rows.append(_bar(SafeText(name), share, 100, f"{round(share):>3} %  {count:>4}", width, "$accent"))
    if not channels:
        rows.append(Line(plain("No contact in this period yet.", "$muted")))
    return _Panel(_heading("HERE · channels", CHANNELS_HERE, width), rows)


def _channels_study(width: int) -> _Panel:
    rows: list[Line] = []
    rows.append(Line(plain(f"scale to {_STUDY_SCALE} %", "$muted"), plain("choose / believed", "$muted")))
    for channel in CHANNEL_SHARE:
        believed = "   –" if channel.organisations_believe is None else f"{channel.organisations_believe:>2} %"
        said = f"{channel.consumers_choose:>3} % / {believed}"
        rows.append(_bar(channel.channel, channel.consumers_choose, _STUDY_SCALE, said, width, "$secondary"))
    return _Panel(_heading("STUDY · channels", CHANNELS_STUDY, width), rows)


def _heading(title: str, definition: str, width: int) -> list[Line]:
    """The panel's name, and what it counts and where that comes from."""
    return [Line(plain(title, "bold")), *(Line(plain(part, "$muted")) for part in folded(definition, width))]


def _bar(name: str, share: float, scale: int, said: str, width: int, colour: str) -> Line:
    room = max(4, width - _NAME_CELLS - len(said) - 2)
    return Line(
        words.joined(
            plain(name).truncate(_NAME_CELLS, ellipsis=True, pad=True), plain(_blocks(share / scale, room), colour)
        ),
        plain(said),
    )


def _blocks(part: float, room: int) -> str:
    """A bar of eighths of a cell, so that small shares are seen too."""
    eighths = round(min(max(part, 0.0), 1.0) * room * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
