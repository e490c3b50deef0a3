"""Handing a number to the agent's own telephone: a code for its camera, a link, and whatever this machine can open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from agent_tui.model.ids import AgentId
from agent_tui.model.people import NOTHING

if TYPE_CHECKING:
    from agent_tui.model.call import Call, CallId
    from agent_tui.model.text import SafeText
    from agent_tui.ui.screens.console import ConsoleScreen


class HandingOver:
    """The console's own provider, made when the first number is handed over."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console
        self._provider: Any = None

    async def hand_over(self, call: Call) -> str:
        """Give the number to the telephone of this agent; a sentence where that could not be done at all."""
        from agent_tui.config.toml_settings import SettingsError
        from agent_tui.model.call import Basis, BasisKind
        from agent_tui.ports.errors import PortError
        from agent_tui.ports.phone import AgentPhone, CallRequest

        if call.number is None:
            return "The desk did not tell the number: nothing was handed over."
        try:
            await self._made().start(
                CallRequest(
                    call_id=call.id,
                    conversation=f"c{call.ref}",
                    agent=AgentPhone(call.agent or AgentId("")),
                    number=call.number,
                    caller_id=None,
                    basis=call.basis or Basis(BasisKind.AGENT_SAYS),
                    language=call.language,
                )
            )
        except (PortError, SettingsError) as error:
            return str(error)
        return ""

    def handed(self, call_id: CallId) -> SafeText:
        """What failed on the way, for the card; the code on the screen is always left."""
        handed = self._provider.handed(call_id) if self._provider is not None else None
        return handed.sentence if handed is not None else NOTHING

    def _made(self) -> Any:
        if self._provider is None:
            from agent_tui.runtime.phones import phone_provider

            given = msgspec.to_builtins(self._console.options.softphone)
            self._provider = phone_provider("handover", given, _no_secret, self._console.options.clock)
        return self._provider


@lru_cache(8)
def code_rows(tel: str) -> Sequence[str]:
    """The rows of a QR code that a telephone's camera dials: light blocks, dark gaps."""
    from agent_tui.phones.handover.qr import qr_rows

    return qr_rows(tel)


def _no_secret(_name: str) -> str:
    return ""
