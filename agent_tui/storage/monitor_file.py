"""What one monitor keeps on this machine: acknowledged alerts and pinned tiles. Nobody else knows of it."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec import Struct

from agent_tui.config.paths import private_folder


class _OnDisk(Struct, frozen=True):
    acknowledged: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()


@dataclass
class MonitorFile:
    """Read once at the start; written whole, each time something was acknowledged or pinned."""

    path: Path
    acknowledged: set[str] = field(default_factory=set)
    pinned: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> "MonitorFile":
        """As last saved; empty where there is none, or where it can't be read."""
        try:
            found = msgspec.json.decode(path.read_bytes(), type=_OnDisk)
        except (OSError, msgspec.MsgspecError):
            found = _OnDisk()
        return cls(path, set(found.acknowledged), list(found.pinned))

    def save(self) -> str:
        """Write it; a sentence where that can't be done, else empty."""
        written = msgspec.json.encode(_OnDisk(tuple(sorted(self.acknowledged)), tuple(self.pinned)))
        fresh = self.path.with_suffix(".new")
        try:
            private_folder(self.path.parent)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(written)
            os.replace(fresh, self.path)
        except OSError as error:
            return f"What you acknowledged and pinned can't be kept ({error}): it holds until you leave."
        return ""
