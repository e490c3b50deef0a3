"""The running count of a period: cases as they come, sums kept in step, and how it stands at a moment."""

from collections.abc import Iterable

from agent_tui.core.metrics.case import Case, Fact, with_fact
from agent_tui.core.metrics.counts import Counts, add, counts_of
from agent_tui.core.metrics.definitions import WITHIN_MS
from agent_tui.core.open_time import OpenMs
from agent_tui.model.figures import Trend
from agent_tui.model.words import Outcome


class Ledger:
    """All cases that began within a period and what they add up to."""

    def __init__(self, since_ms: int, open_ms: OpenMs) -> None:
        self.since_ms = since_ms
        self.open_ms = open_ms
        self._cases: dict[int, Case] = {}
        self._unanswered: dict[int, int] = {}
        """Since when customers wait for a first answer."""
        self.counts: Counts = {}

    def hear(self, conversation: int, facts: Iterable[Fact]) -> None:
        """More is known of a conversation."""
        before = case = self._cases.get(conversation, Case())
        for fact in facts:
            case = with_fact(case, fact)
        if case is before:
            return
        if self._counts(before):
            add(self.counts, counts_of(before, self.open_ms), -1)
        self._take(conversation, case)

    def first_answer(self, conversation: int) -> int | None:
        """How long its customer waited for the first answer; None before it, and where it began before the period."""
        case = self._cases.get(conversation)
        if case is None or case.began_ms is None or case.answered_ms is None or not self._counts(case):
            return None
        return self.open_ms(case.began_ms, case.answered_ms)

    def behind(self, name: str) -> list[int]:
        """Conversations that add to one of the counts, the newest first."""
        found = [
            one for one, case in self._cases.items() if self._counts(case) and counts_of(case, self.open_ms).get(name)
        ]
        return sorted(found, reverse=True)

    def overdue(self, now_ms: int) -> int:
        """Who waits for a first answer, and waits longer than the service level's limit already."""
        return sum(self.open_ms(since, now_ms) > WITHIN_MS for since in self._unanswered.values())

    def begins(self, since_ms: int, open_ms: OpenMs) -> "Ledger":
        """A ledger of the period that begins then, with what is known of its cases and of those that go on."""
        fresh = Ledger(since_ms, open_ms)
        for conversation, case in self._cases.items():
            if not case.ended or (case.began_ms is not None and case.began_ms >= since_ms):
                fresh._take(conversation, case)
        return fresh

    def trend(self, until_ms: int, step_ms: int, steps: int) -> Trend:
        """Figures over time, out of the cases: the same after a restart."""
        start = until_ms - step_ms * steps
        change = [0] * (steps + 1)
        begun = [0] * steps
        waits: list[list[int]] = [[] for _ in range(steps)]

        def place(at_ms: int) -> int:
            return (at_ms - start) // step_ms

        for case in self._cases.values():
            if case.began_ms is None or _is_spam(case):
                continue
            answered = case.answered_ms
            first = place(case.began_ms)
            if 0 <= first < steps:
                begun[first] += 1
            if answered is None and case.ended:
                continue
            last = steps if answered is None else max(first, place(answered))
            if last > first and last > 0 and first < steps:
                change[max(0, first)] += 1
                change[min(steps, last)] -= 1
            if answered is not None and 0 <= last < steps:
                waits[last].append(self.open_ms(case.began_ms, answered))
        waiting: list[int] = []
        for step in range(steps):
            waiting.append((waiting[-1] if waiting else 0) + change[step])
        averages = tuple(round(sum(found) / len(found)) if found else None for found in waits)
        return Trend(until_ms, step_ms, tuple(waiting), tuple(begun), averages)

    def _counts(self, case: Case) -> bool:
        return case.began_ms is not None and case.began_ms >= self.since_ms

    def _take(self, conversation: int, case: Case) -> None:
        self._cases[conversation] = case
        self._unanswered.pop(conversation, None)
        if self._counts(case):
            add(self.counts, counts_of(case, self.open_ms))
            if case.answered_ms is None and not case.ended and case.began_ms is not None and not _is_spam(case):
                self._unanswered[conversation] = case.began_ms


def _is_spam(case: Case) -> bool:
    return case.record is not None and case.record.outcome is Outcome.SPAM
