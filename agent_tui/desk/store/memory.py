"""Records the writer keeps in memory. There is one writer: what is here is what the database holds or is about to."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import TypeVar

from agent_tui.desk.store.rows import AgentRow, ConversationRow, VisitorRow

_MOST_HELD = 20_000

Row = TypeVar("Row", AgentRow, ConversationRow, VisitorRow)


def _select(table: str, kind: type[Row], where: str) -> str:
    columns = ",".join(f'"{name}"' for name in kind.__struct_fields__)
    return f'SELECT {columns} FROM "{table}" WHERE {where}'  # noqa: S608  (our own names, no values)


_CONVERSATION = _select("conversation", ConversationRow, "id = ?")
_NEWEST_OF_VISITOR = "SELECT id FROM conversation WHERE visitor = ? ORDER BY id DESC LIMIT 1"
_VISITOR = _select("visitor", VisitorRow, "id = ?")
_READ = "SELECT seq FROM read_position WHERE agent = ? AND conversation = ?"
_AGENTS = _select("agent", AgentRow, "true")


class Memory:
    """Rows by their key, loaded when first asked for; forgotten together when a group is rolled back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.conversations: dict[int, ConversationRow] = {}
        self.visitors: dict[str, VisitorRow] = {}
        self.newest: dict[str, int] = {}
        self._reads: dict[tuple[str, int], int] = {}
        self._agents: dict[str, AgentRow] | None = None
        self.next_conversation = 0
        self.next_entry = 0
        self.next_event = 0
        self.audit_chain = ""
        """Of the newest audit line."""
        self.forget()

    def forget(self) -> None:
        """After a rollback: begin again from what is on disk."""
        self.conversations.clear()
        self.visitors.clear()
        self.newest.clear()
        self._reads.clear()
        self._agents = None
        self.next_conversation = self._used("conversation") + 1
        self.next_event = self._used("event") + 1
        last_line = self._connection.execute("SELECT chain FROM audit ORDER BY id DESC LIMIT 1").fetchone()
        self.audit_chain = last_line[0] if last_line else ""
        (last_entry,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()
        self.next_entry = last_entry + 1

    def trim(self) -> None:
        """Between groups, when nothing is unsaved: keep memory bounded."""
        if len(self.conversations) > _MOST_HELD:
            self.conversations.clear()
        if len(self.visitors) > _MOST_HELD:
            self.visitors.clear()
            self.newest.clear()
        if len(self._reads) > _MOST_HELD:
            self._reads.clear()

    def conversation(self, conversation: int) -> ConversationRow | None:
        """By id."""
        return _held(self.conversations, conversation, lambda: self._one(_CONVERSATION, conversation, ConversationRow))

    def newest_of(self, visitor: str) -> ConversationRow | None:
        """The conversation a visitor's next line may belong to."""
        number = self.newest.get(visitor)
        if number is None:
            found = self._connection.execute(_NEWEST_OF_VISITOR, (visitor,)).fetchone()
            number = self.newest[visitor] = found[0] if found else 0
        return self.conversation(number) if number else None

    def visitor(self, visitor: str) -> VisitorRow | None:
        """By id."""
        return _held(self.visitors, visitor, lambda: self._one(_VISITOR, visitor, VisitorRow))

    def read_up_to(self, agent: str, conversation: int) -> int:
        """An agent's read position; 0 before the first."""
        place = agent, conversation
        if place not in self._reads:
            found = self._connection.execute(_READ, place).fetchone()
            self._reads[place] = found[0] if found else 0
        return self._reads[place]

    def set_read_up_to(self, agent: str, conversation: int, seq: int) -> None:
        """The same, from now on."""
        self._reads[agent, conversation] = seq

    @property
    def agents(self) -> dict[str, AgentRow]:
        """All of the staff, by id."""
        if self._agents is None:
            self._agents = {row[0]: AgentRow(*row) for row in self._connection.execute(_AGENTS)}
        return self._agents

    def _one(self, query: str, key: int | str, kind: type[Row]) -> Row | None:
        found = self._connection.execute(query, (key,)).fetchone()
        return kind(*found) if found else None

    def _used(self, table: str) -> int:
        found: Iterable[tuple[int]] = self._connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)
        )
        return next(iter(found), (0,))[0]


_Key = TypeVar("_Key", int, str)
_Value = TypeVar("_Value")


def _held(held: dict[_Key, _Value], key: _Key, load: Callable[[], _Value | None]) -> _Value | None:
    row = held.get(key)
    if row is None:
        row = load()
        if row is not None:
            held[key] = row
    return row
