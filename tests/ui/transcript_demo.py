"""`python -m tests.ui.transcript_demo [theme]`: the transcript and the composer with something of everything."""

import sys

from agent_tui.model.ids import OrderKey
from agent_tui.model.outgoing import Delivery
from agent_tui.model.text import SafeText
from agent_tui.ui.widgets.composer import Draft, Recipient
from agent_tui.ui.widgets.transcript_source import TranscriptSource
from tests.ui.conversations import (
    DAY,
    JANE,
    ME,
    MINUTE,
    NOW_MS,
    REF,
    RUBEN,
    chat,
    line,
    outgoing,
    state_with,
    system,
    typing,
)
from tests.ui.widget_app import WidgetApp


class Demo(WidgetApp):
    BINDINGS = [
        ("j", "move(1)"),
        ("k", "move(-1)"),
        ("g", "oldest"),
        ("G", "newest"),
        ("u", "unread"),
        ("slash", "find"),
        ("i", "write"),
        ("f4", "note"),
        ("f8", "refuse"),
    ]

    def on_mount(self) -> None:
        at = NOW_MS - 30 * MINUTE
        entries = [
            *[line(e.key, e.body, e.author, e.at_ms - 3 * DAY) for e in chat(12)],
            system(20, "claimed", "Ada", at_ms=NOW_MS - DAY),
            line(21, "Dank u wel! 日本語のテキスト and שלום עולם and 👩‍👩‍👧 🇳🇱 ❤️ together.", JANE, NOW_MS - DAY),
            line(
                22, "See https://docs.example.com/move?from=initech and mail me at mailto:jane@example.org.", JANE, at
            ),
            line(23, "I called them, they want a discount of 12%.", RUBEN, at + MINUTE, note=True),
            line(24, "Don't go under 10.", RUBEN, at + 2 * MINUTE, note=True),
            line(25, "Yes, two this spring. One moment.", ME, at + 3 * MINUTE),
            line(26, "", ME, at + 3 * MINUTE, withdrawn=True),
            line(27, "That is " + "very " * 60 + "good.", ME, at + 4 * MINUTE),
            system(28, "transferred", "Ruben", "Ada", at_ms=at + 5 * MINUTE),
            line(29, "Could I see what they say?", JANE, NOW_MS - 2 * MINUTE),
            line(30, "And the price?\nFor twelve people.\n\nThanks", JANE, NOW_MS - MINUTE),
        ]
        self.transcript_entries = entries
        state = state_with(entries, read=28, customer_seen=25)
        state.transcript(REF).gap_after = OrderKey(23)
        state.outgoing[REF] = [
            outgoing("One moment, I look it up.", Delivery.SENDING, cid="x1"),
            outgoing("Here it is: 12 euro.", Delivery.HELD, cid="x2", why="Jane wrote meanwhile."),
        ]
        typing(state)
        typing(state, RUBEN)
        self.transcript.show(TranscriptSource(state, REF))
        self.composer.load(
            REF,
            Recipient(SafeText("Jane"), SafeText("web chat"), SafeText("Jane left 3 min ago")),
            Draft(),
        )
        self.transcript.focus()

    def action_move(self, step: int) -> None:
        self.transcript.move(step)

    def action_oldest(self) -> None:
        self.transcript.oldest()

    def action_newest(self) -> None:
        self.transcript.newest()

    def action_unread(self) -> None:
        self.transcript.first_unread()

    def action_find(self) -> None:
        self.transcript.find("the")

    def action_write(self) -> None:
        self.composer.focus_text()

    def action_note(self) -> None:
        self.composer.switch_kind()

    def action_refuse(self) -> None:
        crossed = tuple(self.transcript_entries[-2:])
        self.composer.refused(REF, "Jane wrote meanwhile. Enter sends it all the same.", crossed)


if __name__ == "__main__":
    Demo(*sys.argv[1:]).run()
