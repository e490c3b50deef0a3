"""From a name and its table of settings to a phone provider with a line to its exchange."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from agent_tui.config.toml_settings import SettingsError, nearest
from agent_tui.ports.errors import Refused
from agent_tui.ports.phone import PhoneProvider
from agent_tui.runtime.net import Net, Place, checked_url
from agent_tui.runtime.plugins import phone


def phone_provider(
    name: str, given: Mapping[str, Any], secret_of: Callable[[str], str], now_ms: Callable[[], int]
) -> PhoneProvider:
    """The provider `name`; `given` is its table of settings, `secret_of(name)` what opens its exchange.

    Raises `Refused` where there is none of this name, `SettingsError` for settings it doesn't know, and whatever
    `secret_of` raises where it has no secret.
    """
    plugin = phone(name)
    for key in given:
        if key not in plugin.settings.__struct_fields__:
            hint = nearest(key, plugin.settings.__struct_fields__)
            raise SettingsError(f"The phone provider {name!r} has no setting `{key}`. {hint}")
    try:
        settings = msgspec.convert(given, plugin.settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"The settings of the phone provider {name!r} don't fit: {error}.") from None
    try:
        exchange = plugin.exchange(settings)
    except Refused as refused:
        raise SettingsError(str(refused)) from None
    if exchange is None:
        return plugin.provider(settings, None, now_ms)
    try:
        checked_url(exchange.url)
    except Refused:
        sentence = f"The phone provider {name!r} can't be at {exchange.url!r}: beyond this machine it needs https://…"
        raise SettingsError(sentence) from None
    place = Place(exchange.url.rstrip("/"), secret_of(name), exchange.user, exchange.body_type)

    async def find(_again: bool) -> Place:
        return place

    return plugin.provider(settings, Net(find), now_ms)
