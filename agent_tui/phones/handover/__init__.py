"""Handing a number to the agent's own telephone: a code for its camera, a link, the desktop's opener, any softphone.

What becomes of the number there is not known here: all this provider ever says is *handed over*.
"""

from collections.abc import Callable
from typing import Final

from agent_tui.config.settings import SoftphoneSettings
from agent_tui.phones.handover.provider import CAPS, HandoverProvider
from agent_tui.phones.handover.template import check_templates
from agent_tui.ports.phone import Caps, Exchange
from agent_tui.ports.transport import Transport


class HandoverPlugin:
    """What the entry point `handover` names."""

    title: Final = "your own telephone"
    caps: Final[Caps] = CAPS
    settings: Final = SoftphoneSettings

    def exchange(self, settings: SoftphoneSettings) -> Exchange | None:
        """There is none. Raises `Refused` for a command that can't be."""
        check_templates(settings)
        return None

    def provider(
        self, settings: SoftphoneSettings, transport: Transport | None, now_ms: Callable[[], int]
    ) -> HandoverProvider:
        """A provider; it needs no line."""
        del transport
        return HandoverProvider(settings, now_ms)


plugin: Final = HandoverPlugin()
