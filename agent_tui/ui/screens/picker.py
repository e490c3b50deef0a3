"""The picker: proof for the chat that is shown, ranked for it, searched as one types, looked at before it goes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key, Resize
from textual.screen import ModalScreen

from agent_tui.model.snippet import SnippetKind
from agent_tui.ui import proof_words, words
from agent_tui.ui.chat_words import folded, plain
from agent_tui.ui.widgets.bars import Bar
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from agent_tui.ui.proof_words import Offer

ALL: Final = tuple(SnippetKind)
BESIDE_FROM: Final = 100
"""From this width on the preview stands beside the list, else below it."""
SLASH: Final = "/"

Kinds = tuple[SnippetKind, ...]
Looking = Callable[["Picker"], None]


class Picker(ModalScreen["tuple[Offer, ...] | str | None"]):
    """Dismissed with what is to be put in, in this order; with `/` where that was meant; or None: nothing changes.

    `look` is called whenever there is something else to look for (`kinds`, `text`); whoever finds it calls `found`.
    """

    DEFAULT_CSS = """
    Picker { align: center bottom; background: transparent; }
    Picker > Vertical { width: 100%; height: 72%; max-height: 30; background: $surface; border-top: solid $accent;
        padding: 0 1; }
    Picker #asked { height: 1; }
    Picker #asked Bar { width: auto; min-width: 24; padding: 0; }
    Picker #asked TextLine { width: 1fr; }
    Picker > Vertical > Bar { padding: 0; }
    Picker #found { height: 1fr; margin-top: 1; }
    Picker Card { padding: 0; }
    Picker #rows { width: 1fr; height: 1fr; }
    Picker #preview { width: 1fr; height: 1fr; border-left: solid $panel; padding: 0 0 0 1; margin-left: 1; }
    Picker.-below #found { layout: vertical; margin-top: 0; }
    Picker.-below #rows { height: 7; }
    Picker.-below #preview { border-left: none; border-top: solid $panel; margin: 0; padding: 0; }
    Picker.-below > Vertical { height: 90%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up,ctrl+p", "step(-1)", show=False, priority=True),
        Binding("down,ctrl+n", "step(1)", show=False, priority=True),
        Binding("pageup", "scroll_preview(-4)", show=False, priority=True),
        Binding("pagedown", "scroll_preview(4)", show=False, priority=True),
        Binding("tab", "add", show=False, priority=True),
        Binding("ctrl+y", "why", show=False, priority=True),
    ]

    def __init__(
        self,
        about: Content,
        beware: Callable[[], str],
        kinds: Kinds,
        look: Looking,
        keys: dict[str, Kinds],
        fresh: Callable[[Offer], str],
        *,
        slash: bool,
        note: bool,
    ) -> None:
        """`about`: what it is ranked for. `beware` says what is not as it should be. `keys`: those that show others.

        `fresh(offer)`: when it was looked at. `slash`: `/` opened it. `note`: it goes to the team, who may read all.
        """
        super().__init__()
        self.kinds = kinds
        self.text = ""
        self.says = "Reading the library …"
        """What is so while nothing is found."""
        self._beware = beware
        self._for = Bar(lambda: Line(about), "for")
        self._look = look
        self._keys = keys
        self._fresh = fresh
        self._slash = slash
        self._note = note
        self._offers: Sequence[Offer] = ()
        self._chosen: list[Offer] = []
        self._at = self._top = self._below = 0
        self._refused = ""
        self._why = False
        self._about = Bar(self._about_line, "about")
        self._list = Card(self._rows, "rows")
        self._preview = Card(self._preview_rows, "preview")
        self._help = Bar(self._help_line, "help")
        self._notice = Bar(self._notice_line, "notice")
        self._notice.display = bool(beware())

    def compose(self) -> ComposeResult:
        """What is looked for, what is found, what the pointed one is, and the keys."""
        self._fold(self.app.size.width)
        with Vertical():
            with Horizontal(id="asked"):
                yield self._about
                yield TextLine("", hint="a word, an objection, a name, a publisher")
            yield self._for
            with Horizontal(id="found"):
                yield self._list
                yield self._preview
            yield self._notice
            yield self._help

    def on_mount(self) -> None:
        """The best for this chat, before anything is typed; looked for once the frame is painted."""
        self.call_after_refresh(self._look, self)

    def found(self, offers: Sequence[Offer], says: str) -> None:
        """These, the best first. `says`: what is so where there are none."""
        self._offers, self.says = offers, says
        self._at = self._top = 0
        self._moved()

    # --- keys ---

    def on_text_line_typed(self, message: TextLine.Typed) -> None:
        """Each key."""
        message.stop()
        if self._slash and message.value == SLASH:
            self.dismiss(SLASH)
            return
        if message.value != self.text:
            self.text = message.value
            self._look(self)

    def on_text_line_entered(self, message: TextLine.Entered) -> None:
        """Enter: the ones that were added, else the one that is pointed at."""
        message.stop()
        if self._chosen:
            self.dismiss(tuple(self._chosen))
        elif (offer := self._here()) is not None and not self._refuses(offer):
            self.dismiss((offer,))

    def on_key(self, event: Key) -> None:
        """The keys that open it show other kinds while it is open; once more, all of them."""
        kinds = self._keys.get(event.key)
        if kinds is not None:
            event.stop()
            self.kinds = ALL if kinds == self.kinds else kinds
            self._about.redraw()
            self._look(self)

    def action_leave(self) -> None:
        """Nothing was chosen; the draft is as it was."""
        self.dismiss(None)

    def action_step(self, step: int) -> None:
        """Point at another one; the ends are ends."""
        self._at = min(max(self._at + step, 0), max(0, len(self._offers) - 1))
        self._moved()

    def action_scroll_preview(self, rows: int) -> None:
        """Read on in a long one."""
        self._below = max(0, self._below + rows)
        self._preview.redraw()

    def action_add(self) -> None:
        """This one too, or not after all: several go in together."""
        offer = self._here()
        if offer is None:
            return
        chosen = [each.kept.snippet.id for each in self._chosen]
        if offer.kept.snippet.id in chosen:
            del self._chosen[chosen.index(offer.kept.snippet.id)]
        elif not self._refuses(offer):
            self._chosen.append(offer)
        self._list.redraw()
        self._help.redraw()

    def action_why(self) -> None:
        """Which parts gave which points, and back."""
        self._why = not self._why
        self._moved()

    # --- what is shown ---

    def _here(self) -> Offer | None:
        return self._offers[self._at] if self._offers else None

    def _refuses(self, offer: Offer) -> bool:
        self._refused = "" if self._note else offer.blocked
        self._help.redraw()
        return bool(self._refused)

    def _moved(self) -> None:
        self._below, self._refused = 0, ""
        for part in (self._list, self._preview, self._notice, self._help):
            part.redraw()

    def _about_line(self) -> Line:
        keys = " ".join(self._key_of(kinds) for kinds in self._keys.values() if kinds == self.kinds)
        return Line(
            words.joined(
                plain(f"{keys or '/'} ", "bold $accent"), plain(proof_words.kinds_in_words(self.kinds), "bold")
            )
        )

    def _rows(self, width: int) -> list[Line]:
        room = max(1, self._list.content_size.height)
        self._top = min(max(self._top, self._at - room + 1), self._at)
        if not self._offers:
            return [Line(plain(row, "$muted")) for row in folded(self.says, width)]
        several = len(self.kinds) > 1
        places = {offer.kept.snippet.id: str(place) for place, offer in enumerate(self._chosen, start=1)}
        return [
            proof_words.row(offer, width, places.get(offer.kept.snippet.id, ""), here=index == self._at, kind=several)
            for index, offer in enumerate(self._offers[self._top : self._top + room], start=self._top)
        ]

    def _preview_rows(self, width: int) -> list[Line]:
        offer = self._here()
        if offer is None:
            return []
        tight = self.has_class("-below")
        rows = (
            proof_words.why(offer, width)
            if self._why
            else proof_words.preview(offer, self._fresh(offer), width, tight=tight)
        )
        room = max(1, self._preview.content_size.height)
        self._below = min(self._below, max(0, len(rows) - room))
        shown = rows[self._below : self._below + room]
        if len(rows) > self._below + room:
            shown[-1] = Line(plain("↓ PgDn reads on", "bold $accent"))
        return shown

    def _help_line(self) -> Line:
        if self._refused:
            return Line(plain(f"■ {self._refused}", "bold $warning"))
        many = len(self._chosen)
        others = [kinds for kinds in self._keys.values() if kinds != self.kinds]
        pieces = [("Enter", f"puts in {many}" if many > 1 else "puts it in"), ("Tab", "adds one"), ("Esc", "leaves")]
        pieces += [("^Y", "text" if self._why else "why")]
        pieces += [(SLASH * 2, "a slash")] if self._slash else []
        pieces += [(self._key_of(kinds), proof_words.kinds_in_words(kinds)) for kinds in dict.fromkeys(others)]
        total = plain(f"{len(self._offers)}", "$muted") if self._offers else NOTHING
        room = self._help.content_size.width - total.cell_length - 1
        said: list[Content] = []
        for key, does in pieces:
            piece = words.joined(plain(key, "bold $accent"), plain(f" {does}", "$muted"))
            room -= piece.cell_length + 2
            said += [piece] if room >= 0 else []
        return Line(words.joined(*said, between="  "), total)

    def _notice_line(self) -> Line:
        beware = self._beware()

        return Line(plain(f"■ {beware}", "$warning") if beware else NOTHING)

    def _key_of(self, kinds: Kinds) -> str:
        from agent_tui.ui.keys import spelled

        return next(spelled(key) for key, of in self._keys.items() if of == kinds)

    def on_resize(self, event: Resize) -> None:
        """Beside each other where there is room."""
        self._fold(event.size.width)

    def _fold(self, width: int) -> None:
        self.set_class(width < BESIDE_FROM, "-below")
