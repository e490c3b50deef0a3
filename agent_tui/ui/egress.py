"""The second wall: whatever a widget paints, no control character and no terminal hyperlink leaves the app but one.

The one is a telephone number of ours, to be dialled (`ui.words.telephone`): `tel:`, a plus and digits. Textual writes a
segment's text and its link as they are. Foreign text is made harmless where it comes in (`agent_tui.model.text`); this
holds when something slipped past, a paste in a text field for one.
"""

import re
from functools import lru_cache
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_ACTS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_CANNOT_BE_ENCODED = re.compile("[\ud800-\udfff]")
_MAY_BE_DIALLED = re.compile(r"tel:\+[0-9]{7,15}(?:;ext=[0-9]{1,8})?")
_LOST: Final = "\ufffd"


class EgressFilter(LineFilter):
    """Deletes controls, bidi controls and tag characters, none of which has a width, and every link but a telephone's.

    A lone surrogate, which would end the thread that writes to the terminal, becomes U+FFFD (as wide as it).
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments as they are when all are harmless (nearly always), else a list with clean ones."""
        for text, style, _ in segments:
            if not text.isprintable() or (style is not None and style._link and not _is_telephone(style)):
                return [_harmless(segment) for segment in segments]
        return segments


def install_egress(app: App[Any]) -> None:
    """Put the filter behind all others of this app, once; call it when the app is made, before it runs."""
    if not any(isinstance(line_filter, EgressFilter) for line_filter in app._filters):
        app._filters.append(EgressFilter())


def _harmless(segment: Segment) -> Segment:
    text, style, control = segment
    if not text.isprintable():
        text = _CANNOT_BE_ENCODED.sub(_LOST, _ACTS.sub("", text))
    if style is not None and style._link and not _is_telephone(style):
        style = _without_link(style)
    return Segment(text, style, control)


def _is_telephone(style: Style) -> bool:
    return style._link is not None and _MAY_BE_DIALLED.fullmatch(style._link) is not None


@lru_cache(1024)
def _without_link(style: Style) -> Style:
    return style.update_link(None)
