"""Full garbage collections wait until nothing goes on, and are not forgotten."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from textual.app import App

from agent_tui.ui.collector import QuietCollector, collect_when_quiet


class Thing:
    """Refers to itself: only the collector ends it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def collector_as_it_was() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def old_garbage() -> weakref.ref[Thing]:
    """Garbage that only a full collection finds."""
    thing = Thing()
    found = weakref.ref(thing)
    for _ in range(5):
        gc.collect(0)
        gc.collect(1)
    del thing
    return found


def test_when_it_is_quiet_garbage_goes() -> None:
    gc.set_threshold(700, 10, 1_000_000)
    found = old_garbage()
    collector = QuietCollector()
    assert collector.look()
    assert found() is None


def test_while_much_goes_on_it_waits() -> None:
    gc.set_threshold(700, 10, 1_000_000)
    found = old_garbage()
    collector = QuietCollector()
    for _ in range(4):
        gc.collect(0)
    assert not collector.look()
    assert found() is not None
    assert collector.look()


def test_with_nothing_to_look_for_nothing_is_done() -> None:
    gc.collect()
    assert not QuietCollector().look()


async def test_no_full_collection_comes_by_itself() -> None:
    app = App[None]()
    async with app.run_test():
        collect_when_quiet(app)
        assert gc.get_threshold()[:2] == (700, 10)
        assert gc.get_threshold()[2] > 100_000
        assert gc.get_freeze_count() > 1000
