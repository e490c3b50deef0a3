"""Did the promises hold? Judges what clients saw against what the desk's database holds, whatever was done to both.

A test lets its clients write down what they sent, were told and saw (`History`), stops the desk, and asks `check`. The
names of violations follow Jepsen's checker for logs: lost write, duplicate, nonmonotonic, skip, phantom. The numbers
are those of the invariants:

I1 acknowledged is stored; I2 stored once; I3 in the order its author sent it; I4 places without a hole; I5 every reader
ends with what is stored; I6 no reader goes back or skips without a gap shown; I7 nothing is told that is not stored;
I8 every outbox row ends as sent or failed; I9 read positions go forward and not past the end; I10 the database is
sound; I13 one owner at any time.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Violation(NamedTuple):
    """One promise that was broken."""

    invariant: str
    name: str
    detail: str


class Place(NamedTuple):
    """Where an entry stands, and what is there: for staff `seq`, for visitors `n` and conversation 0."""

    seq: int
    body: str


@dataclass
class History:
    """What clients did and saw, in the order they did and saw it. Feed it while the test runs."""

    sent: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By author: key and body of every message, in the order Enter was pressed."""
    acked: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    """By author and key: every place an acknowledgement named."""
    saw: dict[tuple[str, int], list[Place | None]] = field(default_factory=lambda: defaultdict(list))
    """By reader and conversation: what came in; None where the reader showed a gap, or started afresh."""
    ended: dict[tuple[str, int], Sequence[Place]] = field(default_factory=dict)
    """By reader and conversation: what stood on the screen at the end."""
    read: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    """By agent and conversation: the read positions they were told."""
    outbox: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By author: the state every key ended in."""

    def send(self, author: str, cid: str, body: str) -> None:
        """Enter was pressed. Pressed once: a repeat on the wire is not noted again."""
        self.sent[author].append((cid, body))

    def ack(self, author: str, cid: str, seq: int) -> None:
        """The desk said it has it."""
        self.acked[author, cid].add(seq)

    def see(self, reader: str, conversation: int, seq: int, body: str) -> None:
        """An entry that this reader did not have yet came in."""
        self.saw[reader, conversation].append(Place(seq, body))

    def gap(self, reader: str, conversation: int) -> None:
        """The reader showed a gap or started afresh: what comes next may lie anywhere."""
        self.saw[reader, conversation].append(None)

    def end(self, reader: str, conversation: int, transcript: Iterable[tuple[int, str]]) -> None:
        """What the reader has at the very end."""
        self.ended[reader, conversation] = [Place(*place) for place in transcript]


class _Entry(NamedTuple):
    conversation: int
    seq: int
    n: int
    kind: str
    author: str
    cid: str | None
    body: str
    withdrawn: bool
    code: str
    who: str
    what: str

    @property
    def shown(self) -> str:
        return "" if self.withdrawn else self.body


@dataclass
class _Stored:
    entries: list[_Entry]
    visitor_of: dict[int, str]
    owner_of: dict[int, str]
    read: dict[tuple[str, int], int]
    last_seq: dict[int, int]

    def transcript(self, reader: str, conversation: int) -> list[Place]:
        """What this reader should end with. Conversation 0: all that this visitor may see."""
        if conversation:
            return [Place(entry.seq, entry.shown) for entry in self.entries if entry.conversation == conversation]
        return sorted(
            Place(entry.n, entry.shown)
            for entry in self.entries
            if entry.n and self.visitor_of[entry.conversation] == reader
        )


def check(database: Path, history: History, *, index_caught_up: bool = False) -> list[Violation]:
    """Every violation found; an empty list is a promise kept. The desk must have ended: its file is read directly."""
    driver = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        broken = list(_sound(driver, index_caught_up))
        stored = _read(driver)
    finally:
        driver.close()
    for judge in (
        _acked_is_stored,
        _stored_once,
        _in_order,
        _without_hole,
        _readers,
        _outbox,
        _read_positions,
        _owners,
    ):
        broken += judge(stored, history)
    return broken


def _read(driver: sqlite3.Connection) -> _Stored:
    entries = [
        _Entry(*row)
        for row in driver.execute(
            "SELECT conversation, seq, n, kind, author, cid, body, withdrawn_at IS NOT NULL, code, who, what"
            " FROM entry ORDER BY id"
        )
    ]
    conversations = driver.execute(
        "SELECT c.id, c.visitor, coalesce(a.name, ''), c.last_seq"
        " FROM conversation c LEFT JOIN agent a ON a.id = c.owner"
    ).fetchall()
    return _Stored(
        entries,
        defaultdict(str, {number: visitor for number, visitor, _, _ in conversations}),
        {number: owner for number, _, owner, _ in conversations},
        {
            (agent, number): seq
            for agent, number, seq in driver.execute("SELECT agent, conversation, seq FROM read_position")
        },
        {number: last for number, _, _, last in conversations},
    )


def _sound(driver: sqlite3.Connection, index_caught_up: bool) -> Iterator[Violation]:
    found = [row[0] for row in driver.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        yield Violation("I10", "corrupt", "; ".join(map(str, found[:5])))
    for row in driver.execute("PRAGMA foreign_key_check"):
        yield Violation("I10", "dangling reference", str(row))
    if index_caught_up:
        (indexed,) = driver.execute("SELECT count(*) FROM entry_text_docsize").fetchone()
        (messages,) = driver.execute(
            "SELECT count(*) FROM entry WHERE kind <> 'system' AND withdrawn_at IS NULL"
        ).fetchone()
        if indexed != messages:
            yield Violation("I10", "search index", f"{indexed} indexed, {messages} stored")


def _acked_is_stored(stored: _Stored, history: History) -> Iterator[Violation]:
    places = {(entry.author, entry.cid): (entry.seq, entry.n) for entry in stored.entries if entry.cid}
    bodies = {(author, cid): body for author, sent in history.sent.items() for cid, body in sent}
    for key, seqs in history.acked.items():
        if key not in places:
            yield Violation("I1", "lost write", f"{key} was acknowledged as {sorted(seqs)}")
        elif not seqs <= set(places[key]):
            yield Violation("I1", "moved write", f"{key} was acknowledged as {sorted(seqs)}, stored at {places[key]}")
    for entry in stored.entries:
        said = bodies.get((entry.author, entry.cid or ""))
        if said is not None and said != entry.body:
            yield Violation("I7", "changed body", f"{entry.author} {entry.cid}: sent {said!r}, stored {entry.body!r}")


def _stored_once(stored: _Stored, history: History) -> Iterator[Violation]:
    for key, times in Counter((entry.author, entry.cid) for entry in stored.entries if entry.cid).items():
        if times > 1:
            yield Violation("I2", "duplicate", f"{key} is stored {times} times")


def _in_order(stored: _Stored, history: History) -> Iterator[Violation]:
    for author, sent in history.sent.items():
        turn = {cid: place for place, (cid, _) in enumerate(sent)}
        reached: dict[int, int] = {}
        for entry in stored.entries:
            if entry.author != author or entry.cid not in turn:
                continue
            place = turn[entry.cid]
            if place < reached.get(entry.conversation, -1):
                yield Violation("I3", "nonmonotonic", f"{author} {entry.cid} in c{entry.conversation} #{entry.seq}")
            reached[entry.conversation] = place


def _without_hole(stored: _Stored, history: History) -> Iterator[Violation]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for entry in stored.entries:
        numbers[f"c{entry.conversation}"].append(entry.seq)
        if entry.n:
            numbers[f"n of {stored.visitor_of[entry.conversation]}"].append(entry.n)
    for where, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Violation("I4", "hole", f"{where} has {len(found)} entries up to {max(found)}")
    for number, last in stored.last_seq.items():
        if last != len(numbers.get(f"c{number}", [])):
            yield Violation("I4", "hole", f"c{number} says its last is #{last}")


def _readers(stored: _Stored, history: History) -> Iterator[Violation]:
    for (reader, conversation), ended in history.ended.items():
        expected = stored.transcript(reader, conversation)
        if list(ended) != expected:
            missing, extra = set(expected) - set(ended), set(ended) - set(expected)
            yield Violation(
                "I5", "unobserved", f"{reader} c{conversation}: misses {sorted(missing)[:3]}, has {sorted(extra)[:3]}"
            )
    for (reader, conversation), seen in history.saw.items():
        there = {place.seq for place in stored.transcript(reader, conversation)}
        bodies = {
            (entry.n if not conversation else entry.seq): entry.body
            for entry in stored.entries
            if (entry.n and stored.visitor_of[entry.conversation] == reader)
            or (conversation and entry.conversation == conversation)
        }
        last: int | None = None
        for place in seen:
            if place is None:
                last = None
                continue
            if place.seq not in there or place.body not in ("", bodies[place.seq]):
                yield Violation("I7", "phantom", f"{reader} c{conversation}: was told {place}")
            elif last is not None and place.seq <= last:
                yield Violation("I6", "nonmonotonic", f"{reader} c{conversation}: #{place.seq} after #{last}")
            elif last is not None and place.seq > last + 1:
                yield Violation("I6", "skip", f"{reader} c{conversation}: #{place.seq} after #{last}")
            last = place.seq


def _outbox(stored: _Stored, history: History) -> Iterator[Violation]:
    kept = {(entry.author, entry.cid) for entry in stored.entries}
    for author, rows in history.outbox.items():
        for cid, state in rows.items():
            if state not in ("sent", "failed"):
                yield Violation("I8", "unsettled", f"{author} {cid} ended as {state}")
            elif (state == "sent") != ((author, cid) in kept):
                yield Violation("I8", "wrong end", f"{author} {cid} says {state}")


def _read_positions(stored: _Stored, history: History) -> Iterator[Violation]:
    for (agent, conversation), told in history.read.items():
        if told != sorted(told):
            yield Violation("I9", "went back", f"{agent} c{conversation}: {told}")
        if told and stored.read.get((agent, conversation), 0) < told[-1]:
            yield Violation("I9", "lost position", f"{agent} c{conversation}: told {told[-1]}")
    for (agent, conversation), seq in stored.read.items():
        if seq > stored.last_seq.get(conversation, 0):
            yield Violation("I9", "beyond the end", f"{agent} c{conversation}: #{seq}")


_KEEPS_OR_LOSES = frozenset({"came_back", "woken"})
_NOBODY = frozenset({"released", "handed_back"})


def _owners(stored: _Stored, history: History) -> Iterator[Violation]:
    """The system's lines tell whose a conversation was: each change has to fit what was before it."""
    owners: dict[int, frozenset[str]] = defaultdict(lambda: frozenset({""}))
    for entry in stored.entries:
        now = owners[entry.conversation]
        where = f"c{entry.conversation} #{entry.seq}: {entry.code} by {entry.who}, it was of {sorted(now)}"
        if entry.code in ("claimed", "given_back"):
            if "" not in now:
                yield Violation("I13", "two owners", where)
            now = frozenset({entry.who})
        elif entry.code == "took_over":
            if entry.what not in now:
                yield Violation("I13", "two owners", where)
            now = frozenset({entry.who})
        elif entry.code == "transferred":
            now = frozenset({entry.what})
        elif entry.code in _NOBODY:
            now = frozenset({""})
        elif entry.code in _KEEPS_OR_LOSES:
            now |= {""}
        owners[entry.conversation] = now
    for conversation, owner in stored.owner_of.items():
        if owner not in owners[conversation]:
            yield Violation(
                "I13",
                "two owners",
                f"c{conversation} is of {owner or 'nobody'}, its lines say {sorted(owners[conversation])}",
            )
