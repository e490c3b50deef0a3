"""Calls that are only played: nothing rings anywhere, and it says so wherever it is named. For the demo and for trying.

The agent's telephone "rings" and is picked up by itself, then the customer's. How it goes on depends on the last four
digits of the number, so that each end can be seen: see `ENDINGS`.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from agent_tui.phones.simulated.provider import CAPS, SimulatedPhone
from agent_tui.ports.phone import Caps, Exchange, PhoneProvider
from agent_tui.ports.transport import Transport


class SimulatedSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How long each part is played, in milliseconds."""

    agent_rings_ms: int = 2_500
    customer_rings_ms: int = 4_000
    talk_ms: int = 0
    """The customer hangs up after this long; 0: the agent does."""


class SimulatedPlugin:
    """How to make one."""

    title = "Simulated calls (nothing rings)"
    caps: Caps = CAPS
    settings = SimulatedSettings

    def exchange(self, settings: Any) -> Exchange | None:
        """There is none."""
        return None

    def provider(self, settings: Any, transport: Transport | None, now_ms: Callable[[], int]) -> PhoneProvider:
        """Its calls live in this process and end with it."""
        return SimulatedPhone(settings.agent_rings_ms, settings.customer_rings_ms, settings.talk_ms, now_ms)


plugin = SimulatedPlugin()
