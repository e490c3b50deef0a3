"""Masking on its way out of the desk: whatever a supervisor is sent passes here, in whole frames and answers."""

from typing import Any

import msgspec

from agent_tui.core.masking import masked

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def masked_json(data: bytes) -> bytes:
    """JSON with its numbers and addresses masked."""
    return _encode(masked(_decode(data)))


def encode_masked(value: Any) -> bytes:
    """A record or an event as JSON, masked."""
    return _encode(masked(msgspec.to_builtins(value)))
