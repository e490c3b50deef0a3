"""Backends and phone providers by name: found by entry point, loaded when one is used."""

from importlib.metadata import entry_points
from typing import Any, Final, cast

from agent_tui.ports.errors import Refused
from agent_tui.ports.phone import PhonePlugin
from agent_tui.ports.plugin import BackendPlugin

BACKENDS: Final = "agent_tui.backend"
PHONES: Final = "agent_tui.phone"


def backend_names() -> list[str]:
    """What is installed, sorted."""
    return _names(BACKENDS)


def backend(name: str) -> BackendPlugin:
    """Load one. Raises `Refused` where there is none of this name, or it can't be loaded."""
    return cast("BackendPlugin", _load(BACKENDS, name, "backend", "check the profile"))


def phone_names() -> list[str]:
    """What is installed, sorted."""
    return _names(PHONES)


def phone(name: str) -> PhonePlugin:
    """Load one. Raises `Refused` where there is none of this name, or it can't be loaded."""
    return cast("PhonePlugin", _load(PHONES, name, "phone provider", "check the settings of the phone"))


def _names(group: str) -> list[str]:
    return sorted(point.name for point in entry_points(group=group))


def _load(group: str, name: str, what: str, remedy: str) -> Any:
    for point in entry_points(group=group, name=name):
        try:
            return point.load()
        except ImportError as error:
            raise Refused(f"The {what} {name!r} can't be loaded ({error}): install its package again.") from None
    known = ", ".join(_names(group)) or "none"
    raise Refused(f"There is no {what} {name!r} (installed: {known}): {remedy}.")
