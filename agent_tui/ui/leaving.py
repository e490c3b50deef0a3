"""Leaving: quit asks while something would stay behind, and the end of a shift walks the open chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.phone.holding import on_a_call
from agent_tui.model.outgoing import Delivery
from agent_tui.model.words import Availability
from agent_tui.model.words import State as Life
from agent_tui.ports.intents import SetAvailable
from agent_tui.ui import words
from agent_tui.ui.acting import resolve, snooze, transfer
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.model.ids import ConversationRef
    from agent_tui.ui.screens.console import ConsoleScreen


class Leaving(Question[bool]):
    """Asked once: the key that asked leaves when it is pressed again."""


def ask_to_leave(console: ConsoleScreen) -> None:
    """Quit; in a call, or where drafts or unsent lines exist, ask first."""
    left = left_behind(console)
    called = on_a_call(console.state)
    if not (left or called) or isinstance(console.app.screen, Leaving):
        console.app.exit(0)
        return

    def answer(leave: bool | None) -> None:
        if leave:
            console.app.exit(0)

    stays = f"{' and '.join(left)} would stay behind" if left else ""
    title = plain("Your call goes on without this screen" if called else stays, "bold")
    again = plain(f"{console.keys.shown('app.quit')} again", "$muted")
    answers = [Answer("s", plain("stay"), False), Answer("q", plain("quit: all is kept on this machine"), True, again)]
    console.app.push_screen(Leaving(title, answers, know=stays if called else ""), answer)


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
    _next(console, set(), [])


def _next(console: ConsoleScreen, asked: set[str], kept: list[ConversationRef]) -> None:
    """Ask about the next one. `kept`: these stay open; the state may not know yet what was just answered."""
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
        _next(console, asked, kept if done else [*kept, record.ref])

    def answer(way: str | None) -> None:
        if way == "keep":
            go_on(False)
        elif way is not None:
            _WAYS[way](console, record, go_on)

    title = words.joined(
        plain("End of shift: ", "bold"),
        words.text(select.name_of(record), "bold $customer"),
        plain(f"{select.label_beside(record)}, {len(mine)} left"),
    )
    answers = [
        Answer("e", plain("resolve"), "resolve"),
        Answer("t", plain("hand over"), "transfer"),
        Answer("z", plain("snooze"), "snooze"),
        Answer("k", plain("keep"), "keep"),
    ]
    console.app.push_screen(Question(title, answers, leave=_STAY), answer)


def _all_asked(console: ConsoleScreen, kept: list[ConversationRef]) -> None:
    waits = _who_waits(console, kept)

    def answer(away: bool | None) -> None:
        if away:
            console.wish(SetAvailable(Availability.AWAY), f"You are away. {waits or 'Have a good evening'}")

    title = plain("Every open chat was asked about." if not kept else f"{len(kept)} of your chats stay open.", "bold")
    answers = [Answer("w", plain("go away: no chats at all"), True), Answer("f", plain("stay, finishing"), False)]
    know = f"{waits}." if waits else ""
    console.app.push_screen(Question(title, answers, know=know, leave=_STAY), answer)


def _who_waits(console: ConsoleScreen, kept: list[ConversationRef]) -> str:
    """Customers in these chats who wait for an answer, in words; empty where nobody does."""
    records = [console.state.conversations.get(ref) for ref in kept]
    waiting = [record for record in records if record is not None and record.waiting_since_ms is not None]
    if len(waiting) == 1:
        return f"{select.name_of(waiting[0])} still waits in a chat of yours"
    return f"{len(waiting)} customers still wait in chats of yours" if waiting else ""


_STAY: Final = "leave it, you stay finishing"
_WAYS = {"resolve": resolve, "transfer": transfer, "snooze": snooze}
