"""Calls as the tests of the phone begin with them."""

from typing import Any

from agent_tui.model.call import Call, CallId, CallKind, CallState
from agent_tui.model.ids import ConversationRef


def call(state: CallState = CallState.REQUESTED, **given: Any) -> Call:
    """A call in `state` since 1,000 ms."""
    fields = {
        "id": CallId("0198f3aa-0000-7000-8000-000000000001"),
        "ref": ConversationRef("42"),
        "kind": CallKind.CALL,
        "revision": 1,
        "since_ms": 1_000,
        "heard_ms": 1_000,
        "requested_ms": 1_000,
    }
    return Call(state=state, **{**fields, **given})
