"""Signals over a conversation of 200 messages: read for the first time, and again after one more line.

Also a program: ``python -m tests.bench.signals`` prints what the rules are worth on the labelled excerpts.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from itertools import cycle, islice

from agent_tui.core.signals.judging import parted, score
from agent_tui.core.signals.seeing import Rules, SaidLine, read_signals
from agent_tui.model.ids import OrderKey
from agent_tui.model.words import Stage
from agent_tui.storage.signals.excerpts import read_excerpts
from agent_tui.storage.signals.reading import load_rules
from tests.bench.measures import Figures, Sizes, quantile
from tests.signal_files import HELD_OUT, TUNED

MESSAGES = 200
REPEATS = 50
_MS = 1000.0


def conversation(seed: int) -> list[SaidLine]:
    """Customer and agent in turn, in the lines of the labelled excerpts; no line of a customer comes twice."""
    excerpts = [each for path in TUNED for each in read_excerpts(path)]
    random.Random(seed).shuffle(excerpts)
    customers = {line.text: None for each in excerpts for line in each.lines if line.by_customer}
    agents = cycle(line.text for each in excerpts for line in each.lines if not line.by_customer)
    turns = zip(customers, agents, strict=False)
    texts = islice((text for turn in turns for text in turn), MESSAGES)
    return [SaidLine(OrderKey(at), at % 2 == 1, text) for at, text in enumerate(texts, start=1)]


def signals(sizes: Sizes) -> Figures:
    """The first reading, in which nothing is known of any line, and the one after the next line."""
    del sizes
    table = load_rules().table
    prepared = [(conversation(seed), Rules(table)) for seed in range(REPEATS)]
    gc.collect()
    first, next_line = [], []
    for lines, rules in prepared:
        began = time.perf_counter()
        read_signals(lines[:-1], Stage.CLOSING, rules)
        read = time.perf_counter()
        read_signals(lines, Stage.CLOSING, rules)
        next_line.append((time.perf_counter() - read) * _MS)
        first.append((read - began) * _MS)
    return {
        "signals-first-p50": quantile(first, 0.5),
        "signals-first-p95": quantile(first, 0.95),
        "signals-next-p95": quantile(next_line, 0.95),
    }


def main() -> int:
    rules = load_rules()
    files = {path.stem: read_excerpts(path) for path in (*TUNED, HELD_OUT)}
    everything = [each for excerpts in files.values() for each in excerpts]
    for name, excerpts in ({"all": everything} | parted(everything, lambda each: each.language) | files).items():
        print(f"{name:10}{len(excerpts):4} excerpts: {score(excerpts, rules)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
