"""``python -m tests.bench.library``: keystroke to new list over 10,000 and 100,000 snippets, match and rank alone."""

from __future__ import annotations

import random
import sys
import time
import tomllib
from collections.abc import Iterator

from agent_tui.core.library.index import make_words
from agent_tui.core.library.layers import merge
from agent_tui.core.library.ranking import Ranker, Situation
from agent_tui.core.library.search import Search
from agent_tui.core.library.vocabulary import Vocabulary
from agent_tui.model.snippet import AnySnippet, Canned, Layer, Place, Placed, Wording
from agent_tui.model.text import SafeText
from agent_tui.model.words import Stage
from agent_tui.storage.library.folders import files_of, own_words_folder
from agent_tui.storage.library.reading import read_file, read_words
from tests.bench.measures import quantile
from tests.library_files import SEARCH_LIBRARY, SEARCH_QUERIES, TODAY

SIZES = (10_000, 100_000)
GOALS_MS = {10_000: 5.0, 100_000: 16.0}
SYLLABLES = [consonant + vowel for consonant in "bdgklmnrstv" for vowel in "aeo"]


def many(size: int, seed: int = 3) -> Iterator[AnySnippet]:
    """The test library over and over, each copy with words of its own: a vocabulary that grows as a real one does."""
    chance = random.Random(seed)
    own = [placed.snippet for placed in read_file(SEARCH_LIBRARY).placed]
    rare = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(20_000)]
    for number in range(size):
        like = own[number % len(own)]
        words = " ".join(chance.choices(rare, k=3))
        text = f"{like.texts[0].text} {' '.join(chance.choices(rare, k=12))}"
        yield Canned(
            id=f"s-{number}",
            revision=1,
            title=SafeText(f"{like.title} {words}"),
            texts=(Wording(like.texts[0].language, SafeText(text)),),
            stages=like.stages,
            tags=like.tags,
            objections=like.objections,
        )


def measure(size: int) -> list[float]:
    """Milliseconds of each key of every query, typed letter by letter."""
    tables = [read_words(path)[0] for path in files_of(own_words_folder())]
    vocabulary = Vocabulary([table for table in tables if table])
    library = merge({Layer.TEAM: [Placed(snippet, Place("x", 1)) for snippet in many(size)]})
    search = Search(make_words((kept.snippet for kept in library.kept.values()), vocabulary), vocabulary)
    now = Situation(TODAY, Stage.CLOSING, "nl")
    spent = []
    for query in tomllib.loads(SEARCH_QUERIES.read_text(encoding="utf-8"))["query"]:
        ranker = Ranker(library, search, now)
        for length in range(1, len(query["typed"]) + 1):
            typed = query["typed"][:length]
            began = time.perf_counter()
            ranker.rank(typed)
            spent.append((time.perf_counter() - began) * 1000)
    return spent


def main() -> int:
    for size in SIZES:
        spent = measure(size)
        p50, p95, p99 = (quantile(spent, share) for share in (0.5, 0.95, 0.99))
        goal = GOALS_MS[size]
        verdict = "ok" if p95 <= goal else "missed"
        print(f"{size:>8,} snippets, {len(spent):,} keys: p50 {p50:.2f}, p95 {p95:.2f}, p99 {p99:.2f} ms", end="; ")
        print(f"goal p95 ≤ {goal:g}: {verdict}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
