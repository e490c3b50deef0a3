"""Flags: an agent asks that a supervisor looks, with a reason; the clock runs until an agent lowers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from agent_tui.core import select
from agent_tui.core.attention import clock
from agent_tui.model.conversation import Conversation
from agent_tui.model.conversation import Flag as Raised
from agent_tui.model.words import State as Life
from agent_tui.ports.intents import SetFlag
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen


def flag(console: ConsoleScreen, record: Conversation) -> None:
    """Raise one, or, where one is up, say so and ask what to do with it."""
    if record.flag is not None:
        _up(console, record, record.flag)
    elif record.state is Life.RESOLVED:
        console.say("It is resolved: R reopens it, then a flag can be raised.")
    else:
        _ask_reason(console, record)


def _up(console: ConsoleScreen, record: Conversation, raised: Raised) -> None:
    now_ms = console.options.clock() + console.state.link.clock_skew_ms
    know = f"Up for {clock(max(0, now_ms - raised.since_ms))}, by {raised.by.name}: {raised.reason}"

    def answer(lower: bool | None) -> None:
        if lower:
            console.wish(SetFlag(record.ref), f"Flag of {select.name_of(record)} lowered")
        elif lower is not None:
            _ask_reason(console, record, raised.reason)

    answers = [Answer("l", plain("lower it"), True), Answer("c", plain("change the reason"), False)]
    console.app.push_screen(Question(_about("Flag of", record, "what now?"), answers, know=know), answer)


def _ask_reason(console: ConsoleScreen, record: Conversation, text: str = "") -> None:
    from agent_tui.ui.screens.asking import AskText

    def raise_it(reason: str | None) -> None:
        if reason:
            console.wish(SetFlag(record.ref, reason), f"Flag raised for {select.name_of(record)}")
        elif reason is not None:
            console.say("A flag needs a reason: none was raised.")

    title = _about("Flag", record, "what should a supervisor look at?")
    console.app.push_screen(AskText(title, text, enter="Enter raises it", hint="the reason, for staff only"), raise_it)


def _about(verb: str, record: Conversation, question: str) -> Content:
    return words.joined(
        plain(f"{verb} "),
        words.text(select.name_of(record), "bold $customer"),
        plain(f"{select.label_beside(record)}: {question}"),
    )
