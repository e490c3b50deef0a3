"""Phone providers are found by name, and made with their settings and a line that is signed in."""

import pytest

from agent_tui.config.toml_settings import SettingsError
from agent_tui.model.ids import AgentId
from agent_tui.ports.errors import Refused
from agent_tui.ports.phone import AgentPhone
from agent_tui.runtime.phones import phone_provider
from agent_tui.runtime.plugins import phone, phone_names
from tests.phones.asterisk.stub import PASSWORD, USER, AriStub, served


def no_secret(_name: str) -> str:
    raise AssertionError("nobody asked for a secret here")


def test_our_own_are_found_by_entry_point() -> None:
    assert {"asterisk", "twilio"} <= set(phone_names())
    for name in ("asterisk", "twilio"):
        assert phone(name).caps.where == "desk"
    assert "description" in phone("twilio").title, "nobody is to think that it was tried on the network"


def test_an_unknown_one_is_named_with_those_that_are_there() -> None:
    with pytest.raises(Refused, match="no phone provider 'asterix'.*asterisk"):
        phone_provider("asterix", {}, no_secret, lambda: 0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"usr": "desk"}, "no setting `usr`. Did you mean `user`"),
        ({"user": 3}, "Expected `str`"),
        ({}, "needs `user`"),
        ({"user": "desk", "press_1": "sometimes"}, "Invalid enum value"),
    ],
)
def test_settings_that_do_not_fit(given: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        phone_provider("asterisk", given, no_secret, lambda: 0)


async def test_its_line_is_signed_in_with_the_secret() -> None:
    async with served(AriStub().app) as url:
        provider = phone_provider("asterisk", {"url": url, "user": USER}, {"asterisk": PASSWORD}.__getitem__, lambda: 0)
        assert (await provider.ready(AgentPhone(AgentId("ada"), extension="agent7"))).ok
        await provider.aclose()


@pytest.mark.parametrize("url", ["http://pbx.example:8088", "pbx.example", "file:///etc/passwd"])
def test_an_exchange_elsewhere_needs_tls(url: str) -> None:
    with pytest.raises(SettingsError, match="needs https"):
        phone_provider("asterisk", {"url": url, "user": USER}, lambda _: "x", lambda: 0)
