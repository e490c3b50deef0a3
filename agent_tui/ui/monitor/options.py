"""What the monitor is started with, and what its screens need of the account under it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from agent_tui.core.monitor.thresholds import Threshold
from agent_tui.ui.options import AppOptions

if TYPE_CHECKING:
    from agent_tui.runtime.monitor import Monitor


class Kept(Protocol):
    """What this monitor keeps on this machine; nobody else sees it."""

    acknowledged: set[str]
    pinned: list[str]

    def save(self) -> str:
        """Write it; a sentence where that can't be done, else empty."""
        ...


@dataclass
class KeptInMemory:
    """For a monitor that keeps nothing."""

    acknowledged: set[str] = field(default_factory=set)
    pinned: list[str] = field(default_factory=list)

    def save(self) -> str:
        """Nothing to write."""
        return ""


@dataclass(frozen=True, slots=True)
class OpenedMonitor:
    """A watching account that works, and where it is."""

    monitor: Monitor
    place: str = ""
    """What the status line calls the desk; empty: the name it gives."""


OpenMonitor = Callable[[], Awaitable[OpenedMonitor]]
"""Called once the first screen is painted. Raises `PortError` or `SettingsError` with the sentence that is shown."""


@dataclass(frozen=True, slots=True)
class MonitorOptions:
    """Everything the monitor needs to know before its first paint."""

    app: AppOptions
    """Theme, keys, clock, limits, notices: the same settings as the console's."""
    open_monitor: OpenMonitor
    thresholds: Sequence[Threshold] = ()
    kept: Kept = field(default_factory=KeptInMemory)
    why: str = ""
    """Why this is the monitor, where somebody asked for the console."""
