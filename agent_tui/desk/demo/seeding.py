"""What is there when the demo opens: a history that happened at the times it says, told to the service as it was."""

import secrets
from dataclasses import dataclass, field

from agent_tui.desk.auth import token_hash
from agent_tui.desk.demo.script import Before, Person, lines_before, load_script
from agent_tui.desk.demo.telephone import with_telephone
from agent_tui.desk.service import Actor, Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store
from agent_tui.desk.store.accounts import add_agent
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import commands as c
from agent_tui.protocol.records import WireConversation
from agent_tui.protocol.requests import NewVisitor

AGENT = "Sam"
"""Whom the first console on it is. A name: colleagues and customers read it too."""
COLLEAGUE = "Ruben"
_FLAG_AGO_MS = 150_000


@dataclass(slots=True)
class Cast:
    """The people who are there from the start, and the token each browser would hold."""

    tokens: dict[str, str] = field(default_factory=dict)
    """By name."""


class _Clock:
    """The time at which the service thinks it is while the history is told."""

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def __call__(self) -> int:
        return self.ms


async def seed(store: Store, settings: DeskSettings, now_ms: int) -> Cast:
    """Write the demo's history into an empty store. `now_ms` is when the demo opens."""
    script = load_script()
    clock = _Clock(now_ms - 3 * 3_600_000)
    service = Service(store, with_telephone(settings), now_ms=clock, new_id=uuid7)
    you, ruben = await store.write(
        lambda tx: (
            add_agent(tx, AGENT, Role.ADMIN, clock()),
            add_agent(tx, COLLEAGUE, Role.AGENT, clock()),
        )
    )
    staff = {
        "you": Actor(Role.ADMIN, you.id, you.name),
        "colleague": Actor(Role.AGENT, ruben.id, ruben.name),
    }
    cast = Cast()
    told: list[tuple[int, Person, Before]] = []
    visitors: dict[str, Actor] = {}
    for person in script.visitor:
        lines = lines_before(person, script.long)
        clock.ms = now_ms - lines[0].ago * 1000 - 1000
        token = cast.tokens[person.name] = secrets.token_urlsafe(32)
        visitors[person.name] = await enter(service, person, token)
        told += [(now_ms - line.ago * 1000, person, line) for line in lines]
    for at_ms, person, line in sorted(told, key=lambda item: item[0]):
        clock.ms = at_ms
        await _tell(service, visitors[person.name], person, line, staff)
    clock.ms = now_ms - _FLAG_AGO_MS
    for person in script.visitor:
        if person.flag:
            chat = await _chat_of(service, visitors[person.name])
            await service.carry_out(staff["colleague"], c.SetFlag(0, conversation=chat.id, reason=person.flag))
    return cast


async def enter(service: Service, person: Person, token: str) -> Actor:
    """A person's browser opens the page for the first time."""
    page = NewVisitor(person.language, person.time_zone, person.page_title, person.page_url, person.stage)
    visitor = Actor(Role.VISITOR, await service.new_visitor(page, token_hash(token)), person.name)
    if person.name or person.email or person.phone:
        await service.carry_out(visitor, c.Introduce(0, name=person.name, email=person.email, phone=person.phone))
    return visitor


async def _tell(service: Service, visitor: Actor, person: Person, line: Before, staff: dict[str, Actor]) -> None:
    if line.asks_call:
        await service.carry_out(visitor, cc.AskCall(0, call=uuid7(), number=line.asks_call))
    elif line.by == "customer":
        await service.carry_out(visitor, c.Say(0, cid=uuid7(), body=line.text))
    else:
        chat = await _chat_of(service, visitor)
        await service.carry_out(
            staff[line.by],
            c.Send(
                0,
                conversation=chat.id,
                cid=uuid7(),
                kind="public",
                body=line.text,
                seen_seq=chat.last_seq,
                draft_seq=chat.last_seq,
            ),
        )


async def _chat_of(service: Service, visitor: Actor) -> WireConversation:
    inbox = await service.conversations("", "all", limit=100)
    return next(chat for chat in inbox.conversations if chat.customer.id == visitor.id)
