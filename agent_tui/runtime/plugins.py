"""Backends by name: found by entry point, loaded when one is used."""

from importlib.metadata import entry_points
from typing import Final, cast

from agent_tui.ports.errors import Refused
from agent_tui.ports.plugin import BackendPlugin

BACKENDS: Final = "agent_tui.backend"


def backend_names() -> list[str]:
    """What is installed, sorted."""
    return sorted(point.name for point in entry_points(group=BACKENDS))


def backend(name: str) -> BackendPlugin:
    """Load one. Raises `Refused` where there is none of this name, or it can't be loaded."""
    for point in entry_points(group=BACKENDS, name=name):
        try:
            return cast("BackendPlugin", point.load())
        except ImportError as error:
            raise Refused(f"The backend {name!r} can't be loaded ({error}): install its package again.") from None
    known = ", ".join(backend_names()) or "none"
    raise Refused(f"There is no backend {name!r} (installed: {known}): check the profile.")
