"""Identifiers. Conversations and agents are named by the backend; messages by whoever wrote them (`cid`)."""

import os
import time
from collections.abc import Callable
from typing import NewType

ConversationRef = NewType("ConversationRef", str)
"""A conversation's name, made by the backend's adapter and never taken apart by anyone else (the desk: `"42"`)."""

OrderKey = NewType("OrderKey", int)
"""Place of an entry in its conversation, made by the adapter (the desk: `seq`). Only compare; 0 is before all."""

ClientId = NewType("ClientId", str)
"""UUIDv7 made by the author when a message is sent: the key under which it is stored exactly once. "" is unknown."""

AgentId = NewType("AgentId", str)

START = OrderKey(0)
NO_CID = ClientId("")


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def uuid7(now_ms: Callable[[], int] = _wall_ms, random: Callable[[int], bytes] = os.urandom) -> str:
    """A UUIDv7 in its usual spelling (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits."""
    tail = int.from_bytes(random(10), "big")
    value = (now_ms() & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (tail >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | tail & (1 << 62) - 1
    return _spelled(value)


def rising_uuid7(after: str, now_ms: Callable[[], int] = _wall_ms, random: Callable[[int], bytes] = os.urandom) -> str:
    """A UUIDv7 that sorts after `after` (another one, or ""), also within one millisecond and when clocks go back.

    RFC 9562, 6.2: where the time has not gone on, the earlier value is counted up.
    """
    fresh = uuid7(now_ms, random)
    return fresh if fresh > after else _spelled(int(after.replace("-", ""), 16) + 1)


def _spelled(value: int) -> str:
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
