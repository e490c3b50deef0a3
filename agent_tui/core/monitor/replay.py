"""A conversation or a shift once more, step by step: what the monitor's screens show is made anew from what happened.

Pure: steps and a time in, a state out. Forward it goes on from where it is; backward it begins at a place it kept.
Silences are shortened: nobody has to sit through twelve minutes in which nothing happened.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from agent_tui.core.monitor.state import MonitorState
from agent_tui.core.monitor.unfolding import Records, copied, forget_refused, stand, take
from agent_tui.model.ids import ConversationRef
from agent_tui.model.wall import Standing, Step
from agent_tui.ports.events import Me, OpeningHours

SPEEDS: Final = (1, 2, 4, 8)
QUIET_MS: Final = 10_000
"""A silence longer than this is shortened; all three are times that passed, so that 8× is eight times as fast."""
LINGER_MS: Final = 4_000
"""So much of it is left after the last step: time to see what happened."""
LEAD_MS: Final = 1_000
"""So much of it is left before the next step."""
_KEEP_EVERY: Final = 1_000
"""Steps between the places that going back begins at."""


class _Skipped(NamedTuple):
    """A silence that was shortened, and between which moments that is said."""

    ms: int
    shown_from: int
    shown_until: int


class Replay:
    """Stands at a moment between `since_ms` and `until_ms`; `state` is how things stood then."""

    def __init__(
        self,
        steps: Sequence[Step],
        records: Records,
        since_ms: int,
        until_ms: int,
        me: Me | None = None,
        *,
        standing: Sequence[Standing] = (),
        hours: OpeningHours | None = None,
    ) -> None:
        """`records`: of whom the steps are, as today; `standing`: what was open at `since_ms`, and how it stood."""
        self._steps = sorted(steps, key=lambda step: step.at_ms)
        self._records = records
        self.since_ms = since_ms
        self.until_ms = max(until_ms, since_ms)
        self.at_ms = since_ms
        self.speed = 1
        self.done = 0
        """So many steps have happened."""
        self._skipped = _Skipped(0, 0, 0)
        begin = MonitorState(complete=True)
        begin.known.me, begin.known.hours = me, hours
        for one in standing:
            stand(begin, one)
        self._kept = [(0, begin)]
        self.state = copied(begin)

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self._steps)

    def last(self, ref: ConversationRef | None = None) -> Step | None:
        """What happened last (in this conversation); None where nothing has yet."""
        place = self._before(ref)
        return None if place is None else self._steps[place]

    @property
    def ended(self) -> bool:
        """Nothing more happens."""
        return self.done >= len(self._steps)

    @property
    def skipped_ms(self) -> int:
        """How long a silence was just skipped; 0 where none was."""
        return self._skipped.ms if self._skipped.shown_from <= self.at_ms < self._skipped.shown_until else 0

    def pass_ms(self, passed_ms: int, ref: ConversationRef | None = None) -> None:
        """Time goes on, as fast as the speed says; silences are shortened, of one conversation where `ref` names it.

        What others said and did in such a silence has happened all the same.
        """
        at_ms = self.at_ms + max(0, passed_ms) * self.speed
        before = self._before(ref)
        last = self.since_ms if before is None else self._steps[before].at_ms
        following = self._following(ref)
        until = self.until_ms if following is None else self._steps[following].at_ms
        goes_on = until - LEAD_MS
        if until - last > QUIET_MS and last + LINGER_MS <= at_ms < goes_on:
            self._skipped = _Skipped(goes_on - at_ms, goes_on, until + LINGER_MS)
            at_ms = goes_on
        self.go_to(at_ms)

    def go_to(self, at_ms: int) -> None:
        """To a moment, forward or back."""
        at_ms = min(max(at_ms, self.since_ms), self.until_ms)
        self._unfold(bisect_right(self._steps, at_ms, key=_at_ms))
        self.at_ms = at_ms
        forget_refused(self.state, at_ms)

    def step(self, by: int, ref: ConversationRef | None = None) -> None:
        """To the next moment at which something happened (in this conversation), or to the one before the last."""
        for _ in range(abs(by)):
            place = self._following(ref) if by > 0 else self._before(ref)
            if place is None:
                return
            at_ms = self._steps[place].at_ms
            if by < 0:
                earlier = self._before(ref, bisect_left(self._steps, at_ms, key=_at_ms))
                if earlier is None:
                    self.begin(ref)
                    return
                at_ms = self._steps[earlier].at_ms
            self.go_to(at_ms)

    def begin(self, ref: ConversationRef | None = None) -> None:
        """To the beginning; where that is before this conversation began, to where it does."""
        self.go_to(self.since_ms)
        if ref is not None and ref not in self.state.known.conversations:
            self.step(1, ref)

    def faster(self, by: int) -> int:
        """The next speed, or the one before; the ends are ends."""
        place = min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)
        self.speed = SPEEDS[place]
        return self.speed

    def _following(self, ref: ConversationRef | None) -> int | None:
        """The next step."""
        return next((n for n in range(self.done, self.steps) if ref in (None, self._steps[n].ref)), None)

    def _before(self, ref: ConversationRef | None, end: int | None = None) -> int | None:
        """The last step that has happened, or that stands before `end`."""
        end = self.done if end is None else end
        return next((n for n in range(end - 1, -1, -1) if ref in (None, self._steps[n].ref)), None)

    def _unfold(self, wanted: int) -> None:
        """Take steps until so many have happened; where more have, from the last place kept."""
        if wanted < self.done:
            self.done, kept = next(place for place in reversed(self._kept) if place[0] <= wanted)
            self.state = copied(kept)
        while self.done < wanted:
            take(self.state, self._steps[self.done], self._records, self.since_ms)
            self.done += 1
            if self.done - self._kept[-1][0] >= _KEEP_EVERY:
                self._kept.append((self.done, copied(self.state)))


def _at_ms(step: Step) -> int:
    return step.at_ms
