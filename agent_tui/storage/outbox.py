"""The outbox on disk: every own message from Enter until the backend has stored it."""

from typing import Any, Final

from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.words import EntryKind
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.drafts import Draft, packed, unpacked, write_draft

_COLUMNS: Final = (
    "cid, ref, kind, body, written_ms, seen, draft_begun, state, why, owner_then, resolved_then, attempted, proof"
)


class Outbox:
    """This console's rows of the account's outbox, in the order written. Every method raises `NotWritable`."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def add(self, item: Outgoing) -> None:
        """Keep a new message and forget the draft it was, in one transaction."""
        with self._file.writing() as database:
            database.execute(
                f"INSERT INTO outbox ({_COLUMNS}, console) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
                (*_row(item), self._file.console),
            )
            database.execute("DELETE FROM draft WHERE ref=?", (item.ref,))

    def update(self, item: Outgoing) -> None:
        """Keep what became of a message."""
        with self._file.writing() as database:
            database.execute(
                "UPDATE outbox SET state=?, why=?, seen=?, draft_begun=?, written_ms=?, attempted=? WHERE cid=?",
                (item.state, item.why, item.seen, item.draft_begun, item.written_ms, item.attempted, item.cid),
            )

    def remove(self, cid: ClientId) -> None:
        """Forget a message: it is stored, or it was taken back."""
        with self._file.writing() as database:
            database.execute("DELETE FROM outbox WHERE cid=?", (cid,))

    def take_back(self, item: Outgoing, draft: Draft) -> None:
        """The message becomes (part of) its conversation's draft, in one transaction: its text is never in neither."""
        with self._file.writing() as database:
            database.execute("DELETE FROM outbox WHERE cid=?", (item.cid,))
            write_draft(database, item.ref, draft)

    def adopt(self) -> int:
        """Take over the rows of consoles that died; how many."""
        dead = self._file.orphaned_consoles()
        if not dead:
            return 0
        with self._file.writing() as database:
            return sum(
                database.execute("UPDATE outbox SET console=? WHERE console=?", (self._file.console, console)).rowcount
                for console in dead
            )

    def rows(self) -> list[Outgoing]:
        """Everything this console has to settle, oldest first."""
        found = self._file.database.execute(
            f"SELECT {_COLUMNS} FROM outbox WHERE console=? ORDER BY cid",  # noqa: S608
            (self._file.console,),
        )
        return [_item(row) for row in found]


def _row(item: Outgoing) -> tuple[object, ...]:
    return (
        item.cid,
        item.ref,
        item.kind,
        item.body,
        item.written_ms,
        item.seen,
        item.draft_begun,
        item.state,
        item.why,
        item.owner_then,
        item.resolved_then,
        item.attempted,
        packed(item.proof),
    )


def _item(row: tuple[Any, ...]) -> Outgoing:
    cid, ref, kind, body, written_ms, seen, draft_begun, state, why, owner_then, resolved_then, attempted, proof = row
    return Outgoing(
        cid=ClientId(str(cid)),
        ref=ConversationRef(str(ref)),
        kind=EntryKind(str(kind)),
        body=str(body),
        written_ms=int(str(written_ms)),
        seen=OrderKey(int(str(seen))),
        draft_begun=OrderKey(int(str(draft_begun))),
        state=Delivery(str(state)),
        why=str(why),
        owner_then=str(owner_then),
        resolved_then=bool(resolved_then),
        attempted=bool(attempted),
        proof=unpacked(proof),
    )
