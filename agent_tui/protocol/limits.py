"""The desk's limits as it tells them in `welcome`. Each is a setting of the desk; these are the defaults."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """What the desk takes and how fast; beyond it, an error that names the limit."""

    message_code_points: int = 8_000
    message_bytes: int = 32_000
    """UTF-8 bytes."""
    frame_bytes: int = 128 * 1024
    """A frame from a client; a larger one closes the socket with 1009."""
    json_depth: int = 32
    visitor_messages_per_second: float = 5.0
    visitor_burst: int = 20
    conversations_per_address_minute: int = 10
    sockets_per_address: int = 20
    name_code_points: int = 200
    backlog_bytes: int = 4 * 1024 * 1024
    """A reader with more than this waiting for it is disconnected, and resumes."""
    stalled_ms: int = 5_000
    """A reader that took nothing for this long is disconnected, and resumes."""
    withdraw_ms: int = 15 * 60_000
    """An author may withdraw an own message for this long; an admin any time."""
    reopen_ms: int = 7 * 24 * 3_600_000
    """A customer's line reopens a resolved conversation this long; afterwards it begins a new one."""
    grace_ms: int = 120_000
    """An agent whose connection is lost is "reconnecting" for this long."""
    replay_events: int = 20_000
    """A reader further behind than this starts afresh instead of being replayed to."""


DEFAULT = Limits()
