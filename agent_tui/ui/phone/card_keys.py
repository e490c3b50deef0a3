"""Keys while a call card is open: two belong to its countdown wherever the focus is, letters only where it has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Key

if TYPE_CHECKING:
    from agent_tui.ui.keys import SentenceGuard
    from agent_tui.ui.phone.calling import Calling


class CardKeys:
    """Asked by the keyboard before the table is; F9 itself is an action of the table."""

    def __init__(self, calling: Calling, guard: SentenceGuard) -> None:
        self._calling = calling
        self._guard = guard

    def takes(self, event: Key) -> bool:
        """Whether the key was the card's."""
        view = self._calling.view()
        if view is None:
            return False
        has_focus = self._calling.focus.there
        if not has_focus and not (view.counts and event.key == "escape"):
            return False
        if event.is_printable and has_focus:
            self._letter(event)
            return True
        key = view.key(_ALSO.get(event.key, event.key))
        if key is not None:
            self._guard.reset()
            self._calling.do(key)
        return key is not None or event.key == "escape"

    def _letter(self, event: Key) -> None:
        """A letter of the card acts once it is clear that it is no second letter of a word."""
        view = self._calling.view()
        known = view is not None and view.key(event.key) is not None
        self._guard.press(
            event.time,
            event.character or "",
            lambda: self._act(event.key),
            sentence=self._guard.waiting or not known,
            not_before=self._calling.focus.letters_from,
        )

    def _act(self, name: str) -> None:
        view = self._calling.view()
        key = view.key(name) if view is not None and self._calling.focus.there else None
        if key is not None and self._calling.focus.letters_count:
            self._calling.do(key)


_ALSO = {"down": "tab"}
