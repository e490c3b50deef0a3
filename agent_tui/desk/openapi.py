"""`/openapi.json`, made from the one table of routes (OpenAPI 3.1)."""

import re
from typing import Any

import msgspec

from agent_tui import __version__
from agent_tui.protocol.errors import HTTP_STATUS, ErrorAnswer
from agent_tui.protocol.table import ROUTES, RouteRow

_PATH_PARAMETER = re.compile(r"\{(\w+)\}")
_NUMBERS = frozenset({"conversation", "seq", "before", "after", "limit"})


def openapi() -> dict[str, Any]:
    """The description of every HTTP route: who may ask, what goes in, what comes out."""
    bodies = {kind for row in ROUTES for kind in (row.request, row.answer) if kind is not None} | {ErrorAnswer}
    ordered = sorted(bodies, key=lambda kind: kind.__name__)
    references, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    schemas = dict(zip(ordered, references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for row in ROUTES:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The agent-tui desk",
            "version": __version__,
            "description": "HTTP side of the desk; the socket is described in docs/protocol.md.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(row: RouteRow, schemas: dict[type[msgspec.Struct], Any]) -> dict[str, Any]:
    roles = sorted(role.value for role in row.roles)
    operation: dict[str, Any] = {
        "operationId": row.name,
        "summary": f"For {', '.join(roles)}." if roles else "Without a token.",
        "x-roles": roles,
        "security": [{"token": []}] if roles else [],
        "parameters": [_parameter(name, "path") for name in _PATH_PARAMETER.findall(row.path)]
        + [_parameter(name, "query") for name in row.query],
        "responses": {
            "200": _answer(row, schemas),
            "default": {
                "description": f"Refused; statuses: {', '.join(map(str, sorted(set(HTTP_STATUS.values()))))}.",
                "content": {"application/json": {"schema": schemas[ErrorAnswer]}},
            },
        },
    }
    if row.request is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[row.request]}},
        }
    return operation


def _answer(row: RouteRow, schemas: dict[type[msgspec.Struct], Any]) -> dict[str, Any]:
    if row.answer is None:
        return {"description": "Not JSON of a fixed shape: a page, a script, a text."}
    description = (row.answer.__doc__ or row.answer.__name__).splitlines()[0]
    return {"description": description, "content": {"application/json": {"schema": schemas[row.answer]}}}


def _parameter(name: str, place: str) -> dict[str, Any]:
    kind = "integer" if name in _NUMBERS else "string"
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": kind}}
