"""What leaves for the exchange: digits, names of ours, and nothing that a customer or an agent wrote."""

import re
from urllib.parse import urlencode

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from agent_tui.model.call import CallId, Leg, Number
from agent_tui.model.ids import AgentId
from agent_tui.phones.asterisk.codec import Names
from agent_tui.phones.asterisk.requests import agent_endpoint, customer_endpoint, originate, press
from agent_tui.ports.phone import AgentPhone
from tests.phones.following import request

NAMES = Names("agenttui")
extensions = st.from_regex(r"[0-9]{0,8}", fullmatch=True)
numbers = st.builds(Number, st.from_regex(r"\+[0-9]{7,15}", fullmatch=True), extensions)


@given(numbers)
def test_a_customers_endpoint_is_the_template_and_digits(number: Number) -> None:
    asked, digits = request(number), number.e164[1:]
    assert customer_endpoint(asked, "PJSIP/{e164}@trunk") == f"PJSIP/+{digits}@trunk"
    assert customer_endpoint(asked, "PJSIP/{digits}@trunk") == f"PJSIP/{digits}@trunk"
    assert customer_endpoint(asked, "PJSIP/t/sip:{zerozero}@192.0.2.1") == f"PJSIP/t/sip:00{digits}@192.0.2.1"


@given(st.text(max_size=50))
@example("agent7\n")
@example("agent7&PJSIP/+31900123456@trunk")
@example("+31900123456@trunk")
@example("{e164}")
@example("x" * 41)
def test_an_agents_extension_is_a_name_or_nothing(extension: str) -> None:
    endpoint = agent_endpoint(AgentPhone(AgentId("ada"), extension), "PJSIP/{extension}", "")
    assert endpoint is None or re.fullmatch(r"PJSIP/[A-Za-z0-9][A-Za-z0-9._-]{0,39}", endpoint)


@given(numbers, st.text(max_size=60), st.sampled_from(Leg))
def test_nothing_foreign_is_in_a_request(number: Number, label: str, leg: Leg) -> None:
    asked = msgspec.structs.replace(request(number, call_id=str(CallId("0" * 36))), conversation=label)
    made = originate(NAMES, asked, leg, "PJSIP/x")
    shown = str(made.query["callerId"])
    assert re.fullmatch(r"Chat [A-Za-z0-9 ._-]{0,20} <\+[0-9]{7,15}>" if leg is Leg.AGENT else r"\+[0-9]{7,15}", shown)
    assert urlencode(made.query).isascii()
    assert made.path == f"/ari/channels/agenttui-{asked.call_id}-{'agent' if leg is Leg.AGENT else 'cust'}"
    if number.extension:
        assert press(NAMES, asked.call_id, number.extension).query["dtmf"] == number.extension
