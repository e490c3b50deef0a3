"""How the screens were left: tabs, the active one, scroll anchors; and read positions the backend has not heard of."""

import msgspec
from msgspec import Struct

from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.storage.account_file import AccountFile


class Layout(Struct, frozen=True):
    """What is opened again at the next start. `anchors`: the entry at the top of each transcript that was scrolled."""

    tabs: tuple[ConversationRef, ...] = ()
    active: ConversationRef | None = None
    anchors: dict[ConversationRef, OrderKey] = {}


class LayoutFile:
    """The account's layout on disk. Two consoles of one account share it: the last one written counts."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def load(self) -> Layout:
        """As last saved; an empty one where there is none, or where an older program's can't be read."""
        row = self._file.database.execute("SELECT body FROM layout WHERE name='tabs'").fetchone()
        try:
            return msgspec.json.decode(row[0], type=Layout) if row else Layout()
        except msgspec.MsgspecError:
            return Layout()

    def save(self, layout: Layout) -> None:
        """Keep it. Raises `NotWritable`."""
        with self._file.writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO layout (name, body) VALUES ('tabs', ?)", (msgspec.json.encode(layout),)
            )

    def pending_reads(self) -> dict[ConversationRef, OrderKey]:
        """Read positions that are further than the backend has confirmed."""
        rows = self._file.database.execute("SELECT ref, up_to FROM reading")
        return {ConversationRef(ref): OrderKey(up_to) for ref, up_to in rows}

    def keep_read(self, ref: ConversationRef, up_to: OrderKey) -> None:
        """Keep a read position until it is confirmed; it only goes forward. Raises `NotWritable`."""
        with self._file.writing() as database:
            database.execute(
                "INSERT INTO reading (ref, up_to) VALUES (?, ?)"
                " ON CONFLICT(ref) DO UPDATE SET up_to=max(up_to, excluded.up_to)",
                (ref, up_to),
            )

    def confirmed(self, ref: ConversationRef, up_to: OrderKey) -> None:
        """The backend has it. Raises `NotWritable`."""
        with self._file.writing() as database:
            database.execute("DELETE FROM reading WHERE ref=? AND up_to<=?", (ref, up_to))
