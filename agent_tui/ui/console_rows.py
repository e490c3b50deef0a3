"""What the console's rows show, pulled from the state when they are painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from agent_tui.core import select
from agent_tui.core.select import Shown
from agent_tui.core.state import LinkState
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.text import SafeText
from agent_tui.ui import chat_words, words
from agent_tui.ui.chat_words import folded, plain
from agent_tui.ui.footer import footer_line, leader_line
from agent_tui.ui.widgets.inbox import InboxView
from agent_tui.ui.widgets.lines import Line

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen

_SHORT = 30
"""Characters of the status line that may say what goes on before an account is open."""


class ConsoleRows:
    """Holds nothing: each answer is made of what is known now."""

    def __init__(self, console: ConsoleScreen) -> None:
        self._console = console

    def status(self) -> Line:
        """Where we are and who waits."""
        console = self._console
        account = console.account
        if account is None or console.opened is None:
            name = plain("DEMO", "bold reverse $accent") if console.options.demo else plain("agent-tui", "bold")
            said = console.opening_words if len(console.opening_words) <= _SHORT else "not connected"
            return Line(name, plain(said, "$muted"))
        problem = account.keeping_problem
        line = chat_words.status_line(
            account.state,
            console.opened.place,
            console.mode,
            console.options.clock(),
            problem,
            demo=console.options.demo,
            width=console.status.content_size.width,
            quiet=console.notices.quiet,
        )
        return line

    def tabs(self) -> tuple[tuple[select.TabRow, ...], ConversationRef | None]:
        """The tabs, and which is shown."""
        console = self._console
        drafts = console.account.drafts() if console.account else frozenset()
        limits = console.options.limits
        rows = select.tabs(console.state, console.tabs.refs, console.options.clock(), drafts=drafts, limits=limits)
        return rows, console.tabs.shown

    def inbox(self) -> InboxView:
        """The list, filtered as asked."""
        console = self._console
        drafts = console.account.drafts() if console.account else frozenset()
        sections = select.inbox(
            console.state,
            console.options.clock(),
            shown=console.shown_list,
            wanted=console.wanted,
            drafts=drafts,
            limits=console.options.limits,
        )
        heading = plain("")
        if console.wanted:
            key = console.keys.shown("list.filter")
            heading = words.joined(
                plain(f" {key} ", "bold $accent"),
                plain("filter: ", "$muted"),
                words.text(SafeText(console.wanted), "bold"),
                plain("  Esc", "bold $accent"),
                plain(" clears", "$muted"),
            )
        elif console.shown_list is not Shown.DESK:
            heading = plain(f" only {console.shown_list.value}", "$muted")
        if console.handed:
            sections = tuple(
                section._replace(rows=tuple(self._handed(row) for row in section.rows)) for section in sections
            )
        return InboxView(sections, console.tabs.shown, heading, self._empty_inbox())

    def _handed(self, row: select.InboxRow) -> select.InboxRow:
        """Who handed it over stands where the stage was, until it is opened."""
        who = self._console.handed.get(row.ref)
        return row if who is None else row._replace(holder=SafeText(f"from {who}"), unread=True)

    def _empty_inbox(self) -> tuple[Content, ...]:
        console = self._console
        if console.account is None:
            return (plain(" "),)
        if console.wanted:
            change = console.keys.shown("list.filter")
            return (plain(" Nobody matches.", "$muted"), plain(f" {change} changes it", "$muted"))
        return (plain(" Nobody is waiting.", "$muted"), plain(" New chats appear here.", "$muted"))

    def empty(self, width: int) -> Sequence[Line]:
        """Where no chat is shown: what is so, and which key helps."""
        console = self._console
        if console.opened is None:
            return [Line(plain(part)) for part in folded(console.opening_words, width)]
        rows = [Line(plain("No chat is open.", "bold")), Line(plain(""))]
        link = console.state.link
        waiting = select.queue(console.state, console.options.clock())
        if link.state in (LinkState.RECONNECTING, LinkState.ENDED):
            rows += [Line(plain(part, "$warning")) for part in folded(link.reason, width)]
            if link.state is LinkState.RECONNECTING:
                rows.append(Line(plain("It is tried again by itself; nothing you wrote is lost.")))
        elif waiting.waiting:
            take = console.keys.shown("queue.take_next")
            said = f"{waiting.waiting} waiting, the first for {waiting.longest}: {take} takes them."
            rows += [Line(plain(part)) for part in folded(said, width)]
        else:
            said = "Nobody is waiting. New chats appear in the list by themselves."
            rows += [Line(plain(part)) for part in folded(said, width)]
        for label, value in (
            ("Write as a visitor: open", console.opened.visitor_address),
            ("A second screen, in another terminal:", console.opened.second_screen),
            ("A supervisor's wall, in another terminal:", console.opened.watching),
        ):
            if value:
                rows += [Line(plain("")), *(Line(plain(part, "$muted")) for part in folded(label, width))]
                rows += [Line(plain(part, "bold")) for part in folded(value, width)]
        rows += [Line(plain("")), Line(plain(f"All keys: {console.keys.shown('app.help')}", "$muted"))]
        return rows

    def card(self, width: int) -> Sequence[Line]:
        """The customer of the shown chat."""
        console = self._console
        shown = console.tabs.shown
        record = console.state.conversations.get(shown) if shown else None
        rows = chat_words.card_lines(
            record,
            console.state,
            console.chat.local_time() if console.built else "",
            console.earlier.get(shown) if shown else None,
        )
        rows += self._proof(record, width)
        if console.opened and console.options.demo and console.opened.visitor_address:
            rows += [Line(plain("")), Line(plain("DEMO", "$muted")), Line(plain("write as a visitor:", "$muted"))]
            rows += [Line(plain(console.opened.visitor_address)), Line(plain("a second screen:", "$muted"))]
            rows += [Line(plain(part)) for part in folded(console.opened.second_screen, width)]
            if console.opened.watching:
                rows += [Line(plain("a supervisor's wall:", "$muted"))]
                rows += [Line(plain(part)) for part in folded(console.opened.watching, width)]
        return rows

    def _proof(self, record: Conversation | None, width: int) -> list[Line]:
        """The three best for the stage of the shown chat, with the numbers that put them into the reply."""
        offers = self._console.proof.best
        if record is None or not offers:
            return []
        from agent_tui.ui import proof_words

        keys = self._console.keys
        key = keys.chord_shown("proof.numbered") if self._console.typing else keys.shown("proof.numbered")
        return [Line(plain("")), *proof_words.pane(record.stage.value, offers, key, width)]

    def footer(self) -> Line:
        """The keys, or what is to be said."""
        console = self._console
        if console.leading:
            return leader_line(console.keys)
        if console.said:
            sentence, style, undo = console.said
            keys = console.keys
            key = keys.chord_shown("app.undo") if console.typing else keys.shown("app.undo")
            return Line(plain(f"{sentence}  {key} undoes it." if undo and key else sentence, style))
        link = console.state.link
        # Where no chat is shown, it is said in the middle of the screen, with what to do.
        if link.state is LinkState.ENDED and not console.empty.display:
            return Line(plain(link.reason, "bold $error"))
        if link.note and link.note != console.dismissed:
            return Line(plain(link.note, "bold $warning"), plain("Esc", "$muted"))
        return footer_line(
            console.keys,
            typing=console.typing,
            listing=console.inbox.has_focus,
            answering=console.calling.focus.there,
            width=console.footer.content_size.width,
        )

    def too_small(self, width: int) -> Sequence[Line]:
        """Where nothing else fits."""
        said = "This terminal is too small to work in: 60×16 or more, please. Nothing is lost; what you wrote is kept."
        return [Line(plain(part, "bold $warning")) for part in folded(said, width)]
