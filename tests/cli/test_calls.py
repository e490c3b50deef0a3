"""`agent-tui call` and `calls`: the console's checks, one call, and exit codes that scripts can rely on."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent_tui.config.paths import find_paths
from agent_tui.model.ids import uuid7
from agent_tui.protocol import call_commands as cc
from tests.cli.command import agent_tui, desk_of
from tests.clients import VisitorClient
from tests.desk_process import DeskProcess

SETTINGS = """
[phone]
region = "NL"
caller_id = "+31201234567"
chain = ["simulated", "handover", "queue"]

[phone.providers.simulated]
agent_rings_ms = 50
customer_rings_ms = 50
"""


def a_zone_at_noon() -> str:
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture
def desk(agent_tui_home: Path) -> Iterator[DeskProcess]:
    """The own desk, with a telephone that only plays calls."""
    folder = find_paths(agent_tui_home).desk
    folder.mkdir(parents=True)
    (folder / "desk.toml").write_text(SETTINGS)
    with desk_of(agent_tui_home) as running:
        yield running


def a_customer(desk: DeskProcess, *, asks: bool = True) -> None:
    """Somebody whose page closed after a line; `asks` to be called back."""

    async def talk() -> None:
        visitor, _ = desk.visitor()
        async with VisitorClient(desk.socket_url, lambda: desk.ticket(visitor, time_zone=a_zone_at_noon())) as page:
            await page.say("My order 7781 came twice")
            if asks:
                await page.ask(cc.AskCall, call=uuid7(), number="06 12345678")

    asyncio.run(talk())


def call(*arguments: str, code: int = 0) -> Any:
    ended = agent_tui("--own", "call", "--conversation", "c1", "--json", *arguments)
    assert ended.code == code, ended
    return json.loads(ended.out)


def calls(*arguments: str) -> Any:
    ended = agent_tui("--own", "calls", *arguments, "--json")
    assert ended.code == 0, ended
    return json.loads(ended.out)


def test_what_stands_in_the_way_is_printed_with_its_code_and_nothing_rings(desk: DeskProcess) -> None:
    a_customer(desk, asks=False)
    answer = call(code=1)
    assert answer["call"] is None
    assert answer["stops"][0]["code"] == "no_number"
    said = agent_tui("--own", "call", "--conversation", "c1")
    assert said.code == 1
    assert "Nothing was dialled: no_number." in said.err
    assert call("--number", "0900-1234", code=1)["stops"][0]["code"] == "premium"
    assert calls("list", "--view", "all") == []


def test_a_call_is_dialled_once_what_may_be_passed_was_passed_and_is_listed_and_shown(desk: DeskProcess) -> None:
    a_customer(desk)
    (waiting,) = calls("list", "--view", "queue")
    assert (waiting["state"], waiting["last4"]) == ("queued", "5678")
    looked = call("--check", "--number", "06 76000000", code=1)["stops"]
    assert [(stop["code"], stop["passable"]) for stop in looked][:1] == [("not_assigned", True)]
    passed = call("--check", "--number", "06 76000000", "--pass", "not_assigned", "--pass", "customer_away")
    assert passed == {"stops": [], "call": None}
    made = call("--pass", "customer_away")["call"]
    assert made["state"] == "dialling_agent"
    assert made["provider"] == "simulated"
    shown = calls("show", made["id"])
    assert shown["id"] == made["id"]
    assert shown["number"] == "+31612345678"
    assert made["id"] in agent_tui("--own", "calls", "list", "--view", "all").out


def test_the_own_phone_is_handed_the_number_and_never_said_to_be_in_call(desk: DeskProcess) -> None:
    a_customer(desk)
    ended = agent_tui("--own", "call", "--conversation", "1", "--pass", "customer_away", "--by", "handover")
    assert ended.code == 0, ended
    assert "tel:+31612345678" in ended.out
    assert "handed_over" in ended.out
    assert "in_call" not in ended.out
    looked = agent_tui("--own", "call", "--conversation", "1", "--pass", "customer_away", "--check")
    assert (looked.code, looked.out) == (1, "")
    assert "has a call open already: nothing was dialled." in looked.err
    assert call("--check", "--pass", "customer_away", code=1)["call"]["state"] == "handed_over"


def test_a_way_or_a_conversation_that_is_not_there_is_a_sentence(desk: DeskProcess) -> None:
    a_customer(desk)
    nowhere = agent_tui("--own", "call", "--conversation", "c1", "--by", "pigeon")
    assert nowhere.code == 1
    assert "there is: simulated, handover" in nowhere.err
    assert agent_tui("--own", "call", "--conversation", "c99").code == 1
    assert agent_tui("--own", "call", "--conversation", "Jane").code == 2
    assert agent_tui("--own", "calls", "show", "nothing").code == 1


def test_without_a_desk_nothing_is_known_to_have_happened(agent_tui_home: Path) -> None:
    assert agent_tui("--own", "call", "--conversation", "c1").code == 3
