"""tail and send, as scripts use them: nothing is missed, nothing is sent twice, nothing crosses unseen."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent_tui.config.paths import find_paths
from tests.cli.command import AGENT_TUI, agent_tui, code_of, desk_of, environment
from tests.clients import VisitorClient
from tests.desk_process import DeskProcess, running_desk


@pytest.fixture
def desk(agent_tui_home: Path) -> Iterator[DeskProcess]:
    """The own desk."""
    with desk_of(agent_tui_home) as running:
        yield running


class Customer:
    """One browser, which says a line and closes."""

    def __init__(self, desk: DeskProcess) -> None:
        self._desk = desk
        self._token, _ = desk.visitor()

    def say(self, body: str) -> None:
        async def talk() -> None:
            page = VisitorClient(self._desk.socket_url, lambda: self._desk.ticket(self._token))
            async with page:
                await page.say(body)

        asyncio.run(talk())


class Tail:
    """A running `tail --json`."""

    def __init__(self, *arguments: str) -> None:
        command = [*AGENT_TUI, "tail", "--json", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())

    def until(self, body: str) -> list[dict[str, Any]]:
        """Lines up to the message that says this."""
        assert self.process.stdout is not None
        lines: list[dict[str, Any]] = []
        for raw in self.process.stdout:
            raw.decode("ascii")
            lines.append(json.loads(raw))
            if lines[-1].get("entry", {}).get("body") == body:
                return lines
        raise AssertionError(f"tail ended: {self.process.communicate()}")

    def __enter__(self) -> "Tail":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def bodies(lines: list[dict[str, Any]]) -> list[str]:
    return [line["entry"]["body"] for line in lines if line["e"] == "entry" and line["entry"].get("body")]


def test_tail_goes_on_where_it_was_and_survives_the_desk(desk: DeskProcess) -> None:
    customer = Customer(desk)
    with Tail() as tail:
        first = tail.process.stdout
        assert first is not None
        begun = json.loads(first.readline())
        assert (begun["e"], begun["resumed"]) == ("tail", False)
        customer.say("one")
        one = tail.until("one")[-1]
        desk.kill()
        desk.start()
        customer.say("two \u202e\x85")
        assert tail.until("two \u202e\x85")[-1]["conversation"] == 1
        tail.process.send_signal(signal.SIGTERM)
        assert tail.process.wait(30) == 0
    customer.say("three")
    with Tail("--after", one["cursor"]) as tail:
        lines = tail.until("three")
    assert lines[0]["resumed"] is True
    assert bodies(lines) == ["two \u202e\x85", "three"]
    again = [line["cursor"] for line in lines]
    with Tail("--after", again[-2]) as tail:
        assert bodies(tail.until("three"))[-1] == "three"


def test_tail_says_when_its_cursor_is_of_another_time(desk: DeskProcess) -> None:
    with Tail("--after", "01a00000-0000-7000-8000-000000000000:7") as tail:
        assert tail.process.stdout is not None
        begun = json.loads(tail.process.stdout.readline())
    assert begun["resumed"] is False
    assert "restored or replaced" in begun["why"]


def test_tail_leaves_no_device_and_no_presence_behind(desk: DeskProcess) -> None:
    with Tail() as tail:
        assert tail.process.stdout is not None
        tail.process.stdout.readline()
        (device,) = agent_tui("sessions", "--json").lines
        assert device["role"] == "supervisor"
        assert desk.get("/v1/inbox", desk.token("Bob", "agent"))["agents"][0]["availability"] == "away"
        tail.process.send_signal(signal.SIGINT)
        assert tail.process.wait(30) == 0
    assert "supervisor" not in agent_tui("sessions").out


def test_tail_for_people_shows_messages_in_which_nothing_acts(desk: DeskProcess) -> None:
    begun = Tail()
    with begun as tail:
        assert tail.process.stdout is not None
        cursor = json.loads(tail.process.stdout.readline())["cursor"]
    Customer(desk).say("hello\x1b[2J\nthere")
    command = [*AGENT_TUI, "tail", "--after", cursor]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as tailing:
        assert tailing.stdout is not None
        line = tailing.stdout.readline().decode()
        tailing.kill()
    assert "  c1  " in line
    assert "\x1b" not in line
    assert "hello" in line
    assert "/ there" in line


def test_a_message_is_sent_once_and_only_if_nothing_crossed_it(desk: DeskProcess) -> None:
    customer = Customer(desk)
    customer.say("Is anybody there?")
    sent = agent_tui("send", "--conversation", "c1", "--expect-seq", "1", "--cid", "script-0001", "--json", "Yes!")
    assert sent.code == 0, sent.err
    (stored,) = sent.lines
    assert stored["cid"] == "script-0001"
    again = agent_tui("send", "--conversation", "1", "--expect-seq", "1", "--cid", "script-0001", "--json", "Yes!")
    assert again.lines == [stored]
    other = agent_tui("send", "--conversation", "1", "--cid", "script-0001", "No!")
    assert other.code == 1
    customer.say("One more question.")
    crossed = agent_tui("send", "--conversation", "c1", "--expect-seq", str(stored["seq"]), "--json", "Bye!")
    assert crossed.code == 1
    assert [entry["body"] for entry in crossed.lines[0]["crossed"]] == ["One more question."]
    assert "It was not sent." in crossed.err
    shown = agent_tui("send", "--conversation", "c1", "--expect-seq", str(stored["seq"]), "Bye!")
    assert "One more question." in shown.out
    entries = desk.get("/v1/conversations/1/entries", desk.token())["entries"]
    assert [entry["body"] for entry in entries if entry.get("body")] == [
        "Is anybody there?",
        "Yes!",
        "One more question.",
    ]


def test_text_comes_from_stdin_and_a_note_stays_inside(desk: DeskProcess) -> None:
    customer = Customer(desk)
    customer.say("Hello")
    assert agent_tui("send", "--conversation", "1", given="First line\nsecond: é 😀\n").code == 0
    assert agent_tui("send", "--conversation", "1", "--note", "-", given="Ask Bob").code == 0
    entries = desk.get("/v1/conversations/1/entries", desk.token())["entries"]
    said = [(entry["kind"], entry["body"]) for entry in entries if entry.get("body")]
    assert said == [("public", "Hello"), ("public", "First line\nsecond: é 😀"), ("note", "Ask Bob")]
    assert agent_tui("sessions").out.count("\n") == 1, "only the test's own sign-in is left"


def test_what_the_desk_refuses_is_said(desk: DeskProcess) -> None:
    missing = agent_tui("send", "--conversation", "c99", "hello")
    assert missing.code == 1
    assert "c99" in missing.err
    Customer(desk).say("Hello")
    too_long = agent_tui("send", "--conversation", "c1", given="x" * 8_001)
    assert too_long.code == 1
    assert "8" in too_long.err
    watcher = desk.token("Eve", "supervisor")
    refused = agent_tui("--desk", desk.url, "send", "--conversation", "c1", "hello", AGENT_TUI_TOKEN=watcher)
    assert refused.code == 4
    assert "only watches" in refused.err


def test_a_token_that_is_not_good_is_code_4(desk: DeskProcess) -> None:
    for command in (["tail"], ["send", "--conversation", "c1", "hello"], ["sessions"], ["doctor", "--desk"]):
        ended = agent_tui("--desk", desk.url, *command, AGENT_TUI_TOKEN="at_wrong")
        assert ended.code == 4, (command, ended.err)
        assert "does not know that token" in ended.err


def test_a_token_that_was_not_used_for_too_long_is_code_4(agent_tui_home: Path, tmp_path: Path) -> None:
    server = tmp_path / "server"
    code = code_of(agent_tui("--home", str(server), "invite", "Ada", "--json"))
    home = find_paths(server).desk
    with running_desk(home) as desk:
        assert agent_tui("login", desk.url, "--code", code, "--keep", "file", "--yes").code == 0
        assert agent_tui("sessions").code == 0
        desk.stop()
        desk.start(AGENT_TUI_DESK_SESSION_UNUSED_MS="1")
        for command in (["tail"], ["send", "--conversation", "c1", "hello"], ["sessions"]):
            ended = agent_tui(*command)
            assert ended.code == 4, (command, ended.err)
            assert "not used for too long" in ended.err
            assert "new invite" in ended.err
