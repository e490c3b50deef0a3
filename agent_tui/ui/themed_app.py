"""What console and monitor have in common as apps: the driver, the egress filter, the themes, keys before widgets."""

from __future__ import annotations

import time
from typing import ClassVar, Protocol

from textual import events
from textual.app import App
from textual.binding import BindingType

from agent_tui.ui.egress import install_egress
from agent_tui.ui.options import AppOptions
from agent_tui.ui.terminal import driver_class
from agent_tui.ui.theming import read_themes, variable_defaults


class TakesKeys(Protocol):
    """Where every key goes first."""

    def takes(self, event: events.Key) -> bool:
        """Whether the key was dealt with."""
        ...


class ThemedApp(App[int], inherit_bindings=False):
    """Has its themes before the first paint, and lets no control byte out."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, options: AppOptions) -> None:
        super().__init__(driver_class=driver_class())
        install_egress(self)
        self.options = options
        self.themes, complaints = read_themes()
        self.complaints = (*options.complaints, *complaints)
        for theme, _ in self.themes.values():
            self.register_theme(theme)
        if options.theme in self.themes:
            self.theme = options.theme
        elif "dark" in self.themes:
            self.theme = "dark"
            self.complaints += (f"There is no theme `{options.theme}`; dark is in use.",)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Every variable of our stylesheets, whatever the theme names."""
        return variable_defaults(self.current_theme)

    @property
    def first_taker(self) -> TakesKeys:
        """Who gets every key before any widget."""
        raise NotImplementedError

    def now_s(self) -> float:
        """Seconds that only go forward, for what is shown for a while."""
        return time.monotonic()

    @property
    def complaint(self) -> str:
        """The settings' mistakes in one sentence; empty where there are none."""
        several = f"{len(self.complaints)} mistakes, shown whole when you leave. " if self.complaints[1:] else ""
        return f"{several}{self.complaints[0]}" if self.complaints else ""

    async def on_event(self, event: events.Event) -> None:
        """Keys go to the table first."""
        if isinstance(event, events.Key) and not event.is_forwarded and self.first_taker.takes(event):
            event.stop()
            return
        await super().on_event(event)
