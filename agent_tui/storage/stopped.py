"""What the gate stopped, until the backend was told: it outlives `kill -9` like a message does."""

from typing import Final

import msgspec

from agent_tui.ports.library import Stopped
from agent_tui.storage.account_file import AccountFile

_STOPPED: Final = msgspec.json.Decoder(Stopped)


class StoppedFile:
    """The account's; whichever console is connected tells it, and it is kept once there. Raises `NotWritable`."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def add(self, stopped: Stopped) -> None:
        """Keep it until it was told."""
        with self._file.writing() as database:
            database.execute(
                "INSERT OR IGNORE INTO stopped (report, body) VALUES (?,?)",
                (stopped.report, msgspec.json.encode(stopped)),
            )

    def untold(self) -> list[Stopped]:
        """In the order they came."""
        rows = self._file.database.execute("SELECT body FROM stopped ORDER BY report")
        return [_STOPPED.decode(body) for (body,) in rows]

    def told(self, report: str) -> None:
        """It is kept elsewhere now, or never will be."""
        with self._file.writing() as database:
            database.execute("DELETE FROM stopped WHERE report=?", (report,))
