"""The least that can be stored: one visitor, one conversation, numbered lines."""

from collections.abc import Callable

from agent_tui.desk.store import Store, Transaction
from agent_tui.desk.store.rows import VisitorRow
from agent_tui.model.words import AuthorKind
from agent_tui.protocol.records import WireAuthor

VISITOR = "visitor-1"
BY = WireAuthor(AuthorKind.CUSTOMER, "", VISITOR)


def begin(store: Store) -> int:
    """A visitor with an empty conversation; its id."""

    def operation(tx: Transaction) -> int:
        visitor = VisitorRow(VISITOR, b"token", 1)
        tx.put_visitor(visitor)
        return tx.new_conversation(visitor, 1, "awareness", False, 0).id

    return store.write_now(operation)


def line(conversation: int, cid: str, body: str = "") -> Callable[[Transaction], int]:
    """Store a line once; its seq."""

    def operation(tx: Transaction) -> int:
        before = tx.stored((VISITOR, cid))
        if before is not None:
            return before.seq
        row = tx.conversation(conversation)
        assert row is not None
        return tx.add_message(row, 2, BY, body or f"line {cid}", cid).seq

    return operation


def bodies(store: Store, conversation: int) -> list[str]:
    """What is stored, in order."""
    query = "SELECT body FROM entry WHERE conversation = ? ORDER BY seq"
    return list(store.read_now(lambda db: db.exec_driver_sql(query, (conversation,)).scalars()))
