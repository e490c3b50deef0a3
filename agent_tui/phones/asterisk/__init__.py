"""Calls by an Asterisk exchange (ARI), run by the desk."""

from collections.abc import Callable

from agent_tui.phones.asterisk.provider import CAPS, AsteriskProvider
from agent_tui.phones.asterisk.settings import AsteriskSettings, checked
from agent_tui.ports.phone import Exchange
from agent_tui.ports.transport import Transport


class AsteriskPlugin:
    """How to call by Asterisk."""

    title = "Asterisk"
    caps = CAPS
    settings = AsteriskSettings

    def exchange(self, settings: AsteriskSettings) -> Exchange:
        """Where ARI is. Raises `Refused`."""
        return Exchange(checked(settings).url, settings.user)

    def provider(
        self, settings: AsteriskSettings, transport: Transport | None, now_ms: Callable[[], int]
    ) -> AsteriskProvider:
        """A provider on that line."""
        assert transport is not None
        return AsteriskProvider(checked(settings), transport, now_ms)


plugin = AsteriskPlugin()
