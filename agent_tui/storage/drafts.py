"""Drafts: what was typed and not sent, by conversation. Written at most a second after the last key."""

import sqlite3
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.outgoing import Outgoing
from agent_tui.model.proof import Proof
from agent_tui.model.words import EntryKind
from agent_tui.storage.account_file import AccountFile

FLUSH_EVERY_S: Final = 0.5
_PROOF: Final = msgspec.json.Decoder(tuple[Proof, ...])


class Draft(Struct, frozen=True):
    """A text in the making. `begun`: the newest entry when its first character was typed."""

    text: str = ""
    kind: EntryKind = EntryKind.PUBLIC
    begun: OrderKey = START
    proof: tuple[Proof, ...] = ()
    """Which stretches of it came from a snippet."""


NO_DRAFT: Final = Draft()


def from_outgoing(item: Outgoing) -> Draft:
    """A message as the draft it was."""
    return Draft(item.body, item.kind, item.draft_begun, tuple(proof for proof in item.proof if proof.end))


def write_draft(database: sqlite3.Connection, ref: ConversationRef, draft: Draft) -> None:
    """Into the file, within the caller's transaction; an empty one is removed."""
    if not draft.text:
        database.execute("DELETE FROM draft WHERE ref=?", (ref,))
        return
    # half a surrogate pair can stand in a draft for a moment, and can't stand in the file
    text = draft.text.encode(errors="replace").decode()
    database.execute(
        "INSERT OR REPLACE INTO draft (ref, kind, body, begun, proof) VALUES (?,?,?,?,?)",
        (ref, draft.kind, text, draft.begun, packed(draft.proof)),
    )


def packed(proof: tuple[Proof, ...]) -> bytes:
    """As the file has it."""
    return msgspec.json.encode(proof)


def unpacked(kept: bytes | str) -> tuple[Proof, ...]:
    """Out of the file."""
    return _PROOF.decode(kept)


class Drafts:
    """The drafts of an account: in memory at once, on disk with the next `flush`."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file
        self._unwritten: set[ConversationRef] = set()
        self._drafts = {
            ConversationRef(ref): Draft(body, EntryKind(kind), OrderKey(begun), unpacked(proof))
            for ref, kind, body, begun, proof in file.database.execute(
                "SELECT ref, kind, body, begun, proof FROM draft"
            )
        }

    def __getitem__(self, ref: ConversationRef) -> Draft:
        return self._drafts.get(ref, NO_DRAFT)

    def refs(self) -> frozenset[ConversationRef]:
        """Conversations with a draft."""
        return frozenset(self._drafts)

    def keep(self, ref: ConversationRef, draft: Draft) -> None:
        """Remember a draft; an empty one is forgotten."""
        if draft.text:
            self._drafts[ref] = draft
        elif self._drafts.pop(ref, None) is None:
            return
        self._unwritten.add(ref)

    def sent(self, ref: ConversationRef) -> None:
        """The outbox took it, and has removed it from the file."""
        self._drafts.pop(ref, None)
        self._unwritten.discard(ref)

    def with_text(self, ref: ConversationRef, item: Outgoing) -> Draft:
        """The draft there would be if this message were taken back: its text, after what is written already."""
        held, back = self[ref], from_outgoing(item)
        if not held.text:
            return back
        after = len(held.text) + 1
        proof = (replace(each, start=each.start + after, end=each.end + after) for each in back.proof)
        return Draft(f"{held.text}\n{item.body}", held.kind, held.begun, (*held.proof, *proof))

    def taken_back(self, ref: ConversationRef, draft: Draft) -> None:
        """The outbox has given a message back, and has written this."""
        self._drafts[ref] = draft
        self._unwritten.discard(ref)

    def flush(self) -> None:
        """Write what changed. Raises `NotWritable`; what could not be written is tried again with the next flush."""
        if not self._unwritten:
            return
        with self._file.writing() as database:
            for ref in self._unwritten:
                write_draft(database, ref, self._drafts.get(ref, NO_DRAFT))
        self._unwritten.clear()
