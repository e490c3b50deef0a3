"""The last line of a conversation's record, kept in step with entries that came before or after the record."""

from typing import Final

import msgspec

from agent_tui.core.state import Marks, Transcript
from agent_tui.model.conversation import Conversation
from agent_tui.model.entry import Entry
from agent_tui.model.people import NOTHING
from agent_tui.model.text import SafeText
from agent_tui.model.words import EntryKind

PREVIEW_CODE_POINTS: Final = 120


def not_in(record: Conversation, marks: Marks, transcript: Transcript | None) -> list[Entry]:
    """Entries that came before their record and are newer than it, or may have changed since."""
    if transcript is None:
        return []
    index, _ = transcript.place(min(record.last_key, marks.preview))
    return transcript.entries[index:]


def with_entry(record: Conversation, marks: Marks, entry: Entry) -> Conversation:
    """The record with this entry as its last line, where it is newer; the same record where nothing changes.

    The preview shows the newest public message; `marks` remembers which, also where it was withdrawn.
    """
    newer = entry.key > record.last_key
    shown = entry.key > marks.preview and entry.kind is EntryKind.PUBLIC
    changed = entry.key == marks.preview and entry.changes > 0
    if not (newer or shown or changed):
        return record
    if shown:
        marks.preview = entry.key
    return msgspec.structs.replace(
        record,
        last_key=entry.key if newer else record.last_key,
        last_ms=entry.at_ms if newer else record.last_ms,
        last_preview=_preview_of(entry) if shown or changed else record.last_preview,
    )


def _preview_of(entry: Entry) -> SafeText:
    line = entry.body[:PREVIEW_CODE_POINTS].replace("\n", " ")
    return NOTHING if entry.withdrawn else SafeText(line)
