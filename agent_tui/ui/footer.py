"""The last row: the keys that help where one is, made from the table; a notice takes its place for a while."""

from textual.content import Content

from agent_tui.config.actions import ACTIONS, Action, Where
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.keys import KeyTable, spelled
from agent_tui.ui.widgets.lines import Line

_ALWAYS = ("app.palette", "app.help")
_FIRST = ("proof.testimonials", "call.phone")
"""Where there is little room these stay: all else is found by what always is there."""
_ENTER_OPENS = words.joined(plain("Enter", "bold $accent"), plain(" open", "$muted"))


def footer_line(keys: KeyTable, *, typing: bool, width: int, listing: bool = False, answering: bool = False) -> Line:
    """As many keys as fit; the ways to all others are always among them. `answering`: letters are the call card's."""
    everywhere = [a for a in ACTIONS if a.footer and a.where is Where.EVERYWHERE]
    here = Where.TYPING if typing else Where.MOVING
    own = [a for a in ACTIONS if a.footer and a.where is here]
    # Moving, a note has a letter of its own; typing, its key is the one that is needed.
    first = [a for a in everywhere if typing or a.id != "compose.note"]
    ordered = [*own, *first] if typing else [*first, *own]
    shown = [a for a in ordered if keys.keys(a.id) and a.id not in _ALWAYS]
    always = [_key(keys, a) for a in everywhere if a.id in _ALWAYS and keys.keys(a.id)]
    if answering:
        shown = [a for a in shown if a.where is Where.EVERYWHERE]
    if listing:
        # In the list Enter opens the row under the cursor, and Tab leads out of it.
        shown = [a._replace(footer="chat") if a.id == "move.pane" else a for a in shown if a.id != "compose.write"]
    pieces: list[Content] = [_ENTER_OPENS] if listing else []
    room = width - sum(piece.cell_length + 2 for piece in (*always, *pieces))
    made = {action.id: _key(keys, action) for action in shown}
    fits = set()
    for name in sorted(made, key=lambda name: name not in _FIRST):
        if made[name].cell_length + 2 <= room:
            fits.add(name)
            room -= made[name].cell_length + 2
    pieces += [piece for name, piece in made.items() if name in fits]
    return Line(words.joined(*pieces, *always, between="  "))


def leader_line(keys: KeyTable) -> Line:
    """What may follow the leader."""
    choices = [words.joined(plain("1-9", "bold $accent"), plain(" tab", "$muted"))]
    for second, action in keys.chords.items():
        choices.append(words.joined(plain(spelled(second), "bold $accent"), plain(f" {_short(action)}", "$muted")))
    choices.append(words.joined(plain("Esc", "bold $accent"), plain(" nothing", "$muted")))
    return Line(words.joined(*choices, between="  "))


def _key(keys: KeyTable, action: Action) -> Content:
    return words.joined(plain(keys.shown(action.id), "bold $accent"), plain(f" {action.footer}", "$muted"))


def _short(action: Action) -> str:
    return action.footer or action.title.lower()
