"""What a console does by itself for its agent's own call: it asks for the number once, and keeps a callback claimed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from agent_tui.core.phone.held import my_call, my_callback
from agent_tui.model.call import CallId
from agent_tui.ports.call_intents import ClaimCall
from agent_tui.ports.errors import PortError

if TYPE_CHECKING:
    from agent_tui.runtime.account import Account
    from agent_tui.ui.screens.console import ConsoleScreen

RENEW_WITHIN_MS: Final = 60_000
"""Of the lease's end."""


class OwnCall:
    """Only for the chat that is shown."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._read: set[CallId] = set()
        self._renewed_ms: int | None = None
        """Until when the lease was that was renewed last."""

    def read_number(self) -> None:
        """A console that was started during a call was never told its number: no push has it."""
        console = self._console
        call = my_call(console.state)
        if console.account is None or call is None or call.ref != console.tabs.shown:
            return
        if call.number is None and call.id not in self._read:
            self._read.add(call.id)
            console.run_worker(self._ask(console.account, call.id), group="calling", exit_on_error=False)

    def renew(self) -> None:
        """A callback that is on the screen stays claimed; one that was left goes back to the queue by itself."""
        console = self._console
        call = my_callback(console.state, console.tabs.shown) if console.tabs.shown is not None else None
        if console.account is None or call is None:
            return
        now_ms = console.options.clock() + console.state.link.clock_skew_ms
        left_ms = (call.lease_until_ms or 0) - now_ms
        if 0 < left_ms < RENEW_WITHIN_MS and call.lease_until_ms != self._renewed_ms:
            self._renewed_ms = call.lease_until_ms
            console.account.wish(ClaimCall(call.id, call.ref))

    async def _ask(self, account: Account, call_id: CallId) -> None:
        with suppress(PortError):  # the card does without: it shows the last four digits
            await account.read_call(call_id)
