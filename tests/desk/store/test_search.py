"""Search: brought up to date behind the senders' backs, newest first, and nothing hides from it."""

import time
from collections.abc import Callable

import pytest

from agent_tui.desk.store import Store, Transaction, reads
from agent_tui.desk.store.searchindex import fold, match_expression
from agent_tui.protocol.records import WireHit
from tests.desk.store.messages import begin, line


def caught_up(store: Store, deadline_s: float = 10) -> None:
    """Wait until the index has seen everything."""
    until = time.monotonic() + deadline_s
    while store.read_now(reads.behind):
        assert time.monotonic() < until, "the index never caught up"
        time.sleep(0.01)


def hits(store: Store, words: str, conversation: int = 0) -> list[str]:
    found: tuple[list[WireHit], int | None] = store.read_now(lambda db: reads.search(db, words, conversation, None, 50))
    return [hit.entry.body for hit in found[0]]


def withdraws(conversation: int, seq: int, by: str) -> Callable[[Transaction], None]:
    def operation(tx: Transaction) -> None:
        row, entry = tx.conversation(conversation), tx.entry(conversation, seq)
        assert row is not None
        assert entry is not None
        tx.set_withdrawn(row, entry, 9, by)

    return operation


def test_a_pasted_page_is_looked_for_by_its_first_words() -> None:
    assert match_expression("word " * 10_000) == match_expression("word " * 32)
    assert len(match_expression("x" * 100_000)) < 2_100


@pytest.fixture
def conversation(store: Store) -> int:
    number = begin(store)
    for cid, body in enumerate(
        [
            "I would like a refund",
            "REFUND, please",
            "re\u200bfund?",
            "ｒｅｆｕｎｄ",
            "thank you",
            "Café crème",
            "c'est fini",
        ]
    ):
        store.write_now(line(number, f"cid {cid}", body))
    caught_up(store)
    return number


def test_the_newest_comes_first_and_no_spelling_hides(store: Store, conversation: int) -> None:
    assert hits(store, "refund") == ["ｒｅｆｕｎｄ", "re\u200bfund?", "REFUND, please", "I would like a refund"]
    assert hits(store, "ref") == hits(store, "refund"), "the last word may be unfinished"
    assert hits(store, "please refund") == ["REFUND, please"]
    assert hits(store, "cafe") == ["Café crème"]
    assert hits(store, "nothing like it") == []


def test_a_search_in_one_conversation_stays_there(store: Store, conversation: int) -> None:
    other = begin_another(store)
    store.write_now(line(other, "elsewhere", "another refund"))
    caught_up(store)
    assert hits(store, "refund")[0] == "another refund"
    assert hits(store, "refund", other) == ["another refund"]
    assert len(hits(store, "refund", conversation)) == 4


def begin_another(store: Store) -> int:
    def operation(tx: Transaction) -> int:
        visitor = tx.visitor("visitor-1")
        assert visitor is not None
        return tx.new_conversation(visitor, 3, "awareness", False, 1).id

    return store.write_now(operation)


def test_what_is_withdrawn_is_not_found_until_it_is_back(store: Store, conversation: int) -> None:
    store.write_now(withdraws(conversation, 5, "ada"))
    assert hits(store, "thank") == []
    store.write_now(withdraws(conversation, 5, ""))
    assert hits(store, "thank") == ["thank you"]


def test_withdrawn_before_the_index_came_by(store: Store) -> None:
    number = begin(store)

    def quickly(tx: Transaction) -> None:
        line(number, "one", "secret words")(tx)
        withdraws(number, 1, "ada")(tx)

    store.write_now(quickly)
    caught_up(store)
    assert hits(store, "secret") == []
    store.write_now(withdraws(number, 1, ""))
    assert hits(store, "secret") == ["secret words"]


def test_pages_join_without_a_gap(store: Store, conversation: int) -> None:
    first, end = store.read_now(lambda db: reads.search(db, "refund", 0, None, 3))
    rest, last = store.read_now(lambda db: reads.search(db, "refund", 0, end, 3))
    assert [hit.entry.body for hit in [*first, *rest]] == hits(store, "refund")
    assert last is None


@pytest.mark.parametrize(
    "words", ["", "   ", '"', "*", "AND", "refund OR", "a:b", "words : x", "(", "NEAR(", "\x00", "^x"]
)
def test_nothing_that_is_typed_breaks_the_search(store: Store, conversation: int, words: str) -> None:
    assert isinstance(hits(store, words), list)


def test_folding() -> None:
    assert fold("ｒｅ\u200bｆ\u00ad") == "ref"
    assert match_expression("  ") == ""
    assert match_expression("a b", 4) == 'words : ("a" "b"*) AND place : c4'
