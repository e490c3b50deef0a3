"""Who may do what: every route and every command of the table, asked by everybody. A row this matrix misses fails."""

import urllib.error
from typing import Any

import msgspec
import pytest

from agent_tui.model.ids import uuid7
from agent_tui.model.words import Availability, Outcome, Role, Stage
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from agent_tui.protocol.table import COMMANDS, ROUTES, RouteRow
from tests.clients import Client, Refused
from tests.desk.conftest import staff_of, visitor_of
from tests.desk_process import DeskProcess

EVERYBODY = "none visitor agent supervisor admin"
STAFF = "agent supervisor admin"
ANSWERING = "agent admin"
OVERSEEING = "supervisor admin"

ROUTE_MATRIX = {
    "local_sign_in": EVERYBODY,
    "log_in": EVERYBODY,
    "log_out": STAFF,
    "me": STAFF,
    "inbox": STAFF,
    "conversations": STAFF,
    "conversation": STAFF,
    "entries": STAFF,
    "original": "admin",
    "earlier": STAFF,
    "search": STAFF,
    "behind": OVERSEEING,
    "sample": OVERSEEING,
    "replay": OVERSEEING,
    "standing": OVERSEEING,
    "unmasked": OVERSEEING,
    "report": OVERSEEING,
    "board": OVERSEEING,
    "watched": STAFF,
    "audit_check": "admin",
    "library": STAFF,
    "library_uses": STAFF,
    "recall": STAFF,
    "edit_snippet": "admin",
    "check_snippet": ANSWERING,
    "withdraw_consent": "admin",
    "hours": STAFF,
    "set_hours": "admin",
    "phone": STAFF,
    "calls": STAFF,
    "call": STAFF,
    "calls_to": ANSWERING,
    "call_audit": "admin",
    "never_call": "admin",
    "invite": STAFF,
    "sessions": STAFF,
    "revoke": "admin",
    "stop": "admin",
    "new_visitor": EVERYBODY,
    "ticket": "visitor",
    "health": EVERYBODY,
    "metrics": EVERYBODY,
    "openapi": EVERYBODY,
    "widget_page": EVERYBODY,
    "widget_embed": EVERYBODY,
    "widget_file": EVERYBODY,
}

COMMAND_MATRIX = {
    "hello": "visitor agent supervisor admin",
    "subscribe": STAFF,
    "send": ANSWERING,
    "claim": ANSWERING,
    "take_next": ANSWERING,
    "transfer": ANSWERING,
    "resolve": ANSWERING,
    "reopen": ANSWERING,
    "snooze": ANSWERING,
    "set_stage": ANSWERING,
    "set_outcome": ANSWERING,
    "needs_answer": ANSWERING,
    "withdraw": ANSWERING,
    "block": ANSWERING,
    "set_flag": ANSWERING,
    "watch": OVERSEEING,
    "mark_read": ANSWERING,
    "typing": ANSWERING,
    "set_available": ANSWERING,
    "check_call": ANSWERING,
    "request_call": ANSWERING,
    "dial_call": ANSWERING,
    "report_call": ANSWERING,
    "cancel_call": ANSWERING,
    "hang_up": ANSWERING,
    "call_outcome": ANSWERING,
    "offer_call": ANSWERING,
    "queue_call": ANSWERING,
    "claim_call": ANSWERING,
    "release_call": ANSWERING,
    "reschedule_call": ANSWERING,
    "do_not_call": ANSWERING,
    "set_phone": ANSWERING,
    "proof_stopped": ANSWERING,
    "say": "visitor",
    "writing": "visitor",
    "seen": "visitor",
    "introduce": "visitor",
    "end": "visitor",
    "rate": "visitor",
    "ask_call": "visitor",
    "answer_offer": "visitor",
    "cancel_asked": "visitor",
}

ENDS_WHAT_OTHERS_USE = {"stop", "log_out"}
"""Allowed cases that have tests of their own."""

VALUES: dict[type[c.Command], dict[str, Any]] = {
    c.Send: {"cid": uuid7(), "kind": "public", "body": "x", "seen_seq": 0, "draft_seq": 0},
    c.Resolve: {"outcome": Outcome.UNKNOWN},
    c.Snooze: {"until": 4_000_000_000_000},
    c.SetStage: {"stage": Stage.MID},
    c.SetOutcome: {"outcome": Outcome.LEAD},
    c.NeedsAnswer: {"needed": False},
    c.Withdraw: {"seq": 1},
    c.Block: {"until": 0},
    c.MarkRead: {"seq": 1},
    c.Typing: {"on": False},
    c.SetAvailable: {"availability": Availability.AVAILABLE},
    c.ProofStopped: {
        "report": uuid7(),
        "snippet": "umbra-days",
        "revision": 1,
        "language": "en",
        "rule": "withdrawn",
        "at": 0,
    },
    c.Say: {"cid": uuid7(), "body": "x"},
    c.Writing: {"on": False},
    c.Seen: {"n": 0},
    c.Rate: {"answer": "yes"},
    cc.RequestCall: {"call": uuid7(), "provider": "simulated"},
    cc.DialCall: {"call": uuid7()},
    cc.ReportCall: {"call": uuid7(), "state": "handed_over"},
    cc.CancelCall: {"call": uuid7()},
    cc.HangUp: {"call": uuid7()},
    cc.CallOutcome: {"call": uuid7(), "result": "spoke"},
    cc.QueueCall: {"call": uuid7()},
    cc.ReleaseCall: {"call": uuid7()},
    cc.RescheduleCall: {"call": uuid7(), "not_before": 4_000_000_000_000},
    cc.AskCall: {"call": uuid7(), "number": "+31612345678"},
    cc.AnswerOffer: {"yes": False},
}


def test_the_matrix_has_every_route_and_every_command() -> None:
    assert set(ROUTE_MATRIX) == {row.name for row in ROUTES}
    assert set(COMMAND_MATRIX) == {row.name for row in COMMANDS}


def test_the_table_says_what_the_matrix_says() -> None:
    for route in ROUTES:
        roles = set(ROUTE_MATRIX[route.name].split())
        assert {role.value for role in route.roles} == (set() if "none" in roles else roles), route.name
    for command in COMMANDS:
        assert {role.value for role in command.roles} == set(COMMAND_MATRIX[command.name].split()), command.name


@pytest.fixture(scope="module")
def tokens(desk: DeskProcess) -> dict[str, str]:
    """One token a role; `none` has none."""
    found = {role.value: desk.token(f"Role {role.value}", role.value) for role in Role if role is not Role.VISITOR}
    return {**found, "visitor": desk.visitor()[0], "none": ""}


def request_of(row: RouteRow) -> tuple[str, Any]:
    path = (
        row.path.replace("{conversation}", "999999")
        .replace("{seq}", "1")
        .replace("{file}", "nothing.js")
        .replace("{call}", "nothing")
    )
    return path, None if row.request is None else {}


@pytest.mark.parametrize("role", EVERYBODY.split())
@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)
def test_routes_let_in_who_the_matrix_lets_in(
    desk: DeskProcess, tokens: dict[str, str], row: RouteRow, role: str
) -> None:
    path, body = request_of(row)
    allowed = role in ROUTE_MATRIX[row.name].split()
    if allowed and row.name in ENDS_WHAT_OTHERS_USE:
        return
    try:
        status, answer = desk.ask(row.method, path, body, tokens[role])
    except urllib.error.HTTPError as error:
        with error:
            status, answer = error.code, msgspec.json.decode(error.read())
    code = answer.get("code") if isinstance(answer, dict) else None
    if allowed:
        assert code != Code.NOT_ALLOWED
        assert status != 500
        assert status != 401 or row.name in ("local_sign_in", "log_in")
    elif role == "none":
        assert (status, code) == (401, Code.UNAUTHORISED)
    else:
        assert (status, code) == (403, Code.NOT_ALLOWED)


@pytest.mark.parametrize("role", ["visitor", "agent", "supervisor", "admin"])
async def test_commands_obey_who_the_matrix_lets(desk: DeskProcess, role: str) -> None:
    client: Client = visitor_of(desk) if role == "visitor" else staff_of(desk, f"Commands {role}", role)
    async with client:
        for row in COMMANDS:
            if row.request is c.Hello:
                continue
            fields = dict(VALUES.get(row.request, {}))
            if "conversation" in row.request.__struct_fields__:
                fields["conversation"] = 999_999
            try:
                await client.ask(row.request, **fields)
                code = None
            except Refused as refused:
                code = refused.answer.code
            allowed = role in COMMAND_MATRIX[row.name].split()
            assert (code is Code.NOT_ALLOWED) is (not allowed), (row.name, role, code)
            assert code is not Code.INTERNAL, row.name
            assert code is not Code.UNKNOWN_COMMAND, row.name


async def test_another_visitor_is_told_nothing(desk: DeskProcess) -> None:
    async with visitor_of(desk) as jane, visitor_of(desk) as other, staff_of(desk) as ada:
        await jane.say("for staff only")
        conversation = (await ada.sees("for staff only"))["conversation"]
        await ada.send(conversation, "for Jane only")
        await jane.sees("for Jane only")
        await other.say("mine")
        assert "only" not in str(other.events) + str(other.now)


def test_a_visitor_token_opens_nothing_of_staff_and_no_socket_by_header(desk: DeskProcess) -> None:
    token, _ = desk.visitor()
    status, answer = desk.refusal("GET", "/v1/me", token=token)
    assert (status, answer["code"]) == (403, "not_allowed")


def test_wrong_tokens_are_refused(desk: DeskProcess) -> None:
    for token in ("at_nothing", "av_nothing", "nothing", "at_" + "x" * 5000):
        status, answer = desk.refusal("GET", "/v1/me", token=token)
        assert (status, answer["code"]) == (401, "unauthorised")


def test_unknown_paths_and_methods_are_refused(desk: DeskProcess) -> None:
    for method, path in (("GET", "/v1/nothing"), ("DELETE", "/v1/inbox"), ("GET", "/admin"), ("PATCH", "/v1/hours")):
        status, _ = desk.refusal(method, path)
        assert status in (404, 405)


def test_only_an_admin_invites_others(desk: DeskProcess, tokens: dict[str, str]) -> None:
    for role in ("agent", "supervisor"):
        status, answer = desk.refusal("POST", "/v1/invites", {"name": "Mallory", "role": "admin"}, tokens[role])
        assert (status, answer["code"]) == (403, "not_allowed")
        mine = desk.post("/v1/invites", {"name": "Mallory", "role": "admin", "me": True}, tokens[role])
        assert (mine["name"], mine["role"]) == (f"Role {role}", role)


def test_only_an_admin_sees_everybodys_devices(desk: DeskProcess, tokens: dict[str, str]) -> None:
    assert {s["name"] for s in desk.get("/v1/sessions", tokens["agent"])["sessions"]} == {"Role agent"}
    assert len(desk.get("/v1/sessions", tokens["admin"])["sessions"]) > 3
