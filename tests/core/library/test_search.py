"""The search reaches what it promises, over a library and queries that were written before it was tuned."""

import sqlite3
import tomllib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from agent_tui.core.library.folding import fold
from agent_tui.core.library.index import make_words, texts_of
from agent_tui.core.library.search import MOST_SCORED, Search
from agent_tui.core.library.vocabulary import Vocabulary
from agent_tui.model.snippet import AnySnippet, Layer
from agent_tui.model.word_table import WordTable
from agent_tui.storage.library.shelf import Shelf, read_shelf
from tests.library_files import SEARCH_LIBRARY, SEARCH_QUERIES, TODAY, canned


class Reached(NamedTuple):
    """Shares of the queries for which the right one is first, and in the first three."""

    first: float
    three: float


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("library")
    (folder / "all.toml").write_bytes(SEARCH_LIBRARY.read_bytes())
    shelf = read_shelf({Layer.TEAM: folder}, TODAY)
    assert len(shelf.library.kept) >= 200
    return shelf


@pytest.fixture(scope="module")
def queries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(SEARCH_QUERIES.read_text(encoding="utf-8"))["query"]
    assert len(found) >= 60
    return found


def reached(find: Callable[[str], list[str]], queries: list[dict[str, Any]]) -> Reached:
    found = [(find(query["typed"])[:3], query["right"]) for query in queries]
    return Reached(
        sum(bool(got) and got[0] in right for got, right in found) / len(found),
        sum(not set(got).isdisjoint(right) for got, right in found) / len(found),
    )


def ours(shelf: Shelf) -> Callable[[str], list[str]]:
    return lambda query: [shelf.search.words.ids[match.number] for match in shelf.search.find(query)]


def plain_bm25(shelf: Shelf) -> Callable[[str], list[str]]:
    """SQLite's FTS5 with trigrams over the same fields: any of the query's words of three letters or more."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE found USING fts5(id UNINDEXED, title, objection, tag, body, tokenize=trigram)"
    )
    for kept in shelf.library.kept.values():
        title, objections, named, body = texts_of(kept.snippet)
        row = (kept.snippet.id, fold(title), fold(" ".join(objections)), fold(named), fold(body))
        database.execute("INSERT INTO found VALUES (?, ?, ?, ?, ?)", row)

    def find(query: str) -> list[str]:
        words = [f'"{word}"' for word in fold(query).split() if len(word) >= 3]
        if not words:
            return []
        rows = database.execute("SELECT id FROM found WHERE found MATCH ? ORDER BY rank LIMIT 3", (" OR ".join(words),))
        return [str(row[0]) for row in rows]

    return find


def test_the_right_one_is_first_nine_times_in_ten(shelf: Shelf, queries: list[dict[str, Any]]) -> None:
    own, plain = reached(ours(shelf), queries), reached(plain_bm25(shelf), queries)
    print(
        f"\nours: {own.first:.1%} first, {own.three:.1%} in three; trigram BM25: {plain.first:.1%}, {plain.three:.1%}"
    )
    assert own.first >= 0.90
    assert own.three >= 0.97
    assert own.first >= plain.first + 0.1
    assert own.three >= plain.three + 0.1


def test_it_holds_for_queries_nobody_tuned_on(shelf: Shelf, queries: list[dict[str, Any]]) -> None:
    own = reached(ours(shelf), [query for query in queries if query.get("held_out")])
    print(f"\nheld out: {own.first:.1%} first, {own.three:.1%} in three")
    assert own.first >= 0.85
    assert own.three >= 0.95


def search_over(*snippets: AnySnippet, table: WordTable | None = None) -> Search:
    vocabulary = Vocabulary([table] if table else [])
    return Search(make_words(snippets, vocabulary), vocabulary)


def found(search: Search, query: str) -> list[str]:
    return [search.words.ids[match.number] for match in search.find(query)]


def test_case_accents_and_apostrophes_do_not_count() -> None:
    search = search_over(canned("Café in België, don't wait", "cafe"))
    for query in ("CAFE", "belgie", "BELGIË", "dont", "don’t"):
        assert found(search, query) == ["cafe"]


def test_a_synonym_of_the_table_is_found_and_of_no_table_is_not() -> None:
    snippet = canned("Our tariff", "price")
    assert found(search_over(snippet), "cost") == []
    assert found(search_over(snippet, table=WordTable(together=(("tariff", "cost"),))), "cost") == ["price"]


def test_a_word_that_holds_others_finds_them() -> None:
    snippet = canned("Klant is koning, met een kaartje", "card")
    assert found(search_over(snippet), "pasje") == []
    assert found(search_over(snippet, table=WordTable(parts={"pasje": ("klant", "kaart")})), "pasje") == ["card"]


@pytest.mark.parametrize("query", ["", "   ", "?!", "\x1b[31m", "'; DROP TABLE", "* NEAR(", "\U0010ffff", "e" * 5000])
def test_any_query_is_answered(query: str) -> None:
    assert isinstance(search_over(canned("one")).find(query), list)


def test_every_letter_is_answered_over_many_and_no_more_than_the_cap_are_scored() -> None:
    search = search_over(*(canned(f"word{n} every order", f"s-{n}") for n in range(5_000)))
    assert 0 < len(search.find("o")) <= MOST_SCORED
    assert found(search, "word4321")[0] == "s-4321"
    assert found(search, "order every word4321")[0] == "s-4321"


def test_why_names_the_words_and_shares_their_points(shelf: Shelf) -> None:
    number = shelf.search.words.ids.index("shipping-cost-nl")
    explained = shelf.search.why("verzndkosten", number)
    assert [(typed, word) for typed, word, _ in explained] == [("verzndkosten", "verzendkosten (title)")]
    match = next(match for match in shelf.search.find("verzndkosten") if match.number == number)
    assert sum(points for _, _, points in explained) == pytest.approx(72 * match.words)
