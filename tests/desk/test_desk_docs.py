"""What is made from the table is current and whole."""

from pathlib import Path

from agent_tui.desk.docs import with_made_part
from agent_tui.desk.openapi import openapi
from agent_tui.desk.routes import HANDLERS
from agent_tui.protocol.table import COMMANDS, ROUTES

PROTOCOL_PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_the_protocol_page_is_current() -> None:
    text = PROTOCOL_PAGE.read_text(encoding="utf-8")
    assert text == with_made_part(text), "run: .venv/bin/python -m agent_tui.desk.docs docs/protocol.md"


def test_the_protocol_page_names_every_route_and_command() -> None:
    text = PROTOCOL_PAGE.read_text(encoding="utf-8")
    assert [row.path for row in ROUTES if f"{row.method} {row.path}" not in text] == []
    assert [row.name for row in COMMANDS if f"### `{row.name}`" not in text] == []


def test_every_route_has_a_handler_and_every_handler_a_route() -> None:
    assert set(HANDLERS) == {row.name for row in ROUTES}


def test_openapi_describes_every_route_with_its_roles() -> None:
    found = openapi()
    for row in ROUTES:
        operation = found["paths"][row.path][row.method.lower()]
        assert operation["operationId"] == row.name
        assert operation["x-roles"] == sorted(row.roles)
        assert ("requestBody" in operation) == (row.request is not None)
    names = set(found["components"]["schemas"])
    assert {"ErrorAnswer", "Inbox", "WireConversation"} <= names
