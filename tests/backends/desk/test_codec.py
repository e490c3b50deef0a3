"""The desk's codec: bytes to facts, one row a kind; no hostile string comes through anywhere."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from agent_tui.backends.desk.codec import Closing, Codec, capabilities_of, number_of
from agent_tui.model.conversation import Owner
from agent_tui.model.entry import Entry, SystemLine
from agent_tui.model.ids import ClientId, ConversationRef, OrderKey
from agent_tui.model.people import Agent, Author
from agent_tui.model.text import SafeText, clean
from agent_tui.model.words import AuthorKind, Availability, EntryKind, HowKnown, Role, Stage
from agent_tui.ports import errors as x
from agent_tui.ports import events as e
from agent_tui.ports.capabilities import Capability, Level, can
from agent_tui.protocol.commands import Welcome, You
from agent_tui.protocol.errors import Code, ErrorAnswer
from agent_tui.protocol.frames import decode_server_frame
from agent_tui.protocol.limits import Limits
from agent_tui.protocol.records import WireEntry, WireHit, WireHours
from tests.hostile import HostileString, hostile_strings

JANE = {"kind": "customer", "name": "Jane", "id": "v1"}
ADA = {"kind": "agent", "name": "Ada", "id": "ada"}
LINE = {"seq": 3, "kind": "public", "by": JANE, "at": 30, "body": "hello", "cid": "c-1"}
RECORD = {
    "id": 42,
    "revision": 7,
    "state": "open",
    "stage": "closing",
    "stage_set": True,
    "outcome": "unknown",
    "customer": {"id": "v1", "name": "Jane", "known": "signed by your site"},
    "created": 1,
    "last_seq": 3,
    "last_at": 30,
    "preview": "hello",
    "owner": {"id": "ada", "name": "Ada"},
}


def codec() -> Codec:
    made = Codec()
    made.me = "ada"
    return made


def facts(*events: dict[str, Any]) -> list[e.BackendEvent | Closing]:
    frame = decode_server_frame(json.dumps({"events": events, "prev": "1", "cursor": "2"}))
    assert frame.events is not None
    return list(codec().pushed(frame.events, 1000))


def test_an_entry_with_its_record() -> None:
    entry, record = facts({"e": "entry", "conversation": 42, "entry": LINE, "record": RECORD})
    author = Author(AuthorKind.CUSTOMER, "v1", SafeText("Jane"))
    assert entry == e.EntryUpsert(
        ConversationRef("42"), Entry(OrderKey(3), EntryKind.PUBLIC, author, 30, SafeText("hello")), OrderKey(2)
    )
    assert isinstance(record, e.ConversationUpsert)
    held = record.conversation
    assert (held.ref, held.label, held.revision, held.stage, held.stage_set) == ("42", "c42", 7, Stage.CLOSING, True)
    assert (held.owner, held.last_key, held.last_preview) == (Owner("ada", "Ada"), 3, "hello")  # type: ignore[arg-type]
    assert held.customer.known is HowKnown.SIGNED
    assert not record.own_read


def test_only_own_messages_keep_their_key() -> None:
    own, other, mine_by_name = facts(
        {"e": "entry", "conversation": 1, "entry": {**LINE, "by": ADA}},
        {"e": "entry", "conversation": 1, "entry": {**LINE, "by": {**ADA, "id": "bob"}}},
        {"e": "entry", "conversation": 1, "entry": {**LINE, "by": {**JANE, "id": "ada"}}},
    )
    keys = [fact.entry.cid for fact in (own, other, mine_by_name) if isinstance(fact, e.EntryUpsert)]
    assert keys == [ClientId("c-1"), "", ""]


@pytest.mark.parametrize(
    ("event", "fact"),
    [
        ({"e": "seen", "conversation": 1, "seq": 4}, e.SeenByCustomer(ConversationRef("1"), OrderKey(4))),
        ({"e": "read", "conversation": 1, "seq": 4}, e.ReadByMe(ConversationRef("1"), OrderKey(4))),
        ({"e": "here", "conversation": 1, "present": True, "at": 5}, e.CustomerHere(ConversationRef("1"), True, 5)),
        (
            {"e": "typing", "conversation": 1, "who": ADA, "on": True, "note": True},
            e.TypingSeen(
                ConversationRef("1"), Author(AuthorKind.AGENT, "ada", SafeText("Ada")), on=True, at_ms=1000, note=True
            ),
        ),
        (
            {
                "e": "agent",
                "agent": {"id": "bob", "name": "Bob", "role": "agent", "availability": "on a call", "since": 9},
            },
            e.AgentSeen(Agent("bob", "Bob", Role.AGENT, Availability.ON_A_CALL, 9)),  # type: ignore[arg-type]
        ),
        (
            {
                "e": "agent",
                "agent": {
                    "id": "bob",
                    "name": "Bob",
                    "role": "agent",
                    "availability": "away",
                    "since": 9,
                    "gone": True,
                },
            },
            e.AgentSeen(Agent("bob", "Bob", Role.AGENT, Availability.AWAY, 9, gone=True)),  # type: ignore[arg-type]
        ),
        ({"e": "closing", "retry_after_ms": 1500, "detail": "back soon"}, Closing(SafeText("back soon"), 1500)),
    ],
)
def test_each_kind_of_event(event: dict[str, Any], fact: object) -> None:
    assert facts(event) == [fact]


def test_a_withdrawn_entry_and_a_system_line() -> None:
    withdrawn, system = facts(
        {"e": "entry_changed", "conversation": 1, "entry": {**LINE, "body": "", "withdrawn": True, "changes": 1}},
        {
            "e": "entry",
            "conversation": 1,
            "entry": {
                "seq": 4,
                "kind": "system",
                "by": {"kind": "system"},
                "at": 40,
                "system": {"code": "claimed", "who": "Ada"},
            },
        },
    )
    assert isinstance(withdrawn, e.EntryUpsert)
    assert (withdrawn.entry.withdrawn, withdrawn.entry.changes, withdrawn.entry.body) == (True, 1, "")
    assert isinstance(system, e.EntryUpsert)
    assert system.entry.system == SystemLine("claimed", SafeText("Ada"))


def test_what_a_newer_desk_says_is_passed_over() -> None:
    known = {"e": "seen", "conversation": 1, "seq": 4, "in_passing": True}
    assert len(facts({"e": "of_the_future", "x": 1}, known, {"e": "seen", "conversation": "one"})) == 1


def test_authors_are_kept_once_each() -> None:
    decoder = codec()
    frame = decode_server_frame(
        json.dumps({"events": [{"e": "entry", "conversation": 1, "entry": {**LINE, "seq": n}} for n in range(1, 9)]})
    )
    assert frame.events is not None
    found = [fact.entry.author for fact in decoder.pushed(frame.events, 0) if isinstance(fact, e.EntryUpsert)]
    assert len({id(author) for author in found}) == 1


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a fact, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from strings_in(getattr(value, name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from strings_in(part)


def poisoned(value: Any, poison: str) -> Any:
    """The same JSON with every free string replaced."""
    closed = {"e", "kind", "state", "stage", "outcome", "role", "availability", "name_known", "contact_known"}
    if isinstance(value, dict):
        return {key: part if key in closed else poisoned(part, poison) for key, part in value.items()}
    if isinstance(value, list):
        return [poisoned(part, poison) for part in value]
    return poison if isinstance(value, str) else value


FULL_RECORD = {
    **RECORD,
    "customer": {
        **dict.fromkeys(("id", "name", "phone", "email", "language", "time_zone", "page_title", "page_url"), "x"),
        "name_known": "typed",
    },
    "channel": "x",
    "flag": {"by": {"id": "x", "name": "x"}, "reason": "x", "since": 1},
}
EVERY_EVENT: list[dict[str, Any]] = [
    {"e": "entry", "conversation": 42, "entry": LINE, "record": FULL_RECORD},
    {"e": "entry", "conversation": 42, "entry": {**LINE, "by": ADA}},
    {
        "e": "entry_changed",
        "conversation": 42,
        "entry": {**LINE, "kind": "system", "system": {"code": "x", "who": "x", "what": "x"}},
    },
    {"e": "conversation", "record": FULL_RECORD},
    {"e": "agent", "agent": {"id": "x", "name": "x", "role": "agent", "availability": "away", "since": 1}},
    {"e": "typing", "conversation": 1, "who": JANE, "on": True},
    {"e": "closing", "retry_after_ms": 1, "detail": "x"},
]


@pytest.mark.parametrize("poison", hostile_strings(), ids=str)
def test_no_hostile_string_comes_through_anywhere(poison: HostileString) -> None:
    text = poison.text.encode(errors="replace").decode()
    found = facts(*(poisoned(event, text) for event in EVERY_EVENT))
    assert len(found) == len(EVERY_EVENT) + 1
    decoder = codec()
    decoder.me = ""
    welcome = Welcome(
        You(text, text, Role.AGENT), "e", "1", text, Limits(), 0, WireHours(True, text, sentence=text), why=text
    )
    others = [
        decoder.connected(welcome, 0),
        decoder.hours(welcome.hours),
        decoder.hit(WireHit(1, text, msgspec.convert(poisoned(LINE, text), WireEntry))),
    ]
    for said in (*strings_in(found), *strings_in(others), str(decoder.error(ErrorAnswer(Code.BLOCKED, text, by=text)))):
        assert clean(said) == said
        assert not any(ord(letter) < 32 and letter != "\n" for letter in said)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_becomes_an_error_of_the_port(code: Code) -> None:
    said: dict[str, Any] = {
        "by": "Bob",
        "retry_after_ms": 7,
        "entries": [LINE, {"not": "one"}],
        "snippet": "umbra\x1b",
        "rule": "expired",
    }
    error = codec().error(ErrorAnswer(code, "a sentence", **said))
    assert str(error) == "a sentence"
    expected = {
        Code.CROSSED: x.Crossed,
        Code.TAKEN: x.Taken,
        Code.TOO_FAST: x.RateLimited,
        Code.REVOKED: x.AuthExpired,
        Code.CALL_STOPPED: x.CallStopped,
        Code.EXPIRED: x.AuthExpired,
        Code.UNAUTHORISED: x.AuthExpired,
        Code.NOT_ALLOWED: x.Forbidden,
        Code.NOT_FOUND: x.NotFound,
        Code.PROOF_REFUSED: x.ProofRefused,
        Code.DISK_FULL: x.ServerTrouble,
        Code.STOPPING: x.ServerTrouble,
        Code.INTERNAL: x.ServerTrouble,
    }
    assert type(error) is expected.get(code, x.Refused)
    if isinstance(error, x.Crossed):
        assert [entry.body for entry in error.entries] == ["hello"]
    if isinstance(error, x.Taken):
        assert error.by == "Bob"
    if isinstance(error, x.ProofRefused):
        assert (error.snippet, error.rule) == ("umbra␛", "expired")
    if isinstance(error, x.RateLimited):
        assert error.retry_after_ms == 7
    if isinstance(error, x.AuthExpired):
        assert error.revoked is (code is Code.REVOKED)


def test_an_error_without_words_still_has_a_sentence() -> None:
    assert str(codec().error(ErrorAnswer(Code.INTERNAL, ""))) == "The desk refused: internal."


@pytest.mark.parametrize("ref", ["", "x", "-1", "1.5", "٤٢", "1" * 16, "42\n", " 42"])
def test_what_is_no_conversation_of_a_desk(ref: str) -> None:
    with pytest.raises(x.NotFound):
        number_of(ConversationRef(ref))


def test_a_supervisor_may_look_and_nothing_else() -> None:
    table = capabilities_of(Role.SUPERVISOR)
    assert {which for which, cap in table.items() if cap.level is Level.FULL} == {
        Capability.LIVE_EVENTS,
        Capability.REPLAY,
        Capability.TYPING_IN,
        Capability.SEEN,
        Capability.SEARCH,
        Capability.TEAM_LIBRARY,
        Capability.WATCH_UNSEEN,
        Capability.WALL,
        Capability.READ_ONLY_BY_ROLE,
    }
    assert all(can(capabilities_of(Role.ADMIN), which) for which in Capability)
    assert {which for which in Capability if not can(capabilities_of(Role.AGENT), which)} == {Capability.WALL}
