"""The demo's telephone: it plays calls and says so, and nothing rings anywhere."""

from typing import Final

import msgspec

from agent_tui.desk.phone_settings import PhoneSettings
from agent_tui.desk.settings import DeskSettings

DEMO_PHONE: Final = PhoneSettings(
    region="NL",
    caller_id="+31201234567",
    countries=("31", "32", "43", "44", "49", "1:US,CA"),
    chain=("simulated", "handover", "queue"),
    hours="always",  # nothing rings, so nobody is woken: a demo at night shows what one at noon does
)


def with_telephone(settings: DeskSettings) -> DeskSettings:
    """The demo's settings, with its telephone where they name none."""
    if settings.phone.region:
        return settings
    phone = msgspec.structs.replace(DEMO_PHONE, providers=settings.phone.providers)
    return msgspec.structs.replace(settings, phone=phone)
