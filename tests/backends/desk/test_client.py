"""The desk's client on a scripted socket: order, broken chains, refusals, nonsense."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, cast

import msgspec
import pytest

from agent_tui.backends.desk.client import line as line_module
from agent_tui.backends.desk.client import watching as watching_module
from agent_tui.backends.desk.client.answering import DeskAnswering
from agent_tui.backends.desk.client.line import DeskLine
from agent_tui.backends.desk.client.watching import DeskWatching
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import Role
from agent_tui.ports import events as e
from agent_tui.ports.backend import View
from agent_tui.ports.errors import AuthExpired, NotFound, PortError, RateLimited, Refused, ServerTrouble, Unreachable
from agent_tui.ports.transport import HandshakeRefused, HttpAnswer, SocketEnded
from agent_tui.protocol.commands import Welcome, You
from agent_tui.protocol.limits import Limits
from agent_tui.protocol.records import WireHours
from agent_tui.protocol.requests import Inbox

HOURS = WireHours(True, "Europe/Amsterdam")
EMPTY_INBOX = msgspec.json.encode(Inbox("9", "e1", [], [], HOURS))


class ScriptedTransport:
    """A desk that says what the test says. `script` is taken line by line; "welcome" answers hello."""

    def __init__(self, *lives: list[Any]) -> None:
        self.lives = list(lives)
        self.script: list[Any] = []
        self.sent: list[dict[str, Any]] = []
        self.http: list[HttpAnswer] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.resumed = False
        self.epoch = "e1"
        self.why = ""

    async def request(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: bytes | None = None
    ) -> HttpAnswer:
        self.asked.append((method, path, dict(query or {})))
        return self.http.pop(0) if self.http else HttpAnswer(200, EMPTY_INBOX)

    async def socket(self, path: str) -> "ScriptedTransport":
        self.script = self.lives.pop(0)
        if self.script and isinstance(self.script[0], HandshakeRefused):
            raise self.script[0]
        return self

    async def send(self, frame: bytes) -> None:
        self.sent.append(json.loads(frame))

    async def receive(self) -> bytes | e.Heard | e.Quiet:
        await asyncio.sleep(0)
        if not self.script:
            raise SocketEnded("The connection ended: it was lost.", 1006)
        said = self.script.pop(0)
        if isinstance(said, Exception):
            raise said
        if said == "welcome":
            hello = next(frame for frame in reversed(self.sent) if frame["do"] == "hello")
            welcome = Welcome(
                You("ada", "Ada", Role.AGENT), self.epoch, "9", "Acme", Limits(), 0, HOURS, self.resumed, self.why
            )
            return b'{"re":%d,"ok":%b}' % (hello["id"], msgspec.json.encode(welcome))
        return cast("bytes | e.Heard | e.Quiet", said)

    async def aclose(self) -> None:
        return


def pushed(prev: str, cursor: str, *events: dict[str, Any]) -> bytes:
    return json.dumps({"events": events, "prev": prev, "cursor": cursor}).encode()


def read_mark(seq: int) -> dict[str, Any]:
    return {"e": "read", "conversation": 1, "seq": seq}


async def life(watching: DeskWatching) -> tuple[list[e.BackendEvent], PortError | None]:
    """One connection's events, and how it ended."""
    heard: list[e.BackendEvent] = []
    try:
        async with aclosing(cast("Any", watching.events())) as events:
            async for event in cast("AsyncIterator[e.BackendEvent]", events):
                heard.append(event)
    except PortError as error:
        return heard, error
    return heard, None


def desk(transport: ScriptedTransport) -> DeskWatching:
    return DeskWatching(DeskLine(transport), lambda: 1000)


def kinds(heard: list[e.BackendEvent]) -> list[str]:
    return [type(event).__name__ for event in heard]


async def test_the_start_is_a_snapshot_at_the_welcomes_cursor() -> None:
    transport = ScriptedTransport(["welcome", pushed("9", "10", read_mark(1)), e.Heard(5)])
    heard, ended = await life(desk(transport))
    assert kinds(heard) == [
        "Connected",
        "CapabilitiesKnown",
        "StartedAfresh",
        "HoursKnown",
        "Live",
        "ReadByMe",
        "Heard",
    ]
    assert heard[2] == e.StartedAfresh("")
    assert isinstance(ended, SocketEnded)
    assert [frame["do"] for frame in transport.sent] == ["hello", "subscribe"]


async def test_resumed_it_asks_for_what_came_after_and_forgets_nothing() -> None:
    transport = ScriptedTransport(
        ["welcome", pushed("9", "12", read_mark(1))], [pushed("12", "13", read_mark(2)), "welcome"]
    )
    watching = desk(transport)
    await life(watching)
    transport.resumed = True
    heard, _ = await life(watching)
    hello = [frame for frame in transport.sent if frame["do"] == "hello"][1]
    assert (hello["cursor"], hello["epoch"]) == ("12", "e1")
    # what the desk repeats came before its welcome, and is told after it
    assert kinds(heard) == ["Connected", "CapabilitiesKnown", "ReadByMe", "HoursKnown", "Live"]


@pytest.mark.parametrize(("epoch", "why"), [("e2", "The data was restored."), ("e1", "Too far behind.")])
async def test_what_cannot_be_resumed_is_read_anew_and_said(epoch: str, why: str) -> None:
    transport = ScriptedTransport(["welcome"], ["welcome"])
    watching = desk(transport)
    await life(watching)
    transport.epoch, transport.why = epoch, why
    heard, _ = await life(watching)
    assert e.StartedAfresh(why) in heard


async def test_a_broken_chain_is_asked_for_again_and_then_read_anew() -> None:
    hole = pushed("10", "11", read_mark(2))
    transport = ScriptedTransport(["welcome", hole], ["welcome", hole], ["welcome"])
    watching = desk(transport)
    heard, ended = await life(watching)
    assert "ReadByMe" not in kinds(heard)
    assert isinstance(ended, Unreachable)
    assert "missing" in str(ended)
    transport.resumed = True
    await life(watching)
    transport.resumed = False
    heard, _ = await life(watching)
    cursors = [frame.get("cursor", "") for frame in transport.sent if frame["do"] == "hello"]
    assert cursors == ["", "9", ""]
    assert any(isinstance(event, e.StartedAfresh) and event.why for event in heard)


async def test_a_desk_that_stops_says_when_to_come_back() -> None:
    closing = b'{"now":[{"e":"closing","retry_after_ms":1500,"detail":"restarting"}]}'
    _, ended = await life(desk(ScriptedTransport(["welcome", closing])))
    assert isinstance(ended, Unreachable)
    assert (str(ended), ended.retry_after_ms) == ("restarting", 1500)


@pytest.mark.parametrize("frame", [b"", b"\xff\xfe", b"[]", b"nonsense", b'{"events":1}', b'{"re":"x"}', b"{" * 5000])
async def test_nonsense_ends_the_connection_with_a_sentence(frame: bytes) -> None:
    _, ended = await life(desk(ScriptedTransport(["welcome", frame])))
    assert isinstance(ended, ServerTrouble)
    assert "can't be read" in str(ended)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error":{"code":"revoked","detail":"ended"}}', AuthExpired),
        (b'{"error":{"code":"stopping","detail":"later"}}', ServerTrouble),
        (b'{"error":{"code":"protocol","detail":"update"}}', Refused),
        (b"<html>", ServerTrouble),
    ],
)
async def test_a_handshake_that_is_refused(body: bytes, kind: type[PortError]) -> None:
    refused = HandshakeRefused("no", HttpAnswer(403, body))
    _, ended = await life(desk(ScriptedTransport([refused])))
    assert type(ended) is kind


async def test_revoked_in_the_middle() -> None:
    frame = b'{"error":{"code":"revoked","detail":"You were signed out."}}'
    _, ended = await life(desk(ScriptedTransport(["welcome", frame])))
    assert isinstance(ended, AuthExpired)
    assert ended.revoked


async def test_a_desk_that_never_answers_hello_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching_module, "ANSWER_WITHIN_S", 0.05)

    class Silent(ScriptedTransport):
        async def receive(self) -> bytes | e.Heard | e.Quiet:
            await asyncio.sleep(0.01)
            return e.Heard(1)

    _, ended = await life(desk(Silent([])))
    assert "said nothing" in str(ended)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HttpAnswer(404, b'{"code":"not_found","detail":"No such thing."}'), NotFound),
        (HttpAnswer(429, b"slow"), RateLimited),
        (HttpAnswer(502, b"<html>bad gateway"), ServerTrouble),
        (HttpAnswer(418, b"teapot"), ServerTrouble),
        (HttpAnswer(200, b"not json"), ServerTrouble),
        (HttpAnswer(200, b'{"conversations":[{"id":"x"}]}'), ServerTrouble),
    ],
)
async def test_http_answers_that_are_errors(answer: HttpAnswer, kind: type[PortError]) -> None:
    transport = ScriptedTransport()
    transport.http.append(answer)
    with pytest.raises(PortError) as raised:
        await desk(transport).list(View.ALL)
    assert type(raised.value) is kind
    assert str(raised.value)


async def test_what_was_asked_over_http() -> None:
    transport = ScriptedTransport()
    transport.http += [HttpAnswer(200, b'{"entries":[],"more":false,"last_seq":0}')]
    transport.http += [HttpAnswer(200, b'{"hits":[],"next":"","behind":3}')]
    watching = desk(transport)
    await watching.history(ConversationRef("7"), limit=9999)
    page = await watching.search("a & b", ConversationRef("7"))
    assert page.behind == 3
    assert transport.asked == [
        ("GET", "/v1/conversations/7/entries", {"limit": 500}),
        ("GET", "/v1/search", {"text": "a & b", "conversation": 7}),
    ]
    with pytest.raises(NotFound):
        await watching.get(ConversationRef("../healthz"))
    assert len(transport.asked) == 2


async def test_an_answer_that_does_not_come_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "ANSWER_WITHIN_S", 0.02)
    transport = ScriptedTransport([])
    line = DeskLine(transport)
    answering = DeskAnswering(line, lambda: DeskWatching(line, lambda: 0).capabilities)
    with pytest.raises(Unreachable, match="Not connected"):
        await answering.reopen(ConversationRef("1"))
    await line.open()
    with pytest.raises(Unreachable, match="did not answer in time"):
        await answering.reopen(ConversationRef("1"))
    waiting = asyncio.ensure_future(answering.reopen(ConversationRef("1")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await line.close()
    with pytest.raises(Unreachable, match="lost before the desk answered"):
        await waiting
