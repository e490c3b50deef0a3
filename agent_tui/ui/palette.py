"""The command palette: every action of the table, found by its words, with its key beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App
from textual.content import Content

from agent_tui.config.actions import Action
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.finder import Finder, Row
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.ui.keys import KeyTable
    from agent_tui.ui.options import AppOptions


class Commanded(Protocol):
    """A screen whose actions are chosen by name: the console's, the monitor's."""

    keys: KeyTable
    options: AppOptions

    @property
    def app(self) -> App[Any]:
        """The app it is in."""
        ...

    def do(self, action_id: str) -> None:
        """Do an action of the table."""
        ...


def open_palette(console: Commanded) -> None:
    """Ask which action, then do it."""

    def do(action_id: str | None) -> None:
        if action_id is not None:
            console.do(action_id)

    finder: Finder[str] = Finder(
        plain("Commands", "bold"), lambda text: rows_for(console.keys, text), "what do you want to do?"
    )
    console.app.push_screen(finder, do)


def rows_for(keys: KeyTable, text: str) -> Sequence[Row[str]]:
    """The actions whose words hold all that was typed, those that begin with it first."""
    wanted = text.casefold().split()
    found = [action for action in keys.actions if action.palette and _matches(action, wanted)]
    start = text.casefold()
    found.sort(key=lambda action: not action.title.casefold().startswith(start))
    return [Row(_title(action, wanted), plain(keys.shown(action.id), "bold $accent"), action.id) for action in found]


def choose_theme(console: Commanded) -> None:
    """Ask which theme, showing each while it is pointed at."""
    app = console.app
    themes = app.themes  # type: ignore[attr-defined]
    before = app.theme

    def keep(name: str | None) -> None:
        app.theme = name or before
        if name and console.options.save_theme:
            console.options.save_theme(name)

    names = list(themes)
    answers = [
        Answer(name[0], plain(themes[name][1]), name, plain("now" if name == before else "", "$muted"))
        for name in names
    ]
    first = names.index(before) if before in names else 0
    app.push_screen(Question(plain("Which theme?", "bold"), answers, first=first), keep)


def _matches(action: Action, wanted: list[str]) -> bool:
    haystack = f"{action.title} {action.help} {action.id}".casefold()
    return all(word in haystack for word in wanted)


def _title(action: Action, wanted: list[str]) -> Content:
    folded = action.title.casefold()
    offsets: list[int] = []
    for word in wanted:
        at = folded.find(word)
        if at >= 0 and len(folded) == len(action.title):
            offsets += range(at, at + len(word))
    title = words.highlighted(SafeText(action.title), offsets, "bold $accent")
    return words.joined(title, plain(f"  {action.help}", "$muted")) if action.help else title
