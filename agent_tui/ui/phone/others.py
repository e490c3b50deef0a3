"""On a call: the other chats get a line that the agent approves, or go to somebody who is free. One key each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_tui.core import select
from agent_tui.core.phone.holding import holding_line, on_a_call, others
from agent_tui.model.words import EntryKind
from agent_tui.ports.intents import Transfer
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.model.conversation import Conversation
    from agent_tui.ui.screens.console import ConsoleScreen


def ask_for_others(console: ConsoleScreen) -> None:
    """Show what would be sent and to whom; nothing is sent before a key says so."""
    if not on_a_call(console.state):
        console.say("You are not in a call: nobody needs a holding line.")
        return
    waiting = others(console.state)
    if not waiting:
        console.say("Nobody else of yours waits.")
        return

    def answer(way: str | None) -> None:
        if way == "line":
            _send_line(console, waiting)
        elif way == "queue":
            for record in waiting:
                owner = record.owner.id if record.owner else ""
                console.wish(Transfer(record.ref, "", owner), f"{select.name_of(record)} went back to the queue")

    names = words.joined(*(words.text(select.name_of(record), "bold $customer") for record in waiting), between=", ")
    title = words.joined(plain(f"{len(waiting)} of your chats wait: ", "bold"), names)
    answers = [
        Answer("l", plain("send each the line below"), "line"),
        Answer("q", plain("hand them to the queue"), "queue"),
    ]
    texts = " / ".join(dict.fromkeys(holding_line(record) for record in waiting))
    console.app.push_screen(Question(title, answers, know=f"“{texts}”"), answer)


def _send_line(console: ConsoleScreen, waiting: list[Conversation]) -> None:
    account = console.account
    if account is None:
        return
    refused = ""
    for record in waiting:
        # seen: what the record says is the newest; a line that crosses it holds this one, as any other
        posted = account.send(record.ref, EntryKind.PUBLIC, holding_line(record), record.last_key, record.last_key)
        refused = refused or posted.refusal
    said = f"On its way to {len(waiting)}. Held where somebody wrote meanwhile: look there first."
    console.say(refused or said, "bold $warning" if refused else "")
