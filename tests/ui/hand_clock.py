"""A clock that a test moves, in place of the one by which a widget tells "too soon" from "meant"."""

import time
from types import ModuleType

import pytest
import textual.message


class HandClock:
    """Stands still until told to go on; in seconds, as `time.monotonic`."""

    def __init__(self) -> None:
        self._now = time.monotonic()

    def monotonic(self) -> float:
        return self._now

    get_time = monotonic

    def pass_s(self, seconds: float) -> None:
        self._now += seconds


def hand_clock(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> HandClock:
    """From now on these modules read this clock, and it is what stands on a key."""
    clock = HandClock()
    monkeypatch.setattr(textual.message, "_time", clock)
    for module in modules:
        monkeypatch.setattr(module, "time", clock)
    return clock
