"""Calls off the wire: hostile strings are made safe, and nothing that isn't a number becomes one."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.backends.desk import call_codec
from agent_tui.backends.desk.codec import Codec
from agent_tui.model.call import E164, BasisKind, CallKind, CallState
from agent_tui.model.text import clean
from agent_tui.ports import events as e
from agent_tui.protocol import call_records as r
from agent_tui.protocol.pushes import CallChanged
from agent_tui.protocol.records import WireOwner

HOSTILE: list[str] = [
    text if isinstance(text, str) else str(text)
    for text in json.loads((Path(__file__).parents[2] / "data" / "hostile-strings.json").read_text("utf-8"))
]


def wire(**more: Any) -> r.WireCall:
    given: dict[str, Any] = {
        "id": "01a21b09-76f3-7824-9a7e-fe83549685a4", "conversation": 7, "kind": CallKind.CALL, "rev": 3,
        "state": CallState.IN_CALL, "requested": 1, "since": 2, "last4": "5678",
    }  # fmt: skip
    return r.WireCall(**{**given, **more})


def test_a_push_becomes_a_call_without_a_number() -> None:
    (fact,) = Codec().fact(CallChanged(wire(basis=r.WireBasis(BasisKind.CUSTOMER_REQUEST, 4, 9))), 0)
    assert isinstance(fact, e.CallSeen)
    call = fact.call
    assert (call.ref, call.number, call.last4, call.revision) == ("7", None, "5678", 3)
    assert call.basis is not None
    assert (call.basis.message, call.basis.at_ms) == ("4", 9)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_string_is_clean(text: str) -> None:
    call = call_codec.call(
        wire(
            agent=WireOwner(text, text), provider=text, note=text, result=text, language=text, code=text, last4=text,
            number=r.WireNumber(text, text, text, shown=text), caller_id=r.WireNumber("+31201234567", shown=text),
        )
    )  # fmt: skip
    for said in (
        call.agent_name,
        call.provider,
        call.note,
        call.language,
        call.caller_id.shown if call.caller_id else "",
    ):
        assert clean(said, multiline=False) == said
    assert call.number is None
    assert (call.code, call.last4) == ("", "") or text.isdigit()


@given(st.text(max_size=30), st.text(max_size=12))
def test_only_digits_become_a_number(e164: str, extension: str) -> None:
    found = call_codec.number(r.WireNumber(e164, extension))
    assert found is None or E164.fullmatch(found.e164)


def test_facts_of_the_telephone() -> None:
    ways = (r.WireProvider("handover", "Your own\x1b[2J phone", "console", tracked=False),)
    facts = r.PhoneFacts(on=True, region="NL", countries=("31",), consent="warn", start="confirm", providers=ways)
    telephone = call_codec.telephone(msgspec.json.decode(msgspec.json.encode(facts), type=r.PhoneFacts))
    assert (telephone.on, telephone.asks_first, telephone.countdown) == (True, False, False)
    assert (telephone.ways[0].in_console, telephone.ways[0].tracked) == (True, False)
    assert "\x1b" not in telephone.ways[0].title
