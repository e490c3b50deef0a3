"""The text under a selection in a transcript."""

from agent_tui.ui.widgets.transcript_rows import BAR
from agent_tui.ui.widgets.transcript_view import TranscriptView

Place = tuple[int, int]
"""A row, counted as selections count (`TranscriptView.base`), and a character of it (-1: its end)."""


def selected_text(view: TranscriptView, start: Place, end: Place) -> str:
    """The words from `start` to `end`. Rows that one message was broken into are one line again; names, times and
    what is not somebody's words is left out.
    """
    first, last = start[0] + view.base - 1, end[0] + view.base - 1
    if not view.entries or last < 0:
        return ""
    index, inner = view.heights.locate(max(first, 0))
    row = view.heights.first_row(index) + inner
    texts: list[str] = []
    while row <= last and index < len(view.entries):
        rows = view.laid(index).rows
        body = view.entries[index].body
        left = right = -1
        while inner < len(rows) and row <= last:
            span = rows[inner].text
            if span is not None:
                low = span[0] + max(start[1] - len(BAR), 0) if row == first else span[0]
                high = span[0] + max(end[1] - len(BAR), 0) if row == last and end[1] >= 0 else span[1]
                if left < 0:
                    left = min(low, span[1])
                right = min(high, span[1])
            inner += 1
            row += 1
        if left >= 0 and right > left:
            texts.append(body[left:right])
        index, inner = index + 1, 0
    return "\n".join(texts)
