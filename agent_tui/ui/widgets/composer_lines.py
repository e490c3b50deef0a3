"""The lines above the composer's text: whom it reaches, and why something was not sent."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from agent_tui.model.entry import Entry
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind
from agent_tui.ui.words import Piece, joined, lines, text

_LONGEST_CROSSED = 200
_CROSSED_SHOWN = 4


class Recipient(Struct, frozen=True):
    """Whom a reply reaches, as the recipient line names it."""

    name: SafeText
    channel: SafeText
    notice: SafeText = NOTHING
    """What to know before writing: "Jane left 3 min ago", "Ruben is writing here"."""
    brief: SafeText = NOTHING
    """The notice where there is no room for all of it; empty: it is cut."""


class RecipientLine(Widget):
    """One line: TO and a name, or NOTE; what to know; how much room is left."""

    DEFAULT_CSS = """
    RecipientLine { height: 1; color: $muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._recipient = Recipient(SafeText("nobody"), NOTHING)
        self._note = False
        self._room = ""

    def say(self, recipient: Recipient, *, note: bool, room: str) -> None:
        """What the line says now; `room` is empty while there is plenty."""
        if (recipient, note, room) != (self._recipient, self._note, self._room):
            self._recipient, self._note, self._room = recipient, note, room
            self.refresh()

    def render(self) -> Content:
        recipient = self._recipient
        name = recipient.name or SafeText("Visitor")
        pieces: list[Piece]
        if self._note:
            pieces = [
                (SafeText("─ "), "$note"),
                (SafeText(" NOTE "), "$note bold reverse"),
                (SafeText(f" team only · {name} does not see this "), "$note"),
            ]
        else:
            channel = f" · {recipient.channel}" if recipient.channel else ""
            pieces = [
                text(SafeText("─ "), "$panel"),
                (SafeText("TO "), "$muted bold"),
                (name, "$foreground bold"),
                (SafeText(f"{channel} "), "$muted"),
            ]
            if recipient.notice:
                pieces.append((SafeText(f"· {recipient.notice} "), "$warning"))
        said = joined(*pieces)
        if said.cell_length > self.size.width and not self._note and recipient.channel:
            # what is to be known goes before how they write
            pieces[3] = SafeText(" ")
            said = joined(*pieces)
        if said.cell_length > self.size.width and not self._note and recipient.brief:
            pieces[4] = (SafeText(f"· {recipient.brief} "), "$warning")
            said = joined(*pieces)
        room = SafeText(f" {self._room} ─" if self._room else "")
        rule = self.size.width - said.cell_length - cell_len(room)
        return joined(
            said, (SafeText("─" * max(rule, 0)), "$note" if self._note else "$panel"), (room, "$warning bold")
        )


class RefusalLines(Widget):
    """Why something was not sent, with the lines that crossed it; nothing at all where all is well."""

    DEFAULT_CSS = """
    RefusalLines { height: auto; max-height: 9; padding: 0 1; color: $warning; display: none; }
    RefusalLines.-said { display: block; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self._content = Content("")

    def say(self, sentence: str, crossed: Sequence[Entry] = ()) -> None:
        """Show the sentence under the lines that crossed; an empty sentence takes all away."""
        rows: list[Piece] = []
        for entry in crossed[-_CROSSED_SHOWN:]:
            who = entry.author.name or ("Visitor" if entry.author.kind is AuthorKind.CUSTOMER else "a colleague")
            body = clean(entry.body, limit=_LONGEST_CROSSED, multiline=False)
            rows.append(joined((SafeText(f"▎{who}: "), "$customer bold"), (body, "$foreground")))
        if len(crossed) > _CROSSED_SHOWN:
            rows.insert(0, text(SafeText(f"{len(crossed) - _CROSSED_SHOWN} more above"), "$muted"))
        if sentence:
            rows.append(text(SafeText(f"■ {sentence}"), "$warning bold"))
        self._content = lines(rows)
        self.set_class(bool(rows), "-said")
        self.refresh(layout=True)

    def render(self) -> Content:
        return self._content
