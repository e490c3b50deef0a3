"""One conversation whole, read only: whose it is, its transcript, the customer, what is wrong. There is no composer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from agent_tui.core.monitor import alerts
from agent_tui.core.monitor.state import MonitorChanges
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import ConversationRef
from agent_tui.model.people import Customer
from agent_tui.model.text import SafeText
from agent_tui.model.wall import PROOF_REFUSED, PROOF_SENT, Step
from agent_tui.ports.errors import PortError
from agent_tui.ui import chat_words, words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.widgets.bars import Bar
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.transcript import Transcript
from agent_tui.ui.widgets.transcript_messages import NeedOlder, ReadUpTo
from agent_tui.ui.widgets.transcript_rows import system_words
from agent_tui.ui.widgets.transcript_source import TranscriptSource

if TYPE_CHECKING:
    from agent_tui.ui.monitor.screen import MonitorScreen


class WatchedChat(Horizontal):
    """Shows, and tells nobody: no read mark, no typing, no presence leaves from here."""

    DEFAULT_CSS = """
    WatchedChat { height: 1fr; }
    WatchedChat #watched { width: 1fr; }
    WatchedChat #watched-header { height: 1; }
    WatchedChat #watched-card { width: 40; border-left: solid $panel; }
    """

    def __init__(self, screen: MonitorScreen) -> None:
        super().__init__(id="chat")
        self._screen = screen
        self.shown: ConversationRef | None = None
        self._earlier: tuple[Conversation, ...] = ()
        self._beside: tuple[Step, ...] = ()
        """What happened beside the lines: proof sent and refused, who watched."""
        self._revealed: Customer | None = None
        """With number and address: they were asked for, and the desk has written that down."""
        self._calendar = Calendar(screen.options.zone)
        self.header = Bar(self._header, "watched-header")
        self.transcript = Transcript(screen.options.clock, screen.options.zone)
        self.transcript.can_focus = False
        self.card = Card(self._card, "watched-card")

    def compose(self) -> ComposeResult:
        """Header above the transcript, the card beside both."""
        with Vertical(id="watched"):
            yield self.header
            yield self.transcript
        yield self.card

    def show(self, ref: ConversationRef | None) -> None:
        """This one; None: nothing is open."""
        if self.shown is not None:
            self.transcript.forget(self.shown)
        self.shown = ref
        self._earlier, self._beside, self._revealed = (), (), None
        self.transcript.show(TranscriptSource(self._screen.state.known, ref) if ref is not None else None)
        self.tick()
        monitor = self._screen.monitor
        if ref is not None and monitor is not None and not self._screen.replaying.on:
            self.run_worker(self._read_about(ref), group="about", exclusive=True, exit_on_error=False)

    def changed(self, changes: MonitorChanges) -> None:
        """Something came."""
        known = changes.known
        if self.shown is not None and (
            known.everything or known.link or self.shown in known.transcripts | known.records | known.typing
        ):
            self.transcript.changed()
            self.tick()

    def replayed(self) -> None:
        """The replay went on, or back."""
        if self.shown is None:
            return
        source = TranscriptSource(self._screen.state.known, self.shown)
        self.transcript.forget(self.shown)
        self.transcript.show(source)
        self.transcript.newest()
        self.tick()

    def tick(self) -> None:
        """A second has passed."""
        if self.shown is not None:
            self.header.redraw()
            self.card.redraw()

    def move(self, step: int) -> None:
        """To the next message, or the previous one."""
        self.transcript.move(step)

    def to_end(self, *, last: bool) -> None:
        """To the newest, or the oldest held."""
        if last:
            self.transcript.newest()
        else:
            self.transcript.oldest()

    def reveal(self) -> None:
        """Ask for number and address: the desk allows it or says why not, and writes it down."""
        if self.shown is not None and self._screen.monitor is not None:
            self.run_worker(self._reveal(self.shown), group="reveal", exclusive=True, exit_on_error=False)

    async def _reveal(self, ref: ConversationRef) -> None:
        monitor = self._screen.monitor
        assert monitor is not None
        try:
            found = await monitor.unmasked(ref)
        except PortError as error:
            self._screen.say(str(error), "bold $warning")
            return
        if ref == self.shown:
            self._revealed = found.conversation.customer
            self._screen.say("Shown until you leave this conversation; the desk has written down that you looked.")
            self.card.redraw()

    async def _read_about(self, ref: ConversationRef) -> None:
        screen, monitor = self._screen, self._screen.monitor
        assert monitor is not None
        try:
            record = screen.state.known.conversations.get(ref) or await monitor.get(ref)
            earlier = await monitor.earlier(ref) if record.customer.earlier else ()
            page = await monitor.replay(record.created_ms, screen.now_ms + 1, ref)
            beside = [step for step in page.steps if step.entry is None]
            while page.next:
                page = await monitor.replay(record.created_ms, screen.now_ms + 1, ref, page.next)
                beside += [step for step in page.steps if step.entry is None]
            if ref == self.shown:
                self._earlier, self._beside = earlier, tuple(beside)
                self.card.redraw()
        except PortError as error:
            if ref == self.shown:
                self._screen.say(str(error), "bold $warning")

    def _header(self) -> Line:
        screen, ref = self._screen, self.shown
        if ref is None:
            return Line(NOTHING)
        width = self.header.content_size.width
        return chat_words.header_line(screen.state.known, ref, screen.shown_ms, screen.wall.limits, width=width)

    def _card(self, width: int) -> Sequence[Line]:
        screen, ref = self._screen, self.shown
        known = screen.state.known
        record = known.conversations.get(ref) if ref else None
        rows = chat_words.card_lines(record, known, "", self._earlier)
        found = screen.shown_wall.alerts.get(ref, ()) if ref else ()
        entries = known.transcripts[ref].entries if ref in known.transcripts else ()
        proof = [step for step in self._beside if step.action in (PROOF_SENT, PROOF_REFUSED)]
        calls = [
            (system_words(entry.system, self._calendar, entry.at_ms), entry.at_ms)
            for entry in entries
            if entry.system is not None and entry.system.code.startswith("call_")
        ]
        if found:
            rows += [Line(NOTHING), Line(plain("ALERTS", "$muted"))]
        for alert in found:
            seen = alert.key in screen.wall.acknowledged
            said = alerts.said(alert, screen.shown_ms)
            rows.append(
                Line(words.text(said, "$muted" if seen else "bold $late"), plain("seen" if seen else "", "$muted"))
            )
        if self._revealed is not None:
            told = [one for one in (self._revealed.phone, self._revealed.email) if one]
            rows += [Line(NOTHING), Line(plain("SHOWN TO YOU, WRITTEN DOWN", "bold $warning"))]
            rows += [Line(words.text(one)) for one in told] or [Line(plain("nothing was left here", "$muted"))]
        if calls:
            rows += [Line(NOTHING), Line(plain("CALLS", "$muted")), *(self._at(*call) for call in calls)]
        if proof:
            rows += [Line(NOTHING), Line(plain("PROOF", "$muted"))]
            rows += [self._at(f"{step.who} {step.action}: {step.detail}", step.at_ms) for step in proof]
        return rows

    def _at(self, said: str, at_ms: int) -> Line:
        return Line(words.text(SafeText(said)), plain(self._calendar.clock(at_ms), "$muted"))

    @on(NeedOlder)
    def _need_older(self, message: NeedOlder) -> None:
        message.stop()
        if self._screen.replaying.on:
            key = self._screen.keys.shown("monitor.replay")
            self.transcript.older_failed(f"what was said before is not in this replay: {key}, then c, reads all of it")
        else:
            self.run_worker(self._older(message.ref), group="older", exclusive=True, exit_on_error=False)

    async def _older(self, ref: ConversationRef) -> None:
        monitor = self._screen.monitor
        if monitor is None:
            return
        try:
            await monitor.older(ref)
        except PortError as error:
            if ref == self.shown:
                self.transcript.older_failed(str(error))

    @on(ReadUpTo)
    def _was_read(self, message: ReadUpTo) -> None:
        """Looking leaves no mark."""
        message.stop()
