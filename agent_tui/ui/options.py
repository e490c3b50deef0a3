"""What the console is started with. Determinism is configuration: clock, zone, blink and theme come in here."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Protocol

from agent_tui.config.settings import NoticeSettings, SoftphoneSettings
from agent_tui.core.attention import LIMIT_MS
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import Stage

if TYPE_CHECKING:
    from agent_tui.runtime.account import Account


def wall_ms() -> int:
    """Now, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """An account that works, and where it is."""

    account: Account
    place: str = ""
    """What the status line calls the desk: `own desk on this machine`, `DEMO`, `Acme`. Empty: the name it gives."""
    visitor_address: str = ""
    """The visitor page's address; shown on the screen in the demo and on an own desk without customers."""
    second_screen: str = ""
    """The command that opens a second screen on this desk, as it must be typed."""
    watching: str = ""
    """The command that opens the monitor on it."""


OpenAccount = Callable[[], Awaitable[Opened]]
"""Called once the first screen is painted. Raises `PortError` or `SettingsError` with the sentence that is shown."""


@dataclass(frozen=True, slots=True)
class OwnNames:
    """How customers read a desk of one's own: its agent's name and its own."""

    agent: str = ""
    """Empty: the system user's."""
    desk: str = ""
    """Empty: what its settings say."""


class Doors(Protocol):
    """The three ways in that the first screen offers; each keeps the choice, and raises as `OpenAccount` does."""

    async def demo(self) -> Opened:
        """A desk with throwaway data and scripted visitors."""
        ...

    async def join(self, invite: str) -> Opened:
        """Trade an invite for a token on the desk it names."""
        ...

    def own_names(self) -> OwnNames | None:
        """What to suggest for a desk of one's own that never ran; None where it has its names."""
        ...

    async def own(self, names: OwnNames) -> Opened:
        """Start a desk of one's own on this machine, or find it running. `names` count at its first start."""
        ...


@dataclass(frozen=True, slots=True)
class AppOptions:
    """Everything the console needs to know before its first paint."""

    open_account: OpenAccount | None = None
    """None: the first screen asks which door to take."""
    doors: Doors | None = None
    demo: bool = False
    """DEMO stands in the header from the first paint on."""
    theme: str = "dark"
    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by action id, as `config.keymap.load_keymap` returns them; what is not named keeps its default."""
    open_first: ConversationRef | None = None
    """The conversation to show at once (`agent-tui open c42`)."""
    clock: Callable[[], int] = wall_ms
    zone: tzinfo | None = None
    """None: the machine's own."""
    limits: Mapping[Stage, int] = field(default_factory=lambda: dict(LIMIT_MS))
    """How long a customer may wait, in ms."""
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    softphone: SoftphoneSettings = field(default_factory=SoftphoneSettings)
    """How a number is handed to the telephone on this machine."""
    signals: str = ""
    """A file of rules by which a call is offered; empty: the usual ones."""
    blink: bool = False
    sentence_guard: bool = True
    complaints: tuple[str, ...] = ()
    """Sentences about settings that were not used, shown once."""
    save_theme: Callable[[str], None] | None = None
    """Keeps the theme a person chose; None keeps nothing."""
