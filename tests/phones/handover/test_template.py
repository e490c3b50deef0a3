"""A softphone's command: what is refused when it is read, and what may stand in it when it is filled."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.config.settings import SoftphoneSettings
from agent_tui.config.toml_settings import SettingsError
from agent_tui.model.call import Number
from agent_tui.phones.handover.template import check_templates, filled, masked
from agent_tui.ports.errors import Refused
from agent_tui.runtime.phones import phone_provider

NUMBER = Number("+31612345678", "12")


def test_every_placeholder_is_filled() -> None:
    command = ("prog", "{e164}", "{digits}", "{zerozero}", "{tel}", "sip:{e164}@pbx;ext={ext}")
    assert filled(command, NUMBER) == [
        "prog",
        "+31612345678",
        "31612345678",
        "0031612345678",
        "tel:+31612345678;ext=12",
        "sip:+31612345678@pbx;ext=12",
    ]


@given(st.from_regex(r"\+[0-9]{7,15}", fullmatch=True), st.from_regex(r"([0-9]{1,8})?", fullmatch=True))
def test_nothing_but_digits_gets_into_an_argument(e164: str, extension: str) -> None:
    arguments = filled(("prog", "{e164}", "{digits}", "{zerozero}", "{tel}", "{ext}"), Number(e164, extension))
    assert all(re.fullmatch(r"prog|(?:tel:)?\+?[0-9]{0,17}(?:;ext=[0-9]{1,8})?", argument) for argument in arguments)


@pytest.mark.parametrize(
    "hostile", ["+316;rm -rf", "0612345678", "+31612345678\n", "+３１６１２３４５６７８", "", "+31612345678 "]
)
def test_a_number_that_is_none_cannot_be_made(hostile: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        Number(hostile)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"dial": ("prog", "call")}, "`softphone.dial` has no number in it"),
        ({"dial": ("prog dial {e164}",)}, "is a list, each argument by itself"),
        ({"dial": ("{e164}",)}, "begins with the program's name"),
        ({"dial": ("", "{e164}")}, "begins with the program's name"),
        ({"dial": ("prog", "{e164}", "{name}")}, "wants `{name}`, which there is not"),
        ({"dial": ("prog", "{e164}\0")}, "a character that no argument can"),
        ({"dial": ("prog", "{e164}"), "hangup": ("prog", "{digit}")}, "`softphone.hangup` wants `{digit}`"),
        ({"timeout_s": 0.0}, "timeout_s"),
    ],
)
def test_a_command_that_cannot_be_is_named(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Refused) as told:
        check_templates(SoftphoneSettings(**given))
    assert complaint in str(told.value)


def test_the_provider_is_found_by_its_name_and_refuses_what_it_does_not_know() -> None:
    def no_secret(name: str) -> str:
        raise AssertionError(name)

    provider = phone_provider("handover", {"dial": ["prog", "{e164}"], "hangup": ["prog"]}, no_secret, lambda: 0)
    assert (provider.name, provider.caps.tracked, provider.caps.hangup) == ("handover", False, True)
    with pytest.raises(SettingsError, match="no setting `dail`"):
        phone_provider("handover", {"dail": []}, no_secret, lambda: 0)
    with pytest.raises(SettingsError, match="has no number in it"):
        phone_provider("handover", {"dial": ["prog"]}, no_secret, lambda: 0)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("calling +31612345678 now", "calling +…5678 now"),
        ("sip:0031612345678@pbx", "sip:…5678@pbx"),
        ("+31 (6) 1234-5678", "+…5678"),
        ("port 5060, line 2", "port 5060, line 2"),
    ],
)
def test_a_log_keeps_four_digits(said: str, kept: str) -> None:
    assert masked(said) == kept
