"""Odd values in every path, query and body: refused or answered, never a failure of the desk."""

import random
import re
import urllib.error
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from agent_tui.model.ids import uuid7
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from agent_tui.protocol.table import COMMANDS, ROUTES, CommandRow, RouteRow
from tests.clients import Client, Refused
from tests.desk.conftest import staff_of, visitor_of
from tests.desk_process import DeskProcess

TEXTS = [
    "",
    "0",
    "1",
    "999999999999999999",
    "' OR 1=1 --",
    '"',
    '"unclosed',
    "NEAR(a b)",
    "a AND",
    "* *",
    "body:x",
    "-x",
    "^x",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\ufffd",
    "\U0001f600" * 50,
    "ß" * 3000,
    "%s%n{0}",
    "../../etc/passwd",
    "mine",
    "waiting",
]
NUMBERS = [0, 1, -1, 2, 10**15, 2**53, 2**63 - 1, -(2**63), 2**64, -(10**30)]
ENDS_THE_DESK = {"stop", "log_out", "revoke"}
ASKED = [row for row in ROUTES if row.name not in ENDS_THE_DESK]


def answer_of(desk: DeskProcess, method: str, path: str, body: Any, token: str) -> str:
    """The code of a refusal; empty where there was none."""
    try:
        desk.ask(method, path, body, token)
    except urllib.error.HTTPError as error:
        with error:
            return str(msgspec.json.decode(error.read())["code"])
    return ""


async def code_of(client: Client, command: type[c.Command], values: dict[str, Any]) -> str:
    """The code of a refusal; empty where there was none."""
    try:
        await client.ask(command, **values)
    except Refused as refused:
        return refused.answer.code
    return ""


@pytest.mark.parametrize("row", ASKED, ids=lambda row: row.name)
def test_no_route_fails(desk: DeskProcess, row: RouteRow) -> None:
    token = desk.visitor()[0] if row.name == "ticket" else desk.token("Odd", "admin")
    odd = random.Random(row.name)
    for _ in range(60):
        path = re.sub(r"\{\w+\}", lambda _: quote(odd.choice(TEXTS) or "x", safe=""), row.path)
        query = "&".join(f"{name}={quote(odd.choice(TEXTS))}" for name in row.query if odd.random() < 0.7)
        body: dict[str, Any] | None = None
        if row.request is not None:
            fields = row.request.__struct_fields__
            body = {name: odd.choice([*TEXTS, *NUMBERS, None, [], True]) for name in fields if odd.random() < 0.8}
        code = answer_of(desk, row.method, f"{path}?{query}" if query else path, body, token)
        assert code != Code.INTERNAL, (row.name, path, query, body)


def odd_value(odd: random.Random, kind: Any) -> Any:
    if isinstance(kind, UnionType):
        return odd_value(odd, odd.choice(kind.__args__))
    if kind is NoneType:
        return None
    if kind is int:
        return odd.choice(NUMBERS)
    if kind is bool:
        return odd.choice([True, False])
    if kind is str:
        return odd.choice(TEXTS)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return odd.choice(list(kind))
    if getattr(kind, "__origin__", None) is tuple:
        return tuple(odd.choices(NUMBERS, k=3))
    return odd.choice(kind.__args__)


@pytest.mark.parametrize("row", [row for row in COMMANDS if row.request is not c.Hello], ids=lambda row: row.name)
async def test_no_command_fails(desk: DeskProcess, row: CommandRow) -> None:
    odd = random.Random(row.name)
    client: Client = visitor_of(desk) if "visitor" in row.roles else staff_of(desk, "Odd", "admin")
    types = {field.name: field.type for field in msgspec.structs.fields(row.request) if field.name != "id"}
    async with client:
        if "visitor" in row.roles:
            await client.ask(c.Say, cid=uuid7(), body="hello")
        for _ in range(60):
            values = {name: odd_value(odd, kind) for name, kind in types.items()}
            assert await code_of(client, row.request, values) != Code.INTERNAL, values


def test_the_desk_said_nothing_of_a_failure(desk: DeskProcess) -> None:
    assert "failed" not in desk.said()
    assert "Traceback" not in desk.said()
