"""Which time is replayed is asked: a few that people mean on one key each, or one that is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_tui.core.monitor import periods
from agent_tui.core.monitor.periods import Period, PeriodError
from agent_tui.ui.chat_words import plain
from agent_tui.ui.screens.asking import AskText
from agent_tui.ui.screens.question import Answer, Question
from agent_tui.ui.widgets.calendar import Calendar
from agent_tui.ui.widgets.lines import Line

if TYPE_CHECKING:
    from datetime import tzinfo

    from agent_tui.ui.monitor.screen import MonitorScreen

_TYPE = "a time that you type"


def ask_time(screen: MonitorScreen) -> None:
    """Ask, then read and play it. Whatever is on the screen stays there until it was read."""
    if screen.monitor is None:
        screen.say("Not connected yet: there is nothing to replay.")
        return
    now_ms, zone, calendar = screen.now_ms, screen.options.zone, Calendar(screen.options.zone)
    answers: list[Answer[Period | str]] = []
    replaying, opened = screen.replaying, screen.opened
    if replaying.goes_on is not None:
        answers.append(
            _answer("o", f"on from {calendar.clock(replaying.goes_on.since_ms)}", replaying.goes_on, calendar)
        )
    if opened is not None:
        record = screen.state.known.conversations.get(opened)
        label = record.label if record else f"c{opened}"
        answers.append(Answer("c", plain(f"all of {label}, which is open here"), str(opened)))
    hour, day = periods.last_hour(now_ms), periods.yesterday(now_ms, zone)
    shift = periods.this_shift(now_ms, zone, screen.live_state.known.closed)
    answers.append(_answer("h", hour.name, hour, calendar))
    answers.append(_answer("s", shift.name, shift, calendar))
    answers.append(_answer("y", calendar.name(calendar.day(day.since_ms), calendar.day(now_ms)), day, calendar))
    answers.append(Answer("t", plain(_TYPE), _TYPE, plain(periods.EXAMPLES.split(",")[0], "$muted")))

    def answer(chosen: Period | str | None) -> None:
        if chosen == _TYPE:
            screen.app.push_screen(AskTime(now_ms, zone), typed)
        elif isinstance(chosen, str):
            assert opened is not None
            replaying.begin(opened)
        elif chosen is not None:
            replaying.begin_period(chosen)

    def typed(text: str | None) -> None:
        if text is not None:
            replaying.begin_period(periods.typed(text, now_ms, zone))

    screen.app.push_screen(Question(plain("Replay which time?", "bold"), answers), answer)


def _answer(key: str, said: str, period: Period, calendar: Calendar) -> Answer[Period | str]:
    about = f"{calendar.clock(period.since_ms)} – {calendar.clock(period.until_ms)}"
    return Answer(key, plain(said), period, plain(about, "$muted"))


class AskTime(AskText):
    """A time in words: how it is understood stands above it while it is typed, and Enter takes nothing else."""

    def __init__(self, now_ms: int, zone: tzinfo | None) -> None:
        self._now_ms = now_ms
        self._zone = zone
        self._calendar = Calendar(zone)
        self._entered = False
        super().__init__(
            plain("Replay which time?", "bold"), "", enter="Enter replays it, Esc leaves it", hint=periods.EXAMPLES
        )

    def typed(self) -> None:
        """What was wrong with what was entered may not be so any more."""
        self._entered = False

    def entered(self) -> None:
        """A time that is understood; else the reason why it is not, and the text stays."""
        try:
            periods.typed(self._text, self._now_ms, self._zone)
        except PeriodError:
            self._entered = True
            self.about.redraw()
        else:
            self.dismiss(self._text)

    def _about(self) -> Line:
        keys = plain(self._enter, "$muted")
        try:
            period = periods.typed(self._text, self._now_ms, self._zone)
        except PeriodError as error:
            return Line(plain(str(error), "bold $warning")) if self._entered else Line(self._title, keys)
        since, until = (self._calendar.moment(at, self._now_ms) for at in (period.since_ms, period.until_ms))
        return Line(plain(f"{since} – {until}", "bold"), keys)
