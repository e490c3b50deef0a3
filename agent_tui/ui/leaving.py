"""Leaving: quit asks while something would stay behind, and the end of a shift walks the open chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_tui.core import select
from agent_tui.model.outgoing import Delivery
from agent_tui.model.words import Availability
from agent_tui.model.words import State as Life
from agent_tui.ports.intents import SetAvailable
from agent_tui.ui import words
from agent_tui.ui.acting import resolve, snooze, transfer
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen


class Leaving(Question[bool]):
    """Asked once: the key that asked leaves when it is pressed again."""


def ask_to_leave(console: ConsoleScreen) -> None:
    """Quit; where drafts or unsent lines exist, ask first."""
    left = left_behind(console)
    if not left or isinstance(console.app.screen, Leaving):
        console.app.exit(0)
        return

    def answer(leave: bool | None) -> None:
        if leave:
            console.app.exit(0)

    title = plain(f"{' and '.join(left)} would stay behind", "bold")
    again = plain(f"{console.keys.shown('app.quit')} again", "$muted")
    answers = [Answer("s", plain("stay"), False), Answer("q", plain("quit: all is kept on this machine"), True, again)]
    console.app.push_screen(Leaving(title, answers), answer)


def left_behind(console: ConsoleScreen) -> list[str]:
    """What quitting would leave unfinished, in words."""
    if console.account is None:
        return []
    left = []
    drafts = len(console.account.drafts())
    if drafts:
        left.append("1 draft" if drafts == 1 else f"{drafts} drafts")
    unsent = sum(item.state is not Delivery.SENT for items in console.state.outgoing.values() for item in items)
    if unsent:
        left.append("1 unsent line" if unsent == 1 else f"{unsent} unsent lines")
    return left


def end_shift(console: ConsoleScreen) -> None:
    """Take no new chats, then ask about each open one: resolve, hand over, snooze; at the end, away."""
    console.wish(SetAvailable(Availability.FINISHING), "You are finishing: no new chats come")
    _next(console, set(), 0)


def _next(console: ConsoleScreen, asked: set[str], kept: int) -> None:
    """Ask about the next one. `kept`: so many stay open; the state may not know yet what was just answered."""
    state = console.state
    mine = [
        record
        for record in state.conversations.values()
        if record.state is Life.OPEN and select.is_mine(state, record) and record.ref not in asked
    ]
    if not mine:
        _all_asked(console, kept)
        return
    record = min(mine, key=lambda one: (one.created_ms, one.ref))
    asked.add(record.ref)
    console.show(record.ref)

    def go_on(done: bool) -> None:
        _next(console, asked, kept if done else kept + 1)

    def answer(way: str | None) -> None:
        if way == "keep":
            go_on(False)
        elif way is not None:
            _WAYS[way](console, record, go_on)

    title = words.joined(
        plain("End of shift: ", "bold"),
        words.text(select.name_of(record), "bold $customer"),
        plain(f" {record.label}, {len(mine)} left"),
    )
    answers = [
        Answer("e", plain("resolve"), "resolve"),
        Answer("t", plain("hand over"), "transfer"),
        Answer("z", plain("snooze"), "snooze"),
        Answer("k", plain("keep"), "keep"),
    ]
    console.app.push_screen(Question(title, answers), answer)


def _all_asked(console: ConsoleScreen, kept: int) -> None:
    def answer(away: bool | None) -> None:
        if away:
            console.wish(SetAvailable(Availability.AWAY), "You are away. Have a good evening")

    title = plain("Every open chat was asked about." if not kept else f"{kept} of your chats stay open.", "bold")
    answers = [Answer("w", plain("go away: no chats at all"), True), Answer("f", plain("stay, finishing"), False)]
    console.app.push_screen(Question(title, answers), answer)


_WAYS = {"resolve": resolve, "transfer": transfer, "snooze": snooze}
