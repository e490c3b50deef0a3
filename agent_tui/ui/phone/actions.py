"""What the actions about calls do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent_tui.ui.looking import Doing, shown

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen


def _phone(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        console.calling.phone_key()


PHONING: Final[dict[str, Doing]] = {
    "call.phone": _phone,
}
