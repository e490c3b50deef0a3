"""The checker itself: it is content with what is right, and names each thing that is wrong."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_tui.desk.store.opening import DATABASE
from agent_tui.protocol.commands import MarkRead, TakeNext
from tests.checker import History, check
from tests.desk.people import DeskInTest


async def talk(folder: Path) -> tuple[History, str, str]:
    """A short chat and its true history; the visitor's id and the agent's."""
    desk = DeskInTest(folder)
    history = History()
    ada = await desk.connected("Ada")
    visitor = await desk.visitor()
    for number in range(3):
        cid, body = f"visitor-{number}", f"question {number}"
        history.send(visitor.id, cid, body)
        history.ack(visitor.id, cid, (await desk.says(visitor, body, cid)).seq)
    await desk.does(ada, TakeNext(0))
    for number in range(3):
        cid, body = f"agent-00{number}", f"answer {number}"
        history.send(ada.id, cid, body)
        history.ack(ada.id, cid, (await desk.sends(ada, 1, body, cid=cid)).seq)
        history.outbox[ada.id][cid] = "sent"
    await desk.does(ada, MarkRead(0, conversation=1, seq=5))
    history.read[ada.id, 1] = [5]
    transcript = [(entry.seq, entry.body) for entry in await desk.transcript(1)]
    lines = [(line.n, line.body) for line in await desk.service.visitor_lines(visitor.id, 0)]
    for reader, conversation, seen in ((ada.id, 1, transcript), (visitor.id, 0, lines)):
        for seq, body in seen:
            history.see(reader, conversation, seq, body)
        history.end(reader, conversation, seen)
    desk.store.close()
    return history, visitor.id, ada.id


def names(folder: Path, history: History) -> set[str]:
    return {f"{found.invariant} {found.name}" for found in check(folder / DATABASE, history)}


async def test_a_kept_promise_is_no_violation(tmp_path: Path) -> None:
    history, _, _ = await talk(tmp_path)
    assert check(tmp_path / DATABASE, history) == []


LIES: dict[str, Callable[[History, str, str], object]] = {
    "I1 lost write": lambda h, visitor, agent: h.ack(visitor, "never-stored", 9),
    "I1 moved write": lambda h, visitor, agent: h.ack(visitor, "visitor-1", 7),
    "I3 nonmonotonic": lambda h, visitor, agent: h.sent[agent].reverse(),
    "I5 unobserved": lambda h, visitor, agent: h.end(agent, 1, []),
    "I6 skip": lambda h, visitor, agent: h.saw[agent, 1].pop(2),
    "I6 nonmonotonic": lambda h, visitor, agent: h.saw[agent, 1].reverse(),
    "I7 phantom": lambda h, visitor, agent: h.see(agent, 1, 8, "never said"),
    "I7 changed body": lambda h, visitor, agent: h.sent[agent].append(("agent-000", "something else")),
    "I8 unsettled": lambda h, visitor, agent: h.outbox[agent].update({"agent-000": "waiting"}),
    "I8 wrong end": lambda h, visitor, agent: h.outbox[agent].update({"agent-000": "failed"}),
    "I9 went back": lambda h, visitor, agent: h.read[agent, 1].append(2),
    "I9 lost position": lambda h, visitor, agent: h.read[agent, 1].append(6),
}


@pytest.mark.parametrize("name", LIES)
async def test_a_history_that_does_not_fit_is_named(tmp_path: Path, name: str) -> None:
    history, visitor, agent = await talk(tmp_path)
    LIES[name](history, visitor, agent)
    assert name in names(tmp_path, history)


DAMAGE = {
    "I1 lost write": "DELETE FROM entry WHERE cid = 'visitor-2'",
    "I4 hole": "DELETE FROM entry WHERE seq = 2",
    "I9 beyond the end": "UPDATE read_position SET seq = 99",
    "I10 dangling reference": "UPDATE entry SET conversation = 77 WHERE seq = 7",
    "I13 two owners": "UPDATE entry SET code = 'claimed' WHERE cid = 'agent-000'",
}


@pytest.mark.parametrize("name", DAMAGE)
async def test_a_database_that_does_not_fit_is_named(tmp_path: Path, name: str) -> None:
    history, _, _ = await talk(tmp_path)
    driver = sqlite3.connect(tmp_path / DATABASE)
    driver.execute(DAMAGE[name])
    driver.commit()
    driver.close()
    assert name in names(tmp_path, history)


async def test_a_gap_that_is_shown_is_no_skip(tmp_path: Path) -> None:
    history, _, agent = await talk(tmp_path)
    seen = history.saw[agent, 1]
    seen[2:5] = [None]
    assert check(tmp_path / DATABASE, history) == []
