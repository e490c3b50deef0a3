"""The wall as one supervisor has it: what is on it, in which order, what is held back, what was acknowledged.

Pure: state and a time in, words out. It moves nothing by itself but what `order` lets move.
"""

from collections.abc import Sequence
from typing import NamedTuple

from agent_tui.core.monitor import tiles
from agent_tui.core.monitor.alerts import Alert, Limits, nobody_available, of_tile
from agent_tui.core.monitor.order import Candidate, Places, Sorting, arranged
from agent_tui.core.monitor.state import MonitorState
from agent_tui.core.monitor.tiles import TileWords, tile_words
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import State as Life


class Held(NamedTuple):
    """What a frozen wall holds back."""

    since_ms: int
    words: dict[ConversationRef, TileWords]
    last: dict[ConversationRef, int]
    """The newest entry of each conversation when it was frozen."""


class Wall:
    """Asked with `take` whenever something changed or a second passed."""

    def __init__(
        self, limits: Limits, acknowledged: set[str] | None = None, pinned: list[ConversationRef] | None = None
    ):
        self.limits = limits
        self.acknowledged = acknowledged if acknowledged is not None else set()
        self.pinned = pinned if pinned is not None else []
        self.sorting = Sorting.RISK
        self.places = Places()
        self.cursor: ConversationRef | None = None
        self.page = 0
        """How many walls full of others come before what is shown."""
        self._brought: ConversationRef | None = None
        """A conversation that was gone to although it had no tile: it is shown before the others."""
        self.alerts: dict[ConversationRef, tuple[Alert, ...]] = {}
        self.desk_alerts: tuple[Alert, ...] = ()
        """About no single conversation: nobody is available, a threshold was passed."""
        self.held: Held | None = None
        self.words: tuple[TileWords, ...] = ()
        self.total = 0
        """Conversations that could have a tile."""
        self._fresh: list[Alert] | None = None
        self._count = 0
        self._anew = True

    @property
    def frozen(self) -> bool:
        """Nothing on it changes."""
        return self.held is not None

    def take(self, state: MonitorState, now_ms: int, count: int, thresholds: Sequence[Alert] = ()) -> None:
        """Take in what is known now. `count`: so many tiles there is room for."""
        closed = state.known.closed
        self.alerts = {
            ref: found for ref, tile in state.tiles.items() if (found := of_tile(tile, now_ms, self.limits, closed))
        }
        self._alert_about_the_desk(state, now_ms, thresholds)
        self._fresh = None
        records = [tile.conversation for tile in state.tiles.values()]
        candidates = [
            tiles.candidate(record, self.alerts.get(record.ref, ()), self.acknowledged, self.sorting)
            for record in records
            if tiles.on_the_wall(record, alerting=record.ref in self.alerts)
        ]
        self.total = len(candidates)
        self.page = min(self.page, max(0, self.total - 1) // max(1, count))
        first = (*self.pinned, *((self._brought,) if self._brought else ()))
        if self.page:
            candidates = self._after_pages(candidates, first, count)
        self.places = arranged(
            self.places,
            candidates,
            first,
            count,
            now_ms,
            frozen=self.frozen,
            anew=(self._anew or count < self._count) and not self.frozen,
            alerts_first=self.sorting is Sorting.RISK and not self.page,
        )
        self._anew = self._anew and self.frozen
        self._count = count
        self.words = tuple(self._words(state, ref, now_ms) for ref in self.places.shown if self._is_known(state, ref))

    def freeze(self, state: MonitorState, now_ms: int) -> None:
        """From now on nothing on the wall changes; what comes is counted."""
        last = {ref: int(tile.conversation.last_key) for ref, tile in state.tiles.items()}
        self.held = Held(now_ms, {words.ref: words for words in self.words}, last)

    def follow(self) -> None:
        """Show again what is so."""
        self.held = None

    def held_back(self, state: MonitorState) -> int:
        """Entries that came since it was frozen, on the wall or off it."""
        if self.held is None:
            return 0
        last = self.held.last
        return sum(max(0, int(tile.conversation.last_key) - last.get(ref, 0)) for ref, tile in state.tiles.items())

    def sort_by(self, sorting: Sorting) -> None:
        """Another order, at once."""
        self.sorting = sorting
        self._brought, self.page = None, 0
        self._anew = True

    def turn(self, pages: int) -> bool:
        """To the conversations that have no tile yet, or back; whether there are any."""
        page = min(max(self.page + pages, 0), max(0, self.total - 1) // max(1, self._count))
        moved = page != self.page
        self.page, self._anew = page, self._anew or moved
        if moved:
            self._brought = None
        return moved

    def pin(self, ref: ConversationRef) -> bool:
        """Keep a tile before all others, or let it go; whether it is pinned now."""
        if ref in self.pinned:
            self.pinned.remove(ref)
            return False
        self.pinned.append(ref)
        self._anew = True
        return True

    # --- alerts ---

    @property
    def fresh(self) -> list[Alert]:
        """Alerts nobody has acknowledged here, the first to look at first; the first one of each conversation."""
        if self._fresh is None:
            self._fresh = self._not_acknowledged()
        return self._fresh

    def _not_acknowledged(self) -> list[Alert]:
        found = [alert for alert in self.desk_alerts if alert.key not in self.acknowledged]
        for alerts in self.alerts.values():
            first = next((alert for alert in alerts if alert.key not in self.acknowledged), None)
            if first is not None:
                found.append(first)
        return sorted(found, key=lambda alert: alert.order)

    @property
    def to_look_at(self) -> int:
        """How many alerts nobody has acknowledged here, all of each conversation's."""
        found = (self.desk_alerts, *self.alerts.values())
        return sum(alert.key not in self.acknowledged for alerts in found for alert in alerts)

    @property
    def every_alert(self) -> list[Alert]:
        """All alerts there are: those nobody has acknowledged here first."""
        found = [*self.desk_alerts, *(alert for alerts in self.alerts.values() for alert in alerts)]
        return sorted(found, key=lambda alert: (alert.key in self.acknowledged, *alert.order))

    @property
    def announced(self) -> list[Alert]:
        """What is about to take its place, the newest first."""
        rising = sorted(self.places.rising.items(), key=lambda item: -item[1])
        by_ref = {alert.ref: alert for alert in self.fresh}
        return [by_ref[ref] for ref, _ in rising if ref in by_ref]

    @property
    def off_the_wall(self) -> int:
        """Conversations with an alert that have no tile."""
        shown = set(self.places.shown)
        return sum(1 for alert in self.fresh if alert.ref is not None and alert.ref not in shown)

    def acknowledge(self, alerts: Sequence[Alert]) -> bool:
        """Acknowledge all of these, or take it back where that was done; whether they are acknowledged now."""
        self._fresh = None
        keys = {alert.key for alert in alerts}
        if keys <= self.acknowledged:
            self.acknowledged -= keys
            return False
        self.acknowledged |= keys
        return True

    def forget_ended(self) -> bool:
        """Drop acknowledgements of alerts that are over; whether there were any."""
        there = {alert.key for alert in self.every_alert}
        ended = self.acknowledged - there
        self.acknowledged -= ended
        self._fresh = None
        return bool(ended)

    def next_alert(self) -> Alert | None:
        """The alert after the one the cursor is on, around the end; None where there is none about a conversation."""
        about = [alert for alert in self.fresh if alert.ref is not None]
        if not about:
            return None
        here = next((place for place, alert in enumerate(about) if alert.ref == self.cursor), -1)
        alert = about[(here + 1) % len(about)]
        if alert.ref not in self.places.shown:
            self._brought, self.page = alert.ref, 0
            self._anew = True
        self.cursor = alert.ref
        return alert

    # --- the cursor ---

    def move(self, step: int) -> None:
        """To the tile so many further; from nowhere to the first."""
        shown = self.places.shown
        if not shown:
            return
        if self.cursor not in shown:
            self.cursor = shown[0]
            return
        place = shown.index(self.cursor) + step
        if 0 <= place < len(shown):
            self.cursor = shown[place]

    def to_end(self, *, last: bool) -> None:
        """To the first tile, or the last."""
        if self.places.shown:
            self.cursor = self.places.shown[-1 if last else 0]

    @property
    def on_cursor(self) -> ConversationRef | None:
        """Whom the cursor is on; nobody where they have left the wall."""
        return self.cursor if self.cursor in self.places.shown else None

    def _after_pages(
        self, candidates: list[Candidate], first: Sequence[ConversationRef], count: int
    ) -> list[Candidate]:
        """Those that come behind the pages before."""
        sorted_ = arranged(Places(), candidates, first, len(candidates), 0, alerts_first=self.sorting is Sorting.RISK)
        before = set(sorted_.shown[: self.page * count])
        return [candidate for candidate in candidates if candidate.ref not in before]

    def _alert_about_the_desk(self, state: MonitorState, now_ms: int, thresholds: Sequence[Alert]) -> None:
        waiting = sum(tile.conversation.state is Life.WAITING for tile in state.tiles.values())
        hours = state.known.hours
        nobody = nobody_available(
            state.known.agents.values(), waiting, now_ms, open_now=hours is not None and hours.open
        )
        self.desk_alerts = (*((nobody,) if nobody else ()), *thresholds)

    def _is_known(self, state: MonitorState, ref: ConversationRef) -> bool:
        return ref in state.tiles or (self.held is not None and ref in self.held.words)

    def _words(self, state: MonitorState, ref: ConversationRef, now_ms: int) -> TileWords:
        if self.held is not None and ref in self.held.words:
            return self.held.words[ref]
        found = self.alerts.get(ref, ())
        return tile_words(
            state, state.tiles[ref], found, now_ms, self.limits, self.acknowledged, pinned=ref in self.pinned
        )
