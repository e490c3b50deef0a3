"""Calls by Twilio, run by the desk. Checked against the published description and a stub, not against the network."""

from collections.abc import Callable

from agent_tui.phones.twilio.provider import CAPS, TwilioProvider
from agent_tui.phones.twilio.settings import TwilioSettings, checked
from agent_tui.ports.phone import Exchange
from agent_tui.ports.transport import Transport


class TwilioPlugin:
    """How to call by Twilio."""

    title = "Twilio (checked against its published description and a stub only)"
    caps = CAPS
    settings = TwilioSettings

    def exchange(self, settings: TwilioSettings) -> Exchange:
        """Where the API is. Raises `Refused`."""
        return Exchange(checked(settings).url, settings.account, "application/x-www-form-urlencoded")

    def provider(
        self, settings: TwilioSettings, transport: Transport | None, now_ms: Callable[[], int]
    ) -> TwilioProvider:
        """A provider on that line."""
        assert transport is not None
        return TwilioProvider(checked(settings), transport, now_ms)


plugin = TwilioPlugin()
