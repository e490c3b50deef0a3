"""Whether the card's letters count: it takes the focus once for each question, and gives it back where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agent_tui.core.phone.card_parts import CardView
    from agent_tui.ui.screens.console import ConsoleScreen

GUARD_S: Final = 0.4
"""A second press sooner than this is the first one's bounce, and a letter sooner was meant for something else."""


class CardFocus:
    """Never takes the focus from somebody who writes, unless they asked for the card themselves."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._asked = ""
        """The question that was last asked."""
        self._wrote_before = False
        """The composer had the focus when the card took it."""
        self._acted_at = -GUARD_S
        """When the card last got the focus or a key."""
        self.wanted = False
        """The agent asked for the card: the next question takes the focus, whatever has it."""

    @property
    def there(self) -> bool:
        """The card has it."""
        return self._console.built and self._console.chat.call_card.has_focus

    @property
    def letters_from(self) -> float:
        """When the card's letters begin to count: a moment after it got the focus or a key."""
        return self._acted_at + GUARD_S

    @property
    def letters_count(self) -> bool:
        """Whether they do."""
        return self._now() >= self.letters_from

    def acted(self) -> None:
        """A key of the card was taken: the next one is another question's."""
        self._acted_at = self._now()

    def take(self) -> None:
        """The card's letters count from now on."""
        self._wrote_before = self._console.typing
        self.acted()
        self._console.set_focus(self._console.chat.call_card, scroll_visible=False)

    def give_back(self) -> None:
        """To the composer if it was there, else to the transcript."""
        if not self.there:
            return
        if self._wrote_before:
            self._console.chat.composer.focus_text()
        else:
            self._console.set_focus(self._console.chat.transcript, scroll_visible=False)

    def parks(self, typed: str) -> bool:
        """A sentence was typed onto the card while its author was writing: it goes on in the draft."""
        if not self.there or not self._wrote_before:
            return False
        self._console.chat.put_in_reply(typed)
        self._console.chat.composer.focus_text()
        self._console.say("That was a sentence: it is in your draft, the card took none of it.", "bold $warning")
        return True

    def settle(self, view: CardView | None) -> None:
        """The card says this now: a new question takes the focus, no card gives it back."""
        if view is None:
            self.give_back()
        if view is None or not view.asks:
            self._asked = ""
        elif view.brief != self._asked:
            self._asked = view.brief
            if not self.there and (self.wanted or not self._console.typing):
                self.take()
            self.wanted = False

    def _now(self) -> float:
        return self._console.app.now_s()  # type: ignore[attr-defined, no-any-return]
