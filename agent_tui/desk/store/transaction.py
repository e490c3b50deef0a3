"""What an operation may do to the database. Lives in the writer's thread."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, CursorResult
from sqlalchemy.sql import Executable

from agent_tui.desk.store import schema
from agent_tui.desk.store.audit_chain import AUDIT_LINE, next_link
from agent_tui.desk.store.bulk import BulkStatement, insert, upsert
from agent_tui.desk.store.events import EventKind, StoredEvent
from agent_tui.desk.store.memory import Memory
from agent_tui.desk.store.rows import AgentRow, ConversationRow, EntryRow, VisitorRow
from agent_tui.desk.store.searchindex import remove_entry, restore_entry
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.protocol.call_records import WireCall
from agent_tui.protocol.pushes import YourCall
from agent_tui.protocol.records import WireAuthor, WireConversation, WireEntry, WireSystem
from agent_tui.protocol.system_lines import SYSTEM_LINES

_PREVIEW_CODE_POINTS = 120
_SYSTEM = WireAuthor(AuthorKind.SYSTEM)

_EVENT_COLUMNS = ("id", "kind", "at", "conversation", "seq", "agent", "with_record")
_save_agents = upsert("agent", AgentRow.__struct_fields__, "id")
_save_visitors = upsert("visitor", VisitorRow.__struct_fields__, "id")
_save_conversations = upsert("conversation", ConversationRow.__struct_fields__, "id")
_save_reads = upsert("read_position", ("agent", "conversation", "seq"), "agent", "conversation")
_add_entries = insert("entry", EntryRow.__struct_fields__)
_add_events = insert("event", _EVENT_COLUMNS)
_find_keys = BulkStatement(
    "WITH asked (author, cid) AS (",
    2,
    ") SELECT e.author, e.cid, e.conversation, e.kind, e.body, e.seq, e.n, e.at"
    " FROM asked JOIN entry e ON e.author = asked.author AND e.cid = asked.cid",
)
_ENTRY = f"SELECT {','.join(EntryRow.__struct_fields__)} FROM entry WHERE conversation = ? AND seq = ?"  # noqa: S608

Key = tuple[str, str]
"""Author and cid: under this a message is stored once."""


class StoredMessage(Struct, frozen=True, gc=False):
    """What is on disk under a key."""

    conversation: int
    kind: str
    body: str
    seq: int
    n: int
    at: int


class _Fact(Struct):
    """An event in the making: its record is filled in when the operation has ended."""

    kind: EventKind
    at: int
    conversation: int = 0
    seq: int = 0
    n: int = 0
    visitor: str = ""
    agent: str = ""
    entry: WireEntry | None = None
    call: WireCall | None = None
    your_call: YourCall | None = None


class Transaction:
    """The group being written. Operations see what those before them did; all of it is committed together."""

    def __init__(
        self, driver: sqlite3.Connection, core: Connection, memory: Memory, present: Callable[[str], bool]
    ) -> None:
        self._driver = driver
        self._core = core
        self._memory = memory
        self._present = present
        self._stored: dict[Key, StoredMessage | None] = {}
        self._agents: dict[str, AgentRow] = {}
        self._visitors: dict[str, VisitorRow] = {}
        self._conversations: dict[int, ConversationRow] = {}
        self._reads: dict[tuple[str, int], int] = {}
        self._entries: list[tuple[Any, ...]] = []
        self._event_rows: list[tuple[Any, ...]] = []
        self._facts: list[_Fact] = []
        self._changed: dict[int, int] = {}
        self.events: list[StoredEvent] = []
        self.written = 0
        """Counts what was written: an operation that refuses must have left it alone."""

    # what the writer calls

    def look_up(self, keys: Sequence[Key]) -> None:
        """Fetch at once what the group's operations will ask for with `stored`."""
        self._stored.update(dict.fromkeys(keys))
        for author, cid, *rest in _find_keys.run(self._driver, keys):
            self._stored[author, cid] = StoredMessage(*rest)

    def end_operation(self) -> None:
        """Turn the facts of one operation into events; a changed record goes with the last entry, or by itself."""
        last_entry = {fact.conversation: place for place, fact in enumerate(self._facts) if fact.entry is not None}
        carried = {}
        for conversation, at in self._changed.items():
            place = last_entry.get(conversation)
            if place is None or self._facts[place].kind is not EventKind.ENTRY:
                place = len(self._facts)
                visitor = self._memory.conversations[conversation].visitor
                self._facts.append(_Fact(EventKind.CONVERSATION, at, conversation, visitor=visitor))
            carried[place] = self.record(self._memory.conversations[conversation])
        for place, fact in enumerate(self._facts):
            self._add_event(fact, carried.get(place))
        self._facts.clear()
        self._changed.clear()

    def flush(self) -> None:
        """Hand everything to the database."""
        _save_agents.run(self._driver, [msgspec.structs.astuple(row) for row in self._agents.values()])
        _save_visitors.run(self._driver, [msgspec.structs.astuple(row) for row in self._visitors.values()])
        _save_conversations.run(self._driver, [msgspec.structs.astuple(row) for row in self._conversations.values()])
        _save_reads.run(self._driver, [(*place, seq) for place, seq in self._reads.items()])
        _add_entries.run(self._driver, self._entries)
        _add_events.run(self._driver, self._event_rows)
        for waiting in (self._agents, self._visitors, self._conversations, self._reads):
            waiting.clear()
        self._entries.clear()
        self._event_rows.clear()

    # what operations call

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Any SQLAlchemy Core statement on `schema`'s tables.

        Agents, visitors and conversations are held in memory: read them here as you like, but change them only with
        `put_agent`, `put_visitor` and `change`.
        """
        self.flush()
        result = self._core.execute(statement, values)
        if not result.returns_rows:
            self.written += 1
        return result

    def stored(self, key: Key) -> StoredMessage | None:
        """The message stored under this key, whenever that was."""
        if key not in self._stored:
            self.look_up([key])
        return self._stored[key]

    def agent(self, agent: str) -> AgentRow | None:
        """One of the staff, those who left included."""
        return self._memory.agents.get(agent)

    def agent_named(self, name: str) -> AgentRow | None:
        """The same, by name without regard to case."""
        folded = name.casefold()
        return next((row for row in self._memory.agents.values() if row.name.casefold() == folded), None)

    def agents(self) -> list[AgentRow]:
        """All of the staff, those who left included."""
        return list(self._memory.agents.values())

    def put_agent(self, row: AgentRow, at: int) -> None:
        """Store a new or changed agent and tell the staff."""
        self._memory.agents[row.id] = row
        self._agents[row.id] = row
        self._fact(_Fact(EventKind.AGENT, at, agent=row.id))

    def visitor(self, visitor: str) -> VisitorRow | None:
        """By id."""
        return self._memory.visitor(visitor)

    def put_visitor(self, row: VisitorRow) -> None:
        """Store a new or changed visitor; tells nobody."""
        self._memory.visitors[row.id] = row
        self._visitors[row.id] = row
        self.written += 1

    def conversation(self, conversation: int) -> ConversationRow | None:
        """By id. Change its fields only together with `change`."""
        return self._memory.conversation(conversation)

    def newest_of(self, visitor: str) -> ConversationRow | None:
        """The visitor's newest conversation."""
        return self._memory.newest_of(visitor)

    def new_conversation(
        self, visitor: VisitorRow, at: int, stage: str, stage_set: bool, earlier: int
    ) -> ConversationRow:
        """Begin a conversation, WAITING and empty."""
        before = self._memory.newest_of(visitor.id)
        row = ConversationRow(
            id=self._memory.next_conversation, visitor=visitor.id, revision=0, state="waiting", stage=stage,
            stage_set=int(stage_set), outcome="unknown", owner=None, lost_owner=None, came_back=0, created=at,
            waiting_since=None, snoozed_until=None, resolved_at=None, last_seq=0,
            last_n=before.last_n if before else 0, last_at=at, preview="", customer_seq=0, agent_seq=0, agent_id="",
            colleague_seq=0, excused_seq=0, seen=0, agents_saw=before.agents_saw if before else 0, earlier=earlier,
            rating="", channel="web chat", wants_call=0, flags="",
        )  # fmt: skip
        self._memory.next_conversation += 1
        self._memory.conversations[row.id] = row
        self._memory.newest[visitor.id] = row.id
        self.change(row, at)
        return row

    def change(self, row: ConversationRow, at: int) -> None:
        """The record changed: readers get it, with the operation's last entry or by itself."""
        self._touch(row)
        self._changed[row.id] = at

    def add_message(
        self, row: ConversationRow, at: int, author: WireAuthor, body: str, cid: str, *, note: bool = False
    ) -> WireEntry:
        """Append a message at the conversation's next place."""
        kind = EntryKind.NOTE if note else EntryKind.PUBLIC
        place = row.last_seq + 1
        if not note:
            row.preview = body[:_PREVIEW_CODE_POINTS]
            if author.kind is AuthorKind.CUSTOMER:
                row.customer_seq = place
            else:
                if row.agent_id != author.id:
                    row.agent_id, row.colleague_seq = author.id, row.agent_seq
                row.agent_seq = place
        entry = WireEntry(place, kind, author, at, body, cid)
        n = self._append(row, entry, public=not note)
        self._stored[author.id, cid] = StoredMessage(row.id, kind.value, body, place, n, at)
        return entry

    def add_line(self, row: ConversationRow, at: int, code: str, who: str = "", what: str = "") -> WireEntry:
        """Append a line of the system's own; `code` is one of `SYSTEM_LINES`."""
        entry = WireEntry(row.last_seq + 1, EntryKind.SYSTEM, _SYSTEM, at, system=WireSystem(code, who, what))
        self._append(row, entry, public=SYSTEM_LINES[code].public)
        return entry

    def entry(self, conversation: int, seq: int) -> EntryRow | None:
        """One entry, its body too where it is withdrawn."""
        self.flush()
        found = self._driver.execute(_ENTRY, (conversation, seq)).fetchone()
        return EntryRow(*found) if found else None

    def set_withdrawn(self, row: ConversationRow, entry: EntryRow, at: int, by: str) -> None:
        """Hide an entry from every reader, or, with nobody as `by`, bring it back; its body stays where it is."""
        self.flush()
        entry.withdrawn_at, entry.withdrawn_by = (at, by) if by else (None, "")
        entry.changes += 1
        self._driver.execute(
            "UPDATE entry SET withdrawn_at = ?, withdrawn_by = ?, changes = ? WHERE id = ?",
            (entry.withdrawn_at, entry.withdrawn_by, entry.changes, entry.id),
        )
        (remove_entry if by else restore_entry)(self._driver, entry.id, entry.body, entry.conversation)
        if entry.kind == EntryKind.PUBLIC and entry.seq == max(row.customer_seq, row.agent_seq):
            row.preview = "" if by else entry.body[:_PREVIEW_CODE_POINTS]
            self.change(row, at)
        self._fact(
            _Fact(EventKind.ENTRY_CHANGED, at, row.id, entry.seq, entry.n, visitor=row.visitor, entry=entry.wire())
        )

    def read_up_to(self, agent: str, conversation: int) -> int:
        """An agent's read position in a conversation; 0 before the first."""
        return self._memory.read_up_to(agent, conversation)

    def set_read_up_to(self, agent: str, conversation: int, seq: int) -> None:
        """Move it; `moved` tells."""
        self._memory.set_read_up_to(agent, conversation, seq)
        self._reads[agent, conversation] = seq
        self.written += 1

    def moved(self, row: ConversationRow, kind: EventKind, at: int, seq: int, n: int = 0, agent: str = "") -> None:
        """Tell that a `seen` or `read` position moved to `seq`; the row is saved, its revision stays."""
        self._conversations[row.id] = row
        self._fact(_Fact(kind, at, row.id, seq, n, row.visitor, agent))

    def tell_call(
        self, row: ConversationRow, at: int, yours: YourCall, call: WireCall | None = None, number: int = 0
    ) -> None:
        """Tell that a call changed (`number` is its row), or, without one, that the customer was asked or answered."""
        kind = EventKind.CALL if call else EventKind.CALL_OFFER
        self._fact(_Fact(kind, at, row.id, number, visitor=row.visitor, call=call, your_call=yours))

    def audit(self, at: int, actor: str, actor_name: str, action: str, conversation: int = 0, detail: str = "") -> None:
        """Add a line to the audit."""
        line = (at, actor, actor_name, action, conversation, detail)
        self._memory.audit_chain = chain = next_link(self._memory.audit_chain, line)
        self.execute(schema.audit.insert(), dict(zip(AUDIT_LINE, line, strict=True)) | {"chain": chain})

    def record(self, row: ConversationRow) -> WireConversation:
        """The conversation as staff see it now."""
        visitor = self._memory.visitor(row.visitor)
        assert visitor is not None  # a foreign key holds it
        owner = self._memory.agents.get(row.owner) if row.owner else None
        return row.wire(
            visitor.wire(earlier=row.earlier, present=self._present(row.visitor)), owner.name if owner else ""
        )

    def _append(self, row: ConversationRow, entry: WireEntry, *, public: bool) -> int:
        n = 0
        if public:
            row.last_n += 1
            n = row.last_n
        row.last_seq = entry.seq
        row.last_at = entry.at
        by, system = entry.by, entry.system
        self._entries.append(
            (
                self._memory.next_entry, row.id, entry.seq, n, entry.kind.value, by.kind.value, by.id, by.name,
                entry.at, entry.body, entry.cid or None,
                *((system.code, system.who, system.what) if system else ("", "", "")), None, "", 0,
            )
        )  # fmt: skip
        self._memory.next_entry += 1
        self._touch(row)
        self._fact(_Fact(EventKind.ENTRY, entry.at, row.id, entry.seq, n, row.visitor, entry=entry))
        return n

    def _touch(self, row: ConversationRow) -> None:
        row.revision += 1
        self._conversations[row.id] = row
        self.written += 1

    def _fact(self, fact: _Fact) -> None:
        self._facts.append(fact)
        self.written += 1

    def _add_event(self, fact: _Fact, record: WireConversation | None) -> None:
        number = self._memory.next_event
        self._memory.next_event += 1
        self._event_rows.append(
            (number, fact.kind.value, fact.at, fact.conversation, fact.seq, fact.agent, int(record is not None))
        )
        member = self._memory.agents[fact.agent].wire() if fact.kind is EventKind.AGENT else None
        self.events.append(
            StoredEvent(
                number, fact.kind, fact.at, fact.conversation, fact.seq, fact.n, fact.visitor, fact.agent, fact.entry,
                record, member, fact.call, fact.your_call,
            )
        )  # fmt: skip
