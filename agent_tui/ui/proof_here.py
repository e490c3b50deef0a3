"""The console's door to proof: what it needs is loaded at first need, and not paid for before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_tui.model.snippet import SnippetKind

if TYPE_CHECKING:
    from agent_tui.runtime.account import Account
    from agent_tui.ui.proof_words import Offer
    from agent_tui.ui.proving import Proving
    from agent_tui.ui.screens.console import ConsoleScreen
    from agent_tui.ui.widgets.composer_messages import SnippetsAsked


class ProofHere:
    """There is one for a console, before there is an account and also where that has no library."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._account: Account | None = None
        self._proving: Proving | None = None

    def attach(self, account: Account) -> None:
        """From now on this account's library is offered."""
        self._account = account
        if account.library is not None:
            account.library.listen(self.moved)

    @property
    def proving(self) -> Proving | None:
        """None where there is no library."""
        account = self._account
        if self._proving is None and account is not None and account.library is not None:
            from agent_tui.ui.proving import Proving

            self._proving = Proving(self._console, account, account.library)
        return self._proving

    @property
    def best(self) -> tuple[Offer, ...]:
        """The best that may be sent in the shown chat; nothing before the library was read."""
        return self._proving.best if self._proving is not None else ()

    def moved(self) -> None:
        """Another chat is shown, or the chat, the library or what it did is not what it was."""
        account = self._account
        if account is not None and account.library is not None and account.library.shelf is not None and self.proving:
            self.proving.refresh()

    def asked(self, message: SnippetsAsked) -> None:
        """`/` at a word's start; without a library it is typed."""
        if self.proving is None:
            self._console.chat.composer.insert("/")
        else:
            self.proving.open(message.ref, tuple(SnippetKind), slash=True)
