"""A desk's database filled by rule, faster than anybody could chat: straight into its tables, before it starts."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from agent_tui.desk.store import Store
from agent_tui.desk.store.opening import DATABASE
from agent_tui.desk.store.rows import AgentRow, ConversationRow, EntryRow, VisitorRow
from agent_tui.model.words import Outcome, Stage

MESSAGES_EACH = 20
DAY_MS = 24 * 3_600_000
_BATCH = 2_000
_SAID = "I would like to know whether the second invoice of this month was sent to the right address, please."


def fill(home: Path, *, conversations: int, agents: int, days: int, still_open: bool) -> None:
    """So many conversations of 20 messages each, spread over the last days; all open, or all resolved."""
    store = Store.open(home)
    store.close()
    chance = random.Random(5)
    now = time.time_ns() // 1_000_000
    begin = now - days * DAY_MS
    with closing(sqlite3.connect(home / DATABASE)) as db:
        db.execute("PRAGMA synchronous = OFF")
        names = [f"agent-{number}" for number in range(agents)]
        people = [(name, name, "agent", "available", "away", begin, None, begin, None) for name in names]
        _insert(db, "agent", AgentRow.__struct_fields__, people)
        visitors: list[tuple[Any, ...]] = []
        records: list[tuple[Any, ...]] = []
        entries: list[tuple[Any, ...]] = []
        rows = count(1)
        for number in range(1, conversations + 1):
            at = begin + (now - begin - 3_600_000) * number // conversations
            owner = chance.choice(names)
            visitors.append((f"v{number}", f"{number}".encode(), at, *_visitor(number)))
            records.append(_record(number, at, owner, chance, still_open=still_open))
            entries += _entries(number, at, owner, chance, rows)
            if len(records) == _BATCH or number == conversations:
                _insert(db, "visitor", VisitorRow.__struct_fields__, visitors)
                _insert(db, "conversation", ConversationRow.__struct_fields__, records)
                _insert(db, "entry", EntryRow.__struct_fields__, entries)
                visitors, records, entries = [], [], []
        # the search index is not what is measured
        db.execute("UPDATE meta SET value = ? WHERE name = 'indexed_to'", (str(next(rows)),))
        db.commit()


def _visitor(number: int) -> tuple[Any, ...]:
    typed = VisitorRow("", b"", 0, name=f"Customer {number}", phone="+31612345678", email="jane@example.org")
    return tuple(getattr(typed, name) for name in VisitorRow.__struct_fields__[3:])


def _record(number: int, at: int, owner: str, chance: random.Random, *, still_open: bool) -> tuple[Any, ...]:
    last = at + MESSAGES_EACH * 30_000
    row = ConversationRow(
        id=number, visitor=f"v{number}", revision=MESSAGES_EACH, state="open" if still_open else "resolved",
        stage=chance.choice(list(Stage)).value, stage_set=number % 2, outcome=chance.choice(list(Outcome)).value,
        owner=owner, lost_owner=None, came_back=0, created=at, waiting_since=last if number % 3 == 0 else None,
        snoozed_until=None, resolved_at=None if still_open else last, last_seq=MESSAGES_EACH, last_n=MESSAGES_EACH,
        last_at=last, preview=_SAID, customer_seq=MESSAGES_EACH - 1, agent_seq=MESSAGES_EACH, agent_id=owner,
        colleague_seq=0, excused_seq=0, seen=0, agents_saw=0, earlier=0,
        rating=chance.choice(["", "yes", "partly", "no"]), channel="web chat", wants_call=0, flags="",
    )  # fmt: skip
    return tuple(getattr(row, name) for name in ConversationRow.__struct_fields__)


def _entries(number: int, at: int, owner: str, chance: random.Random, rows: Iterator[int]) -> Iterator[tuple[Any, ...]]:
    moment = at
    for seq in range(1, MESSAGES_EACH + 1):
        by_customer = seq % 2 == 1
        kind, author = ("customer", f"v{number}") if by_customer else ("agent", owner)
        yield (
            next(rows), number, seq, seq, "public", kind, author, author, moment, f"{seq} {_SAID}",
            f"cid-{number}-{seq}", "", "", "", None, "", 0,
        )  # fmt: skip
        moment += chance.randint(2_000, 90_000)


def _insert(db: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    names = ",".join(f'"{name}"' for name in columns)
    db.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({",".join("?" * len(columns))})', rows)
