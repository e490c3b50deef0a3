"""The one place where text becomes something Textual paints. Nothing here is ever parsed as markup.

A style is written by us, in the source ("bold", "$accent", "$text-muted italic"); foreign text is never part of one.
Where Textual would parse a `str` (notices, options, titles, table cells), give it what these functions return.
"""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.style import Style

from agent_tui.model.call import Number
from agent_tui.model.links import Link
from agent_tui.model.text import SafeText

Piece = SafeText | Content | tuple[SafeText, str]
"""Text as it is, text with a style, or what another function here made."""


def text(words: SafeText, style: str = "") -> Content:
    """The words as they are, every bracket in them literal."""
    return Content.styled(words, style) if style else Content(words)


def joined(*pieces: Piece, between: str = "") -> Content:
    """The pieces after each other in one content, `between` them what we write there."""
    contents = [_content(piece) for piece in pieces]
    return Content(between).join(contents) if between else Content.assemble(*contents)


def lines(rows: Iterable[Piece]) -> Content:
    """One piece a line."""
    return joined(*rows, between="\n")


def link(label: SafeText, target: Link, style: str = "underline") -> Content:
    """The label and, unless the label is the address itself, the host it really leads to.

    There is no terminal hyperlink under it: a link is opened by its key, through `checked_link`.
    """
    if label == target.url:
        return text(label, style)
    return joined((label, style), SafeText(f" ({target.host})"))


def telephone(number: Number, style: str = "underline") -> Content:
    """The number as people write it, with a terminal hyperlink that dials it, where a terminal has such.

    The one hyperlink there is: made of checked digits, and let through by `ui.egress` for that.
    """
    shown = text(number.shown or SafeText(number.e164), style)
    return shown.stylize(Style(link=number.tel))


def highlighted(words: SafeText, offsets: Sequence[int], style: str) -> Content:
    """The words with the characters at `offsets` (code points) styled, as a search found them.

    Textual's own `Matcher.highlight` parses markup, and its `escape` lets "[/" through, which ends the app.
    """
    content = Content(words)
    for offset in offsets:
        content = content.stylize(style, offset, offset + 1)
    return content


def _content(piece: Piece) -> Content:
    if isinstance(piece, Content):
        return piece
    return text(*piece) if isinstance(piece, tuple) else text(piece)
