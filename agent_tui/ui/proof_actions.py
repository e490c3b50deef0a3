"""What the actions about proof do. What they need is loaded when the first of them is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent_tui.model.snippet import SnippetKind
from agent_tui.ui.looking import Doing, shown

if TYPE_CHECKING:
    from agent_tui.ui.proving import Proving
    from agent_tui.ui.screens.console import ConsoleScreen

KINDS: Final[dict[str, tuple[SnippetKind, ...]]] = {
    "proof.testimonials": (SnippetKind.TESTIMONIAL,),
    "proof.sources": (SnippetKind.SOURCE,),
    "proof.all": tuple(SnippetKind),
}
_NO_LIBRARY: Final = "This account has no library of snippets."


def _pick(action: str) -> Doing:
    def go(console: ConsoleScreen) -> None:
        ref = shown(console)
        proving = _proving(console)
        if ref is not None and proving is not None:
            proving.open(ref, KINDS[action])

    return go


def _numbered(console: ConsoleScreen) -> None:
    ref = shown(console)
    proving = _proving(console)
    if ref is not None and proving is not None:
        proving.insert_numbered(ref)


def _field(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.chat.composer.next_field()
        console.chat.composer.focus_text()


def _proving(console: ConsoleScreen) -> Proving | None:
    if console.proof.proving is None:
        console.say(_NO_LIBRARY)
    return console.proof.proving


PROOF: Final[dict[str, Doing]] = {
    **{action: _pick(action) for action in KINDS},
    "proof.numbered": _numbered,
    "compose.field": _field,
}
