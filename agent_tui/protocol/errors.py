"""The one table of error codes: what the desk answers, and the HTTP status that goes with it."""

from enum import StrEnum
from typing import Any

from msgspec import Struct


class Code(StrEnum):
    """Why the desk refused. The text for people is in `ErrorAnswer.detail`."""

    BAD_FRAME = "bad_frame"
    BAD_VALUE = "bad_value"
    UNKNOWN_COMMAND = "unknown_command"
    PROTOCOL = "protocol"
    UNAUTHORISED = "unauthorised"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_ALLOWED = "not_allowed"
    ORIGIN = "origin"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_FAST = "too_fast"
    CROSSED = "crossed"
    CID_CONFLICT = "cid_conflict"
    TAKEN = "taken"
    WRONG_STATE = "wrong_state"
    TOO_LATE = "too_late"
    BLOCKED = "blocked"
    CALL_CONFLICT = "call_conflict"
    CALL_STOPPED = "call_stopped"
    PROOF_REFUSED = "proof_refused"
    DISK_FULL = "disk_full"
    STOPPING = "stopping"
    INTERNAL = "internal"


HTTP_STATUS: dict[Code, int] = {
    Code.BAD_FRAME: 400,
    Code.BAD_VALUE: 422,
    Code.UNKNOWN_COMMAND: 404,
    Code.PROTOCOL: 426,
    Code.UNAUTHORISED: 401,
    Code.REVOKED: 401,
    Code.EXPIRED: 401,
    Code.NOT_ALLOWED: 403,
    Code.ORIGIN: 403,
    Code.NOT_FOUND: 404,
    Code.TOO_LARGE: 413,
    Code.TOO_LONG: 422,
    Code.TOO_FAST: 429,
    Code.CROSSED: 409,
    Code.CID_CONFLICT: 409,
    Code.TAKEN: 409,
    Code.WRONG_STATE: 409,
    Code.TOO_LATE: 409,
    Code.BLOCKED: 403,
    Code.CALL_CONFLICT: 409,
    Code.CALL_STOPPED: 409,
    Code.PROOF_REFUSED: 422,
    Code.DISK_FULL: 507,
    Code.STOPPING: 503,
    Code.INTERNAL: 500,
}

CLOSE_CODES: dict[Code, int] = {
    Code.BAD_FRAME: 4400,
    Code.UNAUTHORISED: 4401,
    Code.EXPIRED: 4401,
    Code.REVOKED: 4403,
    Code.PROTOCOL: 4426,
    Code.TOO_LARGE: 1009,
    Code.STOPPING: 1012,
    Code.TOO_FAST: 4429,
    Code.ORIGIN: 4403,
}
"""WebSocket close codes for refusals that end the socket; 4000-4999 are ours (RFC 6455, 7.4.2)."""


class ErrorAnswer(Struct, frozen=True, omit_defaults=True):
    """A refusal: code for programs, one sentence for people, and what the code promises beside it."""

    code: Code
    detail: str
    entries: list[Any] = []
    """`crossed`: the entries (`records.WireEntry` as JSON) that the author had not seen."""
    by: str = ""
    """`taken`: the name of the one who has it."""
    retry_after_ms: int | None = None
    stop: str = ""
    """`call_stopped`: which of `call_stops` stands in the way."""
    snippet: str = ""
    """`proof_refused`: the snippet that may not go out."""
    rule: str = ""
    """`proof_refused`: which of the gate's rules says so."""


class Refusal(Exception):
    """Raised by the desk's service where a wish is refused; becomes an `ErrorAnswer` on the wire."""

    def __init__(self, code: Code, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.answer = ErrorAnswer(code, detail, **more)
