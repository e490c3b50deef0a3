"""The team's chain: each name of it as a provider, or the reason why it can't be used."""

from collections.abc import Callable

from agent_tui.config.secrets import NoSecret, phone_secret
from agent_tui.desk.phone_settings import PhoneSettings
from agent_tui.desk.service.calling.rules import QUEUE
from agent_tui.desk.service.calling.running import Way
from agent_tui.ports.errors import Refused
from agent_tui.runtime.phones import phone_provider
from agent_tui.runtime.plugins import phone


def find_ways(settings: PhoneSettings, now_ms: Callable[[], int]) -> dict[str, Way]:
    """By name. What can't be used stays in the list, with what is missing. Raises `SettingsError`."""
    if not settings.region:
        return {}
    return {name: _way(name, settings, now_ms) for name in settings.chain if name != QUEUE}


def _way(name: str, settings: PhoneSettings, now_ms: Callable[[], int]) -> Way:
    try:
        plugin = phone(name)
    except Refused as refused:
        return Way(name, name, None, why=str(refused))
    if plugin.caps.where == "console":
        return Way(name, plugin.title, plugin.caps)
    try:
        provider = phone_provider(name, settings.providers.get(name, {}), phone_secret, now_ms)
    except (NoSecret, Refused) as missing:
        return Way(name, plugin.title, plugin.caps, why=str(missing))
    return Way(name, plugin.title, plugin.caps, provider)
