"""How a running desk is found: `desk.json` and, for who may read it, the secret of this start."""

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Final

from msgspec import Struct

from agent_tui.desk.auth import Invitation
from agent_tui.protocol.commands import PROTOCOL
from agent_tui.protocol.table import SOCKET_PATH

DESK_FILE: Final = "desk.json"
SECRET_FILE: Final = "desk.secret"  # noqa: S105  (a file's name)


class Announcement(Struct, frozen=True):
    """Where a desk is."""

    url: str
    pid: int
    epoch: str
    invitation: Invitation | None = None
    """For the first admin of an empty desk."""
    public_url: str = ""

    @property
    def socket_url(self) -> str:
        """Where sockets connect."""
        return self.url.replace("http", "ws", 1) + SOCKET_PATH

    def line(self) -> str:
        """One JSON line for programs."""
        said: dict[str, object] = {
            "url": self.url,
            "socket": self.socket_url,
            "widget": f"{self.public_url or self.url}/",
            "pid": self.pid,
            "epoch": self.epoch,
            "protocol": PROTOCOL,
        }
        if self.invitation is not None:
            said["invite"] = {
                "code": self.invitation.code,
                "name": self.invitation.name,
                "role": self.invitation.role.value,
                "until": self.invitation.until,
            }
        return json.dumps(said)

    def sentences(self) -> str:
        """The same for people."""
        shown = self.public_url or self.url
        lines = [f"The desk is ready at {shown}", f"Customers write at {shown}/"]
        if self.invitation is not None:
            lines.append(
                f"There is no admin yet. {self.invitation.name} signs in within 24 hours with:\n"
                f"  agent-tui login {shown} --code {self.invitation.code}"
            )
        return "\n".join(lines)


def announce(home: Path, announcement: Announcement, secret: str) -> None:
    """Write both files, each at once and whole, readable by the owner only."""
    _write(home / SECRET_FILE, secret)
    said = {
        "url": announcement.url,
        "pid": announcement.pid,
        "epoch": announcement.epoch,
        "protocol": PROTOCOL,
    }
    _write(home / DESK_FILE, json.dumps(said))


def withdraw_announcement(home: Path) -> None:
    """The desk is not to be found any more."""
    for name in (DESK_FILE, SECRET_FILE):
        with contextlib.suppress(FileNotFoundError):
            (home / name).unlink()


def _write(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
