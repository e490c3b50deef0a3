"""Frames as bytes: pure, both ends. What comes in from a client is checked before anything looks at it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from agent_tui.protocol.call_commands import StaffCallCommand, VisitorCallCommand
from agent_tui.protocol.commands import Command, Hello, StaffCommand, VisitorCommand
from agent_tui.protocol.errors import Code, ErrorAnswer, Refusal
from agent_tui.protocol.limits import DEFAULT, Limits
from agent_tui.protocol.pushes import Push, StaffPush, VisitorPush

AnyCommand = Hello | StaffCommand | VisitorCommand | StaffCallCommand | VisitorCallCommand
"""Everything that may be asked over the socket."""

_encode = msgspec.json.Encoder().encode
_command: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)

RawEvents = list[msgspec.Raw]


class ServerFrame(msgspec.Struct, frozen=True):
    """Any frame from the desk: an answer (`re` with `ok` or `error`), durable `events`, or fleeting `now` events."""

    re: int | None = None
    ok: msgspec.Raw = msgspec.Raw()
    """Empty, and so false, where there is none: msgspec reads `Raw | None` as null only."""
    error: ErrorAnswer | None = None
    events: RawEvents | None = None
    prev: str = ""
    """The cursor before `events` for this reader: other than the reader's own last one, there is a gap."""
    cursor: str = ""
    """The cursor after `events`."""
    now: RawEvents | None = None


_server_frame = msgspec.json.Decoder(ServerFrame)
_staff_push: msgspec.json.Decoder[StaffPush] = msgspec.json.Decoder(StaffPush)
_visitor_push: msgspec.json.Decoder[VisitorPush] = msgspec.json.Decoder(VisitorPush)


def nesting(raw: bytes) -> int:
    """Deepest nesting of brackets in a JSON text, those in strings not counted; bounded by the text's length."""
    depth = deepest = 0
    in_string = False
    skip = False
    for byte in raw:
        if skip:
            skip = False
        elif in_string:
            if byte == 0x5C:
                skip = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def decode_command(raw: bytes | str, limits: Limits = DEFAULT) -> AnyCommand:
    """A client's frame as a command.

    Raises `Refusal`: too large, nested too deep, not JSON (NaN is not: RFC 8259, 6), not UTF-8, lone surrogates,
    unknown command, or values of the wrong shape.
    """
    try:
        data = raw.encode() if isinstance(raw, str) else raw
    except UnicodeEncodeError:
        raise Refusal(Code.BAD_FRAME, "The frame is not valid UTF-8.") from None
    if len(data) > limits.frame_bytes:
        raise Refusal(Code.TOO_LARGE, f"The frame has {len(data)} bytes; the limit is {limits.frame_bytes}.")
    # counting brackets first keeps the careful walk away from ordinary frames
    if data.count(b"[") + data.count(b"{") > limits.json_depth and nesting(data) > limits.json_depth:
        raise Refusal(Code.BAD_FRAME, f"The frame is nested deeper than {limits.json_depth}.")
    try:
        return _command.decode(data)
    except msgspec.ValidationError as error:
        raise Refusal(*_shape_error(data, str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(Code.BAD_FRAME, f"The frame is not JSON as RFC 8259 has it: {error}.") from None


class _Named(msgspec.Struct):
    do: str = ""


def _shape_error(data: bytes, problem: str) -> tuple[Code, str]:
    try:
        name = msgspec.json.decode(data, type=_Named).do[:40]
    except (msgspec.ValidationError, msgspec.DecodeError):
        return Code.BAD_VALUE, f"The frame has the wrong shape: {problem}."
    if name not in COMMAND_NAMES:
        return Code.UNKNOWN_COMMAND, f"There is no command {name!r}."
    return Code.BAD_VALUE, f"`{name}` has a value that does not fit: {problem}."


def command_id(raw: bytes | str) -> int | None:
    """The `id` of a frame that could not be decoded, so that its refusal can be matched; None if it has none."""
    try:
        return msgspec.json.decode(raw, type=_Identified).id
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        # a lone surrogate in a text spoils the whole frame for a JSON reader, but its author has to hear of it
        found = _id_in_text(raw) if isinstance(raw, str) else None
        return int(found[1]) if found else None


_id_in_text = re.compile(r'(?<!\\)"id"\s*:\s*(\d{1,15})(?!\d)').search


class _Identified(msgspec.Struct):
    id: int | None = None


def encode_command(command: Command) -> bytes:
    """A command as the client sends it."""
    return _encode(command)


def encode_ok(re: int, answer: msgspec.Struct) -> bytes:
    """The answer to the command with id `re`."""
    return b'{"re":%d,"ok":%b}' % (re, _encode(answer))


def encode_error(re: int | None, answer: ErrorAnswer) -> bytes:
    """The refusal of the command with id `re`; None where the frame had no id that could be read."""
    if re is None:
        return b'{"error":%b}' % _encode(answer)
    return b'{"re":%d,"error":%b}' % (re, _encode(answer))


def encode_event(event: Push) -> bytes:
    """One event, encoded once for all its readers; `join_events` frames it for each."""
    return _encode(event)


def join_events(events: Sequence[bytes], prev: str, cursor: str) -> bytes:
    """A push of durable events for one reader. Cursors are made of `[0-9a-zA-Z.-]` only."""
    return b'{"events":[%b],"prev":"%b","cursor":"%b"}' % (b",".join(events), prev.encode(), cursor.encode())


def join_now(events: Sequence[bytes]) -> bytes:
    """A push of fleeting events."""
    return b'{"now":[%b]}' % b",".join(events)


def decode_server_frame(raw: bytes | str) -> ServerFrame:
    """A frame from the desk. Raises `msgspec.DecodeError` (or its `ValidationError`) for what is not one."""
    return _server_frame.decode(raw)


def decode_staff_push(raw: msgspec.Raw) -> StaffPush:
    """One event of a frame, for staff. Raises `msgspec.ValidationError` for an unknown kind."""
    return _staff_push.decode(raw)


def decode_visitor_push(raw: msgspec.Raw) -> VisitorPush:
    """One event of a frame, for a visitor. Raises `msgspec.ValidationError` for an unknown kind."""
    return _visitor_push.decode(raw)


def decode_answer(raw: msgspec.Raw, kind: type[Any]) -> Any:
    """The `ok` of an answer as the type its table row names."""
    return msgspec.json.decode(raw, type=kind)


COMMAND_NAMES = frozenset(str(kind.__struct_config__.tag) for kind in AnyCommand.__args__)
