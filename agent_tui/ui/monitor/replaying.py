"""Replay on the screen: it is read, it plays, and the wall, the tiles and the transcript show how it was."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.attention import clock
from agent_tui.core.monitor.periods import HOUR_MS, Period
from agent_tui.core.monitor.replay import Replay
from agent_tui.core.monitor.wall import Wall
from agent_tui.model.text import SafeText
from agent_tui.model.words import EntryKind
from agent_tui.ports.errors import PortError
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.monitor.replay_reading import Read, read_conversation, read_period
from agent_tui.ui.monitor.views import View
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.transcript_rows import system_words

if TYPE_CHECKING:
    from textual.content import Content
    from textual.timer import Timer
    from textual.worker import Worker

    from agent_tui.core.monitor.state import MonitorState
    from agent_tui.model.ids import ConversationRef
    from agent_tui.model.wall import Step
    from agent_tui.ui.monitor.screen import MonitorScreen

_TICK_S: Final = 0.25
_BAR: Final = 48
"""The most cells of the bar that says how far it is."""
_MINUTE_MS: Final = 60_000


class Replaying:
    """There is at most one replay; leaving it goes back to what is so."""

    def __init__(self, screen: MonitorScreen) -> None:
        self._screen = screen
        self._calendar = Calendar(screen.options.zone)
        self.replay: Replay | None = None
        self.wall = Wall(screen.options.limits)
        self.playing = False
        self.read: Read | None = None
        """What it is made of."""
        self._reading: Worker[None] | None = None
        self._timer: Timer | None = None
        self._ticked = 0.0

    @property
    def on(self) -> bool:
        """The screen shows how it was."""
        return self.replay is not None and self._screen.view is View.REPLAY

    @property
    def state(self) -> MonitorState | None:
        """How it was."""
        return self.replay.state if self.replay else None

    @property
    def at_ms(self) -> int:
        """The moment it stands at."""
        return self.replay.at_ms if self.replay else self._screen.now_ms

    def begin(self, ref: ConversationRef) -> None:
        """Read a conversation from its beginning, then play it."""
        self._begin(self._read_conversation(ref))

    def begin_period(self, period: Period) -> None:
        """Read all conversations in a time, then play it."""
        self._begin(self._read_period(period))

    def _begin(self, reading: Coroutine[None, None, None]) -> None:
        screen = self._screen
        screen.say("Reading what happened …")
        self._reading = screen.run_worker(reading, group="replay", exclusive=True, exit_on_error=False)

    async def _read_conversation(self, ref: ConversationRef) -> None:
        screen, monitor = self._screen, self._screen.monitor
        assert monitor is not None
        try:
            record = screen.live_state.known.conversations.get(ref) or await monitor.get(ref)
            read = await read_conversation(monitor, record, screen.now_ms, self._tell)
        except PortError as error:
            screen.say(str(error), "bold $warning")
            return
        if self._show(read):
            assert self.replay is not None
            self.replay.begin(ref)
            screen.open(ref)

    async def _read_period(self, period: Period) -> None:
        screen, monitor = self._screen, self._screen.monitor
        assert monitor is not None
        try:
            read = await read_period(monitor, period, self._tell)
        except PortError as error:
            screen.say(str(error), "bold $warning")
            return
        self._show(read)

    def _tell(self, count: int, at_ms: int) -> None:
        self._screen.say(f"Reading what happened … {count} steps, up to {self._calendar.clock(at_ms)}. Esc stops it.")

    def _show(self, read: Read) -> bool:
        """Play what was read; False where that is nothing."""
        screen = self._screen
        if not read.steps:
            since, until = self._calendar.clock(read.since_ms), self._calendar.clock(read.until_ms)
            screen.say(f"Nothing happened from {since} to {until}: there is nothing to replay.")
            return False
        screen.said = None
        known = screen.live_state.known
        self.replay = Replay(
            read.steps, read.records, read.since_ms, read.until_ms, known.me, standing=read.standing, hours=known.hours
        )
        self.replay.go_to(read.since_ms)
        self.read = read
        self.wall = Wall(screen.options.limits)
        screen.show_view(View.REPLAY)
        self.play(on=True)
        return True

    @property
    def goes_on(self) -> Period | None:
        """What comes after the steps that were read at once; None where nothing does."""
        read = self.read
        if read is None or not read.cut or read.until_ms <= read.since_ms:
            return None
        return Period(read.until_ms, read.wanted_until_ms, read.name)

    def stop_reading(self) -> bool:
        """What is being read for a replay is let go; whether anything was."""
        reads = self._reading is not None and not self._reading.is_finished
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        return reads

    def leave(self) -> None:
        """Back to what is so."""
        self.stop_reading()
        self.play(on=False)
        self.replay = self.read = None

    def play(self, *, on: bool) -> None:
        """Play, or pause."""
        self.playing = on and self.replay is not None
        self._ticked = self._screen.app.now_s() if on else 0.0  # type: ignore[attr-defined]
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.playing:
            self._timer = self._screen.set_interval(_TICK_S, self._play_on)

    def play_or_pause(self) -> None:
        """The other one; at the end it begins again."""
        if self.replay is not None and self.replay.at_ms >= self.replay.until_ms:
            self.replay.begin(self._screen.opened)
            self._screen.chat.replayed()
        self.play(on=not self.playing)

    def _play_on(self) -> None:
        before = self.replay.done if self.replay else 0
        self.tick()
        self._screen.redraw()
        if self.replay is not None and self.replay.done != before:
            self._screen.chat.replayed()

    def tick(self) -> None:
        """Time has passed."""
        if not self.playing or self.replay is None:
            return
        now = self._screen.app.now_s()  # type: ignore[attr-defined]
        self.replay.pass_ms(round((now - self._ticked) * 1000), self._screen.opened)
        self._ticked = now
        if self.replay.at_ms >= self.replay.until_ms:
            self.play(on=False)

    def step(self, by: int) -> None:
        """To the next thing that happened, or back; in a conversation that is open, to the next one of it."""
        if self.replay is not None:
            self.play(on=False)
            before = self.replay.at_ms, self.replay.done
            self.replay.step(by, self._screen.opened)
            if (self.replay.at_ms, self.replay.done) == before:
                where = "" if self._screen.opened is None else " in this conversation"
                self._screen.say(
                    f"Nothing {'more' if by > 0 else 'before'} happened{where}, in the time that is replayed."
                )
            self._screen.redraw()
            self._screen.chat.replayed()

    def take(self, count: int) -> None:
        """The wall as it was."""
        if self.on and self.replay is not None:
            self.wall.take(self.replay.state, self.replay.at_ms, count)

    def line(self) -> Line:
        """Where it stands, how fast, and how far that is."""
        replay, read = self.replay, self.read
        if replay is None or read is None:
            return Line(NOTHING)
        shape = "▶" if self.playing else "■" if replay.at_ms >= replay.until_ms else "❚❚"
        clock = self._calendar.clock
        said = plain(f" {read.name}  {shape} {replay.speed}×  ", "bold")
        ends = plain(f"{clock(replay.since_ms)} ", "$muted"), plain(f" {clock(replay.until_ms)}", "$muted")
        at = plain(f"  {clock(replay.at_ms)}:{replay.at_ms // 1000 % 60:02}", "bold")
        steps = plain(f"step {replay.done} of {replay.steps}".rjust(9 + 2 * len(str(replay.steps))), "$muted")
        mark = plain(" REPLAY ", "bold reverse $accent")
        taken = sum(part.cell_length for part in (mark, said, *ends, at, steps))
        cells = max(0, min(_BAR, self._screen.progress.content_size.width - taken - 3))
        span = max(1, replay.until_ms - replay.since_ms)
        done = round((replay.at_ms - replay.since_ms) / span * cells)
        bar = words.joined(plain("━" * done, "$accent"), plain("─" * (cells - done), "$muted"))
        return Line(words.joined(mark, said, ends[0], bar, ends[1], at), steps)

    def banner(self) -> Line:
        """What happened last, of whom; and what was left out."""
        replay, read = self.replay, self.read
        if replay is None or read is None:
            return Line(NOTHING)
        step = replay.last(self._screen.opened)
        left = self._happened(step) if step is not None else self._began(replay, read)
        if replay.skipped_ms:
            return Line(left, plain(f"quiet {_long(replay.skipped_ms)} skipped ", "bold $accent"))
        if read.cut and replay.at_ms >= replay.until_ms:
            key = self._screen.keys.shown("monitor.replay")
            return Line(
                left, plain(f"{replay.steps} steps are read at once: {key} goes on from here ", "bold $warning")
            )
        return Line(left)

    def _began(self, replay: Replay, read: Read) -> Content:
        count = len(replay.state.tiles)
        said = f" How it stood at {self._calendar.clock(read.since_ms)}: {count} open"
        return plain(said + (", only those that began last" if read.more_stood else ""), "$muted")

    def _happened(self, step: Step) -> Content:
        assert self.replay is not None
        record = self.replay.state.known.conversations[step.ref]
        at = f" {self._calendar.clock(step.at_ms)}:{step.at_ms // 1000 % 60:02}  "
        who = f"{select.name_of(record)}{select.label_beside(record)}  "
        return words.joined(
            plain(at, "$muted"), words.text(SafeText(who), "bold"), words.text(happened(step, self._calendar))
        )


def _long(ms: int) -> str:
    """How long a silence was."""
    if ms < _MINUTE_MS:
        return f"{ms // 1000} s"
    return f"{ms // _MINUTE_MS} min" if ms < HOUR_MS else clock(ms)


def happened(step: Step, calendar: Calendar) -> SafeText:
    """A step in one line."""
    entry = step.entry
    if entry is None:
        return SafeText(f"{step.who or 'somebody'} {step.action}{f': {step.detail}' if step.detail else ''}")
    if entry.system is not None:
        return SafeText(system_words(entry.system, calendar, entry.at_ms))
    body = "message withdrawn" if entry.withdrawn else entry.body.replace("\n", " ")
    if entry.from_customer:
        return SafeText(f"“{body}”")
    noted = ", a note" if entry.kind is EntryKind.NOTE else ""
    return SafeText(f"{entry.author.name}{noted}: {body}")
