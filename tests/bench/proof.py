"""Proof at hand: search alone, what it finds, and the console with a library of 10,000 snippets of one's own."""

from __future__ import annotations

import random
import statistics
import time
import tomllib
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from agent_tui.model.snippet import Canned, Consent, Layer, NamedAs, Scope, Speaker, Testimonial
from agent_tui.model.text import SafeText
from agent_tui.storage.library.shelf import read_shelf
from agent_tui.storage.library.writing import as_toml
from tests.bench import feed
from tests.bench.feed_control import Feed
from tests.bench.library import many, measure
from tests.bench.measures import Figures, Sizes, quantile
from tests.bench.programs import CONSOLE_PROGRAM, prepared, started
from tests.core.library.test_search import ours, plain_bm25, reached
from tests.library_files import SEARCH_LIBRARY, SEARCH_QUERIES, TODAY
from tests.pty_runner import PtyProgram

_MS = 1000.0
_A_FILE = 1_000
_HISTORY = 20
_F2, _CTRL_K, _ESCAPE = b"\x1bOQ", b"\x0b", b"\x1b"
_AGREED = Consent(Scope.EXTERNAL, NamedAs.FULL, date(2026, 3, 2))
# What comes sooner after an Escape may be a key with Alt.
_ESCAPE_S = 0.5
# A console waits a second before it begins to read.
_BEFORE_S = 2.0


def proof(sizes: Sizes) -> Figures:
    """All of it."""
    return _search(sizes) | _quality() | _console(sizes)


def _search(sizes: Sizes) -> Figures:
    """Keystroke to new list, match and rank alone, every key of every query."""
    figures: Figures = {}
    for name, size in (("small", sizes.snippets), ("large", 10 * sizes.snippets)):
        spent = measure(size)
        figures |= {f"search-{name}-p50": quantile(spent, 0.5), f"search-{name}-p95": quantile(spent, 0.95)}
    return figures


def _quality() -> Figures:
    """How often the right one is first, and in the first three: ours, and SQLite's trigram BM25 on the same set."""
    queries = tomllib.loads(SEARCH_QUERIES.read_text(encoding="utf-8"))["query"]
    with TemporaryDirectory(prefix="bench-library-") as folder:
        (Path(folder) / "all.toml").write_bytes(SEARCH_LIBRARY.read_bytes())
        shelf = read_shelf({Layer.TEAM: Path(folder)}, TODAY)
    own, plain = reached(ours(shelf), queries), reached(plain_bm25(shelf), queries)
    return {
        "found-first": 100 * own.first,
        "found-three": 100 * own.three,
        "found-first-bm25": 100 * plain.first,
        "found-three-bm25": 100 * plain.three,
    }


def _console(sizes: Sizes) -> Figures:
    with (
        Feed(_HISTORY) as feeder,
        prepared(CONSOLE_PROGRAM, feeder) as bare,
        prepared(CONSOLE_PROGRAM, feeder) as full,
    ):
        _write_library(full, sizes.snippets)
        bare_keys = _keys_at_start(feeder, bare, sizes)
        keys = _keys_at_start(feeder, full, sizes)
        paints: dict[Path, list[float]] = {bare: [], full: []}
        for _ in range(sizes.starts):
            for home, found in paints.items():
                with started(CONSOLE_PROGRAM, feeder, home) as terminal:
                    painted = terminal.wait_for(CONSOLE_PROGRAM.first_paint, timeout=30)
                found.append((painted.at - terminal.started_at) * _MS)
        opening = _opening(feeder, full, sizes)
    ratio = statistics.median(paints[full]) / statistics.median(paints[bare])
    return opening | {
        "library-paint": ratio,
        "library-keys-p99": quantile(keys, 0.99),
        "library-keys-max": max(keys),
        "library-keys-bare": max(bare_keys),
    }


def _write_library(home: Path, size: int) -> None:
    folder = home / "config" / "library"
    folder.mkdir(parents=True)
    records = [as_toml(_testimonial(like)) for like in many(size) if isinstance(like, Canned)]
    for start in range(0, len(records), _A_FILE):
        text = "\n".join(records[start : start + _A_FILE])
        (folder / f"part-{start:06}.toml").write_text(text, encoding="utf-8")


def _testimonial(like: Canned) -> Testimonial:
    return Testimonial(
        id=like.id,
        revision=1,
        title=like.title,
        texts=like.texts,
        stages=like.stages,
        objections=like.objections,
        tags=like.tags,
        speaker=Speaker(SafeText("Somebody")),
        consent=_AGREED,
        checked_on=date(2026, 11, 1),
    )


def _keys_at_start(feeder: Feed, home: Path, sizes: Sizes) -> list[float]:
    """Keys to echoes from the first message on, while a child parses the library and its slices are taken in."""
    times: list[float] = []
    letters = iter([chr(code) for code in range(0x1401, 0x166D)])
    with started(CONSOLE_PROGRAM, feeder, home) as terminal:
        terminal.wait_for(feed.marker(1, _HISTORY - 1), timeout=60)
        CONSOLE_PROGRAM.write(terminal)
        until = time.perf_counter() + _BEFORE_S + sizes.load_seconds
        while time.perf_counter() < until and len(times) < 20 * sizes.keys:
            letter = next(letters, None)
            if letter is None:
                break
            since, pressed = terminal.mark(), terminal.write(letter)
            times.append((terminal.wait_for(letter, since=since).at - pressed) * _MS)
            time.sleep(random.uniform(0.010, 0.030))
            if len(times) % 50 == 0:
                terminal.write(b"\x7f" * 50)
                terminal.wait_quiet(0.1)
    return times


def _opening(feeder: Feed, home: Path, sizes: Sizes) -> Figures:
    """From F2 to the picker, and from Ctrl+K to the palette, which is a modal without a library behind it."""
    with started(CONSOLE_PROGRAM, feeder, home) as terminal:
        terminal.wait_for(feed.marker(1, _HISTORY - 1), timeout=60)
        CONSOLE_PROGRAM.write(terminal)
        terminal.write(_F2)
        terminal.wait_screen(lambda screen: "› " in screen.text, timeout=60)
        terminal.write(_ESCAPE)
        time.sleep(_ESCAPE_S)
        picker, modal = [], []
        for _ in range(max(2, sizes.keys // 5)):
            picker.append(_until(terminal, _F2, "testimonials"))
            modal.append(_until(terminal, _CTRL_K, "Commands"))
    return {
        "picker-open-p50": statistics.median(picker),
        "picker-open-over": statistics.median(picker) - statistics.median(modal),
    }


def _until(terminal: PtyProgram, key: bytes, shows: str) -> float:
    since, pressed = terminal.mark(), terminal.write(key)
    at = terminal.wait_for(shows, since=since).at
    terminal.wait_quiet(0.15)
    terminal.write(_ESCAPE)
    time.sleep(_ESCAPE_S)
    terminal.wait_quiet(0.15)
    return (at - pressed) * _MS
