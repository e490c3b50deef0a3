"""The answer to hello, and what a reader missed: where it goes on, or that it starts afresh and why."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from agent_tui.desk.desk import Desk
from agent_tui.desk.masks import masked_json
from agent_tui.desk.reader import Page
from agent_tui.desk.service import Actor
from agent_tui.model.words import Role
from agent_tui.protocol.commands import Hello, Welcome, You
from agent_tui.protocol.frames import encode_event
from agent_tui.protocol.pushes import AgentSaw, Line

_PAGE = 500


class Greeting(NamedTuple):
    """The welcome, and the event after which the reader goes on."""

    welcome: Welcome
    begin: int
    resumed: bool


def welcome(desk: Desk, who: Actor, hello: Hello) -> Greeting:
    """Where this reader goes on. A cursor of another epoch, from the future or from too far back is not usable."""
    head = desk.readers.head
    resume, why = _resume(desk, hello, head)
    begin = head if resume is None else resume
    # a visitor who starts afresh is sent everything first: until then there is nothing to resume at
    afresh = resume is None and who.role is Role.VISITOR
    answer = Welcome(
        you=You(who.id, who.name, who.role),
        epoch=desk.store.epoch,
        cursor=f"{begin}.0" if afresh else str(begin),
        desk=desk.settings.name,
        limits=desk.settings.limits,
        now=desk.now_ms(),
        hours=desk.service.hours(),
        resumed=resume is not None,
        why=why,
        demo=desk.demo,
        library="" if who.role is Role.VISITOR else desk.library.version,
    )
    return Greeting(answer, begin, resume is not None)


def _resume(desk: Desk, hello: Hello, head: int) -> tuple[int | None, str]:
    if not hello.cursor:
        return None, ""
    if hello.epoch != desk.store.epoch:
        return None, "The desk's data was restored or replaced: what you had is read anew."
    if not (hello.cursor.isascii() and hello.cursor.isdigit()) or len(hello.cursor) > 18 or int(hello.cursor) > head:
        return None, "The desk does not know your place in its events: what you had is read anew."
    behind = head - int(hello.cursor)
    if behind > desk.settings.limits.replay_events:
        return None, f"You were {behind} events behind, too many to repeat: what you had is read anew."
    return int(hello.cursor), ""


def replay_for(desk: Desk, who: Actor, greeting: Greeting) -> AsyncIterator[Page]:
    """What the reader is sent before it goes live."""
    if who.role is not Role.VISITOR:
        return _staff_replay(desk, who.id, greeting.begin, masked=who.role is Role.SUPERVISOR)
    if greeting.resumed:
        return _visitor_replay(desk, who.id, greeting.begin)
    return _visitor_afresh(desk, who.id)


async def nothing_missed(greeting: Greeting) -> AsyncIterator[Page]:
    """A monitor is told what is so, not what was."""
    yield Page([], greeting.welcome.cursor, greeting.begin)


async def _staff_replay(desk: Desk, agent: str, begin: int, *, masked: bool) -> AsyncIterator[Page]:
    place = begin
    while place < desk.readers.head:
        head = desk.readers.head
        events = [event for event in await desk.service.replay(place, _PAGE) if event.id <= head]
        place = events[-1].id if events else head
        told = [desk.staff_event(event) for event in events]
        mine = [event.data for event in told if event is not None and event.only_for in ("", agent)]
        yield Page([masked_json(data) for data in mine] if masked else mine, str(place), place)


async def _visitor_replay(desk: Desk, visitor: str, begin: int) -> AsyncIterator[Page]:
    place = begin
    status_told = False
    # nothing may be awaited between the last look at the head and going live
    while place < desk.readers.head or not status_told:
        head = desk.readers.head
        if place < head:
            events = await desk.service.replay_for_visitor(visitor, place, _PAGE)
            known = [event for event in events if event.id <= head]
            place = known[-1].id if len(events) == _PAGE and known else head
            status_told = False  # it may have changed with them
            yield Page([told for event in known if (told := desk.visitor_event(event))], str(place), place)
        else:
            status = await desk.service.status(visitor)
            status_told = True
            yours = await desk.service.calls.of_visitor(visitor)
            yield Page([encode_event(status), *([encode_event(yours)] if yours else [])], str(place), place)


async def _visitor_afresh(desk: Desk, visitor: str) -> AsyncIterator[Page]:
    """All of the visitor's own lines. Only the last page has a cursor that can be resumed at: half a list is none."""
    place = desk.readers.head
    n = 0
    part = 0
    while lines := await desk.service.visitor_lines(visitor, n, _PAGE):
        n = lines[-1].n
        part += 1
        yield Page([encode_event(Line(line)) for line in lines], f"{place}.{part}", place)
    saw = await desk.service.agents_saw(visitor)
    if saw:
        yield Page([encode_event(AgentSaw(saw))], f"{place}.{part + 1}", place)
    async for page in _visitor_replay(desk, visitor, place):
        yield page
