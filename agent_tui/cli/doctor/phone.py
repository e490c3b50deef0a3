"""The doctor looks at the telephone: how this machine hands a number over, and whether the desk's ways would work."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from agent_tui.cli.asking import ask
from agent_tui.cli.checks import Check, broken, good, note
from agent_tui.config.paths import Paths
from agent_tui.config.settings import Settings, SoftphoneSettings, load_settings
from agent_tui.config.toml_settings import SettingsError
from agent_tui.model.ids import AgentId
from agent_tui.model.text import clean
from agent_tui.phones.handover.provider import Way
from agent_tui.ports.phone import AgentPhone, Ready
from agent_tui.ports.transport import Transport
from agent_tui.protocol.call_records import PhoneFacts, WireProvider
from agent_tui.runtime.account import wall_ms
from agent_tui.runtime.phones import phone_provider
from agent_tui.storage.signals.reading import load_rules

PART: Final = "phone"
AT_DESK: Final = "the desk's telephone"
HANDOVER: Final = "handover"
_LONGEST: Final = 300
_PERSONAL: Final = "no_agent_phone"
"""The one reason that is about who asks, not about the desk."""


def check_phone(paths: Paths, environ: Mapping[str, str]) -> Iterator[Check]:
    """What a number that is handed over on this machine goes to, and the rules by which a call is offered."""
    try:
        settings = load_settings(paths, environ)
    except SettingsError:
        settings = Settings()  # what is wrong with them stands among the files
    yield _handover(settings.softphone, paths)
    yield _rules(settings.phone.signals, paths)


def _handover(softphone: SoftphoneSettings, paths: Paths) -> Check:
    try:
        provider = phone_provider(HANDOVER, msgspec.to_builtins(softphone), _no_secret, wall_ms)
    except SettingsError as error:
        return broken(PART, HANDOVER, clean(str(error), multiline=False), f"Mend [softphone] in {paths.settings}.")
    ready = asyncio.run(provider.ready(AgentPhone(AgentId(""))))
    if ready.reason == Way.COMMAND:
        return good(PART, HANDOVER, f"A number goes to {clean(softphone.dial[0], multiline=False)} (softphone.dial).")
    if ready.reason == Way.LINK:
        return good(PART, HANDOVER, "A number goes to the program that takes `tel:` links on this desktop.")
    return _only_shown(softphone, ready)


def _only_shown(softphone: SoftphoneSettings, ready: Ready) -> Check:
    if softphone.dial:
        mend = f"Install {clean(softphone.dial[0], multiline=False)}, or change softphone.dial."
        return broken(PART, HANDOVER, f"A number is only shown as a code and a link. {ready.hint}", mend)
    mend = "softphone.dial in the settings names a program that gets it."
    return note(PART, HANDOVER, f"A number is shown as a code to scan and as a link. {ready.hint}".rstrip(), mend)


def _rules(path: str, paths: Paths) -> Check:
    try:
        load_rules(path)
    except SettingsError as error:
        says = clean(str(error), multiline=False)
        return broken(
            PART, "signals", says, f"Mend it, or phone.signals in {paths.settings}; nothing is offered till then."
        )
    return good(PART, "signals", clean(path, multiline=False) or "the rules that come with agent-tui")


async def check_phone_of(transport: Transport) -> list[Check]:
    """The desk's telephone, and each way of its chain as it is for the account that asks."""
    facts: PhoneFacts = await ask(transport, "phone")
    if not facts.on:
        says = clean(facts.why, limit=_LONGEST, multiline=False)
        return [note(AT_DESK, "telephone", says, "`region` under [phone] in the desk's desk.toml turns it on.")]
    caller = facts.caller_id.shown if facts.caller_id else ""
    shows = (
        f"customers see {clean(caller, multiline=False)}" if caller else "customers can't be told which number calls"
    )
    region = clean(facts.region, limit=_LONGEST, multiline=False)
    return [good(AT_DESK, "telephone", f"on; numbers are of {region}; {shows}"), *map(_way, facts.providers)]


def _way(way: WireProvider) -> Check:
    name = clean(way.name, limit=_LONGEST, multiline=False)
    title = clean(way.title, limit=_LONGEST, multiline=False)
    hint = clean(way.hint, limit=_LONGEST, multiline=False)
    why = clean(way.why, limit=_LONGEST, multiline=False)
    if way.ready:
        where = "each agent's console runs it" if way.where == "console" else "it would work now"
        plays = " It only plays calls: nothing is dialled." if way.simulated else ""
        return good(AT_DESK, name, f"{title}: {where}.{plays}")
    says = f"{title}: it would not work now ({why})."
    return note(AT_DESK, name, says, hint) if why == _PERSONAL else broken(AT_DESK, name, says, hint)


def _no_secret(name: str) -> str:
    raise AssertionError(f"{name} needs no secret")
