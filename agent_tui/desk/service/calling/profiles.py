"""The agents' telephones, and the ways to call as consoles are told them."""

import re
from typing import Final

from agent_tui.core.phone.numbers import Decision, check
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling.audit import noted
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.service.calling.rules import any_number
from agent_tui.desk.service.calling.running import Way
from agent_tui.desk.service.moment import colleague
from agent_tui.desk.store import Transaction, call_lists
from agent_tui.desk.store.call_lists import Phone
from agent_tui.desk.store.call_rows import wire_number
from agent_tui.model.ids import AgentId
from agent_tui.model.words import Role
from agent_tui.ports.phone import AgentPhone, Caps, Ready
from agent_tui.protocol.call_commands import SetPhone
from agent_tui.protocol.call_records import WireNumber, WireProvider
from agent_tui.protocol.commands import Done
from agent_tui.protocol.errors import Code, Refusal

_extension: Final = re.compile(r"[A-Za-z0-9._-]{1,40}").fullmatch
_NOTHING: Final = Caps(tracked=False, cancel=False, hangup=False, rings_agent=False, where="desk")


def set_phone(tx: Transaction, m: CallMoment, actor: Actor, command: SetPhone) -> Done:
    """Where an agent's telephone is. What the company dials for it is an admin's to say; what it shows, one's own."""
    agent = colleague(tx, command.agent or actor.id)
    before = call_lists.phone_of(tx, agent.id)
    wanted = Phone(command.extension, _dialled(m, command.number), _shown(m, command.shows))
    dials = (wanted.extension, wanted.number) != (before.extension, before.number)
    if actor.role is not Role.ADMIN and (agent.id != actor.id or dials):
        raise Refusal(Code.NOT_ALLOWED, "Only an admin sets which telephone is rung for an agent.")
    if wanted.extension and not _extension(wanted.extension):
        raise Refusal(Code.BAD_VALUE, "An extension is 1 to 40 letters, digits, `.`, `_` or `-`.")
    if wanted != before:
        call_lists.set_phone(tx, agent.id, wanted)
        noted(tx, m, "phone.set", actor, 0, agent=agent.id, extension=wanted.extension, last4=wanted.number[-4:])
    return Done()


def agent_phone(agent: AgentId, phone: Phone, region: str) -> AgentPhone:
    """As a provider is told it."""
    return AgentPhone(agent, phone.extension, any_number(phone.number, region))


def wire_or_none(number: str, region: str) -> WireNumber | None:
    """A number as it is told."""
    return wire_number(any_number(number, region))


def wire_way(way: Way, ready: Ready) -> WireProvider:
    """One way to call, as it is for one agent."""
    caps = way.caps or _NOTHING
    return WireProvider(
        name=way.name,
        title=way.title,
        where=caps.where,
        ready=ready.ok,
        why=ready.reason,
        hint=ready.hint,
        tracked=caps.tracked,
        cancel=caps.cancel,
        hangup=caps.hangup,
        rings_agent=caps.rings_agent,
        shows_number=caps.shows_number,
        simulated=way.simulated,
    )


def _dialled(m: CallMoment, typed: str) -> str:
    """A number that is dialled for an agent keeps to the company's list like a customer's."""
    if not typed:
        return ""
    verdict = check(typed, m.rules.policy)
    if verdict.decision is Decision.REFUSE or verdict.number is None:
        raise Refusal(Code.BAD_VALUE, "This desk does not dial that number.")
    return verdict.number.e164


def _shown(m: CallMoment, typed: str) -> str:
    if not typed:
        return ""
    number = any_number(typed, m.rules.settings.region)
    if number is None:
        raise Refusal(
            Code.BAD_VALUE, "The number that customers see is no telephone number; write it like +31612345678."
        )
    return number.e164
