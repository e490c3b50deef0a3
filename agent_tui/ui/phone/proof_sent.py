"""Which testimonials and sources stand in a message, by what the console's library knows of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agent_tui.model.snippet import Source
from agent_tui.model.text import SafeText

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen


def proof_in(console: ConsoleScreen) -> Callable[[str], Sequence[SafeText]]:
    """Titles of what a line quotes or links to."""
    library = console.account.library if console.account else None
    quotations = library.quotations if library else None
    shelf = library.shelf if library else None
    sources = (
        [kept.snippet for kept in shelf.library.kept.values() if isinstance(kept.snippet, Source)] if shelf else []
    )

    def titles(body: str) -> Sequence[SafeText]:
        heard = [heard.testimonial.title for heard in quotations.heard_in(body)] if quotations else []
        linked = [source.title for source in sources if source.url and source.url in body] if "://" in body else []
        return [*heard, *linked]

    return titles
