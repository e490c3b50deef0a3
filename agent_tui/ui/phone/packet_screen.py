"""The hand-over packet on the screen: for whoever is about to call, or takes the call over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from agent_tui.core.phone.packet import Packet, packet
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.looking import shown
from agent_tui.ui.phone.proof_sent import proof_in
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen


class PacketScreen(ModalScreen[None]):
    """Any of its keys puts it away."""

    DEFAULT_CSS = """
    PacketScreen { align: center middle; background: $background 40%; }
    PacketScreen > Vertical { width: 86; max-width: 96%; height: auto; max-height: 90%; background: $surface;
        border: round $accent; padding: 0 1; }
    PacketScreen Card { height: auto; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("enter", "dismiss", show=False),
        Binding("P", "dismiss", show=False),
    ]
    AUTO_FOCUS = ""

    def __init__(self, about: Packet) -> None:
        super().__init__()
        self._about = about
        self._rows = Card(self._lines, "rows")

    def compose(self) -> ComposeResult:
        """The rows."""
        with Vertical():
            yield self._rows

    def on_mount(self) -> None:
        """As high as it has rows."""
        self._rows.styles.height = len(self._lines(80))

    def _lines(self, width: int) -> Sequence[Line]:
        it = self._about
        there = f"{it.their_time} there" if it.their_time else "their time is not known"
        title = words.joined(plain("What to know of ", "bold"), words.text(it.name, "bold $customer"))
        rows = [Line(title, plain(there, "bold")), Line(plain(it.standing, "$muted")), Line(NOTHING)]
        for heading, parts, nothing in (("NEED", it.need, "nothing known"), ("PROOF SENT", it.proof, "none yet")):
            rows.append(Line(plain(heading, "$muted")))
            rows += [Line(words.text(part)) for part in parts] or [Line(plain(nothing, "$muted"))]
        rows += [Line(NOTHING), Line(plain("LAST LINES", "$muted"))]
        for line in it.lines:
            style = "bold $customer" if line.by_customer else "bold $agent"
            rows.append(Line(words.joined(words.text(line.who, style), SafeText("  "), words.text(line.text))))
        return [*rows, Line(NOTHING), Line(plain("Esc puts it away", "$muted"))]


def show_packet(console: ConsoleScreen) -> None:
    """Show the packet of the chat in the header."""
    ref = shown(console)
    if ref is None:
        return
    reason = console.calling.offers.reason(ref)
    about = packet(console.state, ref, reason, console.chat.local_time(), proof_in(console))
    if about is None:
        console.say("This chat is not here yet.")
    else:
        console.app.push_screen(PacketScreen(about))
