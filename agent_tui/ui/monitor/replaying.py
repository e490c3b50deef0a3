"""Replay on the screen: it is read, it plays, and the wall, the tiles and the transcript show how it was."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from agent_tui.core.monitor.replay import Replay
from agent_tui.core.monitor.wall import Wall
from agent_tui.ports.errors import NotFound, PortError
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.monitor.views import View
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.lines import NOTHING, Line

if TYPE_CHECKING:
    from textual.timer import Timer

    from agent_tui.core.monitor.state import MonitorState
    from agent_tui.model.conversation import Conversation
    from agent_tui.model.ids import ConversationRef
    from agent_tui.model.wall import Step
    from agent_tui.ui.monitor.screen import MonitorScreen

SHIFT_MS: Final = 3_600_000
"""What is replayed of the whole desk: the last hour."""
MOST_STEPS: Final = 20_000
_TICK_S: Final = 0.25
_BAR: Final = 24


class Replaying:
    """There is at most one replay; leaving it goes back to what is so."""

    def __init__(self, screen: MonitorScreen) -> None:
        self._screen = screen
        self._calendar = Calendar(screen.options.zone)
        self.replay: Replay | None = None
        self.wall = Wall(screen.options.limits)
        self.playing = False
        self.about = ""
        self._cut = False
        """There was more than is read."""
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

    def begin(self, ref: ConversationRef | None, since_ms: int | None = None) -> None:
        """Read a conversation (None: the last hour of the whole desk), then play it."""
        screen = self._screen
        if screen.monitor is None:
            screen.say("Not connected yet: there is nothing to replay.")
            return
        screen.say("Reading what happened …")
        screen.run_worker(self._read(ref, since_ms), group="replay", exclusive=True, exit_on_error=False)

    async def _read(self, ref: ConversationRef | None, since_ms: int | None) -> None:
        screen = self._screen
        monitor = screen.monitor
        assert monitor is not None
        until_ms = screen.now_ms
        steps: list[Step] = []
        records: dict[ConversationRef, Conversation] = dict(screen.live_state.known.conversations)
        try:
            if ref is not None and ref not in records:
                records[ref] = await monitor.get(ref)
            begin = until_ms - SHIFT_MS if ref is None else records[ref].created_ms
            since = begin if since_ms is None else since_ms
            page = await monitor.replay(since, until_ms, ref)
            steps += page.steps
            while page.next and len(steps) < MOST_STEPS:
                page = await monitor.replay(since, until_ms, ref, page.next)
                steps += page.steps
            for missing in {step.ref for step in steps} - records.keys():
                with suppress(NotFound):  # erased meanwhile: what is left of it is shown without its customer
                    records[missing] = await monitor.get(missing)
        except PortError as error:
            screen.say(str(error), "bold $warning")
            return
        if not steps:
            screen.say("Nothing happened in that time: there is nothing to replay.")
            return
        self._cut = bool(page.next)
        since = min(step.at_ms for step in steps)
        if ref is not None:
            until_ms = max(step.at_ms for step in steps)
        self.replay = Replay(steps, records, since, until_ms, screen.live_state.known.me)
        self.wall = Wall(screen.options.limits)
        self.about = records[ref].label if ref is not None else "the last hour"
        screen.show_view(View.REPLAY)
        if ref is not None:
            self.replay.step(1)
            screen.open(ref)
        self.play(on=True)

    def leave(self) -> None:
        """Back to what is so."""
        self.play(on=False)
        self.replay = None

    def play(self, *, on: bool) -> None:
        """Play, or pause."""
        self.playing = on and self.replay is not None
        self._ticked = self._screen.app.now_s() if on else 0.0  # type: ignore[attr-defined]
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.playing:
            self._timer = self._screen.set_interval(_TICK_S, self._play_on)

    def _play_on(self) -> None:
        self.tick()
        self._screen.redraw()
        self._screen.chat.replayed()

    def tick(self) -> None:
        """Time has passed."""
        if not self.playing or self.replay is None:
            return
        now = self._screen.app.now_s()  # type: ignore[attr-defined]
        self.replay.pass_ms(round((now - self._ticked) * 1000))
        self._ticked = now
        if self.replay.at_ms >= self.replay.until_ms:
            self.play(on=False)

    def step(self, by: int) -> None:
        """A step on or back; then it waits."""
        if self.replay is not None:
            self.play(on=False)
            self.replay.step(by)
            self._screen.redraw()
            self._screen.chat.replayed()

    def take(self, count: int) -> None:
        """The wall as it was."""
        if self.on and self.replay is not None:
            self.wall.take(self.replay.state, self.replay.at_ms, count)

    def line(self) -> Line:
        """Where it stands, how fast, and how far that is."""
        replay = self.replay
        if replay is None:
            return Line(NOTHING)
        shape = "▶" if self.playing else "❚❚"
        span = max(1, replay.until_ms - replay.since_ms)
        done = round((replay.at_ms - replay.since_ms) / span * _BAR)
        bar = words.joined(plain("━" * done, "$accent"), plain("─" * (_BAR - done), "$muted"))
        clock = self._calendar.clock
        left = words.joined(
            plain(" REPLAY ", "bold reverse $accent"),
            plain(f" {self.about}  {shape} {replay.speed}×  ", "bold"),
            plain(f"{clock(replay.since_ms)} ", "$muted"),
            bar,
            plain(f" {clock(replay.until_ms)}", "$muted"),
            plain(f"   {clock(replay.at_ms)}:{replay.at_ms // 1000 % 60:02}", "bold"),
        )
        cut = " of the first that were read" if self._cut else ""
        return Line(left, plain(f"step {replay.done} of {replay.steps}{cut}", "$muted"))
