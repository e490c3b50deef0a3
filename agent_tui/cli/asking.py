"""Asking a desk one of its table's routes, over HTTP: for commands that need no socket."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from agent_tui.backends.desk.codec import Codec
from agent_tui.ports.errors import PortError, Refused, ServerTrouble
from agent_tui.ports.transport import HttpAnswer, Transport
from agent_tui.protocol.errors import ErrorAnswer
from agent_tui.protocol.table import ROUTE


async def ask(
    transport: Transport,
    route: str,
    body: Struct | None = None,
    query: Mapping[str, Any] | None = None,
    path: Mapping[str, int] | None = None,
) -> Any:
    """The answer as the table types it. Asks once. Raises the port's errors with the desk's own sentence."""
    row = ROUTE[route]
    given = msgspec.json.encode(body) if body is not None else None
    said = {key: value for key, value in (query or {}).items() if value not in (None, "")}
    answer = await transport.request(row.method, row.path.format(**(path or {})), said or None, given)
    if answer.status != 200 or row.answer is None:
        raise refusal(answer)
    try:
        return msgspec.json.decode(answer.body, type=row.answer)
    except msgspec.MsgspecError:
        raise ServerTrouble("The desk's answer can't be read: update the older of the two.") from None


def refusal(answer: HttpAnswer) -> PortError:
    """What an answer that is not one says."""
    try:
        return Codec().error(msgspec.json.decode(answer.body, type=ErrorAnswer))
    except msgspec.MsgspecError:
        if answer.status >= 500:
            return ServerTrouble(f"The desk is in trouble (HTTP {answer.status}): trying later may work.")
        return Refused(f"This address does not answer like a desk (HTTP {answer.status}): check it.")
